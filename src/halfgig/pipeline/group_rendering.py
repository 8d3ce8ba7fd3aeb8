"""Rendering a video's frames group by group, in one cell or in several side by side.

The leading cell goes on until every group is in the frame store; helpers render groups next to it, and other machines
single ones. A frame follows from its move alone, and every cell computes all moves from the start, so frames do not
depend on which cell rendered them.
"""

from __future__ import annotations

import contextlib
import time
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from halfgig.events import Progress
from halfgig.media.aac_track import frames_for, samples_for
from halfgig.media.chunks import BYTES_PER_SAMPLE, Chunk
from halfgig.media.frame_groups import FrameGroups
from halfgig.media.frame_store import FrameFormat, FrameStore
from halfgig.media.label import Label
from halfgig.media.vp9 import on_white
from halfgig.origin.installation import read_installation
from halfgig.origin.payload import VERSION, Payload
from halfgig.origin.picture_mark import PictureMark
from halfgig.pipeline.reports import Pace
from halfgig.pipeline.video import FRAMES, NEWEST
from halfgig.requests import TRANSPARENT
from halfgig.storage.atomic_write import room_for

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from halfgig.animators.base import RenderJob
    from halfgig.events import Event
    from halfgig.tts.speech import Speech

PREVIEW_EVERY_S = 2.0
"""Seconds between two previews of the newest frame."""

PREVIEW_SIDE, PREVIEW_QUALITY = 512, 70
"""Both sides of a preview are below twice this many pixels, its JPEG quality is the second number: about 30 KB."""

WAIT_S = 0.1
"""Seconds between two looks of the leading cell at groups that others still render."""


class GroupRenderer:
    """Renders the frames of one job, while other cells may render some of them."""

    def __init__(self, job: RenderJob) -> None:
        speech = job.speech()
        self._job = job
        self._path = job.folder / FRAMES
        self._notices = speech.notices
        self._animator = job.spec.make(job)
        fps = Fraction(job.request.fps).limit_denominator(1001)
        has_alpha = job.request.background == TRANSPARENT
        path = job.limits.installation if job.limits.marks_pictures else None
        number = None if path is None else read_installation(path)
        self._format = FrameFormat(self._animator.size, fps, job.spec.frame_group, has_alpha, number)
        self._mark = None if number is None else PictureMark(Payload(VERSION, number), self._animator.size, fps)
        request = job.request
        self._label = Label(request.label, request.label_corner, self._animator.size) if request.label else None
        self._expected = speech.length * float(fps) or None
        self._total: int | None = None
        self._told: Progress | None = None

    def lead(self) -> Iterator[Event]:
        """Render groups until all are in the frame store; yield progress."""
        yield from self._notices
        pace, previews = Pace(), Pace(PREVIEW_EVERY_S)
        with room_for(self._path), FrameStore(self._path, self._format, self._mark) as store:
            groups = FrameGroups(self._path, self._format, store, self._mark)
            while self._total is None or (missing := self._missing(store, groups)):
                if self._total is None or any(map(groups.is_claimable, missing)):
                    for rgb in self._rendered(groups):
                        if rgb is not None and previews.due():
                            write_preview(on_white(rgb), self._job.folder / NEWEST)
                        if rgb is None or pace.due():
                            yield self._progress(groups)
                else:
                    time.sleep(WAIT_S)
                    yield from self._news(groups)
            yield Progress("rendering", store.frames, store.frames, "frames", store.frames)

    def help(self) -> Iterator[Event]:
        """Render the groups that no other cell does, once through the video; yield progress with each group."""
        groups = FrameGroups(self._path, self._format, None, self._mark)
        with room_for(self._path):
            for rgb in self._rendered(groups):
                if rgb is None:
                    yield self._progress(groups)

    def one(self, group: int) -> Iterator[Event]:
        """Render a group into a file of its own, unless the video is shorter; yield progress within the group."""
        groups, pace = FrameGroups(self._path, self._format, None, self._mark), Pace()
        with room_for(self._path):
            for _ in self._rendered(groups, group):
                if pace.due():
                    yield Progress("rendering", groups.frames, self._format.group, "frames")

    def _rendered(self, groups: FrameGroups, only: int | None = None) -> Iterator[NDArray[np.uint8] | None]:
        """Render what is left of all groups, or of one; yield None for a group that is begun, and each frame."""
        for number, move in self._moves():
            if number % self._format.group == 0:
                groups.finish()
                group = number // self._format.group
                if only is not None and group > only:
                    break
                if only in (None, group) and groups.take(group):
                    yield None
            if groups.group is not None:
                rgb = self._animator.render(move)
                if self._label:
                    rgb = self._label.drawn_on(rgb)
                groups.append(rgb)
                yield rgb
        groups.finish()

    def _moves(self) -> Iterator[tuple[int, Any]]:
        """Yield the number and the move of each frame, and set the total; the last move is repeated to the end."""
        speech, fps = self._job.speech(), self._format.fps
        sound, number, move = _CountedSamples(speech, fps), -1, None
        for number, move in enumerate(self._animator.moves(speech, sound.chunks(), fps)):
            yield number, move
        self._total = max(number + 1, frames_for(sound.samples, fps))
        for padding in range(number + 1, self._total):
            yield padding, move

    def _missing(self, store: FrameStore, groups: FrameGroups) -> range:
        """Return the groups that are not in the store."""
        groups.join()
        return range(store.groups, -(-(self._total or 0) // self._format.group))

    def _news(self, groups: FrameGroups) -> Iterator[Progress]:
        """Yield progress if other cells made any: silence tells that they hang."""
        told, self._told = self._told, self._progress(groups)
        if self._told != told:
            yield self._told

    def _progress(self, groups: FrameGroups) -> Progress:
        """Return how far all cells together are."""
        closed, kept = groups.closed(), 0
        total = self._total or self._expected
        if groups.group is not None:
            start = groups.group * self._format.group
            kept = self._animator.kept(start) - start
        counts = (closed + max(groups.frames, kept) + groups.frames_of_others(), closed + kept)
        done, survive = (count if total is None else min(count, total) for count in counts)
        return Progress("rendering", done, total, "frames", survive)


class _CountedSamples:
    """Counts a speech's samples as its chunks are consumed."""

    def __init__(self, speech: Speech, fps: Fraction) -> None:
        self._speech, self._fps = speech, fps
        self.samples = 0

    def chunks(self) -> Iterator[Chunk]:
        for chunk in self._speech:
            self.samples += len(chunk.pcm) // BYTES_PER_SAMPLE
            yield chunk
        # Animators have no frame for less than half of one, but every video has a frame.
        if (missing := samples_for(1, self._fps) - self.samples) > 0:
            yield Chunk(bytes(missing * BYTES_PER_SAMPLE))


def write_preview(rgb: NDArray[np.uint8], path: Path) -> None:
    """Write a frame, RGB [H, W, 3], as a small JPEG that replaces the previous one; a full disk is ignored."""
    import cv2  # the encoder has loaded it already; Pillow would be one library more

    factor = max(1, max(rgb.shape) // PREVIEW_SIDE)
    size = (rgb.shape[1] // factor, rgb.shape[0] // factor)
    bgr = cv2.cvtColor(cv2.resize(rgb, size, interpolation=cv2.INTER_AREA), cv2.COLOR_RGB2BGR)
    data = cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, PREVIEW_QUALITY])[1].tobytes()
    part = path.with_name(f".{path.name}.part")
    with contextlib.suppress(OSError):
        part.write_bytes(data)
        part.replace(path)
