"""Tables in Markdown, for all benchmarks alike."""

import math
from collections.abc import Sequence
from typing import Protocol


def table(title: str, head: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print rows under a head; fractions get two places."""
    print(f"\n## {title}\n\n| " + " | ".join(head) + " |\n|" + "---|" * len(head))
    for row in rows:
        cells = (f"{cell:.2f}" if isinstance(cell, float) else str(cell) for cell in row)
        print("| " + " | ".join(cells) + " |", flush=True)


class Searched(Protocol):
    """The result of searching a window for a mark."""

    @property
    def evidence(self) -> float:
        """Evidence in nats."""

    @property
    def places(self) -> int:
        """Number of places that were tried."""

    def chance(self, places: float) -> float:
        """Return a bound of the chance to find this evidence without a mark in this number of places."""


def false_alarm_table(found: Sequence[Searched]) -> None:
    """Print how much evidence there is in windows without a mark, and what the bound allows."""
    most, needed = max(each.evidence for each in found), math.log(found[0].places * 2**18 * 1e6)
    rows = [
        (f"{bound:.0e}", f"{len(found) * bound:.3g}", sum(each.chance(each.places) < bound for each in found))
        for bound in (1.0, 1e-1, 1e-2, 1e-3, 1e-6)
    ]
    table(
        f"{len(found)} windows without a mark: {most:.1f} nats of evidence at most, {needed:.1f} are needed",
        ("chance, at most", "windows expected, at most", "windows found"),
        rows,
    )
