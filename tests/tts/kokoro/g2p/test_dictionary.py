# ruff: noqa: RUF001 - letters of the IPA look like others
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from halfgig.errors import BadCheckpoint
from halfgig.tts.kokoro.g2p.dictionary import Dictionary, Entry, build_dictionary
from tests.tts.kokoro.g2p.worlds import GOLD, written_dictionary

words = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=12)


def test_every_word_is_found(tmp_path: Path) -> None:
    dictionary = Dictionary(written_dictionary(tmp_path))

    assert all(dictionary.lookup(word) for word in GOLD)


def test_an_unknown_word_is_not_found(tmp_path: Path) -> None:
    dictionary = Dictionary(written_dictionary(tmp_path))

    assert [dictionary.lookup(word) for word in ("", "!", "appl", "apples", "zzz")] == [None] * 5


def test_readings_keep_their_contexts(tmp_path: Path) -> None:
    dictionary = Dictionary(written_dictionary(tmp_path))

    assert dictionary.lookup("record") == Entry({"DEFAULT": "ɹəkˈɔɹd", "NOUN": "ɹˈɛkəɹd"}, is_gold=True)
    assert dictionary.lookup("US") == Entry({"DEFAULT": "ˌʌs", "NOUN": ""}, is_gold=True)


def test_the_checked_list_wins(tmp_path: Path) -> None:
    dictionary = Dictionary(written_dictionary(tmp_path, gold={"pear": "p"}, silver={"pear": "q", "fig": "f"}))

    assert dictionary.lookup("pear") == Entry({"DEFAULT": "p"}, is_gold=True)
    assert dictionary.lookup("fig") == Entry({"DEFAULT": "f"}, is_gold=False)


@given(st.dictionaries(words, words))
def test_what_goes_in_comes_out(tmp_path_factory: pytest.TempPathFactory, gold: dict[str, str]) -> None:
    dictionary = Dictionary(written_dictionary(tmp_path_factory.mktemp("d"), gold=gold | {"end": "ɛnd"}, silver={}))

    assert {word: entry.forms["DEFAULT"] for word in gold if (entry := dictionary.lookup(word))} == gold
    assert list(dictionary) == sorted(gold | {"end": ""}, key=str.encode)


@given(st.binary(max_size=60))
def test_any_other_file_is_refused(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = tmp_path_factory.mktemp("d") / "us.dictionary"
    path.write_bytes(content)

    with pytest.raises(BadCheckpoint, match="halfgig pull kokoro"):
        Dictionary(path)


def test_a_dictionary_cut_short_is_refused(tmp_path: Path) -> None:
    path = written_dictionary(tmp_path)
    path.write_bytes(path.read_bytes()[:-1])

    with pytest.raises(BadCheckpoint, match="cut short"):
        Dictionary(path)


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        '{"a": 1}',
        '{"a": "b"',
        '{"a": "b",',
        '{"a": "b"} c',
        '{"a": "\\x"}',
        '{"a": "b\\n"}',
        '{"a": {"b": 1}}',
    ],
)
def test_a_json_file_of_another_kind_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "gold.json").write_text(content)
    (tmp_path / "silver.json").write_text('{"b": "b"}')

    with pytest.raises(BadCheckpoint, match="no dictionary of misaki"):
        build_dictionary(tmp_path / "gold.json", tmp_path / "silver.json", tmp_path / "us.dictionary")
    assert not (tmp_path / "us.dictionary").exists()


def test_a_file_larger_than_a_block_is_read_whole(tmp_path: Path) -> None:
    gold = {f"word{number}": f"w{number}" for number in range(9000)}

    dictionary = Dictionary(written_dictionary(tmp_path, gold=gold, silver={}))

    assert len(dictionary) == 9000
    assert dictionary.lookup("word8999") == Entry({"DEFAULT": "w8999"}, is_gold=True)
