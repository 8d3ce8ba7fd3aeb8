"""The puppet as an animator: a portrait driven by visemes or by sound, frame by frame."""

from __future__ import annotations

from typing import TYPE_CHECKING

from halfgig.animators.puppet.animation import poses_of
from halfgig.animators.puppet.portrait import make_portrait, rig_of
from halfgig.animators.puppet.spec import RIG

if TYPE_CHECKING:
    from collections.abc import Iterator
    from fractions import Fraction

    import numpy as np
    from numpy.typing import NDArray

    from halfgig.animators.base import RenderJob
    from halfgig.animators.puppet.blendshapes import Pose
    from halfgig.animators.puppet.options import PuppetOptions
    from halfgig.animators.puppet.portrait import Portrait
    from halfgig.media.chunks import Chunk
    from halfgig.tts.speech import Speech


class PuppetAnimator:
    """A portrait animated as a puppet; `options` say how lively and in which mood."""

    def __init__(self, portrait: Portrait, seed: int, options: PuppetOptions) -> None:
        self.size = portrait.size
        self._puppet = portrait.puppet
        self._seed, self._options = seed, options

    def moves(self, speech: Speech, chunks: Iterator[Chunk], fps: Fraction) -> Iterator[Pose]:
        """Yield a pose for each frame."""
        return poses_of(speech, chunks, float(fps), self._seed, self._options)

    def render(self, move: Pose) -> NDArray[np.uint8]:
        """Return the frame of a pose, RGB [height, width, 3]."""
        return self._puppet.render(move)

    def kept(self, encoded: int) -> int:
        """Return `encoded`: a frame that is lost is quickly rendered again."""
        return encoded


def make_puppet(job: RenderJob) -> PuppetAnimator:
    """Make a puppet of the job's rig; measure it again if its file is missing or damaged."""
    return PuppetAnimator(make_portrait(job, rig_of(job, job.folder / RIG)), job.request.seed, job.options)
