"""Specification of the puppet: costs, stages and checks, available without loading it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from halfgig.animators.base import AnimatorSpec
from halfgig.animators.puppet.options import PuppetOptions
from halfgig.capacity.memory_costs import StageCost, further_megapixels
from halfgig.capacity.throughput import PLAIN_SIZE, Throughput
from halfgig.media.provenance import COMPOSITE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from halfgig.animators.base import Animator, RenderJob
    from halfgig.events import Event
    from halfgig.requests import VideoRequest

RIG = "rig.json"
"""File name of the rig in a job's folder."""

KNOWN_RIG = "avatar.rig.json"
"""File name, in a job's folder, of a rig of the same portrait for frames of any size, which a saved avatar has."""

BUDGET_MB = 160
"""Memory of the cell for frames of up to 512 x 512 pixels."""

UNTOUCHED_MB = 75
"""Memory reserved but never touched by the cell: it kept 76-80 MB at 512 x 512, plus a margin."""

MB_PER_MEGAPIXEL = 110
"""Memory for each further megapixel of a frame: picture, displacement fields and frames held by x264."""


def costs(size: int) -> tuple[StageCost, ...]:
    """Return the memory cost of rendering frames whose longer side is `size` pixels."""
    budget_mb = round(BUDGET_MB + MB_PER_MEGAPIXEL * further_megapixels(size))
    stage = f"rendering puppet {size}"
    return (StageCost("puppet", f"frames of {size} pixels", stage, budget_mb - UNTOUCHED_MB, budget_mb),)


def throughput(size: int) -> Throughput:
    """Return the rendering speed: 4.5 times real time up to 512 pixels, then inversely proportional to the area."""
    return Throughput(start_s=1.0, each_s=0.22 * max(1.0, (size / PLAIN_SIZE) ** 2), most_cpus=1)


def measure(job: RenderJob) -> Iterator[Event]:
    """Locate and measure the face in the portrait; yield notices for the user.

    Raises `PictureError` if the picture cannot be used, `BadLandmarks` if the given landmarks form no face.
    """
    from halfgig.animators.puppet.portrait import notices_of, rig_of
    from halfgig.events import Notice

    yield from (Notice(text) for text in notices_of(job, rig_of(job, job.folder / RIG)))


def make(job: RenderJob) -> Animator:
    """Load the puppet of the measured rig."""
    from halfgig.animators.puppet.animator import make_puppet

    return make_puppet(job)


def track(job: RenderJob, n_frames: int) -> Iterator[str]:
    """Yield the lines of the track: what the face does in each frame, as JSON."""
    from halfgig.animators.puppet.track import track_of

    return track_of(job, n_frames)


def check(_request: VideoRequest) -> None:
    """Accept every request: the puppet has no constraints of its own."""


SPEC = AnimatorSpec(
    name="puppet",
    title="the puppet",
    costs=costs,
    throughput=throughput,
    source_type=COMPOSITE,
    measure=measure,
    measured=(RIG,),
    make=make,
    options_type=PuppetOptions,
    check=check,
    composes=True,
    track=track,
)
