"""Films from files, frame by frame at the pace that is wanted: nothing but the frame at hand is held.

Only what stands in the file itself is read: playlists and references to other files are no formats here, and no
protocol is open.
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
    """Yield a film's pictures RGB [height, width, 3], the ones that are shown at `fps` moments a second.

    The longer side is at most `longest` pixels.  Raises `PictureUnreadable` for what is no film, `PictureTooLarge` for
    frames of more than so many megapixels.
    """
    yield from _paced(_shown(path, megapixels), fps, longest)


def first_frame(path: Path, longest: int, megapixels: float) -> tuple[Pixels, tuple[int, int]]:
    """Return a film's first picture, and its width and height in the film.

    Raises what `film_frames` raises.
    """
    with contextlib.closing(_shown(path, megapixels)) as frames:
        for _, frame in frames:
            return _rgb(frame, longest), (frame.width, frame.height)
    raise PictureUnreadable(f'"{path}" has no pictures in it; {_ADVICE}')


def _shown(path: Path, megapixels: float) -> Generator[tuple[float, Any]]:
    """Yield each frame with the second it is shown at."""
    import av

    try:
        with path.open("rb") as file:
            options = {"format_whitelist": _DEMUXERS, "protocol_whitelist": "none"}
            with av.open(file, "r", container_options=options, metadata_errors="replace") as container:
                stream = _stream(container, path, megapixels)
                rate = float(stream.average_rate or 25)
                for number, frame in enumerate(container.decode(stream)):
                    yield (number / rate if frame.time is None else float(frame.time)), frame
    except MemoryError:
        raise
    except (av.FFmpegError, OSError) as error:
        raise PictureUnreadable(f'"{path}" is not a film that can be read; {_ADVICE}') from error


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
    """Yield the frame that is shown in the middle of each moment."""
    begin, told, last = None, 0, None
    for at, frame in frames:
        begin = at if begin is None else begin
        while last is not None and (told + 0.5) / fps < at - begin:
            yield _rgb(last, longest)
            told += 1
        last = frame
    if last is not None:
        yield _rgb(last, longest)


def _rgb(frame: Any, longest: int) -> Pixels:
    scale = min(1.0, longest / max(frame.width, frame.height))
    size = max(2, round(frame.width * scale)), max(2, round(frame.height * scale))
    found: Pixels = frame.to_ndarray(format="rgb24", width=size[0], height=size[1])
    return found
