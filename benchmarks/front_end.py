"""Run Kokoro's English front end on a text and count errors.

    python benchmarks/front_end.py TEXT.txt --model DIR --config config.json [--sentences 2000] [--language en-us]
        [--out WORDS.jsonl] [--against WORDS.jsonl]

DIR is the model folder with `dictionary/en-us`; config.json is that of the model, for its vocabulary. Prints crashes,
characters outside the vocabulary, chunks over the limit, agreement with the dictionary (for the words of the text, and
for each dictionary word alone), time and private memory. `--out` writes the phonemes of each word; `--against` prints
every word that differs from such a file, written with another version (PYTHONPATH=its src) from the same text.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from halfgig.text.sentences import Sentence, Span, sentences
from halfgig.tts.kokoro.g2p.dictionary import DIALECTS, Dictionary
from halfgig.tts.kokoro.g2p.front_end import FrontEnd, dictionary_path
from halfgig.tts.kokoro.g2p.stress import bare

if TYPE_CHECKING:
    from collections.abc import Iterable

    from halfgig.tts.kokoro.g2p.chunks import PhonemeChunk

WEAK = frozenset("a am an i in the to used o'".split())  # noqa: SIM905 - said after what follows, by misaki's rules


@dataclass
class Counts:
    """Results of a run."""

    sentences: int = 0
    chunks: int = 0
    words: int = 0
    phonemes: int = 0
    crashes: list[str] = field(default_factory=list)
    outside: Counter[str] = field(default_factory=Counter)
    too_long: int = 0
    known: int = 0
    agreeing: int = 0
    differing: Counter[tuple[str, str]] = field(default_factory=Counter)
    spoken: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    """Words and their phonemes, by written sentence."""


class Change(NamedTuple):
    """A word with its phonemes in the earlier and in the later run."""

    before: str
    after: str


def private_mb() -> float:
    """Return the private memory of this process in MB."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("RssAnon")) / 1024


def readings(dictionary: Dictionary, word: str) -> set[str]:
    """Return the pronunciations of a word in the dictionary, in any capitalisation, without stress."""
    entries = [dictionary.lookup(each) for each in {word, word.lower(), word.lower().capitalize()}]
    forms = {form for entry in entries if entry for form in entry.forms.values() if form}
    return {bare(form).replace("ɾ", "T").replace("ʔ", "t") for form in forms}  # noqa: RUF001


def compare(counts: Counts, dictionary: Dictionary, chunk: PhonemeChunk, spoken: str) -> None:
    """Count the words pronounced as in the dictionary, but not ones with more capitals or other words ("Mrs.")."""
    for word in chunk.words:
        counts.words += 1
        allowed = readings(dictionary, word.text)
        is_plain = word.text in (word.text.lower(), word.text.capitalize())
        if word.text in spoken and allowed and word.text.lower() not in WEAK and is_plain:
            said = bare(chunk.phonemes[word.first : word.end])
            counts.known += 1
            counts.agreeing += said in allowed
            if said not in allowed:
                counts.differing[word.text, said] += 1


def words_of(chunk: PhonemeChunk) -> list[tuple[str, str]]:
    """Return the words of a chunk and their phonemes."""
    return [(word.text, chunk.phonemes[word.first : word.end]) for word in chunk.words]


def changes(before: dict[str, list[tuple[str, str]]], after: dict[str, list[tuple[str, str]]]) -> Counter[Change]:
    """Count the words that are spoken differently in the sentences of both runs."""
    found: Counter[Change] = Counter()
    for sentence in before.keys() & after.keys():
        old, new = before[sentence], after[sentence]
        for kind, start, end, first, last in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
            if kind != "equal":
                was, now = (" ".join(" ".join(word) for word in words) for words in (old[start:end], new[first:last]))
                found[Change(was, now)] += 1
    return found


