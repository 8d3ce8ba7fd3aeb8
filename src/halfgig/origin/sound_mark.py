"""Write the mark into speech, chunk by chunk, without delay and without numpy.

ffmpeg filters each chunk by the pattern's seven groups of bands at once, multiplies them by signs that change every
chip, and adds them to the sound. What is added is a share of what is there, so silence stays silent. A chunk's mark
depends on its samples and its position only: a stream that continues in another process is equal to the bit.
"""

from __future__ import annotations

import array
import functools
import io
import math
from typing import TYPE_CHECKING, Any

from halfgig.media.chunks import BYTES_PER_SAMPLE, SAMPLE_RATE
from halfgig.origin.pattern import BANDS, CHIP, CHIPS, GROUPS, TAPS, band_edges, band_gains, marked_signs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from halfgig.origin.payload import Payload
    from halfgig.settings import Limits

_LAYOUT = "6.1"
_NAMES = ("FL", "FR", "FC", "LFE", "BC", "SL", "SR")  # a channel for each group
_BYTES_PER_GAIN = 4
_DELAY = TAPS // 2 + 1  # to ffmpeg both ends of the window are taps, though they are 0
_PART = 542
"""Samples that ffmpeg filters at once, by 1,024 frequencies: with multiples of it, no chunk depends on the last."""
_BLOCK = 4 * _PART  # the filters keep several blocks of all channels, 60 to 100 KB for each part
_SPECTRUM = 4096
"""Frequencies by which ffmpeg designs the filters; by half as many, loud samples would be seven units off."""
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
        samples, last = len(pcm) // BYTES_PER_SAMPLE, math.ceil(len(pcm.rstrip(b"\0")) / BYTES_PER_SAMPLE)
        # A whole part of silence follows the last sound, so that the filters forget it.
        padded = math.ceil(last / _PART) * _PART + _PART if last else 0
        out = io.BytesIO(pcm)
        for start in range(0, padded, _BLOCK):
            count = min(_BLOCK, padded - start)
            block = pcm[start * BYTES_PER_SAMPLE : (start + count) * BYTES_PER_SAMPLE]
            marked = _graph().filtered(block.ljust(count * BYTES_PER_SAMPLE, b"\0"), self._gains(start, count, samples))
            begin = 0 if start else _DELAY * BYTES_PER_SAMPLE
            out.write(marked[begin : begin + len(pcm) - out.tell()])
        self.position += samples
        return out.getvalue()

    def skip(self, pcm: bytes) -> None:
        """Pass over a chunk that was marked already."""
        self.position += len(pcm) // BYTES_PER_SAMPLE

    def _gains(self, start: int, count: int, samples: int) -> list[memoryview]:
        """Return each group's gains of a chunk's samples from `start` on, delayed as the filters delay the sound."""
        first = self.position + start - _DELAY
        chips = range(first // CHIP, (first + count - 1) // CHIP + 1)
        begin = (first - chips.start * CHIP) * _BYTES_PER_GAIN
        end = begin + count * _BYTES_PER_GAIN
        signs = zip(*(self._signs[chip % CHIPS] for chip in (chips.start - 1, *chips)), strict=True)
        gains = [memoryview(bytearray().join(map(_change, each, each[1:])))[begin:end] for each in signs]
        for part, share, step in _fades(start, count, samples):
            for each in gains:
                each[part] = _faded(bytes(each[part]), share, step)
        return gains


@functools.cache
def _change(before: int, sign: int) -> bytes:
    """Return the gains of a chip, float32."""
    gains = array.array("f", [sign]) * CHIP
    if before != sign:
        ramp = (sign * math.cos(math.pi * (n + 0.5) / _RAMP) for n in range(_RAMP))
        gains[:_RAMP] = array.array("f", [-gain for gain in ramp])
    return gains.tobytes()


def _fades(start: int, count: int, samples: int) -> Iterator[tuple[slice, int, int]]:
    """Yield which bytes of a block's gains are faded, the first one's share in `_FADE`ths, and its change."""
    length = min(_FADE, samples)
    for begin, step in ((_DELAY, 1), (_DELAY + samples - length, -1)):
        low, high = max(begin, start), min(begin + length, start + count)
        if low < high:
            share = low - begin if step > 0 else begin + length - 1 - low
            yield slice((low - start) * _BYTES_PER_GAIN, (high - start) * _BYTES_PER_GAIN), share, step


@functools.lru_cache(maxsize=32)  # a speech's chunks have the same few
def _faded(gains: bytes, share: int, step: int) -> bytes:
    faded = [gain * (share + step * n) / _FADE for n, gain in enumerate(array.array("f", gains))]
    return array.array("f", faded).tobytes()


@functools.cache
def _graph() -> _Graph:
    """Return the filters that all streams of a process share, one chunk after the other."""
    return _Graph()


class _Graph:
    """Filters of ffmpeg: the sound goes one way, and a channel for each group of bands another; both are added."""

    def __init__(self) -> None:
        import av.filter

        graph = av.filter.Graph()
        graph.threads = 1
        self._sound, self._gain = _source(graph, "s16", "mono"), _source(graph, "fltp", _LAYOUT)
        whole, both = graph.add("aformat", "sample_fmts=fltp"), graph.add("asplit")
        spread = graph.add("channelmap", f"map={'|'.join('0-' + name for name in _NAMES)}:channel_layout={_LAYOUT}")
        copied = graph.add("acopy")  # since firequalizer writes to what it reads, and all channels are the same memory
        fir, product = graph.add("firequalizer", _responses()), graph.add("amultiply")
        added = graph.add("pan", "mono|c0=" + "+".join(f"c{group}" for group in range(GROUPS)))
        late = graph.add("adelay", f"{_DELAY}S")
        total = graph.add("amix", "normalize=0")
        self._sink = graph.add("abuffersink")
        graph.link_nodes(self._sound, whole, both, spread, copied, fir, product, added, total)
        self._gain.link_to(product, 0, 1)
        # The second input, since the first frame of a delay is short, and the first input has the lengths of all.
        both.link_to(late, 1)
        late.link_to(total, 0, 1)
        graph.link_nodes(total, graph.add("aformat", "sample_fmts=s16"), self._sink)
        graph.configure()
        self._graph = graph
        self._samples = 0

    def filtered(self, pcm: bytes, gains: Sequence[memoryview]) -> bytes:
        """Return a block of sound, delayed by half a filter."""
        import av

        samples = len(pcm) // BYTES_PER_SAMPLE
        self._sound.push(_frame("s16", "mono", samples, self._samples, [pcm]))
        self._gain.push(_frame("fltp", _LAYOUT, samples, self._samples, gains))
        self._samples += samples
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


def _frame(sample_format: str, layout: str, samples: int, start: int, planes: Sequence[Any]) -> Any:
    from fractions import Fraction

    import av

    frame = av.AudioFrame(format=sample_format, layout=layout, samples=samples, align=1)
    frame.sample_rate, frame.pts, frame.time_base = SAMPLE_RATE, start, Fraction(1, SAMPLE_RATE)
    for plane, data in zip(frame.planes, planes, strict=True):
        plane.update(data)
    return frame


def _responses() -> str:
    """Return the options by which ffmpeg designs the filters: `TAPS` long, by a Hann window."""
    step, half = SAMPLE_RATE / _SPECTRUM, SAMPLE_RATE // 2
    points, edges = [], band_edges()
    # One table has the groups one after the other. An edge takes a step, so that it may lie between two frequencies.
    for group, gains in enumerate(band_gains()):
        for edge, before, after in zip(edges[group * BANDS :], (0, *gains), (*gains, 0), strict=False):
            at = edge + half * group
            points += [f"entry({at - step / 2},{before})", f"entry({at + step / 2},{after})"]
    return (
        f"gain='gain_interpolate(f+{half}*ch)':gain_entry='{';'.join(points)}':scale=linlin:multi=1"
        f":accuracy={step}:delay={(_DELAY + 0.5) / SAMPLE_RATE}"
    )
