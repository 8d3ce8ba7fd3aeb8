"""Maps a cell's exit status to an error: pure functions, apart from the process handling."""

import re
import signal
from dataclasses import dataclass

from halfgig.cells import oom_errors
from halfgig.errors import CellDied, CellFailed, HalfgigError, MemoryExceeded, TooCostly

_FAULTS = {
    -signal.SIGABRT: "gave up (SIGABRT)",
    -signal.SIGSEGV: "read or wrote where it must not (SIGSEGV)",
    -signal.SIGBUS: "lost the memory under it (SIGBUS)",
}
"""How a process ends if a native library does not check malloc's result, or checks it and aborts."""

_LONGEST_LINE = 200

_NEAR = 0.85
_NEAR_MB = 8
"""A fault this close to the budget counts as a refused allocation."""

_VAGUE = frozenset({"SystemError", "ImportError"})
"""Exceptions of an extension module that did not check malloc's result during its import."""

_MEMORY_MESSAGES = re.compile(
    r"malloc of size \d+ failed|std::bad_alloc|cannot allocate memory|out of memory|"
    r"failed to map segment|can't start new thread|(?:unable|failed) to allocate [^\n]{1,60}|"
    r"memory allocation (?:still )?failed|"  # OpenBLAS, then exit(1)
    r"MemoryError",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class ExitStatus:
    """Facts about a child that ended without an answer."""

    stage: str
    budget_mb: int
    exit_code: int
    """As in subprocess: negative for a signal."""
    data_mb: float
    """Peak private address space seen in a sample, MB."""
    stderr: str = ""
    """The end of its output on stdout and stderr."""
    oom_killed: bool | None = None
    """Whether the kernel counted a kill for memory during the child's life; None if it does not count them."""

    @property
    def near_budget(self) -> bool:
        """Whether so little of the budget was left that a fault counts as a refused allocation."""
        return self.data_mb >= min(self.budget_mb * _NEAR, self.budget_mb - _NEAR_MB)


def error_of(ending: ExitStatus) -> HalfgigError:
    """Return the error for a child's exit: `MemoryExceeded` or `TooCostly` if a limit caused it, else `CellDied`."""
    said = _MEMORY_MESSAGES.search(ending.stderr)
    if said and ending.exit_code != 0:
        return MemoryExceeded(ending.stage, ending.budget_mb, said[0])
    if ending.near_budget and ending.exit_code in _FAULTS:
        taken = f"{ending.data_mb:.0f} MB were taken when a native library {_FAULTS[ending.exit_code]}"
        return MemoryExceeded(ending.stage, ending.budget_mb, taken)
    if ending.exit_code == -signal.SIGXCPU:
        return TooCostly(
            f"{ending.stage}: the input takes more processor time to read than any real one, and its cell was ended; "
            "save the picture again as a JPEG, or the recording as a WAV"
        )
    words = _last_words(ending.stderr)
    died = CellDied(
        f"{ending.stage}: its cell {_how(ending)}, with {ending.data_mb:.0f} of {ending.budget_mb} MB taken; "
        f"try again, and report it if it happens twice{f'. It last said: {words}' if words else ''}"
    )
    if ending.stderr:
        died.add_note(ending.stderr)
    return died


def refined(error: HalfgigError, ending: ExitStatus) -> HalfgigError:
    """Return `MemoryExceeded` for a native library's vague exception if other evidence shows a lack of memory.

    x264 prints "malloc of size 165235116 failed" and PyAV then raises "Generic error in an external library"; near the
    budget, importing av raises a bare SystemError and importing onnxruntime "import numpy failed".
    """
    if not isinstance(error, CellFailed):
        return error
    said = _MEMORY_MESSAGES.search(ending.stderr)
    if said and oom_errors.is_native(error.kind):
        return MemoryExceeded(error.stage, ending.budget_mb, said[0])
    if ending.near_budget and (oom_errors.is_native(error.kind) or error.kind in _VAGUE):
        asked = f"{ending.data_mb:.0f} MB were taken; {error.kind}: {error.said}"
        return MemoryExceeded(error.stage, ending.budget_mb, asked)
    return error


def _how(ending: ExitStatus) -> str:
    code = ending.exit_code
    if code == -signal.SIGKILL:
        return _who_killed(ending.oom_killed)
    if code in _FAULTS:
        return f"was ended by a native library that {_FAULTS[code]}"
    if code < 0:
        return f"was ended by {_signal_name(-code)}"
    return f"ended before its work was done, with exit code {code}"


def _who_killed(oom_killed: bool | None) -> str:
    if oom_killed:
        return "was killed by the kernel because all processes together were over the memory limit (SIGKILL)"
    if oom_killed is None:
        return "was killed by SIGKILL, probably by the kernel for memory"
    return "was killed by SIGKILL from outside, not by the kernel for memory"


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def _last_words(stderr: str) -> str:
    said, _, stack = stderr.partition("Fatal Python error: ")  # faulthandler's, most recent call first
    lines = [line.strip() for line in said.splitlines() if line.strip()][-3:]
    lines += [line.strip() for line in stack.splitlines() if line.startswith('  File "')][:1]
    return " | ".join(line[-_LONGEST_LINE:] for line in lines)
