"""Read a video's frames reduced to a few pixels, from some places of it, in bounded time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from halfgig.media.film import open_film, shown_frames

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    Floats = NDArray[np.float32]
    Levels = NDArray[np.uint16]

WINDOW_S = 12.0
"""Seconds of frames that are read together."""

WINDOWS = 4
"""Places of a video that are read: its start, and others at equal distances."""

MOST_PIXELS = 1e9
"""Pixels decoded for a window: 12 s of 1920 x 1080 at 40 frames a second; of larger frames a shorter part is read."""

SPACING_S = 0.06
"""Seconds between frames at least; those between are passed over."""

BLACK = 4.0
"""Brightest level, of 255, of the bars around a picture."""

_LEAST_FRAMES = 10


@dataclass(frozen=True, slots=True)
class ReducedFrames:
    """Some seconds of a video."""

    luma: Levels
    """Brightness, 0..65535, [frames, height, width]: a mark is smaller than a level of 255."""
    times: NDArray[np.float64]
    """When each frame is shown, in seconds from the first one here."""
    start_s: float
    """When the first one is shown, in seconds from the start of the video."""

    def at_steps(self, step_s: float, speed: float = 1.0) -> Floats:
        """Return the mean frames of equal steps of the original's time, 0..255, [steps, height, width]."""
        steps = (self.times * (speed / step_s)).astype(int)
        wanted = np.arange(steps[-1] + 1)
        first, after = np.searchsorted(steps, wanted), np.searchsorted(steps, wanted, side="right")
        # At few frames a second some steps have none: there the last frame is still shown.
        sums = [self.luma[min(start, stop - 1) : stop].mean(axis=0) for start, stop in zip(first, after, strict=True)]
        return np.array(sums, np.float32) / np.float32(257)

    def without_bars(self) -> ReducedFrames | None:
        """Return the same without black bars, enlarged to the longer side it had; None if there are none."""
        brightest = self.luma.max(axis=0) / 257
        rows, columns = (np.flatnonzero(brightest.max(axis=axis) > BLACK) for axis in (1, 0))
        if not len(rows) or (len(rows), len(columns)) == brightest.shape:
            return None
        part = self.luma[:, rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
        longer, height, width = max(brightest.shape), *part.shape[1:]
        scale = longer / max(height, width)
        y, x = (np.minimum((np.arange(round(side * scale)) / scale).astype(int), side - 1) for side in (height, width))
        return ReducedFrames(part[:, y][:, :, x], self.times, self.start_s)


def reduced_frames(path: Path, longest: int, megapixels: float) -> Iterator[ReducedFrames]:
    """Yield some seconds of frames whose longer side is `longest` pixels, from several places of a video.

    Raises the errors of `film.open_film`.
    """
    with open_film(path, megapixels) as (container, stream):
        seconds = float((container.duration or 0) / 1e6)
        count = WINDOWS if seconds > 2 * WINDOW_S else 1
        for number in range(count):
            if number:
                container.seek(round(1e6 * seconds * number / count))
            if window := _window(container, stream, longest):
                yield window


def _window(container: Any, stream: Any, longest: int) -> ReducedFrames | None:
    luma, times, decoded = list[Any](), list[float](), 0
    for at, frame in shown_frames(container, stream):
        decoded += frame.width * frame.height
        if times and (at - times[0] > WINDOW_S or decoded > MOST_PIXELS):
            break
        if times and at - times[-1] < SPACING_S:
            continue
        small = _reduced(frame, longest)
        if luma and small.shape != luma[0].shape:
            break
        luma.append(small)
        times.append(at)
    if len(times) < _LEAST_FRAMES:
        return None
    return ReducedFrames(np.stack(luma), np.array(times) - times[0], times[0])


def _reduced(frame: Any, longest: int) -> Levels:
    scale = longest / max(frame.width, frame.height)
    size = max(1, round(frame.width * scale)), max(1, round(frame.height * scale))
    small = frame.reformat(width=size[0], height=size[1], format="gray16le", interpolation="AREA")
    levels: Levels = small.to_ndarray()
    return levels
