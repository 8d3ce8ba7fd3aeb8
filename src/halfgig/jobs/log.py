"""One line on stderr for each event."""

import sys


def log(part: str, sentence: str) -> None:
    """Write a line: "halfgig.work: it listens"."""
    sys.stderr.write(f"halfgig.{part}: {sentence}\n")
    sys.stderr.flush()
