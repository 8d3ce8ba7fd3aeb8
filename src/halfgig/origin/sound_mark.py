"""Write the mark into speech, chunk by chunk, without delay and without numpy.

ffmpeg filters each chunk by the pattern's seven filters at once, multiplies them by signs that change every chip, and
adds them to the sound. What is added is a share of what is there, so silence stays silent. A chunk's mark depends on
its samples and its position only: a stream that continues in another process is equal to the bit.
"""

from __future__ import annotations

import array
import functools
import math
from typing import TYPE_CHECKING, Any

from halfgig.media.chunks import BYTES_PER_SAMPLE, SAMPLE_RATE
from halfgig.origin.pattern import CHIP, CHIPS, GROUPS, TAPS, filters, marked_signs

if TYPE_CHECKING:
    from collections.abc import Callable

    from halfgig.origin.payload import Payload
    from halfgig.settings import Limits

_CHANNELS = GROUPS + 1  # the last one is the sound itself
_LAYOUT = "7.1"
_NAMES = ("FL", "FR", "FC", "LFE", "BL", "BR", "SL", "SR")
_DELAY = TAPS // 2
_PART = 1024
"""Samples that the filters take at once; what is pushed is a multiple of it, so that no chunk depends on the last."""
_BLOCK = 4 * _PART  # filters keep several blocks of all channels
_RAMP = CHIP // 2  # a change of sign takes half a chip
_FADE = 240  # at both ends of a chunk, where the filters lack what is beyond


def marker(limits: Limits, position: int = 0) -> SoundMark | Callable[[bytes], bytes]:
    """Return what marks the chunks of one stream or file, or leaves them as they are if the mark is switched off."""
    from halfgig.origin.installation import read_installation
    from halfgig.origin.payload import VERSION, Payload

    if limits.installation is None or not limits.marks_sound:
        return lambda pcm: pcm
    return SoundMark(Payload(VERSION, read_installation(limits.installation)), position)


class SoundMark:
    """Marks the sound of one stream or file; `position` is the sample at which it begins or continues."""

    def __init__(self, payload: Payload, position: int = 0) -> None:
        self.position = position
        """Number of samples marked so far."""
        self._signs = marked_signs(payload)

    def __call__(self, pcm: bytes) -> bytes:
        """Return a chunk of mono s16le sound with the mark; it has the same length."""
        try:
            return self._marked(pcm)
        except BaseException:
            _graph.cache_clear()  # it holds half a chunk
            raise

    def _marked(self, pcm: bytes) -> bytes:
        samples = len(pcm) // BYTES_PER_SAMPLE
        # A whole part of silence follows the chunk and its tail, so that the filters forget it.
        padded = math.ceil((samples + _DELAY) / _PART) * _PART + _PART
        out = bytearray()
        for start in range(0, padded, _BLOCK):
            count = min(_BLOCK, padded - start)
            block = pcm[start * BYTES_PER_SAMPLE : (start + count) * BYTES_PER_SAMPLE]
            out += _graph().filtered(block.ljust(count * BYTES_PER_SAMPLE, b"\0"), self._gains(start, count, samples))
        self.position += samples
        return bytes(out[_DELAY * BYTES_PER_SAMPLE : (_DELAY + samples) * BYTES_PER_SAMPLE])

    def skip(self, pcm: bytes) -> None:
        """Pass over a chunk that was marked already."""
        self.position += len(pcm) // BYTES_PER_SAMPLE

    def _gains(self, start: int, count: int, samples: int) -> bytes:
        """Return the gains of a chunk's samples from `start` on, delayed as the filters delay the sound."""
        first = self.position + start - _DELAY
        chip = first // CHIP
        skipped, width = first - chip * CHIP, 4 * _CHANNELS
        data = bytearray()
        while len(data) < (skipped + count) * width:
            data += self._chip(chip % CHIPS)
            chip += 1
        gains = array.array("f", bytes(data[skipped * width : (skipped + count) * width]))
        for number in range(min(_FADE, samples)):
            share = number / _FADE
            for place in (_DELAY + number - start, _DELAY + samples - 1 - number - start):
                if 0 <= place < count:
                    for channel in range(place * _CHANNELS, place * _CHANNELS + GROUPS):
                        gains[channel] *= share
        return gains.tobytes()

    def _chip(self, chip: int) -> bytes:
        """Return the gains of a chip, float32 [CHIP, channels]."""
        gains = array.array("f", [1.0]) * (CHIP * _CHANNELS)
        for group, (before, sign) in enumerate(zip(self._signs[chip - 1], self._signs[chip], strict=True)):
            gains[group::_CHANNELS] = _change(before, sign)
        return gains.tobytes()