def check(
    texts: Iterable[Sentence], front_end: FrontEnd, vocabulary: dict[str, int], language: str, folder: Path
) -> Counts:
    """Convert sentences and count the results."""
    counts = Counts()
    dictionary = Dictionary(dictionary_path(folder, language))
    for sentence in texts:
        counts.sentences += 1
        try:
            chunks = list(front_end.chunks(sentence, language))
        except Exception as failure:  # noqa: BLE001 - every crash is counted and shown
            counts.crashes.append(f"{failure!r} in {sentence.spoken!r}")
            continue
        counts.spoken[sentence.written] = [word for chunk in chunks for word in words_of(chunk)]
        for chunk in chunks:
            counts.chunks += 1
            counts.phonemes += len(chunk.phonemes)
            counts.too_long += len(chunk.phonemes) > 510
            counts.outside.update(letter for letter in chunk.phonemes if letter not in vocabulary)
            compare(counts, dictionary, chunk, sentence.spoken)
    return counts


def whole_dictionary(front_end: FrontEnd, language: str, folder: Path) -> Counts:
    """Read every word of the dictionary alone and compare; words in capitals are left out, for they may be spelled."""
    counts = Counts()
    dictionary = Dictionary(dictionary_path(folder, language))
    for word in dictionary:
        sentence = Sentence((Span(word, word, 0),))
        for chunk in front_end.chunks(sentence, language):
            compare(counts, dictionary, chunk, word)
    return counts


def show(title: str, counts: Counts) -> None:
    """Print counts."""
    print(f"{title}: {counts.sentences} sentences, {counts.chunks} chunks, {counts.words} words")
    print(f"  crashes {len(counts.crashes)}, outside the vocabulary {sum(counts.outside.values())}, ", end="")
    print(f"over 510 {counts.too_long}, phonemes {counts.phonemes}")
    print(f"  words of the dictionary {counts.known}, said as it says {counts.agreeing}", end="")
    print(f" ({100 * counts.agreeing / max(1, counts.known):.3f} %)")
    for crash in counts.crashes[:5]:
        print("  crash:", crash)
    for (word, said), times in counts.differing.most_common(15):
        print(f"  {times} x {word}: {said}")


def main() -> int:
    """Check and print; 1 when something is wrong."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("text", type=Path)
    parser.add_argument("--model", type=Path, required=True, help="the folder of the model, as it is built")
    parser.add_argument("--config", type=Path, required=True, help="the model's config.json")
    parser.add_argument("--sentences", type=int, default=2000)
    parser.add_argument("--language", choices=sorted(DIALECTS), default="en-us")
    parser.add_argument("--whole", action="store_true", help="read every word of the dictionary, too")
    parser.add_argument("--out", type=Path, help="write the phonemes of each word to this file")
    parser.add_argument("--against", type=Path, help="print the words that differ from such a file")
    asked = parser.parse_args()
    vocabulary = json.loads(asked.config.read_text(encoding="utf-8"))["vocab"]
    text = asked.text.read_text(encoding="utf-8", errors="replace")
    before = private_mb()
    front_end = FrontEnd(vocabulary, asked.model)
    start = time.perf_counter()
    counts = check(
        islice(sentences(text, asked.language), asked.sentences), front_end, vocabulary, asked.language, asked.model
    )
    seconds = time.perf_counter() - start
    show(asked.text.name, counts)
    print(f"  {1000 * seconds / counts.sentences:.2f} ms a sentence; private memory +{private_mb() - before:.1f} MB")
    if asked.out:
        asked.out.write_text("".join(f"{json.dumps(row)}\n" for row in counts.spoken.items()), encoding="utf-8")
    if asked.against:
        earlier = dict(json.loads(line) for line in asked.against.read_text(encoding="utf-8").splitlines())
        spoken_before = {sentence: [(word, said) for word, said in words] for sentence, words in earlier.items()}
        for change, times in changes(spoken_before, counts.spoken).most_common():
            print(f"  {times} x {change.before}  ->  {change.after}")
    if asked.whole:
        show("the dictionary itself", whole_dictionary(front_end, asked.language, asked.model))
    return bool(counts.crashes or counts.outside or counts.too_long)


if __name__ == "__main__":
    sys.exit(main())
