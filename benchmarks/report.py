"""Tables in Markdown, for all benchmarks alike."""

from collections.abc import Sequence
from typing import Any


def table(title: str, head: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print rows under a head; fractions get two places."""
    print(f"\n## {title}\n\n| " + " | ".join(head) + " |\n|" + "---|" * len(head))
    for row in rows:
        cells = (f"{cell:.2f}" if isinstance(cell, float) else str(cell) for cell in row)
        print("| " + " | ".join(cells) + " |", flush=True)


SUMMARY = ("attack", "recognised", "number read", "wrong number", "least clear, nats")
"""Head of a table of attacks on a mark."""


def summary(attack: str, found: Sequence[Sequence[Any]]) -> tuple[str, str, str, int, str]:
    """Return the row of an attack; each copy has: is recognised; its number is "right", "wrong", or "no"; how clear."""
    there, read = sum(each[0] for each in found), [each[1] for each in found]
    clear = [each[2] for each in found if each[0]]
    least = f"{min(clear):.0f}" if clear else "-"
    recognised, right = (f"{100 * share / len(found):.0f} %" for share in (there, read.count("right")))
    return attack, recognised, right, read.count("wrong"), least
