"""Everything computed before the first frame: portrait features, the canvas to paste into, and the motion track.

Each is written to the job's folder atomically, and a job that resumes uses it again.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import numpy as np

from halfgig.animators.sadtalker.audio_windows import BLOCK, audio_windows_of
from halfgig.animators.sadtalker.motion.coefficients import CROP, coefficients
from halfgig.animators.sadtalker.motion_track import MotionSource, mapping_kind, motion_inputs, write_motion_track
from halfgig.animators.sadtalker.networks.audio_encoder import open_audio
from halfgig.animators.sadtalker.networks.build import WEIGHTS
from halfgig.animators.sadtalker.networks.model import MOST_THREADS, Renderer
from halfgig.animators.sadtalker.paste import resized
from halfgig.animators.sadtalker.portrait_features import LONGEST, PortraitFeatures, measure_portrait
from halfgig.animators.sadtalker.reference_films import film_coefficients, references_of
from halfgig.animators.sadtalker.spec import CANVAS, FEATURES, MOVES
from halfgig.errors import ModelMissing
from halfgig.events import Notice, Progress
from halfgig.face.cache import face_key
from halfgig.face.crop import is_pasted, shown_size
from halfgig.media.picture import PictureLimits, load_picture
from halfgig.resources.limits import usable_threads
from halfgig.storage.atomic_write import atomic_write, room_for
from halfgig.storage.checksum_trailer import append_checksum, has_valid_checksum

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    from halfgig.animators.base import RenderJob
    from halfgig.animators.sadtalker.audio_windows import AudioWindows
    from halfgig.events import Event

    Floats = NDArray[np.float32]


def prepare(job: RenderJob) -> Iterator[Event]:
    """Write everything a video's frames are rendered from to its folder, and yield progress.

    Raises the errors of `measure_portrait`, `audio_windows_of` and `references_of`.
    """
    yield Progress("measuring", 0, None, "faces")
    features = PortraitFeatures.load(job.folder / FEATURES)
    if features is None:
        features = _cached_features(job)
        with _atomic(job.folder / FEATURES) as part:
            features.save(part)
    yield from (Notice(text) for text in features.notices)
    if not has_valid_checksum(job.folder / CANVAS):
        _write_canvas(job, features, job.folder / CANVAS)
    if not has_valid_checksum(job.folder / MOVES):
        yield from _write_moves(job, job.folder / MOVES, features)


@contextlib.contextmanager
def _atomic(path: Path) -> Iterator[Path]:
    """Write a file atomically; raise `OutputUnwritable` if the disk is full."""
    with room_for(path), atomic_write(path) as part:
        yield part


def _cached_features(job: RenderJob) -> PortraitFeatures:
    """Return the portrait's features from the cache, or measure the portrait and cache them."""
    name = f"{_key(job)}.npz"
    path = job.cache.find(name)
    if path and (found := PortraitFeatures.load(path)):
        return found
    features = measure_portrait(job, usable_threads(MOST_THREADS))
    with job.cache.room(name) as part:
        if part:
            features.save(part)
    return features


def _key(job: RenderJob) -> str:
    """Return a cache key of everything that portrait features depend on."""
    assert job.model
    try:
        built = (job.model / WEIGHTS).stat()
    except OSError as error:
        raise ModelMissing(
            f"SadTalker's weights cannot be read: {error.strerror}; fetch it again: halfgig pull sadtalker"
        ) from error
    detector = str(job.limits.yunet or "")
    inputs = (job.request.landmarks, job.options.preprocess, LONGEST, detector, built.st_size, built.st_mtime_ns)
    return face_key(job.portrait, "sadtalker", *inputs)


def _write_canvas(job: RenderJob, features: PortraitFeatures, path: Path) -> None:
    """Write the picture that frames are pasted into, RGB [height, width, 3]; black if they are not pasted."""
    mode = job.options.preprocess
    columns, rows = shown_size(mode, features.part, features.picture, job.request.size)
    canvas = np.zeros((rows, columns, 3), np.uint8)
    if is_pasted(mode):
        limits = PictureLimits(job.limits.max_picture_mb, job.limits.max_picture_megapixels)
        rgb = np.rot90(load_picture(job.portrait, LONGEST, limits).rgb, features.turns)
        canvas = resized(np.ascontiguousarray(rgb), columns, rows)
    with _atomic(path) as part:
        with part.open("wb") as file:
            # Not np.save, whose error does not distinguish a full disk from other failures.
            np.lib.format.write_array_header_1_0(file, np.lib.format.header_data_from_array_1_0(canvas))
            file.write(canvas.data)
        append_checksum(part)


def _write_moves(job: RenderJob, path: Path, features: PortraitFeatures) -> Iterator[Event]:
    assert job.model
    audio = audio_windows_of(job)
    rows = yield from (_rows_from_film if job.options.follow else _rows_from_audio)(job, features, audio)
    renderer = Renderer(job.model, usable_threads(MOST_THREADS))
    with _atomic(path) as part:
        yield from write_motion_track(part, renderer, features, MotionSource(audio.n_frames, rows), job.options)
        append_checksum(part)
    renderer.close()


def _rows_from_audio(
    job: RenderJob, features: PortraitFeatures, audio: AudioWindows
) -> Generator[Event, None, Iterator[Floats]]:
    """Return coefficients predicted from the audio and combined with those of reference films."""
    assert job.model
    references = yield from references_of(job, audio.n_frames)
    inputs = motion_inputs(job.options, features, audio.n_frames, job.request.seed, references)
    return coefficients(open_audio(job.model), audio.windows, inputs)


def _rows_from_film(
    job: RenderJob, features: PortraitFeatures, audio: AudioWindows
) -> Generator[Event, None, Iterator[Floats]]:
    """Return the coefficients of the face in the recorded film; its last row is repeated to the end of the audio."""
    rows = yield from film_coefficients(job.path(job.request.audio), job, audio.n_frames)
    rows = np.concatenate([rows, np.repeat(rows[-1:], audio.n_frames - len(rows), axis=0)])
    if mapping_kind(job.options) == "full":
        alignment = np.repeat(features.row[None, CROP:], audio.n_frames, axis=0)
        rows = np.concatenate([rows, alignment], axis=1)
    return iter(np.array_split(rows, -(-len(rows) // BLOCK)))
