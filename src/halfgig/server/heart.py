"""A service's heartbeat: bytes on a pipe that the supervisor reads."""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

BEAT_VARIABLE = "BEAT_FD"
"""The environment variable with the number of the pipe."""


class Heart:
    """A service's side of its heartbeat; without a supervisor it beats for nobody."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        number = environment.get(BEAT_VARIABLE, "")
        self._fd = int(number) if number.isdecimal() else None

    def beat(self) -> None:
        """Report that the main loop runs."""
        if self._fd is not None:
            with contextlib.suppress(OSError):  # the supervisor is suspended and the pipe is full, or it is gone
                os.write(self._fd, b".")
