"""How much memory the server's own processes and each stage of work take, in MB: the figures a plan adds up.

A cell's budget is its RLIMIT_DATA: what it may reserve, touched or not.  What it keeps ("private") must stay in memory
and counts against the limit; it is less than the budget by what libraries reserve and never touch, about 55 MB, and
75 MB with the libraries for pictures and video.  `make bench` prints the figures of cells.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

SUPERVISOR_PRIVATE_MB = 14
"""The supervisor: Python's standard library alone; 13 MB measured."""

WEB_PRIVATE_MB = 37
"""The web program before a worker answers: its pages are shared with the workers until they are written to."""

WEB_WORKER_PRIVATE_MB = 21
"""Each web worker on top of that: 5 MB at first, a steady 20 after two thousand requests."""

WORKER_PRIVATE_MB = 60
"""The worker process once a video has made it load DBOS (58 MB measured); 14 MB before."""


class StageCost(NamedTuple):
    """What one stage of work takes, as a speech engine or an animator declares it."""

    name: str
    """The engine's or the animator's name: "kokoro", "puppet"."""
    title: str
    """What the cell is for, in a sentence: "Kokoro", "frames of 512 pixels"."""
    stage: str
    """The key under which its measured peaks are kept: "speaking kokoro", "rendering puppet 512"."""
    private_mb: int
    """What its cell keeps at most, MB."""
    budget_mb: int
    """RLIMIT_DATA of its cell, MB."""
    threads: int | None = None
    """Most threads the cell may use; None: as many as the host has processors."""
    model: str = ""
    """The installed model it loads; empty: none."""


CostsBySize = Callable[[int], tuple[StageCost, ...]]
"""The ways to render frames whose longer side is a number of pixels: the preferred one first, then smaller ones."""

FACES = StageCost("faces", "finding faces", "finding faces", 64, 128)
"""Finding faces in a picture of up to 12 megapixels: it reserves 123 MB and keeps 62."""

PLAIN_MEGAPIXELS = 0.27
"""A frame of 512 x 512."""


def further_megapixels(size: int) -> float:
    """Return by how many megapixels a square frame of `size` pixels exceeds one of 512."""
    return max(0.0, size * size / 1e6 - PLAIN_MEGAPIXELS)
