"""What halfgig knows of the puppet without loading it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from halfgig.animators.base import AnimatorSpec, NoOptions
from halfgig.capacity.memory_costs import StageCost, further_megapixels
from halfgig.capacity.throughput import PLAIN_SIZE, Throughput
from halfgig.media.provenance import COMPOSITE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from halfgig.animators.base import Animator, RenderJob
    from halfgig.events import Event
    from halfgig.requests import VideoRequest

FACE = "face"
"""The name, in a job's folder, of the measured face."""

BUDGET_MB = 160
"""Frames of up to 512 x 512 pixels."""

UNTOUCHED_MB = 75
"""What its cell reserves and does not touch: 76-80 MB were kept at 512 x 512, and a margin."""

MB_PER_MEGAPIXEL = 110
"""What each further megapixel of a frame takes: picture, fields and x264's frames."""


def costs(size: int) -> tuple[StageCost, ...]:
    """Return what rendering frames takes whose longer side is `size` pixels."""
    budget_mb = round(BUDGET_MB + MB_PER_MEGAPIXEL * further_megapixels(size))
    stage = f"rendering puppet {size}"
    return (StageCost("puppet", f"frames of {size} pixels", stage, budget_mb - UNTOUCHED_MB, budget_mb),)


def throughput(size: int) -> Throughput:
    """Return how fast frames are rendered: 4.5 times real time at 512 pixels, longer in proportion to the area."""
    return Throughput(start_s=1.0, each_s=0.22 * max(1.0, (size / PLAIN_SIZE) ** 2), most_cpus=1)


def measure(job: RenderJob) -> Iterator[Event]:
    """Find the face in the portrait and measure it; yield what a person should know.

    Raises `PictureError` when the picture cannot be used, `BadLandmarks` for points that make no face.
    """
    from halfgig.animators.puppet.portrait import measured_portrait
    from halfgig.events import Notice

    yield from (Notice(text) for text in measured_portrait(job, job.folder / FACE).notices)


def make(job: RenderJob) -> Animator:
    """Make a puppet of the face that was measured."""
    from halfgig.animators.puppet.animator import make_puppet

    return make_puppet(job)


def check(_request: VideoRequest) -> None:
    """Accept every request: the puppet has no bounds of its own."""


SPEC = AnimatorSpec(
    name="puppet",
    title="the puppet",
    costs=costs,
    throughput=throughput,
    source_type=COMPOSITE,
    measure=measure,
    measured=(FACE,),
    make=make,
    options_type=NoOptions,
    check=check,
)
