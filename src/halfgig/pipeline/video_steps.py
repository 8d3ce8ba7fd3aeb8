"""A video in steps that outlive a kill, each run in a cell: measure the face, render the frames, assemble the file.

What a step has made lies in the job's folder; the next one, or the same one begun again, goes on from there.
"""

from __future__ import annotations

import contextlib
import os
import sys
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from halfgig import __version__
from halfgig.events import Notice, Progress
from halfgig.pipeline.recipes import Pace, StageResult, check_video, speech_of
from halfgig.requests import NEWEST, PREPARED, SADTALKER, THUMBNAIL, VIDEO, WORDS
from halfgig.storage.checksum_trailer import append_checksum, has_valid_checksum
from halfgig.storage.disk_cache import DiskCache

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from halfgig.animators.base import Animator
    from halfgig.events import Event
    from halfgig.face.face_cache import Measured
    from halfgig.media.chunks import Chunk
    from halfgig.media.frame_store import FrameStore
    from halfgig.requests import VideoRequest
    from halfgig.tts.speech import Speech

FACE, FRAMES = "face", "frames"
"""The names, in a job's folder, of what the steps make on the way."""

SHOW_EVERY_S = 2.0
"""Seconds between two frames that are shown while more are made."""

SHOWN_SIDE, SHOWN_QUALITY = 512, 70
"""A frame that is shown has sides of less than twice so many pixels, and JPEG's quality is this: some 30 KB."""

MEASURED = (FACE, *PREPARED)
"""The names of what measuring makes, with the puppet and with SadTalker."""

NICENESS = 10
"""How far rendering stands back when the processor is short: who listens comes first."""


@dataclass(frozen=True, slots=True)
class RenderJob:
    """Say what is filmed, and where it is kept."""

    folder: Path
    """The job's folder."""
    request: VideoRequest
    """What is wanted; its speech is in a spool or a recording."""
    faces: Path
    """The folder of faces that were measured before."""
    faces_mb: float = 0.0
    """How much that folder may take, in MB; 0: nothing is kept there."""

    @property
    def shelf(self) -> DiskCache:
        """Give that folder, kept to its size."""
        return DiskCache(self.faces, self.faces_mb * 2**20)


def _stand_back() -> None:
    """Give way to what people wait for, and do not stay paused when the parent is gone."""
    from halfgig.cells.parent import wake_when_parent_ends

    wake_when_parent_ends()
    if sys.platform.startswith("linux"):
        os.setpriority(os.PRIO_PROCESS, 0, NICENESS)


def measure(shoot: RenderJob) -> Iterator[Event]:
    """Find the face in the portrait and measure it, and with SadTalker all that comes before the first frame.

    What was done before is not done again.
    Raises `PictureError` when the picture cannot be used, `BadLandmarks` or `BadSetting` for what was asked.
    """
    from halfgig.face.face_cache import read_face, write_face

    _stand_back()
    check_video(shoot.request)
    if shoot.request.animator == SADTALKER:
        from halfgig.animators.sadtalker.prepare import prepare

        yield from prepare(shoot.request, shoot.folder, shoot.shelf)
        return
    measured = read_face(shoot.folder / FACE)
    if measured is None:
        measured = _measured_once(shoot)
        write_face(measured, shoot.folder / FACE)
    yield from (Notice(text) for text in measured.notices)


def _measured_once(shoot: RenderJob) -> Measured:
    from halfgig.animators.puppet.portrait import SHARPNESS, measure_portrait
    from halfgig.face.face_cache import FaceCache, face_key

    asked = shoot.request
    cache = FaceCache(shoot.shelf)
    looked_with = (asked.landmarks, asked.size, SHARPNESS, str(asked.settings.yunet or "dlib"))
    key = face_key(asked.portrait, *looked_with)
    measured = cache.get(key)
    if measured is None:
        measured = measure_portrait(asked)
        cache.put(key, measured)
    return measured


class _Counted:
    """Count the samples of a speech while it moves a face."""

    def __init__(self, speech: Speech) -> None:
        self._speech = speech
        self.samples = 0

    def chunks(self) -> Iterator[Chunk]:
        from halfgig.media.chunks import BYTES_PER_SAMPLE

        for chunk in self._speech:
            self.samples += len(chunk.pcm) // BYTES_PER_SAMPLE
            yield chunk


def film(shoot: RenderJob) -> Iterator[Event]:
    """Render and keep the frames that are not there yet; yield how far it is."""
    from halfgig.media.frame_store import Film, FrameStore
    from halfgig.storage.atomic_write import room_for

    _stand_back()
    if shoot.request.animator == SADTALKER:
        yield from _prepared(shoot)
    speech = speech_of(shoot.request)
    yield from speech.notices
    animator = _animator(shoot)
    kept = Film(animator.size, Fraction(shoot.request.fps).limit_denominator(1001), animator.group)
    with room_for(shoot.folder / FRAMES), FrameStore(shoot.folder / FRAMES, kept) as store:
        expected = _seconds(shoot.request, speech)
        yield from _render(animator, speech, store, expected and expected * float(kept.fps), shoot.folder / NEWEST)
    with room_for(shoot.folder / FRAMES):
        append_checksum(shoot.folder / FRAMES)


