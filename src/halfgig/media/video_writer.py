"""Frames and sound into an MP4 that every browser plays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from halfgig.media.aac_track import SoundTrack, frames_for, samples_for
from halfgig.media.chunks import BYTES_PER_SAMPLE
from halfgig.media.h264 import X264, video_frame
from halfgig.media.provenance import append_xmp

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from fractions import Fraction
    from pathlib import Path
    from types import TracebackType

    import numpy as np
    from numpy.typing import NDArray

    from halfgig.media.chunks import Chunk


class VideoWriter:
    """Write an H.264 and AAC file; use as a context manager.

    `size` is width and height of the frames, both even, `fps` frames a second, `marks` what the file says of itself.
    Sound is mono s16le at `SAMPLE_RATE`.  On leaving without an error, the shorter of sound and frames is drawn out:
    both then have the same length to one frame.
    """

    def __init__(self, path: Path, size: tuple[int, int], fps: Fraction, marks: Mapping[str, str]) -> None:
        import av

        self._path = path
        self._marks = dict(marks)
        self._size = size
        self._fps = fps
        self._container: Any = av.open(str(path), "w", format="mp4", options={"movflags": "+faststart"})
        self._container.metadata.update(marks)
        self._video: Any = self._container.add_stream("libx264", rate=fps, options=X264)
        self._video.width, self._video.height = size
        self._video.pix_fmt = "yuv420p"
        self._video.thread_count = 1
        self.sound = SoundTrack(self._container)
        """What was heard so far."""
        self._last: NDArray[np.uint8] | None = None
        self.frames = 0
        """Frames written so far."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        try:
            if error is None:
                self._finish()
        finally:
            self._container.close()
        if error is None:
            append_xmp(self._path, self._marks["software"], self._marks["digital_source_type"])

    @property
    def seconds(self) -> float:
        """Give the length of the frames written so far, in seconds."""
        return float(self.frames / self._fps)

    def sounded(self, chunks: Iterable[Chunk]) -> Iterator[Chunk]:
        """Pass chunks on to what moves the face, writing their sound."""
        for chunk in chunks:
            self.write_sound(chunk.pcm)
            yield chunk

    def write_sound(self, pcm: bytes) -> None:
        """Append sound."""
        for packet in self.sound.encode(pcm):
            self._container.mux(packet)

    def write_frame(self, rgb: NDArray[np.uint8]) -> None:
        """Append a frame, RGB [height, width, 3]."""
        self._last = rgb
        self._container.mux(self._video.encode(video_frame(rgb, self.frames, self._fps)))
        self.frames += 1

    def _even_out(self) -> None:
        """Draw out the shorter of frames and sound."""
        while self._last is not None and self.frames < frames_for(self.sound.samples, self._fps):
            self.write_frame(self._last)
        missing = samples_for(self.frames, self._fps) - self.sound.samples
        if missing > 0:
            self.write_sound(bytes(missing * BYTES_PER_SAMPLE))

    def _finish(self) -> None:
        self._even_out()
        for packet in self.sound.finish():
            self._container.mux(packet)
        self._container.mux(self._video.encode(None))
