"""Resample sound of any format to mono at one rate, block by block and exact to the sample.

libswresample, through PyAV, does the filtering; this module counts the samples in and out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from halfgig.media.chunks import BYTES_PER_SAMPLE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from av import AudioFrame
    from av.filter import Graph

    from halfgig.media.channel_mix import Mix


class SampleFormat(NamedTuple):
    """Sample format, channel layout and rate of sound."""

    format: str
    """ffmpeg name of the sample format: "s16", "fltp"."""
    layout: str
    """ffmpeg name of the channel layout: "mono", "7.1"."""
    rate: int
    """Sample rate in Hz."""


def sample_format(frame: AudioFrame) -> SampleFormat:
    """Return the sample format of a frame."""
    return SampleFormat(frame.format.name, frame.layout.name, frame.sample_rate)


class FrameResampler:
    """Resampler from frames of one format to mono s16le bytes at `to_rate`.

    `mix` has the weight of each channel. The output has `round(input samples * to_rate / rate)` samples in total,
    without any delay.
    """

    def __init__(self, source: SampleFormat, to_rate: int, mix: Mix = ()) -> None:
        self._source = source
        self._to_rate = to_rate
        self._samples_in = 0
        self._samples_out = 0
        self._graph = _graph(source, to_rate, _pan(mix) if mix else "")

    def feed(self, frame: AudioFrame) -> bytes:
        """Resample a frame and return the bytes that are ready."""
        from fractions import Fraction

        frame.pts = self._samples_in
        frame.time_base = Fraction(1, self._source.rate)
        self._samples_in += frame.samples
        self._graph.push(frame)
        return self._ready()

    def finish(self) -> bytes:
        """Return the remaining bytes; `feed` must not be called afterwards."""
        total = round(self._samples_in * self._to_rate / self._source.rate)
        if not self._samples_in:
            return b""
        already = self._samples_out
        self._graph.push(None)
        # The flushed filter returns one or two samples too many, or none for an input below 16 samples.
        return self._ready().ljust(BYTES_PER_SAMPLE * (total - already), b"\0")[: BYTES_PER_SAMPLE * (total - already)]

    def _ready(self) -> bytes:
        ready = bytearray()
        for frame in _pulled(self._graph):
            ready += memoryview(frame.planes[0])[: BYTES_PER_SAMPLE * frame.samples]
            self._samples_out += frame.samples
        return bytes(ready)


class Resampler:
    """Resampler of mono s16le bytes; the input may be split anywhere without audible joints."""

    def __init__(self, from_rate: int, to_rate: int) -> None:
        self._source = SampleFormat("s16", "mono", from_rate)
        self._frames = FrameResampler(self._source, to_rate)

    def feed(self, pcm: bytes) -> bytes:
        """Resample any whole number of samples and return the bytes that are ready."""
        return b"".join(self._frames.feed(frame) for frame in mono_frames(pcm, self._source.rate))

    def finish(self) -> bytes:
        """Return the remaining bytes; `feed` must not be called afterwards."""
        return self._frames.finish()


def resampled(pcm: bytes, from_rate: int, to_rate: int) -> bytes:
    """Return mono s16le sound at another rate."""
    resampler = Resampler(from_rate, to_rate)
    return resampler.feed(pcm) + resampler.finish()


def mono_frames(pcm: bytes, rate: int) -> Iterator[AudioFrame]:
    """Split mono s16le bytes into frames of at most one second."""
    import av

    for start in range(0, len(pcm), BYTES_PER_SAMPLE * rate):
        block = pcm[start : start + BYTES_PER_SAMPLE * rate]
        frame = av.AudioFrame(format="s16", layout="mono", samples=len(block) // BYTES_PER_SAMPLE)
        frame.sample_rate = rate
        frame.planes[0].update(block)
        yield frame


def _pan(mix: Mix) -> str:
    return "mono|c0=" + "+".join(f"{weight:.6f}*c{channel}" for channel, weight in enumerate(mix))


def _graph(source: SampleFormat, to_rate: int, pan: str) -> Graph:
    import av.filter

    graph = av.filter.Graph()
    graph.threads = 1  # the default is a thread and its stack per CPU, unused by these filters
    chain = [
        graph.add(
            "abuffer",
            sample_fmt=source.format,
            channel_layout=source.layout,
            sample_rate=str(source.rate),
            time_base=f"1/{source.rate}",
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
