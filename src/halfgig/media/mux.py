"""Mux stored frames and sound into an MP4 or WebM without re-encoding a frame; write the thumbnail."""

from __future__ import annotations

import io
import itertools
from typing import TYPE_CHECKING, Any, NamedTuple

from halfgig.media.aac_track import AAC, OPUS, SoundTrack, samples_for
from halfgig.media.chunks import BYTES_PER_SAMPLE
from halfgig.media.frame_store import read_format, read_packets
from halfgig.media.h264 import REORDERED
from halfgig.media.provenance import append_xmp
from halfgig.media.vp9 import decoded, on_white, webm_packet

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from halfgig.media.chunks import Chunk
    from halfgig.media.frame_store import FrameFormat
    from halfgig.media.h264 import Packet

THUMBNAIL_S = 1.0
"""Time of the thumbnail in seconds (the middle, in a shorter video): the first frame does not move yet."""

JPEG_QUALITY = 85

MP4, WEBM = ("mp4", {"movflags": "+faststart"}), ("webm", {"cues_to_front": "1"})
"""ffmpeg's names of the containers, and options that put the index first."""


class Assembled(NamedTuple):
    """A finished video."""

    frames: int
    frame_format: FrameFormat

    @property
    def seconds(self) -> float:
        """Length in seconds."""
        return float(self.frames / self.frame_format.fps)


class _Muxer:
    """Interleaves frames and sound, so that neither is buffered for long."""

    def __init__(self, container: Any, frame_format: FrameFormat, packets: Iterator[Packet]) -> None:
        self._container = container
        self._format = frame_format
        self._packets = packets
        self._next = next(packets, None)
        self._video = _stream_like(container, self._next, frame_format)
        self._sound = SoundTrack(container, OPUS if frame_format.has_alpha else AAC)
        self.frames = 0

    def write_sound(self, pcm: bytes) -> None:
        for packet in self._sound.encode(pcm):
            self._container.mux(packet)

    def write_frames(self, *, all_of_them: bool = False) -> None:
        """Write frames up to the end of the sound written so far."""
        while self._next and (all_of_them or samples_for(self.frames, self._format.fps) <= self._sound.samples):
            self._write_frame(self._next)
            self._next = next(self._packets, None)

    def finish(self) -> None:
        """Write the remaining frames, pad the sound with silence, and flush the sound encoder."""
        self.write_frames(all_of_them=True)
        missing = samples_for(self.frames, self._format.fps) - self._sound.samples
        if missing > 0:
            self.write_sound(bytes(missing * BYTES_PER_SAMPLE))
        for packet in self._sound.finish():
            self._container.mux(packet)

    def _write_frame(self, kept: Packet) -> None:
        import av

        has_alpha = self._format.has_alpha
        packet: Any = webm_packet(kept) if has_alpha else av.Packet(kept.data)
        packet.stream = self._video
        packet.time_base = 1 / self._format.fps
        packet.pts, packet.dts = kept.pts, self.frames - (0 if has_alpha else REORDERED)
        packet.duration = 1
        packet.is_keyframe = kept.is_key
        self._container.mux(packet)
        self.frames += 1


def _stream_like(container: Any, first: Packet | None, frame_format: FrameFormat) -> Any:
    """Add a video stream; H.264's parameter sets come from the first frame and are written to the index."""
    import av

    if frame_format.has_alpha:
        stream: Any = container.add_mux_stream(
            "vp9", rate=frame_format.fps, width=frame_format.size[0], height=frame_format.size[1]
        )
        stream.pix_fmt = "yuva420p"
        stream.metadata["alpha_mode"] = "1"
        stream.time_base = 1 / frame_format.fps
        return stream
    assert first is not None
    with av.open(io.BytesIO(first.data), format="h264") as raw:
        stream = container.add_stream_from_template(raw.streams.video[0])
    stream.time_base = 1 / frame_format.fps
    return stream


def assemble(frames: Path, chunks: Iterable[Chunk], path: Path, metadata: Mapping[str, str]) -> Assembled:
    """Write stored frames and speech, with the index first so that the file plays while downloading.

    Frames with transparency make a WebM with Opus, all others an MP4 with AAC.
    If the sound is shorter than the frames, silence is appended.
    """
    import av

    frame_format = read_format(frames)
    assert frame_format is not None
    how = WEBM if frame_format.has_alpha else MP4
    with av.open(str(path), "w", format=how[0], options=how[1]) as container:
        container.metadata.update(metadata)
        muxer = _Muxer(container, frame_format, read_packets(frames))
        for chunk in chunks:
            muxer.write_sound(chunk.pcm)
            muxer.write_frames()
        muxer.finish()
    if not frame_format.has_alpha:  # WebM has no place for XMP; its tags say the same
        append_xmp(path, metadata["software"], metadata["digital_source_type"])
    return Assembled(muxer.frames, frame_format)


def write_thumbnail(frames: Path, count: int, path: Path) -> None:
    """Write a JPEG of an early frame of a store with `count` frames."""
    import av
    from PIL import Image

    frame_format = read_format(frames)
    assert frame_format is not None
    wanted = min(round(THUMBNAIL_S * frame_format.fps), count // 2)
    if frame_format.has_alpha:
        rgba = next(itertools.islice(decoded(read_packets(frames)), wanted, None))
        Image.fromarray(on_white(rgba)).save(path, "JPEG", quality=JPEG_QUALITY)
        return
    decoder: Any = av.CodecContext.create("h264", "r")
    shown: Any = None
    for packet in read_packets(frames):
        if shown is not None and shown.pts >= wanted:
            break
        for frame in decoder.decode(_timed(packet)):
            shown = shown if shown is not None and shown.pts >= wanted else frame
    for frame in decoder.decode(None):
        shown = shown if shown is not None and shown.pts >= wanted else frame
    Image.fromarray(shown.to_ndarray(format="rgb24")).save(path, "JPEG", quality=JPEG_QUALITY)


def _timed(kept: Packet) -> Any:
    import av

    packet = av.Packet(kept.data)
    packet.pts = kept.pts
    return packet
