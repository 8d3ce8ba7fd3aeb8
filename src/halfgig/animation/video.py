"""Frames and sound into an MP4 that every browser plays."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Self

from halfgig.animation.xmp import append_xmp
from halfgig.speech.speaker import BYTES_PER_SAMPLE, SAMPLE_RATE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path
    from types import TracebackType

    import numpy as np
    from numpy.typing import NDArray

    from halfgig.speech.speaker import Chunk

X264 = {
    "preset": "veryfast",
    "crf": "19",
    # One thread and a short look-ahead: at 512 x 512 it keeps 18 MB; with ten frames and two
    # references 27, and the file is no smaller; with its own choice 60.
    "x264-params": "threads=1:lookahead-threads=1:rc-lookahead=5:sync-lookahead=0:keyint=125:bframes=1:ref=1:"
    "colorprim=bt709:transfer=iec61966-2-1:colormatrix=smpte170m",
}

AAC_BITS_A_SECOND = 96_000
AAC_FRAME = 1024
"""Samples the encoder takes at once."""


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
        self._audio: Any = self._container.add_stream("aac", rate=SAMPLE_RATE, layout="mono")
        self._audio.bit_rate = AAC_BITS_A_SECOND
        self._fifo = av.AudioFifo()
        self._last: NDArray[np.uint8] | None = None
        self.frames = 0
        """Frames written so far."""
        self.samples = 0
        """Samples of sound written so far."""

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
        import av
        import numpy as np

        samples = np.frombuffer(pcm, dtype="<i2").astype(np.float32) / 32768
        frame = av.AudioFrame.from_ndarray(samples[None], format="fltp", layout="mono")
        frame.sample_rate = SAMPLE_RATE
        frame.pts = self.samples
        frame.time_base = Fraction(1, SAMPLE_RATE)
        self._fifo.write(frame)
        self.samples += len(pcm) // BYTES_PER_SAMPLE
        while (whole := self._fifo.read(AAC_FRAME)) is not None:
            self._container.mux(self._audio.encode(whole))

    def write_frame(self, rgb: NDArray[np.uint8]) -> None:
        """Append a frame, RGB [height, width, 3]."""
        import av
        import cv2

        self._last = rgb
        planes = cv2.cvtColor(rgb, cv2.COLOR_RGB2YUV_I420)  # BT.601, as X264's colormatrix says
        frame = av.VideoFrame.from_ndarray(planes, format="yuv420p")
        frame.pts = self.frames
        frame.time_base = 1 / self._fps
        self._container.mux(self._video.encode(frame))
        self.frames += 1

    def _even_out(self) -> None:
        """Draw out the shorter of frames and sound."""
        wanted = max(1, math.ceil(self.samples * self._fps / SAMPLE_RATE - Fraction(1, 2)))
        while self._last is not None and self.frames < wanted:
            self.write_frame(self._last)
        missing = round(self.frames * SAMPLE_RATE / self._fps) - self.samples
        if missing > 0:
            self.write_sound(bytes(missing * BYTES_PER_SAMPLE))

    def _finish(self) -> None:
        self._even_out()
        if (rest := self._fifo.read(0, partial=True)) is not None:
            self._container.mux(self._audio.encode(rest))
        self._container.mux(self._audio.encode(None))
        self._container.mux(self._video.encode(None))
