"""Attack the mark in sound: which copies of a speech are still recognised.

python benchmarks/sound_mark.py [--work DIR] [SOUND ...]
    with --work results are kept in DIR as they come, and a benchmark that was broken off goes on; another mark or
    detector, and other speeches, need another DIR

Speeches are 35 of espeak-ng's, in twelve voices, and the SOUND files that are given: unmarked speeches of other
engines, and recordings. Printed are how audible the mark is, what it costs, and for each attack the share of copies
recognised, the share whose number was read, and how clear the least clear of those recognised was: the nats by which
its chance is below the one that is asked for.

Audible is what exceeds the masking threshold. The noise-to-mask ratio is PEAQ's in kind (ITU-R BS.1387): power in bands
of half a Bark, spread over neighbouring bands, less 3 dB and more above 12 Bark; 0 dB is the threshold.
"""

from __future__ import annotations

import argparse
import io
import math
import os
import sys
import time
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import av
import av.filter
import numpy as np
from kept_results import KeptResults
from report import SUMMARY, summary, table

from halfgig import speak
from halfgig.media.chunks import SAMPLE_RATE, Chunk
from halfgig.media.sound_decode import read_sound
from halfgig.origin.evidence import FALSE_ALARMS
from halfgig.origin.payload import Payload
from halfgig.origin.sound_detect import find_mark
from halfgig.origin.sound_mark import SoundMark

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

    Sound = NDArray[np.int16]

SENTENCES = (Path(__file__).parents[1] / "tests" / "reference" / "sentences.txt").read_text(encoding="utf-8")
VOICES = ("en-us", "en-gb", "de", "fr-fr", "es", "it", "pt-br", "en-gb-scotland", "nl", "pl", "sv", "tr")
SPEECHES = 35
MARK = Payload(0, 4711)


def espeak_speeches() -> Iterator[list[bytes]]:
    """Yield the chunks of speeches of about 12 s, without a mark."""
    sentences = [line for line in SENTENCES.splitlines() if 30 < len(line) < 120]
    for number in range(SPEECHES):
        text = " ".join(sentences[(4 * number + each) % len(sentences)] for each in range(4))
        speed = (1.0, 1.2, 0.9)[number % 3]
        yield [chunk.pcm for chunk in speak(text, voice=VOICES[number % len(VOICES)], speed=speed)]


def filtered(sound: Sound, *filters: tuple[str, str]) -> Sound:
    """Return sound after ffmpeg's filters, at `SAMPLE_RATE`."""
    graph = av.filter.Graph()
    graph.threads = 1
    base = f"1/{SAMPLE_RATE}"
    chain = [
        graph.add("abuffer", sample_fmt="s16", channel_layout="mono", sample_rate=str(SAMPLE_RATE), time_base=base),
        *(graph.add(*each) for each in filters),
        graph.add("aresample", str(SAMPLE_RATE)),
        graph.add("aformat", "sample_fmts=s16:channel_layouts=mono"),
        graph.add("abuffersink"),
    ]
    graph.link_nodes(*chain)
    graph.configure()
    graph.push(_frame(sound))
    graph.push(None)
    parts: list[Sound] = []
    while True:
        try:
            frame: Any = graph.pull()
        except (av.error.BlockingIOError, av.error.EOFError):
            return np.concatenate(parts)
        parts.append(frame.to_ndarray()[0])


def encoded(sound: Sound, container: str, codec: str, bit_rate: int, rate: int = SAMPLE_RATE) -> Sound:
    """Return sound after an encoder and its decoder."""
    file = io.BytesIO()
    with av.open(file, "w", format=container) as output:
        stream: Any = output.add_stream(codec, rate=rate, layout="mono")
        stream.bit_rate = bit_rate
        resampler = av.AudioResampler(format=stream.codec_context.format.name, layout="mono", rate=rate)
        fifo = av.AudioFifo()
        for frame in (*resampler.resample(_frame(sound)), *resampler.resample(None)):
            fifo.write(frame)
        while (block := fifo.read(stream.codec_context.frame_size or 1024, partial=True)) is not None:
            output.mux(stream.encode(block))
        output.mux(stream.encode(None))
    file.seek(0)
    source: Any
    with av.open(file) as source:
        resampler = av.AudioResampler(format="s16", layout="mono", rate=SAMPLE_RATE)
        frames = [each for frame in source.decode(audio=0) for each in resampler.resample(frame)]
        return np.concatenate([each.to_ndarray()[0] for each in (*frames, *resampler.resample(None))])


