"""What the processes of a server say of themselves: one line an event, on stderr."""

import contextlib
import sys


def log(part: str, sentence: str) -> None:
    """Write a line, as "halfgig.work: it listens"; one that nobody takes is no reason to end."""
    with contextlib.suppress(OSError, ValueError):
        sys.stderr.write(f"halfgig.{part}: {sentence}\n")
        sys.stderr.flush()
