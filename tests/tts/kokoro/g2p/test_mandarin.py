"""Mandarin from the data files of jieba and pypinyin, with what those packages themselves find."""

from __future__ import annotations

import importlib.util
import json
import random
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from halfgig.tts.kokoro.g2p.hash_table import ABSENT, HashTable
from halfgig.tts.kokoro.g2p.pinyin import Pinyin, with_number
from halfgig.tts.kokoro.g2p.segmenter import Frequencies, load_segmenter

if TYPE_CHECKING:
    from types import ModuleType

needs_extra = pytest.mark.skipif(
    importlib.util.find_spec("pypinyin") is None or importlib.util.find_spec("jieba") is None,
    reason="the extra zh is not installed here",
)


def _place(package: ModuleType) -> Path:
    assert package.__file__
    return Path(package.__file__)


PHRASES = {
    "银行": [["yín"], ["háng"]],
    "行长": [["háng"], ["zhǎng"]],
    "不见得": [["bú"], ["jiàn"], ["dé", "de"]],
    "了得": [["liǎo"], ["dé"]],
}
CHARACTERS = {
    "银": "yín",
    "行": "xíng,háng",
    "长": "cháng,zhǎng",
    "不": "bù",
    "见": "jiàn,xiàn",
    "了": "le,liǎo",
    "女": "nǚ",
}


@pytest.fixture
def pinyin(tmp_path: Path) -> Pinyin:
    """Return readings from files laid out as pypinyin's."""
    numbered = {str(ord(character)): readings for character, readings in CHARACTERS.items()}
    for name, content in (("phrases_dict", PHRASES), ("pinyin_dict", numbered)):
        (tmp_path / f"{name}.json").write_text(json.dumps(content, ensure_ascii=False, indent=0), encoding="utf-8")
    return Pinyin(tmp_path)


@pytest.mark.parametrize(
    ("word", "syllables"),
    [
        ("银行", ["yin2", "hang2"]),
        ("行", ["xing2"]),
        ("银行行长", ["yin2", "hang2", "hang2", "zhang3"]),
        ("不见得", ["bu2", "jian4", "de2"]),
        ("不见", ["bu4", "jian4"]),
        ("长了得", ["chang2", "liao3", "de2"]),
        ("女了", ["nü3", "le5"]),
        ("银㐀", ["yin2"]),
        ("", []),
    ],
    ids=str,
)
def test_phrases_are_read_as_wholes_and_other_characters_by_their_first_reading(
    pinyin: Pinyin, word: str, syllables: list[str]
) -> None:
    assert pinyin.syllables(word) == syllables


@pytest.mark.parametrize(
    ("marked", "numbered"), [("hǎo", "hao3"), ("lǜ", "lü4"), ("ér", "er2"), ("de", "de5"), ("ń", "n2"), ("ê̄", "ê1")]
)
def test_a_mark_on_a_vowel_becomes_a_number(marked: str, numbered: str) -> None:
    assert with_number(marked) == numbered


@given(st.lists(st.tuples(st.text("银行长不见", min_size=1, max_size=4), st.integers(1, 2**31 - 1))))
def test_a_table_answers_as_a_dictionary_with_prefixes_does(items: list[tuple[str, int]]) -> None:
    table, words = HashTable(items, prefixes=True), dict(items)
    beginnings = {word[:end] for word in words for end in range(1, len(word))}
    assert len(table) == len(beginnings | words.keys())
    for text in beginnings | words.keys() | {"女", "银行银行银"}:
        assert table.number(text) == words.get(text, 0 if text in beginnings else ABSENT)


def test_frequencies_are_those_of_the_file(tmp_path: Path) -> None:
    (tmp_path / "dict.txt").write_text("银行 7 n\n银行家 3 n\n行 5 n\n", encoding="utf-8")
    found = Frequencies(tmp_path / "dict.txt")
    assert (found.total, found["银行"], found.get("银"), found.get("女")) == (15, 7, 0, None)
    assert "银行家" in found
    assert "家" not in found
    with pytest.raises(KeyError):
        found["家"]


@needs_extra
def test_words_are_read_as_pypinyin_reads_them() -> None:
    jieba, pypinyin = importlib.import_module("jieba"), importlib.import_module("pypinyin")
    lines = _place(jieba).with_name("dict.txt").read_text(encoding="utf-8").splitlines()
    words = [word for word in (line.split()[0] for line in lines) if all("\u4e00" <= each <= "\u9fff" for each in word)]
    mine = Pinyin(_place(pypinyin).parent)
    style = {"style": pypinyin.Style.TONE3, "neutral_tone_with_five": True, "v_to_u": True}
    for word in random.Random(7).sample(words, 5000):
        assert mine.syllables(word) == pypinyin.lazy_pinyin(word, **style), word


@needs_extra
def test_texts_are_cut_as_jieba_cuts_them() -> None:
    jieba = importlib.import_module("jieba")
    words = jieba.lcut(
        "人工智能正在改变世界许多人担心自己的工作会被机器取代北京的秋天非常美丽小明硕士毕业于中国科学院计算所"
    )
    cut = load_segmenter(_place(jieba).parent)
    order = random.Random(7)
    for _ in range(200):
        text = "".join(order.choices(words, k=9))
        assert cut(text) == jieba.lcut(text)
