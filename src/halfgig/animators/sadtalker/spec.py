"""SadTalker's entry in the animators' registry: costs, options and stages, without loading a network."""

from __future__ import annotations

from typing import TYPE_CHECKING

from halfgig.animators.base import AnimatorSpec
from halfgig.animators.sadtalker.options import NOT_YET, SadTalkerOptions, check
from halfgig.capacity.memory_costs import StageCost, further_megapixels
from halfgig.capacity.throughput import Throughput
from halfgig.media.provenance import COMPOSITE_TRAINED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from halfgig.animators.base import Animator, RenderJob
    from halfgig.events import Event

FEATURES, CANVAS, MOVES = MEASURED = ("features", "canvas", "moves")
"""Names of the files in a job's folder that frames are rendered from."""

GROUP = 50
"""Frames encoded together: two seconds, for which up to 10 MB of rendered squares are kept on disk."""

MB_PER_MEGAPIXEL = 36
"""MB for each further megapixel of the frames that the face is pasted into."""

SPEED_OF_TWO = 1.9
"""Frames per second on two threads, relative to one: 1.85 s a frame instead of 3.5, alone on two cores."""


def costs(size: int) -> tuple[StageCost, ...]:
    """Return the cost of rendering frames whose longer side is `size` pixels: on two threads, or slower on one.

    Measured for pictures of up to 512 x 512 pixels: two threads reserve 416 MB and keep 243, one thread 320 and 196.
    """
    more_mb = round(MB_PER_MEGAPIXEL * further_megapixels(size))
    title, stage = f"SadTalker's frames of {size} pixels", f"rendering sadtalker {size}"
    return (
        StageCost("sadtalker", title, stage, 250 + more_mb, 430 + more_mb, None, "sadtalker", 2, SPEED_OF_TWO),
        StageCost("sadtalker", title, f"{stage} 1 thread", 200 + more_mb, 330 + more_mb, 1, "sadtalker"),
    )


def throughput(_size: int) -> Throughput:
    """Return the rendering speed: 3.5 to 4.1 core seconds per frame, for pictures of any size."""
    return Throughput(start_s=4.0, each_s=100.0, most_cpus=2)


def measure(job: RenderJob) -> Iterator[Event]:
    """Compute everything needed before the first frame. Raises the errors of `prepare.prepare`."""
    from halfgig.animators.sadtalker.prepare import prepare

    yield from prepare(job)


def make(job: RenderJob) -> Animator:
    """Return the animator, with its networks loaded."""
    from halfgig.animators.sadtalker.animator import SadTalkerAnimator

    return SadTalkerAnimator(job)


SPEC = AnimatorSpec(
    name="sadtalker",
    title="SadTalker",
    costs=costs,
    throughput=throughput,
    source_type=COMPOSITE_TRAINED,
    measure=measure,
    measured=MEASURED,
    make=make,
    options_type=SadTalkerOptions,
    check=check,
    frame_group=GROUP,
    model="sadtalker",
    refused_options=NOT_YET,
)
