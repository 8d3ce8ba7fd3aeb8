"""Listen to halfgig, kokoro-onnx and espeak-ng by machine: word errors, length, gaps and word times.

python benchmarks/listening.py --data DIR [--kokoro-onnx PYTHON MODEL VOICES] [--whisper PYTHON FOLDER] [--voice NAME]
    [--work DIR] [--only NAME]

DIR is a data folder with Kokoro in it. One PYTHON is an interpreter with kokoro-onnx, the other with faster-whisper;
neither is a dependency of halfgig. MODEL and VOICES are kokoro-onnx's files, FOLDER holds a Whisper for CTranslate2.
Sentences are those of tests/reference/sentences.txt, paragraphs and word times those of the tests.

With --work every sound and transcript is kept as soon as it is there, and a run that was stopped goes on where it was;
use a new folder after a change. With --only one system speaks and is listened to; the table has all that are done.
"""

from __future__ import annotations

import argparse
import json
import re
import statistics
import subprocess
import sys
import tempfile
import wave
from dataclasses import asdict, dataclass
from itertools import islice
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
    from collections.abc import Callable, Iterable, Iterator, Sequence

ROOT = Path(__file__).parents[1]
SENTENCES = (ROOT / "tests" / "reference" / "sentences.txt").read_text(encoding="utf-8").splitlines()
SPOKEN = tuple(dict.fromkeys(PARAGRAPHS.values()))  # each paragraph once
TEXTS = [*SENTENCES, *SPOKEN]
SYSTEMS = ("halfgig", "kokoro-onnx", "espeak-ng")

KOKORO_ONNX = """
import os, sys, wave
import numpy as np
from kokoro_onnx import Kokoro
model, voices, voice, folder, *texts = sys.argv[1:]
kokoro = Kokoro(model, voices)
for number, text in enumerate(texts):
    path = f"{folder}/{number:02}.wav"
    if os.path.exists(path):
        continue
    samples, rate = kokoro.create(text, voice=voice, speed=1.0, lang="en-us")
    with wave.open(path + ".part", "wb") as file:
        file.setparams((1, 2, rate, 0, "NONE", ""))
        file.writeframes((np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes())
    os.rename(path + ".part", path)
    print(f"kokoro-onnx: spoke {number + 1} of {len(texts)}", file=sys.stderr, flush=True)
"""

WHISPER = """
import sys
from faster_whisper import WhisperModel
model = WhisperModel(sys.argv[1], device="cpu", compute_type="int8", cpu_threads=2)
for path in sys.argv[2:]:
    segments, _ = model.transcribe(path, language="en", beam_size=5)
    print(" ".join(segment.text.strip() for segment in segments), flush=True)
"""


@dataclass(frozen=True)
class Reading:
    """What one system makes of the texts, in a folder of its own."""

    name: str
    folder: Path

    def sound(self, number: int) -> Path:
        """Return where the sound of a text is."""
        return self.folder / f"{number:02}.wav"

    def pcm(self, number: int) -> bytes:
        """Return the sound of a text, as in `Chunk`."""
        with wave.open(str(self.sound(number))) as file:
            frames: bytes = file.readframes(file.getnframes())
        return frames

    def words(self, number: int) -> list[Word]:
        """Return the words of a text with their times in seconds; none if the system has no times."""
        path = self.sound(number).with_suffix(".json")
        return [Word(**each) for each in json.loads(path.read_text(encoding="utf-8"))] if path.exists() else []

    @property
    def is_complete(self) -> bool:
        """Whether every text has been spoken."""
        return all(self.sound(number).exists() for number in range(len(TEXTS)))


def speak(reading: Reading, engine: KokoroEngine | EspeakEngine, voice_name: str) -> None:
    """Speak with an engine of halfgig's what has no sound yet."""
    voice = engine.find_voice(voice_name)
    for number, text in enumerate(TEXTS):
        if reading.sound(number).exists():
            continue
        pcm, words = bytearray(), list[Word]()
        for sentence in sentences(text, voice.language):
            for chunk in engine.speak(sentence, voice, 1.0):
                begin = len(pcm) / 2 / SAMPLE_RATE
                words += [Word(word.text, begin + word.start, begin + word.end) for word in chunk.words]
                pcm += chunk.pcm
        content = json.dumps([asdict(word) for word in words])
        reading.sound(number).with_suffix(".json").write_text(content, encoding="utf-8")
        part = reading.sound(number).with_suffix(".part")
        with wave.open(str(part), "wb") as file:
            file.setparams((1, 2, SAMPLE_RATE, 0, "NONE", ""))
            file.writeframes(pcm)
        part.rename(reading.sound(number))
        print(f"{reading.name}: spoke {number + 1} of {len(TEXTS)}", file=sys.stderr, flush=True)


def speak_with_kokoro_onnx(reading: Reading, interpreter_and_files: Sequence[str], voice: str) -> None:
    """Speak with kokoro-onnx, in its own interpreter, what has no sound yet."""
    python, model, voices = interpreter_and_files
    subprocess.run([python, "-c", KOKORO_ONNX, model, voices, voice, str(reading.folder), *TEXTS], check=True)


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


AMERICAN = {"behaviour": "behavior"}


def joined(words: Sequence[str], others: Sequence[str]) -> list[str]:
    """Return words in the spelling of the others, who may write "seashells" for "sea shells"."""
    spelled: list[str] = []
    for word in (AMERICAN.get(word, word) for word in words):
        if spelled and spelled[-1] + word in others:
            spelled[-1] += word
        else:
            spelled.append(word)
    return spelled


