"""Read videos frame by frame at a given rate; only the current frame is in memory.

Only the file itself is read: playlists are not among the allowed formats, and no protocol is allowed, so a file cannot
refer to another one.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

from halfgig.errors import PictureTooLarge, PictureUnreadable

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    Pixels = NDArray[np.uint8]

_DEMUXERS = "mov,matroska,avi,mpegts,mpeg,ogg,flv,asf"

_ADVICE = "give a film such as .mp4, .mov, .webm or .mkv"


def film_frames(path: Path, fps: float, longest: int, megapixels: float) -> Iterator[Pixels]:
    """Yield the frames of a video resampled to `fps`, each RGB [height, width, 3].

    The longer side is at most `longest` pixels. Raises `PictureUnreadable` if the file is not a video and
    `PictureTooLarge` if its frames have more than `megapixels` megapixels.
    """
    yield from _paced(_shown(path, megapixels), fps, longest)


def first_frame(path: Path, longest: int, megapixels: float) -> tuple[Pixels, tuple[int, int]]:
    """Return the first frame of a video, and its original width and height.

    Raises the same errors as `film_frames`.
    """
    with contextlib.closing(_shown(path, megapixels)) as frames:
        for _, frame in frames:
            return _rgb(frame, longest), (frame.width, frame.height)
    raise PictureUnreadable(f'"{path}" has no pictures in it; {_ADVICE}')


@contextlib.contextmanager
def open_film(path: Path, megapixels: float) -> Iterator[tuple[Any, Any]]:
    """Open a video: yield its container and its stream of pictures.

    Raises the errors of `film_frames`, also where the file turns out to be damaged inside the block.
    """
    import av

    try:
        with path.open("rb") as file:
            options = {"format_whitelist": _DEMUXERS, "protocol_whitelist": "none"}
            with av.open(file, "r", container_options=options, metadata_errors="replace") as container:
                yield container, _stream(container, path, megapixels)
    except MemoryError:
        raise
    except (av.FFmpegError, OSError) as error:
        raise PictureUnreadable(f'"{path}" is not a film that can be read; {_ADVICE}') from error


def shown_frames(container: Any, stream: Any) -> Iterator[tuple[float, Any]]:
    """Yield each frame from where the container is, with its presentation time in seconds."""
    rate = float(stream.average_rate or 25)
    for number, frame in enumerate(container.decode(stream)):
        yield (number / rate if frame.time is None else float(frame.time)), frame


def _shown(path: Path, megapixels: float) -> Generator[tuple[float, Any]]:
    with open_film(path, megapixels) as (container, stream):
        yield from shown_frames(container, stream)


def _stream(container: Any, path: Path, megapixels: float) -> Any:
    if not container.streams.video:
        raise PictureUnreadable(f'"{path}" has no pictures in it; {_ADVICE}')
    stream = container.streams.video[0]
    width, height = stream.codec_context.width, stream.codec_context.height
    if width * height > megapixels * 1e6:
        raise PictureTooLarge(
            f'"{path}" has frames of {width} x {height} pixels; the limit is {megapixels:g} megapixels: make it smaller'
        )
    stream.codec_context.thread_count = 1
    return stream


def _paced(frames: Iterator[tuple[float, Any]], fps: float, longest: int) -> Iterator[Pixels]:
    """Yield, for each output frame, the input frame shown at the middle of its interval."""
    begin, emitted, last = None, 0, None
    for at, frame in frames:
        begin = at if begin is None else begin
        while last is not None and (emitted + 0.5) / fps < at - begin:
            yield _rgb(last, longest)
            emitted += 1
        last = frame
    if last is not None:
        yield _rgb(last, longest)


def _rgb(frame: Any, longest: int) -> Pixels:
    scale = min(1.0, longest / max(frame.width, frame.height))
    size = max(2, round(frame.width * scale)), max(2, round(frame.height * scale))
    found: Pixels = frame.to_ndarray(format="rgb24", width=size[0], height=size[1])
    return found
