"""What the guard says: one line an event, on stderr."""

import contextlib
import sys


def say(sentence: str) -> None:
    """Write one line; one that nobody takes is no reason to end."""
    with contextlib.suppress(OSError, ValueError):
        print(f"halfgig.guard: {sentence}", file=sys.stderr, flush=True)  # noqa: T201
