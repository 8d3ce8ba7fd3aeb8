"""What holds for all tests."""

import signal

from tests.support.shared import shared

__all__ = ["shared"]  # imported so that its variable, which is no setting of halfgig's, leaves the environment

# A shell's job in the background ignores Ctrl-C, and all that it starts does; what is tested is what a terminal starts.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
