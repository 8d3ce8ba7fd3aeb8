"""VP9 encoding with transparency: closed groups of frames with one encoder per group, as `h264` has them.

Colours and alpha are two VP9 streams; a packet carries its frame of both.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Any, Literal

from halfgig.media.h264 import Packet

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from fractions import Fraction

    import numpy as np
    from numpy.typing import NDArray

    from halfgig.media.h264 import FrameMark

VP9 = {
    "crf": "24",
    "b": "0",
    # At 512 x 512 these encode 25 frames in 0.8 s; the encoder's own defaults take four times as long.
    "deadline": "realtime",
    "cpu-used": "7",
    "lag-in-frames": "0",
    "auto-alt-ref": "0",  # hidden frames would have no alpha
    "g": "999999",
}
"""Encoder settings of every transparent video."""

_ALPHA: Literal["matroska_block_additional"] = "matroska_block_additional"
_ALPHA_ID = struct.pack(">Q", 1)  # the number that WebM gives to alpha
_LENGTH = struct.Struct("<I")


class AlphaGroupEncoder:
    """Encoder of one group of frames with transparency; `size` is width and height, both even.

    `mark` marks frames where they are opaque; the group's first one has the number `start` in the video.
    """

    def __init__(self, size: tuple[int, int], fps: Fraction, mark: FrameMark | None = None, start: int = 0) -> None:
        import av

        self._codec: Any = av.CodecContext.create("libvpx-vp9", "w")
        self._codec.width, self._codec.height = size
        self._codec.pix_fmt = "yuva420p"
        self._codec.framerate, self._codec.time_base = fps, 1 / fps
        self._codec.thread_count = 1
        self._codec.options = VP9
        self._fps = fps
        self._mark, self._start = mark, start
        self._packets: list[Packet] = []
        self._frames = 0

    def encode(self, rgba: NDArray[np.uint8]) -> None:
        """Add a frame, RGBA [height, width, 4]."""
        import av

        frame = av.VideoFrame.from_ndarray(rgba, format="rgba").reformat(format="yuva420p")
        if self._mark:
            self._mark.add(_luma_of(frame), self._start + self._frames, rgba[..., 3])
        frame.pts, frame.time_base = self._frames, 1 / self._fps
        self._frames += 1
        self._take(self._codec.encode(frame))

    def finish(self) -> list[Packet]:
        """Return the packets of the group; their data are those of `alpha_and_colours`."""
        self._take(self._codec.encode(None))
        return self._packets

    def _take(self, packets: Iterable[Any]) -> None:
        for packet in packets:
            (alpha,) = (bytes(each) for each in packet.iter_sidedata() if each.data_type == _ALPHA)
            alpha = alpha.removeprefix(_ALPHA_ID)
            data = _LENGTH.pack(len(alpha)) + alpha + bytes(packet)
            self._packets.append(Packet(data, packet.pts, bool(packet.is_keyframe)))


def _luma_of(frame: Any) -> NDArray[np.uint8]:
    """Return a view of a frame's brightness, [height, width]."""
    import numpy as np

    plane = frame.planes[0]
    return np.frombuffer(plane, np.uint8).reshape(-1, plane.line_size)[: frame.height, : frame.width]


def alpha_and_colours(data: bytes) -> tuple[bytes, bytes]:
    """Return the two VP9 frames in a packet's data: alpha, and colours."""
    (length,) = _LENGTH.unpack_from(data)
    start = _LENGTH.size
    return data[start : start + length], data[start + length :]


def webm_packet(kept: Packet) -> Any:
    """Return a packet for a WebM file, with its alpha added as WebM wants it."""
    import av
    import av.packet as types

    alpha, colours = alpha_and_colours(kept.data)
    packet: Any = av.Packet(colours)
    made: Any = types.PacketSideData  # its published signature lacks the arguments
    added = made(types.packet_sidedata_type_from_literal(_ALPHA), len(_ALPHA_ID) + len(alpha))
    added.update(_ALPHA_ID + alpha)
    packet.set_sidedata(added)
    return packet


def decoded(packets: Iterable[Packet]) -> Iterator[NDArray[np.uint8]]:
    """Yield the frames of packets, RGBA [height, width, 4]."""
    import av
    import numpy as np

    colour_decoder: Any = av.CodecContext.create("vp9", "r")
    alpha_decoder: Any = av.CodecContext.create("vp9", "r")
    for packet in packets:
        alpha, colours = (av.Packet(data) for data in alpha_and_colours(packet.data))
        for shown, share in zip(colour_decoder.decode(colours), alpha_decoder.decode(alpha), strict=True):
            # The grey of VP9 runs from 16 to 235 only for colours: alpha uses all of it.
            luma = share.to_ndarray(format="yuv420p")[: share.height]
            yield np.dstack([shown.to_ndarray(format="rgb24"), luma])


def on_white(rgba: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return RGB [height, width, 3] as RGBA shows on white; RGB stays as it is."""
    import cv2
    import numpy as np

    if rgba.shape[2] == 3:
        return rgba
    white = cv2.cvtColor(cv2.bitwise_not(rgba[..., 3]), cv2.COLOR_GRAY2RGB)
    alpha = cv2.cvtColor(rgba[..., 3], cv2.COLOR_GRAY2RGB)
    return np.asarray(cv2.add(cv2.multiply(rgba[..., :3], alpha, scale=1 / 255), white), np.uint8)
