"""Pictures into H.264: the encoder's settings, and closed groups of frames, each by an encoder of its own.

A group begins with a key frame and refers to nothing outside itself, so groups that were encoded at different times, or
by different processes, are joined by writing one after the other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from fractions import Fraction

    import numpy as np
    from numpy.typing import NDArray

X264 = {
    "preset": "veryfast",
    "crf": "19",
    # One thread and a short look-ahead: at 512 x 512 it keeps 18 MB; with ten frames and two
    # references 27, and the file is no smaller; with its own choice 60.
    "x264-params": "threads=1:lookahead-threads=1:rc-lookahead=5:sync-lookahead=0:keyint=infinite:bframes=1:ref=1:"
    "force-cfr=1:colorprim=bt709:transfer=iec61966-2-1:colormatrix=smpte170m",
}
"""The one set of settings for every video; docs/decisions has the measurements behind them."""

REORDERED = 1
"""How many frames may be decoded before they are shown: as many as there are B-frames in a row."""


class Packet(NamedTuple):
    """One encoded frame."""

    data: bytes
    """H.264 with start codes; a key frame has its parameter sets with it."""
    pts: int
    """When it is shown, in frames from the group's first."""
    is_key: bool
    """True when it can be decoded without those before it."""


class GroupEncoder:
    """Encodes one group of frames; `size` is width and height, both even."""

    def __init__(self, size: tuple[int, int], fps: Fraction) -> None:
        import av

        self._codec: Any = av.CodecContext.create("libx264", "w")
        self._codec.width, self._codec.height = size
        self._codec.pix_fmt = "yuv420p"
        self._codec.framerate, self._codec.time_base = fps, 1 / fps
        self._codec.thread_count = 1
        self._codec.options = X264
        self._fps = fps
        self._frames = 0
        self._packets: list[Packet] = []

    def encode(self, rgb: NDArray[np.uint8]) -> None:
        """Add a frame, RGB [height, width, 3]."""
        self._take(self._codec.encode(_video_frame(rgb, self._frames, self._fps)))
        self._frames += 1

    def finish(self) -> list[Packet]:
        """Return the group's packets in the order of decoding."""
        self._take(self._codec.encode(None))
        return self._packets

    def _take(self, packets: list[Any]) -> None:
        self._packets += [Packet(bytes(each), each.pts, bool(each.is_keyframe)) for each in packets]


def _video_frame(rgb: NDArray[np.uint8], number: int, fps: Fraction) -> Any:
    import av
    import cv2

    planes = cv2.cvtColor(rgb, cv2.COLOR_RGB2YUV_I420)  # BT.601, as the colour matrix in X264 says
    frame = av.VideoFrame.from_ndarray(planes, format="yuv420p")
    frame.pts = number
    frame.time_base = 1 / fps
    return frame
