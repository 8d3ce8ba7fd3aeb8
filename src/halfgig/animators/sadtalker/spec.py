"""What halfgig knows of SadTalker without loading it."""

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

FEATURES, CANVAS, MOVES = MEASURED = ("sitter", "canvas", "moves")
"""The names, in a job's folder, of what frames are rendered from."""

GROUP = 50
"""Frames of a group: two seconds, 10 MB of rendered face crops that outlive a kill."""

MB_PER_MEGAPIXEL = 36
"""What each further megapixel of the picture takes that the face goes back into."""


def costs(size: int) -> tuple[StageCost, ...]:
    """Return what rendering frames takes whose longer side is `size` pixels: on two threads, or slower on one.

    Measured in a picture of up to 512 x 512 pixels: two threads reserve 416 MB and keep 243, one 320 and 196.
    """
    more_mb = round(MB_PER_MEGAPIXEL * further_megapixels(size))
    title, stage = f"SadTalker's frames of {size} pixels", f"rendering sadtalker {size}"
    return (
        StageCost("sadtalker", title, stage, 250 + more_mb, 430 + more_mb, model="sadtalker"),
        StageCost("sadtalker", title, f"{stage} 1 thread", 200 + more_mb, 330 + more_mb, 1, "sadtalker"),
    )


def throughput(_size: int) -> Throughput:
    """Return how fast frames are rendered: 3.5 to 4.1 core seconds each, whatever the picture's size."""
    return Throughput(start_s=4.0, each_s=100.0, most_cpus=2)


def measure(job: RenderJob) -> Iterator[Event]:
    """Compute all that comes before the first frame.  Raises what `prepare.prepare` raises."""
    from halfgig.animators.sadtalker.prepare import prepare

    yield from prepare(job)


def make(job: RenderJob) -> Animator:
    """Load the networks that render."""
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
