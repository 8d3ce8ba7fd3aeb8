"""The ways in which an animator can hang; each is a preparation that never ends."""

from __future__ import annotations

import itertools
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from halfgig.animators.base import AnimatorSpec
from halfgig.capacity.memory_costs import StageCost
from halfgig.capacity.throughput import Throughput
from halfgig.media.provenance import COMPOSITE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from halfgig.animators.base import Animator, RenderJob
    from halfgig.events import Event
    from halfgig.requests import VideoRequest


@dataclass(frozen=True, slots=True)
class NoOptions:
    """It has none."""


def spec(measure: str) -> AnimatorSpec:
    """Return an animator whose preparation is one of the functions below."""
    return AnimatorSpec(
        name="stuck",
        title="the stuck one",
        costs=costs,
        throughput=throughput,
        source_type=COMPOSITE,
        measure=globals()[measure],
        measured=(),
        make=make,
        options_type=NoOptions,
        check=check,
    )


def costs(_size: int) -> tuple[StageCost, ...]:
    """Return what a cell of Python alone takes."""
    return (StageCost("stuck", "frames", "rendering stuck", 32, 64),)


def throughput(_size: int) -> Throughput:
    """Plan with no time at all."""
    return Throughput(0.0, 0.0, 1)


def check(_request: VideoRequest) -> None:
    """Accept every request."""


def spin(_job: RenderJob) -> Iterator[Event]:
    """Compute for ever."""
    for _ in itertools.repeat(None):
        pass
    yield from ()


def sleep(_job: RenderJob) -> Iterator[Event]:
    """Wait for ever for nothing."""
    time.sleep(36_000)
    yield from ()


def deadlock(_job: RenderJob) -> Iterator[Event]:
    """Wait for a lock that one holds oneself."""
    lock = threading.Lock()
    with lock, lock:
        yield from ()


def make(_job: RenderJob) -> Animator:
    """Refuse: no preparation ends."""
    raise NotImplementedError
