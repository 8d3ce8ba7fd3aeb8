"""SadTalker's face, frame by frame, back in its picture where that is wanted."""

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
    """Render what `prepare` has left in a job's folder."""

    def __init__(self, job: RenderJob) -> None:
        assert job.model
        sitter = PortraitFeatures.load(job.folder / FEATURES)
        if sitter is None:
            raise PictureUnreadable("what was computed of the portrait is lost; ask for the video again")
        canvas: NDArray[np.uint8] = np.load(job.folder / CANVAS, allow_pickle=False)
        self.size: tuple[int, int] = (canvas.shape[1], canvas.shape[0])
        """Width and height of the frames, both even."""
        self._moves = MotionTrack(job.folder / MOVES)
        self._squares = FrameCache(job.folder / SQUARES)
        self._portrait = sitter.portrait
        self._paste = Paste(canvas, sitter.part_in(*self.size)) if is_pasted(job.options.preprocess) else None
        self._renderer = Renderer(job.model, usable_threads(MOST_THREADS))

    def moves(self, speech: Speech, chunks: Iterator[Chunk], fps: Fraction) -> Iterator[int]:  # noqa: ARG002 - the contract
        """Yield each frame's number; the sound was heard before, and passes by."""
        deque(chunks, maxlen=0)
        yield from range(len(self._moves))

    def render(self, move: int) -> NDArray[np.uint8]:
        """Return a frame by its number."""
        square = self._squares.get(move)
        if square is None:
            square = self._square(move)
            self._squares.put(move, square)
        shown = square.astype(np.float32) / np.float32(255)
        return self._paste.frame(shown) if self._paste else pixels(shown, *self.size)

    def kept(self, encoded: int) -> int:
        """Return the number of frames that are encoded, or whose squares are kept."""
        return self._squares.end_from(encoded)

    def _square(self, move: int) -> NDArray[np.uint8]:
        rendered = self._renderer.frame(self._portrait, self._moves.source, self._moves.at(move))
        return np.asarray(np.rint(rendered * np.float32(255)), np.uint8)
