"""From sound of any shape to mono at one rate, block by block, exact to the sample.

libswresample through PyAV does the filtering; this file keeps the books: how much went in, how much must come out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from halfgig.media.chunks import BYTES_PER_SAMPLE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from av import AudioFrame
    from av.filter import Graph


# libswresample mixes these by the loudspeakers' places.  Of channels without names it drops the fourth (and of three
# the third) as a subwoofer's, which in a recording may be the one with the speech: those are mixed by their mean.
_KNOWN_LAYOUTS = frozenset(
    {"mono", "stereo", "3.0", "4.0", "quad", "5.0", "5.1", "5.0(side)", "5.1(side)", "6.1", "7.1"}
)


class Shape(NamedTuple):
    """How sound is laid out in a frame."""

    format: str
    """ffmpeg's name of the sample format: "s16", "fltp"."""
    layout: str
    """ffmpeg's name of the channel layout: "mono", "7.1"."""
    rate: int
    """Samples a second."""


def shape_of(frame: AudioFrame) -> Shape:
    """Read the shape of a frame."""
    return Shape(frame.format.name, frame.layout.name, frame.sample_rate)


class FrameResampler:
    """Turn frames of one shape, with so many channels, into mono s16le bytes at `to_rate`.

    What comes out in all is `round(samples in * to_rate / rate)` samples, and nothing moves in time.
    """

    def __init__(self, shape: Shape, to_rate: int, channels: int = 1) -> None:
        self._shape = shape
        self._to_rate = to_rate
        self._samples_in = 0
        self._samples_out = 0
        self._graph = _graph(shape, to_rate, "" if shape.layout in _KNOWN_LAYOUTS else _mean_of(channels))

    def feed(self, frame: AudioFrame) -> bytes:
        """Take one frame, give what is ready."""
        from fractions import Fraction

        frame.pts = self._samples_in
        frame.time_base = Fraction(1, self._shape.rate)
        self._samples_in += frame.samples
        self._graph.push(frame)
        return self._ready()

    def finish(self) -> bytes:
        """Return the rest; nothing may be fed afterwards."""
        total = round(self._samples_in * self._to_rate / self._shape.rate)
        if not self._samples_in:
            return b""
        already = self._samples_out
        self._graph.push(None)
        # The flushed filter gives a sample or two more than the exact length, and nothing for fewer than 16 samples.
        return self._ready().ljust(BYTES_PER_SAMPLE * (total - already), b"\0")[: BYTES_PER_SAMPLE * (total - already)]

    def _ready(self) -> bytes:
        ready = bytearray()
        for frame in _pulled(self._graph):
            ready += memoryview(frame.planes[0])[: BYTES_PER_SAMPLE * frame.samples]
            self._samples_out += frame.samples
        return bytes(ready)


class Resampler:
    """Change the rate of mono s16le bytes; cut them where you like, the joints cannot be heard."""

    def __init__(self, from_rate: int, to_rate: int) -> None:
        self._shape = Shape("s16", "mono", from_rate)
        self._frames = FrameResampler(self._shape, to_rate)

    def feed(self, pcm: bytes) -> bytes:
        """Take any whole number of samples, give what is ready."""
        return b"".join(self._frames.feed(frame) for frame in mono_frames(pcm, self._shape.rate))

    def finish(self) -> bytes:
        """Return the rest; nothing may be fed afterwards."""
        return self._frames.finish()


def resampled(pcm: bytes, from_rate: int, to_rate: int) -> bytes:
    """Return a whole stretch of mono s16le sound at another rate."""
    resampler = Resampler(from_rate, to_rate)
    return resampler.feed(pcm) + resampler.finish()


def mono_frames(pcm: bytes, rate: int) -> Iterator[AudioFrame]:
    """Cut mono s16le bytes into frames of at most a second."""
    import av

    for start in range(0, len(pcm), BYTES_PER_SAMPLE * rate):
        block = pcm[start : start + BYTES_PER_SAMPLE * rate]
        frame = av.AudioFrame(format="s16", layout="mono", samples=len(block) // BYTES_PER_SAMPLE)
        frame.sample_rate = rate
        frame.planes[0].update(block)
        yield frame


def _mean_of(channels: int) -> str:
    return "mono|c0=" + "+".join(f"{1 / channels:.6f}*c{channel}" for channel in range(channels))


def _graph(shape: Shape, to_rate: int, pan: str) -> Graph:
    import av.filter

    graph = av.filter.Graph()
    graph.threads = 1  # by default a thread with its stack for each CPU, for filters that cannot use them
    chain = [
        graph.add(
            "abuffer",
            sample_fmt=shape.format,
            channel_layout=shape.layout,
            sample_rate=str(shape.rate),
            time_base=f"1/{shape.rate}",
        )
    ]
    if pan:
        chain.append(graph.add("pan", pan))
    chain.append(graph.add("aresample", str(to_rate)))
    chain.append(graph.add("aformat", sample_fmts="s16", channel_layouts="mono", sample_rates=str(to_rate)))
    chain.append(graph.add("abuffersink"))
    graph.link_nodes(*chain)
    graph.configure()
    return graph


def _pulled(graph: Graph) -> Iterator[AudioFrame]:
    import av

    while True:
        try:
            frame = graph.pull()
        except (av.error.BlockingIOError, av.error.EOFError):
            return
        assert isinstance(frame, av.AudioFrame)
        yield frame
