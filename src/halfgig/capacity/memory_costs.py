"""Memory costs in MB of the server's processes and of each stage, from which plans are computed.

A cell's budget is its RLIMIT_DATA: the address space it may reserve, touched or not. Its private memory counts against
the limit. The difference is what libraries reserve but never touch: about 55 MB, and 75 MB with the libraries for
pictures and video. `make bench` prints the figures of cells.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

SUPERVISOR_PRIVATE_MB = 14
"""The supervisor, which imports only the standard library; 13 MB measured."""

WEB_PRIVATE_MB = 37
"""The web program as loaded by gunicorn; web workers share its pages until they write to them."""

WEB_WORKER_PRIVATE_MB = 21
"""Each web worker in addition: 5 MB at first, constantly 20 after two thousand requests."""

WORKER_PRIVATE_MB = 60
"""The worker after it has imported DBOS for the first video (58 MB measured); before, it takes 14 MB."""

STORE_PRIVATE_MB = 9
"""What each web worker and the worker have in addition with a shared store of files: 2 MB with the first request, 8 MB
when files of 64 MB were written and read."""

LARGEST_SIZE = 2160
"""Longer side of the largest frames in pixels."""


class StageCost(NamedTuple):
    """Memory cost of one stage, as declared by a speech engine or an animator."""

    name: str
    """The engine's or the animator's name: "kokoro", "puppet"."""
    title: str
    """Name of the stage in messages: "Kokoro", "frames of 512 pixels"."""
    stage: str
    """Key of its measured peaks: "speaking kokoro", "rendering puppet 512"."""
    private_mb: int
    """Peak private memory of its cell in MB."""
    budget_mb: int
    """RLIMIT_DATA of its cell in MB."""
    threads: int | None = None
    """Most threads the cell may use; None: one per processor of the host."""
    model: str = ""
    """The installed model it loads; empty: none."""
    cores: int = 1
    """Processors that one cell can keep busy."""
    speed: float = 1.0
    """Its frames per second, relative to the alternative that keeps one processor busy."""


CostsBySize = Callable[[int], tuple[StageCost, ...]]
"""Returns the ways to render frames whose longer side has this many pixels: the preferred one, then smaller ones."""

ALPHA_MB = 64
"""Memory that the two encoders of a transparent video take beyond that of others, at 512 x 512."""


def with_alpha(costs: CostsBySize) -> CostsBySize:
    """Return the costs of rendering the same frames with transparency."""

    def larger(size: int) -> tuple[StageCost, ...]:
        more = round(ALPHA_MB * (1 + further_megapixels(size) / PLAIN_MEGAPIXELS / 2))
        return tuple(
            each._replace(
                stage=f"{each.stage} with alpha", private_mb=each.private_mb + more, budget_mb=each.budget_mb + more
            )
            for each in costs(size)
        )

    return larger


FACES = StageCost("faces", "finding faces", "finding faces", 64, 128)
"""Finding faces in a picture of up to 12 megapixels: it reserves 123 MB and keeps 62."""

PLAIN_MEGAPIXELS = 0.27
"""A frame of 512 x 512."""


def further_megapixels(size: int) -> float:
    """Return the megapixels by which a square frame of `size` pixels exceeds one of 512; at least 0."""
    return max(0.0, size * size / 1e6 - PLAIN_MEGAPIXELS)
