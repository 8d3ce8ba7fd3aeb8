"""All that comes before the first frame: the portrait's share, the picture frames go into, and the movements.

Each lies in the job's folder once it is whole, and is not made again.
"""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from halfgig.animators.sadtalker.audio_windows import heard_of
from halfgig.animators.sadtalker.motion.coefficients import CROP, coefficients
from halfgig.animators.sadtalker.motion.windows import AT_ONCE
from halfgig.animators.sadtalker.motion_track import MotionSource, kind_of, part_of, write_moves
from halfgig.animators.sadtalker.networks.audio_build import open_audio
from halfgig.animators.sadtalker.networks.build import WEIGHTS
from halfgig.animators.sadtalker.networks.model import MOST_THREADS, Renderer
from halfgig.animators.sadtalker.paste import resized
from halfgig.animators.sadtalker.portrait_features import LONGEST, PortraitFeatures, sit
from halfgig.animators.sadtalker.reference_films import references_of, rows_of
from halfgig.errors import ModelMissing
from halfgig.events import Notice, Progress
from halfgig.face.crop import is_pasted, shown_size
from halfgig.face.face_cache import face_key
from halfgig.media.picture import PictureLimits, load_picture
from halfgig.requests import CANVAS, MOVES, SITTER
from halfgig.resources.limits import usable_threads
from halfgig.storage.atomic_write import atomic_write, room_for
from halfgig.storage.checksum_trailer import append_checksum, has_valid_checksum

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from numpy.typing import NDArray

    from halfgig.animators.sadtalker.audio_windows import AudioWindows
    from halfgig.events import Event
    from halfgig.requests import VideoRequest
    from halfgig.storage.disk_cache import DiskCache

    Floats = NDArray[np.float32]


def prepare(request: VideoRequest, folder: Path, shelf: DiskCache) -> Iterator[Event]:
    """Compute what a video's frames are rendered from into its folder; yield how far it is.

    `shelf` keeps portraits from one video to the next.  Raises what `sit`, `heard_of` and `references_of` raise.
    """
    yield Progress("measuring", 0, None, "faces")
    sitter = PortraitFeatures.load(folder / SITTER)
    if sitter is None:
        sitter = _known_sitter(request, shelf)
        with _whole(folder / SITTER) as part:
            sitter.save(part)
    yield from (Notice(text) for text in sitter.notices)
    if not has_valid_checksum(folder / CANVAS):
        _write_canvas(request, sitter, folder / CANVAS)
    if not has_valid_checksum(folder / MOVES):
        yield from _move(request, folder / MOVES, sitter)


def is_prepared(folder: Path) -> bool:
    """Tell whether all that `prepare` makes is there and undamaged."""
    return (
        PortraitFeatures.load(folder / SITTER) is not None
        and has_valid_checksum(folder / CANVAS)
        and has_valid_checksum(folder / MOVES)
    )


@contextlib.contextmanager
def _whole(path: Path) -> Iterator[Path]:
    """Give a file to write to as `finished_file` does; a full disk is `OutputUnwritable`."""
    with room_for(path), atomic_write(path) as part:
        yield part


def _known_sitter(request: VideoRequest, shelf: DiskCache) -> PortraitFeatures:
    name = f"{_key(request)}.npz"
    path = shelf.find(name)
    if path and (found := PortraitFeatures.load(path)):
        return found
    sitter = sit(request, usable_threads(MOST_THREADS))
    with shelf.room(name) as part:
        if part:
            sitter.save(part)
    return sitter


def _key(request: VideoRequest) -> str:
    """Name all that a portrait's share follows from."""
    assert request.model
    try:
        built = (request.model / WEIGHTS).stat()
    except OSError as error:
        raise ModelMissing(
            f"SadTalker's weights cannot be read: {error.strerror}; fetch it again: halfgig pull sadtalker"
        ) from error
    looked_with = str(request.settings.yunet or "dlib")
    asked = (request.landmarks, request.sadtalker.preprocess, LONGEST, looked_with, built.st_size, built.st_mtime_ns)
    return face_key(request.portrait, "sadtalker", *asked)


def _write_canvas(request: VideoRequest, sitter: PortraitFeatures, path: Path) -> None:
    """Write the picture that frames are pasted into, RGB [height, width, 3]; where they stand alone, an empty one."""
    mode = request.sadtalker.preprocess
    columns, rows = shown_size(mode, sitter.part, sitter.picture, request.size)
    canvas = np.zeros((rows, columns, 3), np.uint8)
    if is_pasted(mode):
        limits = PictureLimits(request.settings.max_picture_mb, request.settings.max_picture_megapixels)
        canvas = resized(load_picture(request.portrait, LONGEST, limits).rgb, columns, rows)
    with _whole(path) as part:
        with part.open("wb") as file:
            # Not by np.save, which does not tell that a disk is full from any other failure.
            np.lib.format.write_array_header_1_0(file, np.lib.format.header_data_from_array_1_0(canvas))
            file.write(canvas.data)
        append_checksum(part)


def _move(request: VideoRequest, path: Path, sitter: PortraitFeatures) -> Iterator[Event]:
    assert request.model
    heard = heard_of(request)
    rows = yield from (_followed if request.sadtalker.follow else _acted)(request, sitter, heard)
    renderer = Renderer(request.model, usable_threads(MOST_THREADS))
    with _whole(path) as part:
        yield from write_moves(part, renderer, sitter, MotionSource(heard.n_frames, rows), request.sadtalker)
        append_checksum(part)
    renderer.close()


def _acted(
    request: VideoRequest, sitter: PortraitFeatures, heard: AudioWindows
) -> Generator[Event, None, Iterator[Floats]]:
    """Give the rows that follow from the sound, and from films that lend theirs."""
    assert request.model
    references = yield from references_of(request, heard.n_frames)
    part = part_of(request.sadtalker, sitter, heard.n_frames, request.seed, references)
    return coefficients(open_audio(request.model), heard.windows, part)


def _followed(
    request: VideoRequest, sitter: PortraitFeatures, heard: AudioWindows
) -> Generator[Event, None, Iterator[Floats]]:
    """Give the rows of the face in the film that is the recording; its last row is kept up while there is sound."""
    assert isinstance(request.speech, Path)
    seen = yield from rows_of(request.speech, request, heard.n_frames)
    seen = np.concatenate([seen, np.repeat(seen[-1:], heard.n_frames - len(seen), axis=0)])
    lent = np.repeat(sitter.row[None, CROP:], heard.n_frames, axis=0)
    rows = np.concatenate([seen, lent] if kind_of(request.sadtalker) == "full" else [seen], axis=1)
    return iter(np.array_split(rows, -(-len(rows) // AT_ONCE)))
