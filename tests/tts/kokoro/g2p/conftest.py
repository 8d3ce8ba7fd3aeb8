import json
from collections.abc import Callable
from pathlib import Path

import pytest

from halfgig.text.sentences import sentences
from halfgig.tts.kokoro.g2p.dictionary import build_dictionary
from halfgig.tts.kokoro.g2p.front_end import FrontEnd, dictionary_path
from tests.tts.kokoro.g2p.worlds import VOCABULARY

WORDS = Path(__file__).with_name("words.tsv")
"""The words of these tests in the American dictionary of misaki 0.9.4 (Apache-2.0): word, list, readings as JSON."""


@pytest.fixture(scope="session")
def say(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], str]:
    """Return a function from an English text to its phonemes, sentences separated by a space."""
    folder = tmp_path_factory.mktemp("words")
    rows = [line.split("\t") for line in WORDS.read_text(encoding="utf-8").splitlines()]
    for rank in ("gold", "silver"):
        readings = {word: json.loads(reading) for word, own, reading in rows if own == rank}
        (folder / rank).write_text(json.dumps(readings, ensure_ascii=False), encoding="utf-8")
    path = dictionary_path(folder, "en-us")
    path.parent.mkdir()
    build_dictionary(folder / "gold", folder / "silver", path)
    front_end = FrontEnd(VOCABULARY, folder)

    def said(text: str) -> str:
        chunks = (chunk for sentence in sentences(text) for chunk in front_end.chunks(sentence, "en-us"))
        return " ".join(chunk.phonemes for chunk in chunks)

    return said