def _frame(sound: Sound) -> Any:
    frame = av.AudioFrame.from_ndarray(sound[None], format="s16", layout="mono")
    frame.sample_rate, frame.pts, frame.time_base = SAMPLE_RATE, 0, Fraction(1, SAMPLE_RATE)
    return frame


def cut(sound: Sound) -> Sound:
    """Return 3 s from the middle."""
    middle = len(sound) // 2
    return sound[middle - 36_000 : middle + 36_000]


def noisy(sound: Sound, below_db: float) -> Sound:
    """Return sound with white noise, `below_db` dB below it."""
    power = float(np.mean(np.square(sound.astype(np.float64)))) * 10 ** (-below_db / 10)
    noise = np.random.default_rng(1).normal(scale=math.sqrt(power), size=len(sound))
    return np.clip(sound + noise, -32768, 32767).astype(np.int16)


ATTACKS: dict[str, Callable[[Sound], Sound]] = {
    "none": lambda sound: sound,
    "MP3 64 kb/s": lambda sound: encoded(sound, "mp3", "libmp3lame", 64_000),
    "Opus 24 kb/s": lambda sound: encoded(sound, "ogg", "libopus", 24_000),
    "cut to 3 s": cut,
    "resampled to 16 kHz": lambda sound: filtered(sound, ("aresample", "16000")),
    "resampled to 44.1 kHz": lambda sound: filtered(sound, ("aresample", "44100")),
    "12 dB softer": lambda sound: filtered(sound, ("volume", "-12dB")),
    "12 dB louder, limited": lambda sound: filtered(sound, ("volume", "12dB"), ("alimiter", "limit=0.9")),
    "noise 30 dB below": lambda sound: noisy(sound, 30),
    "speed 0.9": lambda sound: filtered(sound, ("asetrate", "21600")),
    "speed 1.1": lambda sound: filtered(sound, ("asetrate", "26400")),
    "speed 0.9, same pitch": lambda sound: filtered(sound, ("atempo", "0.9")),
    "speed 1.1, same pitch": lambda sound: filtered(sound, ("atempo", "1.1")),
    "telephone: 8 kHz, 300-3400 Hz": lambda sound: filtered(
        sound, ("highpass", "300"), ("lowpass", "3400"), ("aresample", "8000")
    ),
    "MP3 32 kb/s": lambda sound: encoded(sound, "mp3", "libmp3lame", 32_000),
    "AAC 48 kb/s": lambda sound: encoded(sound, "adts", "aac", 48_000),
    "cut to 3 s, then MP3 64 kb/s": lambda sound: encoded(cut(sound), "mp3", "libmp3lame", 64_000),
    "noise 20 dB below": lambda sound: noisy(sound, 20),
    "echo of a room": lambda sound: filtered(sound, ("aecho", "0.8:0.6:25|60:0.3|0.2")),
    "bass and treble +6 dB": lambda sound: filtered(sound, ("bass", "g=6"), ("treble", "g=6"), ("volume", "-6dB")),
    "compressor 4:1": lambda sound: filtered(sound, ("acompressor", "threshold=0.1:ratio=4")),
    "8 bits a sample": lambda sound: (sound // 256 * 256 + 128).astype(np.int16),
    "Opus 16 kb/s": lambda sound: encoded(sound, "ogg", "libopus", 16_000),
}
"""The attacks, each from the whole marked speech to a copy; those that every mark must survive come first."""


def noise_to_mask(sound: Sound, added: NDArray[np.float64]) -> tuple[float, float]:
    """Return the mean noise-to-mask ratio in dB, and the share of frames in which a band exceeds 1.5 dB."""
    size = 1024
    power = [_bark_bands(each, size) for each in (sound.astype(np.float64), added)]
    centres = (np.arange(power[0].shape[1]) + 0.5) / 2
    distance = centres[:, None] - centres[None]
    spread = 10 ** (np.where(distance < 0, 27 * distance, -15 * distance) / 10)
    offset_db = np.where(centres <= 12, 3, 0.25 * centres)
    mask = power[0] @ (spread / spread.sum(1)[:, None]).T / 10 ** (offset_db / 10)
    active = power[0].sum(1) > power[0].sum(1).max() * 1e-4
    ratio = (power[1] / (mask + 1e-9))[active]
    return 10 * math.log10(ratio.mean()), float((ratio.max(1) > 10**0.15).mean())


def _bark_bands(sound: NDArray[np.float64], size: int) -> NDArray[np.float64]:
    frames = np.lib.stride_tricks.sliding_window_view(np.pad(sound, (0, size)), size)[:: size // 2]
    power = np.square(np.abs(np.fft.rfft(frames * np.hanning(size))))
    bark = 7 * np.arcsinh(np.fft.rfftfreq(size, 1 / SAMPLE_RATE) / 650)
    bands = np.floor(2 * bark).astype(int)
    return np.stack([power[:, bands == band].sum(1) for band in range(bands.max() + 1)], axis=1)


class Speech(NamedTuple):
    """A speech without and with the mark."""

    name: str
    clean: Sound
    marked: Sound


def report_sound(speeches: Sequence[Speech], results: KeptResults) -> None:
    """Print how audible the mark is."""
    values = np.array([results.result(f"{each.name}: ears", lambda e=each: _audible(e)) for each in speeches])  # type: ignore[misc]
    table(
        "How audible the mark is",
        ("", "mean", "worst"),
        [
            ("speech to mark, dB", float(values[:, 0].mean()), float(values[:, 0].min())),
            ("noise to mask, dB (0: threshold)", float(values[:, 1].mean()), float(values[:, 1].max())),
            ("frames with a band above 1.5 dB", float(values[:, 2].mean()), float(values[:, 2].max())),
        ],
    )


def _audible(speech: Speech) -> tuple[float, float, float]:
    added = speech.marked.astype(np.float64) - speech.clean
    snr = 10 * math.log10(np.square(speech.clean.astype(np.float64)).sum() / np.square(added).sum())
    return snr, *noise_to_mask(speech.clean, added)


def report_attacks(speeches: Sequence[Speech], results: KeptResults) -> None:
    """Print the share of copies recognised for each attack."""
    rows = []
    for name, attack in ATTACKS.items():
        found = [
            results.result(f"{each.name}: {name}", lambda e=each, a=attack: _found(a(e.marked)))  # type: ignore[misc]
            for each in speeches
        ]
        rows.append(summary(name, found))
        print(*rows[-1], file=sys.stderr, flush=True)
    table(f"Copies recognised, of {len(speeches)}", SUMMARY, rows)


def _found(copy: Sound) -> tuple[bool, str, float]:
    finding = find_mark([copy.tobytes()])
    if finding is None:
        return False, "no", 0.0
    read = "no" if finding.payload is None else "right" if finding.payload == MARK else "wrong"
    return True, read, math.log(FALSE_ALARMS / max(1e-300, finding.chance))


def report_cost(chunks: Sequence[bytes]) -> None:
    """Print the processor time of marking."""
    mark, start = SoundMark(MARK), time.process_time()
    seconds = sum(Chunk(mark(pcm)).seconds for pcm in chunks)
    used = time.process_time() - start
    table("Cost", ("seconds of sound", "ms of processor a second"), [(seconds, 1000 * used / seconds)])


def main() -> None:
    """Print everything."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sounds", nargs="*", type=Path, metavar="SOUND")
    parser.add_argument("--work", type=Path, metavar="DIR")
    asked = parser.parse_args()
    os.environ |= {"SOUND_MARK": "off", "C2PA": "off"}
    spoken = {f"espeak-ng {number}": chunks for number, chunks in enumerate(espeak_speeches())}
    spoken |= {path.name: list(read_sound(path)) for path in asked.sounds}
    speeches = []
    for name, chunks in spoken.items():
        mark = SoundMark(MARK)
        clean, marked = b"".join(chunks), b"".join(mark(pcm) for pcm in chunks)
        speeches.append(Speech(name, np.frombuffer(clean, "<i2"), np.frombuffer(marked, "<i2")))
    seconds = sorted(len(each.clean) / SAMPLE_RATE for each in speeches)
    print(f"{len(speeches)} speeches of {seconds[0]:.1f} to {seconds[-1]:.1f} s")
    report_cost(spoken["espeak-ng 0"])
    results = KeptResults(asked.work and asked.work / "sound.jsonl")
    report_sound(speeches, results)
    report_attacks(speeches, results)


if __name__ == "__main__":
    main()
