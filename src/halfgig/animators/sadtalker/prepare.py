"""All that comes before the first frame: the portrait's share, the picture frames go into, and the movements.

Each lies in the job's folder once it is whole, and is not made again.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import numpy as np

from halfgig.animators.sadtalker.audio_windows import heard_of
from halfgig.animators.sadtalker.motion.coefficients import CROP, coefficients
from halfgig.animators.sadtalker.motion.windows import AT_ONCE
from halfgig.animators.sadtalker.motion_track import MotionSource, kind_of, part_of, write_moves
from halfgig.animators.sadtalker.networks.audio_encoder import open_audio
from halfgig.animators.sadtalker.networks.build import WEIGHTS
from halfgig.animators.sadtalker.networks.model import MOST_THREADS, Renderer
from halfgig.animators.sadtalker.paste import resized
from halfgig.animators.sadtalker.portrait_features import LONGEST, PortraitFeatures, sit
from halfgig.animators.sadtalker.reference_films import references_of, rows_of
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
    """Compute what a video's frames are rendered from into its folder; yield how far it is.

    Raises what `sit`, `heard_of` and `references_of` raise.
    """
    yield Progress("measuring", 0, None, "faces")
    sitter = PortraitFeatures.load(job.folder / FEATURES)
    if sitter is None:
        sitter = _known_features(job)
        with _whole(job.folder / FEATURES) as part:
            sitter.save(part)
    yield from (Notice(text) for text in sitter.notices)
    if not has_valid_checksum(job.folder / CANVAS):
        _write_canvas(job, sitter, job.folder / CANVAS)
    if not has_valid_checksum(job.folder / MOVES):
        yield from _move(job, job.folder / MOVES, sitter)


@contextlib.contextmanager
def _whole(path: Path) -> Iterator[Path]:
    """Return a file to write to as `finished_file` does; a full disk is `OutputUnwritable`."""
    with room_for(path), atomic_write(path) as part:
        yield part


def _known_features(job: RenderJob) -> PortraitFeatures:
    name = f"{_key(job)}.npz"
    path = job.cache.find(name)
    if path and (found := PortraitFeatures.load(path)):
        return found
    sitter = sit(job, usable_threads(MOST_THREADS))
    with job.cache.room(name) as part:
        if part:
            sitter.save(part)
    return sitter


def _key(job: RenderJob) -> str:
    """Name all that a portrait's share follows from."""
    assert job.model
    try:
        built = (job.model / WEIGHTS).stat()
    except OSError as error:
        raise ModelMissing(
            f"SadTalker's weights cannot be read: {error.strerror}; fetch it again: halfgig pull sadtalker"
        ) from error
    looked_with = str(job.limits.yunet or "")
    asked = (job.request.landmarks, job.options.preprocess, LONGEST, looked_with, built.st_size, built.st_mtime_ns)
    return face_key(job.portrait, "sadtalker", *asked)


def _write_canvas(job: RenderJob, sitter: PortraitFeatures, path: Path) -> None:
    """Write the picture that frames are pasted into, RGB [height, width, 3]; where they stand alone, an empty one."""
    mode = job.options.preprocess
    columns, rows = shown_size(mode, sitter.part, sitter.picture, job.request.size)
    canvas = np.zeros((rows, columns, 3), np.uint8)
    if is_pasted(mode):
        limits = PictureLimits(job.limits.max_picture_mb, job.limits.max_picture_megapixels)
        rgb = np.rot90(load_picture(job.portrait, LONGEST, limits).rgb, sitter.turns)
        canvas = resized(np.ascontiguousarray(rgb), columns, rows)
    with _whole(path) as part:
        with part.open("wb") as file:
            # Not by np.save, which does not tell that a disk is full from any other failure.
            np.lib.format.write_array_header_1_0(file, np.lib.format.header_data_from_array_1_0(canvas))
            file.write(canvas.data)
        append_checksum(part)


def _move(job: RenderJob, path: Path, sitter: PortraitFeatures) -> Iterator[Event]:
    assert job.model
    heard = heard_of(job)
    rows = yield from (_followed if job.options.follow else _acted)(job, sitter, heard)
    renderer = Renderer(job.model, usable_threads(MOST_THREADS))
    with _whole(path) as part:
        yield from write_moves(part, renderer, sitter, MotionSource(heard.n_frames, rows), job.options)
        append_checksum(part)
    renderer.close()


def _acted(job: RenderJob, sitter: PortraitFeatures, heard: AudioWindows) -> Generator[Event, None, Iterator[Floats]]:
    """Return the rows that follow from the sound, and from films that lend theirs."""
    assert job.model
    references = yield from references_of(job, heard.n_frames)
    part = part_of(job.options, sitter, heard.n_frames, job.request.seed, references)
    return coefficients(open_audio(job.model), heard.windows, part)


def _followed(
    job: RenderJob, sitter: PortraitFeatures, heard: AudioWindows
) -> Generator[Event, None, Iterator[Floats]]:
    """Return the rows of the face in the film that is the recording; its last row is kept up while there is sound."""
    seen = yield from rows_of(job.path(job.request.audio), job, heard.n_frames)
    seen = np.concatenate([seen, np.repeat(seen[-1:], heard.n_frames - len(seen), axis=0)])
    lent = np.repeat(sitter.row[None, CROP:], heard.n_frames, axis=0)
    rows = np.concatenate([seen, lent] if kind_of(job.options) == "full" else [seen], axis=1)
    return iter(np.array_split(rows, -(-len(rows) // AT_ONCE)))
