# ruff: noqa: RUF001 - letters of the IPA look like others
from pathlib import Path

import pytest

from tests.tts.kokoro.g2p.worlds import said


@pytest.mark.parametrize(
    ("text", "phonemes"),
    [
        ("Apple", "ˈæpᵊl"),
        ("wishes", "wˈɪʃᵻz"),
        ("apples", "ˈæpᵊlz"),
        ("waits", "wˈAts"),
        ("waited", "wˈATᵻd"),
        ("waiting", "wˈATɪŋ"),
        ("wished", "wˈɪʃt"),
        ("NASA", "nˈæsə"),
        ("FBI", "ˌɛfbˌiˈI"),
        ("F.B.I.", "ˌɛfbˌiˈI."),
        ("apple's", "ˈæpᵊlz"),
        ("NASA's", "nˈæsəz"),
        ("half-hearted", "hˌæfhˈɑɹTᵻd"),
        ("zyb", "zyb"),
    ],
)
def test_words_sound_as_their_dictionary_and_their_ending_say(tmp_path: Path, text: str, phonemes: str) -> None:
    assert said(tmp_path, text) == phonemes


@pytest.mark.parametrize(
    ("text", "phonemes"),
    [("wishes", "wˈɪʃɪz"), ("waited", "wˈAtɪd"), ("waiting", "wˈAtɪŋ")],
)
def test_british_endings_keep_their_t_and_i(tmp_path: Path, text: str, phonemes: str) -> None:
    assert said(tmp_path, text, is_british=True) == phonemes


@pytest.mark.parametrize(
    ("text", "phonemes"),
    [
        ("the apple", "ði ˈæpᵊl"),
        ("the pear", "ðə pˈɛɹ"),
        ("to apple", "tʊ ˈæpᵊl"),
        ("to pear", "tə pˈɛɹ"),
        ("to, pear", "tu, pˈɛɹ"),
        ("we had it", "wˌi hæd ɪt"),
        ("we had", "wˌi hˌæd"),
        ("a pear in it", "ɐ pˈɛɹ ɪn ɪt"),
        ("it in", "ɪt ˈɪn"),
        ("I am it", "ˌI ɐm ɪt"),
        ("I am", "ˌI æm"),
    ],
)
def test_small_words_sound_after_what_follows(tmp_path: Path, text: str, phonemes: str) -> None:
    assert said(tmp_path, text) == phonemes


@pytest.mark.parametrize(
    ("text", "phonemes"),
    [
        ("to record it", "tə ɹəkˈɔɹd ɪt"),
        ("a record", "ɐ ɹˈɛkəɹd"),
        ("we had read it", "wˌi hæd ɹˈɛd ɪt"),
        ("to read it", "tə ɹˈid ɪt"),
        ("the wound", "ðə wˈund"),
        ("we wound it", "wˌi wˈWnd ɪt"),
        ("we used to wait", "wˌi jˈust tə wˈAt"),
        ("we used it", "wˌi jˈuzd ɪt"),
        ("the lead pipe", "ðə lˈɛd pˈIp"),
        ("to lead it", "tə lˈid ɪt"),
    ],
)
def test_homographs_sound_after_their_part_of_speech(tmp_path: Path, text: str, phonemes: str) -> None:
    assert said(tmp_path, text) == phonemes


def test_a_country_in_capitals_is_spelled_and_a_shout_is_not(tmp_path: Path) -> None:
    assert said(tmp_path, "the US.") == "ðə jˌuˈɛs."
    assert said(tmp_path, "WAIT FOR US").endswith("ˈʌs")


def test_a_name_only_the_larger_list_has_is_found_in_any_case(tmp_path: Path) -> None:
    assert said(tmp_path, "kokoro Kokoro") == "kˈOkəɹO kˈOkəɹO"


def test_numbers_are_not_stressed_as_compounds(tmp_path: Path) -> None:
    assert said(tmp_path, "In 1984") == "ɪn nˌIntˈin ˈATi fˈɔɹ"


def test_long_unknown_capitals_are_not_spelled(tmp_path: Path) -> None:
    assert said(tmp_path, "KUBERNETES") == "kubAɹnAtAs"


def test_phonemes_in_the_text_are_taken(tmp_path: Path) -> None:
    assert said(tmp_path, "the [pear](/ˈæpᵊl/) in it") == "ði ˈæpᵊl ɪn ɪt"


def test_plain_ipa_in_the_text_is_put_into_kokoros_letters(tmp_path: Path) -> None:
    assert said(tmp_path, "[pear](/tʃaɪrˈoʊ/)") == "ʧIɹˈO"
