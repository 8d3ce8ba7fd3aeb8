"""Listen to halfgig, kokoro-onnx and espeak-ng by machine: word errors, length, gaps and word times.

python benchmarks/listening.py --data DIR [--kokoro-onnx PYTHON MODEL VOICES] [--whisper PYTHON FOLDER] [--voice NAME]

DIR is a data folder with Kokoro in it. One PYTHON is an interpreter with kokoro-onnx, the other with faster-whisper;
neither is a dependency of halfgig. MODEL and VOICES are kokoro-onnx's files, FOLDER holds a Whisper for CTranslate2.
Sentences are those of tests/reference/sentences.txt, paragraphs and word times those of the tests.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import wave
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from report import table

sys.path.insert(0, str(Path(__file__).parents[1]))  # the aligner and the paragraphs are the tests' own

from halfgig.media.chunks import SAMPLE_RATE, Word
from halfgig.media.resample import resampled
from halfgig.text.sentences import sentences
from halfgig.tts.espeak.engine import EspeakEngine
from halfgig.tts.kokoro.engine import KokoroEngine
from tests.support.forced_alignment import word_times
from tests.tts.kokoro.real.spoken import PARAGRAPHS, gaps_s, upstream_seconds

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT = Path(__file__).parents[1]
SENTENCES = (ROOT / "tests" / "reference" / "sentences.txt").read_text(encoding="utf-8").splitlines()
SPOKEN = tuple(dict.fromkeys(PARAGRAPHS.values()))  # each paragraph once
TEXTS = [*SENTENCES, *SPOKEN]

KOKORO_ONNX = """
import sys, wave
import numpy as np
from kokoro_onnx import Kokoro
model, voices, voice, folder, *texts = sys.argv[1:]
kokoro = Kokoro(model, voices)
for number, text in enumerate(texts):
    samples, rate = kokoro.create(text, voice=voice, speed=1.0, lang="en-us")
    with wave.open(f"{folder}/{number}.wav", "wb") as file:
        file.setparams((1, 2, rate, 0, "NONE", ""))
        file.writeframes((np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes())
"""

WHISPER = """
import sys
from faster_whisper import WhisperModel
model = WhisperModel(sys.argv[1], device="cpu", compute_type="int8", cpu_threads=2)
for path in sys.argv[2:]:
    segments, _ = model.transcribe(path, language="en", beam_size=5)
    print(" ".join(segment.text.strip() for segment in segments), flush=True)
"""


@dataclass
class Reading:
    """What one system made of the texts."""

    name: str
    sounds: list[bytes] = field(default_factory=list)
    """Sound of each text, as in `Chunk`."""
    words: list[list[Word]] = field(default_factory=list)
    """Words of each text with their times in seconds; empty if the system has none."""


def spoken_by(name: str, engine: KokoroEngine | EspeakEngine, voice_name: str) -> Reading:
    """Speak the texts with an engine of halfgig's."""
    reading, voice = Reading(name), engine.find_voice(voice_name)
    for text in TEXTS:
        pcm, words = bytearray(), list[Word]()
        for sentence in sentences(text, voice.language):
            for chunk in engine.speak(sentence, voice, 1.0):
                begin = len(pcm) / 2 / SAMPLE_RATE
                words += [Word(word.text, begin + word.start, begin + word.end) for word in chunk.words]
                pcm += chunk.pcm
        reading.sounds.append(bytes(pcm))
        reading.words.append(words)
    return reading


def spoken_by_kokoro_onnx(interpreter_and_files: Sequence[str], voice: str, folder: Path) -> Reading:
    """Speak the texts with kokoro-onnx, in its own interpreter."""
    python, model, voices = interpreter_and_files
    subprocess.run([python, "-c", KOKORO_ONNX, model, voices, voice, str(folder), *TEXTS], check=True)
    reading = Reading("kokoro-onnx")
    for number in range(len(TEXTS)):
        with wave.open(str(folder / f"{number}.wav")) as file:
            reading.sounds.append(file.readframes(file.getnframes()))
    return reading


def spoken_words(text: str) -> list[str]:
    """Return the words of a text as they are said, so that "9:30" and "nine thirty" are the same."""
    said = " ".join(sentence.spoken for sentence in sentences(text, "en-us"))
    bare = "".join(letter if letter.isalnum() or letter in " '" else " " for letter in said.lower())
    return bare.replace("'", "").split()


def word_errors(wanted: Sequence[str], heard: Sequence[str]) -> int:
    """Return the fewest insertions, deletions and replacements between two lists of words."""
    row = list(range(len(heard) + 1))
    for i, word in enumerate(wanted, 1):
        before, row[0] = row[0], i
        for j, other in enumerate(heard, 1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (word != other))
    return row[-1]


def error_rate(heard: Sequence[str]) -> float:
    """Return the word error rate over the sentences in percent."""
    wanted = [spoken_words(text) for text in SENTENCES]
    errors = sum(word_errors(words, spoken_words(text)) for words, text in zip(wanted, heard, strict=True))
    return 100 * errors / sum(map(len, wanted))


def heard_by_sphinx(reading: Reading) -> list[str]:
    """Return what pocketsphinx understands of each sentence."""
    import pocketsphinx

    decoder = pocketsphinx.Decoder(samprate=16_000, loglevel="FATAL")
    heard = []
    for pcm in reading.sounds[: len(SENTENCES)]:
        decoder.start_utt()
        decoder.process_raw(resampled(pcm, SAMPLE_RATE, 16_000), full_utt=True)
        decoder.end_utt()
        found = decoder.hyp()
        heard.append(found.hypstr if found else "")
    return heard


def heard_by_whisper(interpreter_and_model: Sequence[str], reading: Reading, folder: Path) -> list[str]:
    """Return what a Whisper understands of each sentence."""
    paths = [folder / f"{reading.name}-{number}.wav" for number in range(len(SENTENCES))]
    for path, pcm in zip(paths, reading.sounds, strict=False):
        with wave.open(str(path), "wb") as file:
            file.setparams((1, 2, SAMPLE_RATE, 0, "NONE", ""))
            file.writeframes(pcm)
    python, model = interpreter_and_model
    argv = [python, "-c", WHISPER, model, *map(str, paths)]
    return subprocess.run(argv, check=True, capture_output=True, text=True).stdout.splitlines()


def word_time_error_ms(reading: Reading) -> str:
    """Return the median difference of word starts and ends from forced alignment, over the paragraphs."""
    if not reading.words:
        return "no times"
    apart = []
    for pcm, words in zip(reading.sounds[len(SENTENCES) :], reading.words[len(SENTENCES) :], strict=True):
        names = [name for word in words for name in word.text.split()]
        try:
            aligned = iter(word_times(pcm, names))
        except RuntimeError:  # pocketsphinx does not hear the words that were said
            return "not aligned"
        for word in words:
            spans = [next(aligned) for _ in word.text.split()]  # espeak-ng reports "of the" as one
            apart += [abs(word.start - spans[0][0]), abs(word.end - spans[-1][1])]
    return f"{1000 * statistics.median(apart):.0f}"


def row(reading: Reading, upstream_s: float, options: argparse.Namespace, folder: Path) -> list[object]:
    """Measure one system."""
    paragraphs = reading.sounds[len(SENTENCES) :]
    seconds = sum(len(pcm) for pcm in paragraphs) / 2 / SAMPLE_RATE
    gaps = [gap for pcm in paragraphs for gap in gaps_s(pcm)]
    whisper = f"{error_rate(heard_by_whisper(options.whisper, reading, folder)):.1f}" if options.whisper else "-"
    return [
        reading.name,
        f"{error_rate(heard_by_sphinx(reading)):.1f}",
        whisper,
        f"{100 * (seconds / upstream_s - 1):+.1f}",
        f"{min(gaps):.2f} / {statistics.median(gaps):.2f} / {max(gaps):.2f}" if gaps else "none",
        word_time_error_ms(reading),
    ]


def parsed() -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--kokoro-onnx", nargs=3, metavar=("PYTHON", "MODEL", "VOICES"))
    parser.add_argument("--whisper", nargs=2, metavar=("PYTHON", "FOLDER"))
    parser.add_argument("--voice", default="af_heart")
    return parser.parse_args()


def main() -> None:
    """Print the table."""
    options: Any = parsed()
    kokoro = KokoroEngine(options.data / "models" / "kokoro", 2, 220)
    voice = kokoro.find_voice(options.voice)
    upstream_s = sum(upstream_seconds(kokoro, voice, text) for text in SPOKEN)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        readings = [spoken_by("halfgig", kokoro, options.voice)]
        if options.kokoro_onnx:
            readings.append(spoken_by_kokoro_onnx(options.kokoro_onnx, options.voice, folder))
        readings.append(spoken_by("espeak-ng", EspeakEngine(), "en-us"))
        head = ("", "word errors %, pocketsphinx", "Whisper", "length to upstream's %", "gaps s", "word times ms")
        table("Listening", head, [row(reading, upstream_s, options, folder) for reading in readings])


if __name__ == "__main__":
    main()
