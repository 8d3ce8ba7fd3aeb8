"""The stages of a video that work on pictures, each in a cell: measure the face, render the frames, assemble the file.

Stages write to the job's folder; the next stage, or the same one after a kill, continues from the files there.
"""

from __future__ import annotations

import contextlib
import os
import sys
from fractions import Fraction
from typing import TYPE_CHECKING

from halfgig import __version__
from halfgig.animators.base import SPEECH
from halfgig.events import Progress
from halfgig.pipeline.reports import Pace, StageResult
from halfgig.pipeline.video import FRAMES, NEWEST, THUMBNAIL, TRACK, WORDS, video_name
from halfgig.requests import TRANSPARENT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from halfgig.animators.base import Animator, RenderJob
    from halfgig.events import Event
    from halfgig.media.chunks import Chunk
    from halfgig.media.frame_store import FrameStore
    from halfgig.tts.speech import Speech

PREVIEW_EVERY_S = 2.0
"""Seconds between two previews of the newest frame."""

PREVIEW_SIDE, PREVIEW_QUALITY = 512, 70
"""Both sides of a preview are below twice this many pixels, its JPEG quality is the second number: about 30 KB."""

NICENESS = 10
"""Niceness of rendering, so that speech, for which a listener waits, gets the processor first."""


def measure(job: RenderJob) -> Iterator[Event]:
    """Run the animator's preparation, except for what the job's folder has already; yield progress.

    Raises `PictureError` if the picture cannot be used, `BadLandmarks` or `BadSetting` for an invalid request.
    """
    _yield_to_speech()
    yield from job.spec.measure(job)


def render(job: RenderJob) -> Iterator[Event]:
    """Render the missing frames; yield progress."""
    from halfgig.media.frame_store import FrameFormat, FrameStore
    from halfgig.storage.atomic_write import room_for

    _yield_to_speech()
    speech = job.speech()
    yield from speech.notices
    animator = job.spec.make(job)
    fps = Fraction(job.request.fps).limit_denominator(1001)
    has_alpha, path = job.request.background == TRANSPARENT, job.folder / FRAMES
    frame_format = FrameFormat(animator.size, fps, job.spec.frame_group, has_alpha)
    with room_for(path), FrameStore(path, frame_format) as store:
        yield from _rendered(job, animator, speech, store)


class _CountedSamples:
    """Counts a speech's samples as its chunks are consumed."""

    def __init__(self, speech: Speech, fps: Fraction) -> None:
        self._speech, self._fps = speech, fps
        self.samples = 0

    def chunks(self) -> Iterator[Chunk]:
        from halfgig.media.aac_track import samples_for
        from halfgig.media.chunks import BYTES_PER_SAMPLE, Chunk

        for chunk in self._speech:
            self.samples += len(chunk.pcm) // BYTES_PER_SAMPLE
            yield chunk
        # Animators have no frame for less than half of one, but every video has a frame.
        if (missing := samples_for(1, self._fps) - self.samples) > 0:
            yield Chunk(bytes(missing * BYTES_PER_SAMPLE))


def _rendered(job: RenderJob, animator: Animator, speech: Speech, store: FrameStore) -> Iterator[Event]:
    from halfgig.media.aac_track import frames_for
    from halfgig.media.vp9 import on_white

    fps, there = store.format.fps, store.frames
    expected = speech.length * float(fps) or None

    def progress(total: float | None) -> Progress:
        kept = animator.kept(store.kept)
        return Progress("rendering", max(store.frames, kept), total, "frames", kept)

    yield progress(expected)
    sound, pace, previews = _CountedSamples(speech, fps), Pace(), Pace(PREVIEW_EVERY_S)
    rgb = move = None
    for number, move in enumerate(animator.moves(speech, sound.chunks(), fps)):
        if number >= there:
            rgb = animator.render(move)
            store.append(rgb)
            if previews.due():
                write_preview(on_white(rgb), job.folder / NEWEST)
        if pace.due():
            yield progress(expected)
    while store.frames < frames_for(sound.samples, fps):
        rgb = animator.render(move) if rgb is None else rgb
        store.append(rgb)
    yield progress(store.frames)


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


def assemble(job: RenderJob) -> Iterator[Event | StageResult]:
    """Mux frames and speech into the video, write a thumbnail and subtitles; yield progress and finally the result."""
    from halfgig.media.mux import assemble as joined
    from halfgig.media.mux import write_thumbnail
    from halfgig.media.provenance import video_metadata
    from halfgig.storage.atomic_write import atomic_write, room_for

    _yield_to_speech()
    speech, frames, video = job.speech(), job.folder / FRAMES, job.folder / video_name(job.request)
    metadata = video_metadata(__version__, job.spec.name, speech.maker, job.spec.source_type)
    yield Progress("assembling", 0, None, "frames")
    with room_for(video), atomic_write(video) as part:
        made = joined(frames, speech, part, metadata)
    thumbnail = job.folder / THUMBNAIL
    with room_for(thumbnail), atomic_write(thumbnail) as part:
        write_thumbnail(frames, made.frames, part)
    _write_words(job)
    _write_track(job, made.frames)
    yield Progress("assembling", made.frames, made.frames, "frames")
    yield StageResult(made.seconds, speech.maker, made.frames, made.frame_format.size)


def _write_words(job: RenderJob) -> None:
    from halfgig.tts.spool import read_words
    from halfgig.tts.subtitles import write_subtitles

    if job.request.speech:
        write_subtitles(read_words(job.folder / SPEECH), job.folder / WORDS)


def _write_track(job: RenderJob, n_frames: int) -> None:
    from halfgig.storage.atomic_write import atomic_write, room_for

    if job.request.track and job.spec.track:
        path = job.folder / TRACK
        with room_for(path), atomic_write(path) as part, part.open("w", encoding="utf-8") as file:
            file.writelines(job.spec.track(job, n_frames))


def _yield_to_speech() -> None:
    """Lower this process's priority, and resume it if it is paused when its parent ends."""
    from halfgig.cells.parent import wake_when_parent_ends

    wake_when_parent_ends()
    if sys.platform.startswith("linux"):
        os.setpriority(os.PRIO_PROCESS, 0, NICENESS)