def _prepared(shoot: RenderJob) -> Iterator[Event]:
    """Make anew what measuring has left but a disk has not kept: frames of damaged files would be plainly wrong."""
    from halfgig.animators.sadtalker.prepare import is_prepared, prepare

    if not is_prepared(shoot.folder):
        yield from prepare(shoot.request, shoot.folder, shoot.shelf)


def _animator(shoot: RenderJob) -> Animator:
    """Make the animator that was asked for, from what measuring has left."""
    if shoot.request.animator == SADTALKER:
        from halfgig.animators.sadtalker.animator import SadTalkerAnimator

        return SadTalkerAnimator(shoot.request, shoot.folder)
    from halfgig.animators.base import make_puppet
    from halfgig.face.face_cache import read_face

    return make_puppet(shoot.request, read_face(shoot.folder / FACE) or _measured_once(shoot))


def _seconds(request: VideoRequest, speech: Speech) -> float | None:
    from halfgig.requests import SpokenBefore

    return request.speech.seconds if isinstance(request.speech, SpokenBefore) else speech.length or None


def show(rgb: NDArray[np.uint8], path: Path) -> None:
    """Write a frame, RGB [H, W, 3], as a small JPEG in the place of the one before; a full disk ends nothing."""
    import cv2  # the encoder has loaded it already; Pillow would be one library more

    factor = max(1, max(rgb.shape) // SHOWN_SIDE)
    size = (rgb.shape[1] // factor, rgb.shape[0] // factor)
    bgr = cv2.cvtColor(cv2.resize(rgb, size, interpolation=cv2.INTER_AREA), cv2.COLOR_RGB2BGR)
    data = cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, SHOWN_QUALITY])[1].tobytes()
    part = path.with_name(f".{path.name}.part")
    with contextlib.suppress(OSError):
        part.write_bytes(data)
        part.replace(path)


def _render(
    animator: Animator, speech: Speech, store: FrameStore, expected: float | None, newest: Path
) -> Iterator[Event]:
    from halfgig.media.aac_track import frames_for

    yield Progress("rendering", store.frames, expected, "frames")
    sound, pace, shown = _Counted(speech), Pace(), Pace(SHOW_EVERY_S)
    rgb = move = None
    for number, move in enumerate(animator.moves(speech, sound.chunks(), store.film.fps)):
        if number >= store.next:
            rgb = animator.render(move)
            store.append(rgb)
            if shown.due():
                show(rgb, newest)
        if pace.due():
            yield Progress("rendering", store.frames, expected, "frames")
    while store.next < frames_for(sound.samples, store.film.fps):
        rgb = animator.render(move) if rgb is None else rgb
        store.append(rgb)
    yield Progress("rendering", store.frames, store.frames, "frames")


def assemble(shoot: RenderJob) -> Iterator[Event | StageResult]:
    """Join frames and speech in one file, with a thumbnail and the words' times; yield what was made.

    Frames that a disk has not kept as they were are rendered again: without them a video would be shorter, or broken.
    """
    from halfgig.media.mux import assemble as joined
    from halfgig.media.mux import write_thumbnail
    from halfgig.media.provenance import COMPOSITE, COMPOSITE_TRAINED, video_metadata
    from halfgig.storage.atomic_write import atomic_write, room_for

    _stand_back()
    if not has_valid_checksum(shoot.folder / FRAMES):
        yield from film(shoot)
    speech = speech_of(shoot.request)
    frames, video = shoot.folder / FRAMES, shoot.folder / VIDEO
    animator = shoot.request.animator
    source_type = COMPOSITE_TRAINED if animator == SADTALKER else COMPOSITE
    yield Progress("assembling", 0, None, "frames")
    with room_for(video), atomic_write(video) as part:
        made = joined(frames, speech, part, video_metadata(__version__, animator, speech.maker, source_type))
    thumbnail = shoot.folder / THUMBNAIL
    with room_for(thumbnail), atomic_write(thumbnail) as part:
        write_thumbnail(frames, made.frames, part)
    _write_words(shoot)
    yield Progress("assembling", made.frames, made.frames, "frames")
    yield StageResult(made.seconds, speech.maker, made.frames, made.film.size)


def _write_words(shoot: RenderJob) -> None:
    from halfgig.requests import SpokenBefore
    from halfgig.tts.spool import read_words
    from halfgig.tts.subtitles import write_subtitles

    if isinstance(shoot.request.speech, SpokenBefore):
        write_subtitles(read_words(shoot.request.speech.path), shoot.folder / WORDS)