@functools.cache
def _change(before: int, sign: int) -> array.array[float]:
    ramp = [0.5 - 0.5 * math.cos(math.pi * (n + 0.5) / _RAMP) for n in range(_RAMP)]
    return array.array("f", [before + (sign - before) * share for share in ramp] + [float(sign)] * (CHIP - _RAMP))


@functools.cache
def _graph() -> _Graph:
    """Return the filters that all streams of a process share, one chunk after the other: they take 8 MB."""
    return _Graph()


class _Graph:
    """ffmpeg's filters: one channel for each group, one for the sound itself."""

    def __init__(self) -> None:
        import av.filter

        graph = av.filter.Graph()
        graph.threads = 1
        self._sound = _source(graph, "s16", "mono")
        response, self._gain = _source(graph, "flt", _LAYOUT), _source(graph, "flt", _LAYOUT)
        planar = graph.add("aformat", "sample_fmts=fltp")
        spread = graph.add("channelmap", f"map={'|'.join('0-' + name for name in _NAMES)}:channel_layout={_LAYOUT}")
        # Without irnorm=-1 the filters would be scaled to equal loudness.
        fir = graph.add("afir", f"irnorm=-1:irlink=0:irfmt=input:maxir=0.1:minp={_PART}:maxp={_PART}")
        product = graph.add("amultiply")
        total = graph.add("pan", "mono|c0=" + "+".join(f"c{channel}" for channel in range(_CHANNELS)))
        whole = graph.add("aformat", "sample_fmts=s16")
        self._sink = graph.add("abuffersink")
        graph.link_nodes(self._sound, planar, spread, fir, product, total, whole, self._sink)
        response.link_to(fir, 0, 1)
        self._gain.link_to(product, 0, 1)
        graph.configure()
        self._graph = graph
        self._samples = 0
        response.push(_frame(_responses(), "flt", _LAYOUT, 0))
        response.push(None)

    def filtered(self, pcm: bytes, gains: bytes) -> bytes:
        """Return a block of sound, delayed by half a filter."""
        import av

        self._sound.push(_frame(pcm, "s16", "mono", self._samples))
        self._gain.push(_frame(gains, "flt", _LAYOUT, self._samples))
        self._samples += len(pcm) // BYTES_PER_SAMPLE
        out = bytearray()
        while len(out) < len(pcm):
            try:
                frame: Any = self._sink.pull()
            except (av.error.BlockingIOError, av.error.EOFError):
                break
            out += memoryview(frame.planes[0])[: BYTES_PER_SAMPLE * frame.samples]
        return bytes(out)


def _source(graph: Any, sample_format: str, layout: str) -> Any:
    return graph.add(
        "abuffer",
        sample_fmt=sample_format,
        channel_layout=layout,
        sample_rate=str(SAMPLE_RATE),
        time_base=f"1/{SAMPLE_RATE}",
    )


def _frame(data: bytes, sample_format: str, layout: str, start: int) -> Any:
    from fractions import Fraction

    import av

    width = BYTES_PER_SAMPLE if layout == "mono" else 4 * _CHANNELS
    frame = av.AudioFrame(format=sample_format, layout=layout, samples=len(data) // width, align=1)
    frame.sample_rate, frame.pts, frame.time_base = SAMPLE_RATE, start, Fraction(1, SAMPLE_RATE)
    frame.planes[0].update(data)
    return frame


@functools.cache
def _responses() -> bytes:
    responses = array.array("f", bytes(4 * _CHANNELS * TAPS))
    for group, taps in enumerate(filters()):
        responses[group::_CHANNELS] = array.array("f", taps)
    responses[_DELAY * _CHANNELS + GROUPS] = 1.0
    return responses.tobytes()
