"""Words are timed where an acoustic model hears them (forced alignment by pocketsphinx)."""

from __future__ import annotations

import json
import statistics
from typing import TYPE_CHECKING, NamedTuple

import pytest

from halfgig.media.chunks import Word
from tests.support.forced_alignment import word_times
from tests.support.once import once
from tests.tts.kokoro.real.spoken import PARAGRAPHS

if TYPE_CHECKING:
    from pathlib import Path

    from tests.tts.kokoro.real.spoken import Spoken

pytestmark = pytest.mark.real

MOST_S, MOST_LAG_S = 0.03, 0.02


class Error(NamedTuple):
    """Difference between the times of a word and those of the aligner, in seconds."""

    start: float
    end: float
    is_last: bool
    """Whether a pause follows the word."""


@pytest.fixture(scope="module")
def errors(tmp_path_factory: pytest.TempPathFactory, paragraphs: dict[str, Spoken]) -> dict[str, list[Error]]:
    """Return each voice's errors, once for all workers."""

    def align(folder: Path) -> None:
        found = {name: errors_of(said) for name, said in paragraphs.items()}
        (folder / "errors.json").write_text(json.dumps(found))

    found = json.loads((once(tmp_path_factory, "real-kokoro-errors", align) / "errors.json").read_text())
    return {name: [Error(*each) for each in errors] for name, errors in found.items()}


def errors_of(said: Spoken) -> list[Error]:
    found = []
    for chunks in said.sentences:
        words, begin = list[Word](), 0.0
        for chunk in chunks:
            words += [Word(word.text, begin + word.start, begin + word.end) for word in chunk.words]
            begin += chunk.seconds
        text = "".join(chunk.text for chunk in chunks)
        aligned = word_times(b"".join(chunk.pcm for chunk in chunks), [word.text for word in words])
        assert len(aligned) == len(words)
        for word, (start, end) in zip(words, aligned, strict=True):
            after = text.partition(word.text)[2][:1]
            found.append(Error(word.start - start, word.end - end, after in tuple(",.?")))
    return found


@pytest.mark.parametrize("name", sorted(PARAGRAPHS))
def test_the_median_error_is_under_30_ms(errors: dict[str, list[Error]], name: str) -> None:
    assert len(errors[name]) > (40 if name == "bf_emma" else 100)
    assert statistics.median(abs(error.start) for error in errors[name]) < MOST_S
    assert statistics.median(abs(error.end) for error in errors[name]) < MOST_S


@pytest.mark.parametrize("name", sorted(PARAGRAPHS))
def test_times_neither_lag_nor_lead(errors: dict[str, list[Error]], name: str) -> None:
    assert abs(statistics.median(error.start for error in errors[name])) < MOST_LAG_S
    assert abs(statistics.median(error.end for error in errors[name])) < MOST_LAG_S


def test_last_words_before_a_pause_end_where_the_voice_ends(errors: dict[str, list[Error]]) -> None:
    last = [error for each in errors.values() for error in each if error.is_last]
    assert len(last) > 30
    assert statistics.median(abs(error.end) for error in last) < MOST_S
