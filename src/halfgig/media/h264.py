"""Pictures into H.264: the settings, and an encoder that gives each frame's packet as soon as it has the frame."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from fractions import Fraction

    import numpy as np
    from numpy.typing import NDArray

COLOURS = "colorprim=bt709:transfer=iec61966-2-1:colormatrix=smpte170m"

X264 = {
    "preset": "veryfast",
    "crf": "19",
    # One thread and a short look-ahead: at 512 x 512 it keeps 18 MB; with ten frames and two
    # references 27, and the file is no smaller; with its own choice 60.
    "x264-params": "threads=1:lookahead-threads=1:rc-lookahead=5:sync-lookahead=0:keyint=125:bframes=1:ref=1:"
    f"{COLOURS}",
}

X264_AT_ONCE = {
    "preset": "veryfast",
    # Without look-ahead there is no mbtree, which is where the other's crf of 19 saves: measured on 12 s of the
    # presenter at 512 x 512, both have 45.4 dB on average; this one is a seventh larger.
    "crf": "24",
    # force-cfr: else x264 waits for the next frame to know how long this one is shown.
    "x264-params": "threads=1:lookahead-threads=1:rc-lookahead=0:sync-lookahead=0:keyint=125:bframes=0:ref=1:"
    "mbtree=0:force-cfr=1:"
    f"{COLOURS}",
}
"""Each frame in, its packet out: nothing is lost with the encoder but the frame it is at."""


class Packet(NamedTuple):
    """Hold one encoded frame."""

    data: bytes
    """H.264 with start codes; a key frame has its parameter sets with it."""
    is_key: bool
    """True when it can be decoded without those before it."""
    is_odd: bool
    """For a key frame, its idr_pic_id: of two in a row it must differ."""


def video_frame(rgb: NDArray[np.uint8], number: int, fps: Fraction) -> Any:
    """Give a frame for the encoder from RGB [height, width, 3]."""
    import av
    import cv2

    planes = cv2.cvtColor(rgb, cv2.COLOR_RGB2YUV_I420)  # BT.601, as COLOURS says
    frame = av.VideoFrame.from_ndarray(planes, format="yuv420p")
    frame.pts = number
    frame.time_base = 1 / fps
    return frame


class FrameEncoder:
    """Encode frames one by one; the first is a key frame.

    `size` is width and height, both even.  With `starts_odd` the first key frame differs from one of another encoder
    that stands right before it and is even.
    """

    def __init__(self, size: tuple[int, int], fps: Fraction, *, starts_odd: bool = False) -> None:
        import av

        self._codec: Any = av.CodecContext.create("libx264", "w")
        self._codec.width, self._codec.height = size
        self._codec.pix_fmt = "yuv420p"
        self._codec.framerate, self._codec.time_base = fps, 1 / fps
        self._codec.thread_count = 1
        self._codec.options = X264_AT_ONCE
        self._fps = fps
        self._frames = 0
        self._keys = 0
        self._starts_odd = starts_odd

    def encode(self, rgb: NDArray[np.uint8]) -> Packet:
        """Give the packet of a frame, RGB [height, width, 3]."""
        if self._starts_odd and not self._frames:
            self._encode(rgb)  # x264 counts idr_pic_id from 0 and lets nobody choose it: one is made for nothing
        return self._encode(rgb)

    def _encode(self, rgb: NDArray[np.uint8]) -> Packet:
        from av.video.frame import PictureType

        frame = video_frame(rgb, self._frames, self._fps)
        if self._frames < 1 + self._starts_odd:
            frame.pict_type = PictureType.I  # the wrapper makes an IDR of it
        (packet,) = self._codec.encode(frame)
        self._frames += 1
        self._keys += packet.is_keyframe
        return Packet(bytes(packet), bool(packet.is_keyframe), bool(packet.is_keyframe and self._keys % 2 == 0))
