"""What holds for all tests."""

from tests.shared import shared

__all__ = ["shared"]  # imported so that its variable, which is no setting of halfgig's, leaves the environment
