"""Render a video's frames with SadTalker and, in the full modes, paste them back into the portrait's picture."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

import numpy as np

from halfgig.animators.sadtalker.frame_cache import SQUARES, FrameCache
from halfgig.animators.sadtalker.motion_track import MotionTrack
from halfgig.animators.sadtalker.networks.model import MOST_THREADS, Renderer
from halfgig.animators.sadtalker.paste import Paste, pixels
from halfgig.animators.sadtalker.portrait_features import PortraitFeatures
from halfgig.animators.sadtalker.spec import CANVAS, FEATURES, MOVES
from halfgig.errors import PictureUnreadable
from halfgig.face.crop import is_pasted
from halfgig.resources.limits import usable_threads

if TYPE_CHECKING:
    from collections.abc import Iterator
    from fractions import Fraction

    from numpy.typing import NDArray

    from halfgig.animators.base import RenderJob
    from halfgig.media.chunks import Chunk
    from halfgig.tts.speech import Speech


class SadTalkerAnimator:
    """Renders a job's frames from the files that `prepare` wrote to its folder."""

    def __init__(self, job: RenderJob) -> None:
        assert job.model
        features = PortraitFeatures.load(job.folder / FEATURES)
        if features is None:
            raise PictureUnreadable("what was computed from the portrait is lost; ask for the video again")
        canvas: NDArray[np.uint8] = np.load(job.folder / CANVAS, allow_pickle=False)
        self.size: tuple[int, int] = (canvas.shape[1], canvas.shape[0])
        """Width and height of the frames, both even."""
        self._moves = MotionTrack(job.folder / MOVES)
        self._squares = FrameCache(job.folder / SQUARES, job.spec.frame_group)
        self._portrait = features.portrait
        self._paste = Paste(canvas, features.part_in(*self.size)) if is_pasted(job.options.preprocess) else None
        self._renderer = Renderer(job.model, usable_threads(MOST_THREADS))

    def moves(self, speech: Speech, chunks: Iterator[Chunk], fps: Fraction) -> Iterator[int]:  # noqa: ARG002 - the contract
        """Yield each frame's index. The audio was analysed by `prepare`, so the chunks are only consumed."""
        deque(chunks, maxlen=0)
        yield from range(len(self._moves))

    def render(self, move: int) -> NDArray[np.uint8]:
        """Return the frame with this index."""
        square = self._squares.get(move)
        if square is None:
            square = self._render_square(move)
            self._squares.put(move, square)
        face = square.astype(np.float32) / np.float32(255)
        return self._paste.frame(face) if self._paste else pixels(face, *self.size)

    def kept(self, encoded: int) -> int:
        """Return the number of frames that need no rendering: those encoded, then those whose squares are cached."""
        return self._squares.end_from(encoded)

    def _render_square(self, move: int) -> NDArray[np.uint8]:
        rendered = self._renderer.frame(self._portrait, self._moves.source, self._moves.at(move))
        return np.asarray(np.rint(rendered * np.float32(255)), np.uint8)
