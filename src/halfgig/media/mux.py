"""Kept frames and sound into an MP4, without encoding a frame again; and a picture from its beginning."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any, NamedTuple

from halfgig.media.aac_track import SoundTrack, samples_for
from halfgig.media.chunks import BYTES_PER_SAMPLE
from halfgig.media.frame_store import read_film, read_packets
from halfgig.media.provenance import append_xmp

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from halfgig.media.chunks import Chunk
    from halfgig.media.frame_store import Film
    from halfgig.media.h264 import Packet

THUMBNAIL_S = 1.0
"""Where the thumbnail is from, in seconds, or from the middle of a shorter video: the first frame is still at rest."""

JPEG_QUALITY = 85


class Assembled(NamedTuple):
    """Report a video."""

    frames: int
    film: Film

    @property
    def seconds(self) -> float:
        """Give its length in seconds."""
        return float(self.frames / self.film.fps)


class _Muxer:
    """Put frames and sound beside each other, so that neither waits in memory for long."""

    def __init__(self, container: Any, film: Film, packets: Iterator[Packet]) -> None:
        self._container = container
        self._film = film
        self._packets = packets
        self._next = next(packets, None)
        self._video = _stream_like(container, self._next, film)
        self._sound = SoundTrack(container)
        self.frames = 0

    def write_sound(self, pcm: bytes) -> None:
        for packet in self._sound.encode(pcm):
            self._container.mux(packet)

    def write_frames(self, *, all_of_them: bool = False) -> None:
        """Write the frames up to where the sound is."""
        while self._next and (all_of_them or samples_for(self.frames, self._film.fps) <= self._sound.samples):
            self._write_frame(self._next)
            self._next = next(self._packets, None)

    def finish(self) -> None:
        """Write the other frames, with silence beside them, and what the encoder of sound still has."""
        self.write_frames(all_of_them=True)
        missing = samples_for(self.frames, self._film.fps) - self._sound.samples
        if missing > 0:
            self.write_sound(bytes(missing * BYTES_PER_SAMPLE))
        for packet in self._sound.finish():
            self._container.mux(packet)

    def _write_frame(self, kept: Packet) -> None:
        import av

        packet: Any = av.Packet(kept.data)
        packet.stream = self._video
        packet.time_base = 1 / self._film.fps
        packet.pts = packet.dts = self.frames
        packet.duration = 1
        packet.is_keyframe = kept.is_key
        self._container.mux(packet)
        self.frames += 1


def _stream_like(container: Any, first: Packet | None, film: Film) -> Any:
    """Add a stream for frames such as the first one, whose parameter sets go into the file's index."""
    import av

    assert first is not None
    with av.open(io.BytesIO(first.data), format="h264") as raw:
        stream: Any = container.add_stream_from_template(raw.streams.video[0])
    stream.time_base = 1 / film.fps
    return stream


def assemble(frames: Path, chunks: Iterable[Chunk], path: Path, marks: Mapping[str, str]) -> Assembled:
    """Write an MP4 from a store of frames and a speech; its index comes first, so that it plays while it arrives.

    The shorter of both is drawn out, frames to half a frame.
    """
    import av

    film = read_film(frames)
    assert film is not None
    with av.open(str(path), "w", format="mp4", options={"movflags": "+faststart"}) as container:
        container.metadata.update(marks)
        muxer = _Muxer(container, film, read_packets(frames))
        for chunk in chunks:
            muxer.write_sound(chunk.pcm)
            muxer.write_frames()
        muxer.finish()
    append_xmp(path, marks["software"], marks["digital_source_type"])
    return Assembled(muxer.frames, film)


def write_thumbnail(frames: Path, count: int, path: Path) -> None:
    """Write a JPEG of a frame from the beginning of a store that holds `count`."""
    import av
    from PIL import Image

    film = read_film(frames)
    assert film is not None
    wanted = min(round(THUMBNAIL_S * film.fps), count // 2)
    decoder: Any = av.CodecContext.create("h264", "r")
    shown: Any = None
    for number, packet in enumerate(read_packets(frames)):
        for frame in decoder.decode(av.Packet(packet.data)):
            shown = frame
        if number >= wanted:
            break
    for frame in decoder.decode(None):
        shown = frame
    Image.fromarray(shown.to_ndarray(format="rgb24")).save(path, "JPEG", quality=JPEG_QUALITY)