def error_rate(heard: Sequence[str]) -> float:
    """Return the word error rate over the sentences in percent."""
    wanted = [spoken_words(text) for text in SENTENCES]
    errors = 0
    for words, text in zip(wanted, heard, strict=True):
        found = spoken_words(re.sub(r"(?<=\d)-(?=\d)", " ", text))  # a listener writes 221 as 2-21
        errors += word_errors(joined(words, found), joined(found, words))
    return 100 * errors / sum(map(len, wanted))


def transcripts(reading: Reading, listener: str, hear: Callable[[list[Path]], Iterable[str]]) -> list[str]:
    """Return what a listener understands of each sentence, and keep each transcript as soon as it is there."""
    kept = reading.folder / f"{listener}.txt"
    heard = kept.read_text(encoding="utf-8").splitlines() if kept.exists() else []
    paths = [reading.sound(number) for number in range(len(SENTENCES))]
    with kept.open("a", encoding="utf-8") as file:
        for text in hear(paths[len(heard) :]) if len(heard) < len(paths) else ():
            heard.append(text)
            print(text, file=file, flush=True)
            print(f"{reading.name}: {listener} heard {len(heard)} of {len(paths)}", file=sys.stderr, flush=True)
    return heard


def heard_by_sphinx(paths: list[Path]) -> Iterator[str]:
    """Yield what pocketsphinx understands of each sound."""
    import pocketsphinx

    decoder = pocketsphinx.Decoder(samprate=16_000, loglevel="FATAL")
    for path in paths:
        with wave.open(str(path)) as file:
            pcm = file.readframes(file.getnframes())
        decoder.start_utt()
        decoder.process_raw(resampled(pcm, SAMPLE_RATE, 16_000), full_utt=True)
        decoder.end_utt()
        found = decoder.hyp()
        yield found.hypstr if found else ""


def heard_by_whisper(interpreter_and_model: Sequence[str], paths: list[Path]) -> Iterator[str]:
    """Yield what a Whisper understands of each sound."""
    python, model = interpreter_and_model
    argv = [python, "-c", WHISPER, model, *map(str, paths)]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        yield from (line.rstrip("\n") for line in islice(process.stdout, len(paths)))
    if process.returncode:
        raise SystemExit(f"Whisper ended with status {process.returncode}; its message is above")


def word_time_error_ms(reading: Reading) -> str:
    """Return the median difference of word starts and ends from forced alignment, over the paragraphs."""
    apart = []
    for number in range(len(SENTENCES), len(TEXTS)):
        words = reading.words(number)
        if not words:
            return "no times"
        try:
            aligned = iter(word_times(reading.pcm(number), [name for word in words for name in word.text.split()]))
        except RuntimeError:  # pocketsphinx does not hear the words that were said
            return "not aligned"
        for word in words:
            spans = [next(aligned) for _ in word.text.split()]  # espeak-ng reports "of the" as one
            apart += [abs(word.start - spans[0][0]), abs(word.end - spans[-1][1])]
    return f"{1000 * statistics.median(apart):.0f}"


def row(reading: Reading, upstream_s: float, options: argparse.Namespace) -> list[object]:
    """Measure one system."""
    paragraphs = [reading.pcm(number) for number in range(len(SENTENCES), len(TEXTS))]
    seconds = sum(len(pcm) for pcm in paragraphs) / 2 / SAMPLE_RATE
    gaps = [gap for pcm in paragraphs for gap in gaps_s(pcm)]
    whisper = "-"
    if options.whisper:
        heard = transcripts(reading, "Whisper", lambda paths: heard_by_whisper(options.whisper, paths))
        whisper = f"{error_rate(heard):.1f}"
    return [
        reading.name,
        f"{error_rate(transcripts(reading, 'pocketsphinx', heard_by_sphinx)):.1f}",
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
    parser.add_argument("--work", type=Path, help="keep sounds and transcripts here, and go on from those it has")
    parser.add_argument("--only", choices=SYSTEMS)
    return parser.parse_args()


def listen(options: argparse.Namespace, folder: Path) -> None:
    """Have the systems speak, and print the table of all that have spoken."""
    kokoro = KokoroEngine(options.data / "models" / "kokoro", 2, 220)
    voice = kokoro.find_voice(options.voice)
    readings = [Reading(name, folder / options.voice / name) for name in SYSTEMS]
    for reading in readings:
        if reading.is_complete or options.only not in (None, reading.name):
            continue
        reading.folder.mkdir(parents=True, exist_ok=True)
        if reading.name == "halfgig":
            speak(reading, kokoro, options.voice)
        elif reading.name == "espeak-ng":
            speak(reading, EspeakEngine(), "en-us")
        elif options.kokoro_onnx:
            speak_with_kokoro_onnx(reading, options.kokoro_onnx, options.voice)
    upstream_s = sum(upstream_seconds(kokoro, voice, text) for text in SPOKEN)
    head = ("", "word errors %, pocketsphinx", "Whisper", "length to upstream's %", "gaps s", "word times ms")
    table("Listening", head, [row(reading, upstream_s, options) for reading in readings if reading.is_complete])


def main() -> None:
    """Print the table."""
    options: Any = parsed()
    if options.work:
        listen(options, options.work)
        return
    with tempfile.TemporaryDirectory() as name:
        listen(options, Path(name))


if __name__ == "__main__":
    main()
