"""A clock that jumps: Debian's libfaketime before a program's calls, where it and a C compiler are installed."""

from __future__ import annotations

import subprocess
from pathlib import Path
from shutil import which

FAKETIME = next(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"), None)

JUMPS = ("+1800", "-1800", "+0")
"""Seconds by which the clock is wrong from then on; the monotonic clock goes on."""

# libfaketime 0.9.10 adds the offset to the end of an absolute monotonic sleep, too: time.sleep then fails with EINVAL.
_REPAIR = """
#define _GNU_SOURCE
#include <errno.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>
int clock_nanosleep(clockid_t clock, int flags, const struct timespec *until, struct timespec *left) {
    return syscall(SYS_clock_nanosleep, clock, flags, until, left) ? errno : 0;
}
"""


class Clock:
    """The clock of the programs that run with `variables`; its offset is kept in a file of `folder`."""

    def __init__(self, folder: Path) -> None:
        self._offset = folder / "offset"
        self.variables: dict[str, str] = {}
        """Empty where no clock can be set."""
        compiler = which("cc")
        if FAKETIME and compiler:
            repair = folder / "repair.so"
            command = [compiler, "-shared", "-fPIC", "-x", "c", "-", "-o", str(repair)]
            subprocess.run(command, input=_REPAIR, text=True, check=True)
            self.variables = {
                "LD_PRELOAD": f"{repair}:{FAKETIME}",
                "FAKETIME_TIMESTAMP_FILE": str(self._offset),
                "FAKETIME_NO_CACHE": "1",
                "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            }
        self.jump("+0")

    def jump(self, offset: str) -> None:
        """Set by how many seconds it is wrong."""
        part = self._offset.with_suffix(".part")
        part.write_text(offset)
        part.replace(self._offset)
