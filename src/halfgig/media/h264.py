"""H.264 encoding: the encoder settings, and closed groups of frames with one encoder per group.

A group starts with a key frame and references no frame outside itself, so groups encoded at different times or by
different processes can simply be concatenated.
"""

from __future__ import annotations

import functools
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

if TYPE_CHECKING:
    from fractions import Fraction

    import numpy as np
    from numpy.typing import NDArray

X264 = {
    "preset": "veryfast",
    "crf": "19",
    # One thread and a short look-ahead: at 512 x 512 the encoder uses 18 MB; with ten frames and two
    # references 27 MB for a file of the same size; with the preset's defaults 60 MB.
    "x264-params": "threads=1:lookahead-threads=1:rc-lookahead=5:sync-lookahead=0:keyint=infinite:bframes=1:ref=1:"
    "force-cfr=1:colorprim=bt709:transfer=iec61966-2-1:colormatrix=smpte170m",
}
"""Encoder settings of every video; docs/decisions has the measurements."""

REORDERED = 1
"""Number of frames that may be decoded before they are shown: the number of consecutive B-frames."""


class Packet(NamedTuple):
    """One encoded frame."""

    data: bytes
    """H.264 with start codes, a key frame with its parameter sets; or VP9 as `vp9` packs it."""
    pts: int
    """Presentation time, in frames from the first frame of the group."""
    is_key: bool
    """Whether the frame can be decoded without earlier frames."""


class FrameMark(Protocol):
    """Something that is written into every frame before it is encoded."""

    def add(self, luma: NDArray[np.uint8], number: int, alpha: NDArray[np.uint8] | None = None) -> None:
        """Change a frame's luma [height, width] in place, given its number and its opacity, if it has one."""
        ...


class GroupEncoder:
    """Encoder of one group of frames; `size` is width and height, both even.

    `mark` marks frames; the group's first one has the number `start` in the video.
    """

    def __init__(self, size: tuple[int, int], fps: Fraction, mark: FrameMark | None = None, start: int = 0) -> None:
        import av

        self._codec: Any = av.CodecContext.create("libx264", "w")
        self._codec.width, self._codec.height = size
        self._codec.pix_fmt = "yuv420p"
        self._codec.framerate, self._codec.time_base = fps, 1 / fps
        self._codec.thread_count = 1
        self._codec.options = _options()
        self._fps = fps
        self._mark, self._start = mark, start
        self._frames = 0
        self._packets: list[Packet] = []

    def encode(self, rgb: NDArray[np.uint8]) -> None:
        """Add a frame, RGB [height, width, 3]."""
        import cv2

        planes = cv2.cvtColor(rgb, cv2.COLOR_RGB2YUV_I420)  # BT.601, like the colour matrix in X264
        if self._mark:
            self._mark.add(planes[: len(rgb)], self._start + self._frames)
        self._take(self._codec.encode(_video_frame(planes, self._frames, self._fps)))
        self._frames += 1

    def finish(self) -> list[Packet]:
        """Return the packets of the group in decoding order."""
        self._take(self._codec.encode(None))
        return self._packets

    def _take(self, packets: list[Any]) -> None:
        self._packets += [Packet(bytes(each), each.pts, bool(each.is_keyframe)) for each in packets]


@functools.cache
def _options() -> dict[str, str]:
    """Return the settings for this processor.

    x264's functions for AVX-512 differ from all others, and now and then from themselves: of 2500 equal groups encoded
    on a busy machine 8 had other bytes, without them none.
    """
    cpu = Path("/proc/cpuinfo")
    flags = cpu.read_text(encoding="utf-8").split() if cpu.exists() else []
    return X264 | ({"x264-params": f"{X264['x264-params']}:asm=avx2"} if "avx512f" in flags else {})


def _video_frame(planes: Any, number: int, fps: Fraction) -> Any:
    import av

    frame = av.VideoFrame.from_ndarray(planes, format="yuv420p")
    frame.pts = number
    frame.time_base = 1 / fps
    return frame
