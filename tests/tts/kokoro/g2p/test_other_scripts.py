# ruff: noqa: RUF001 - letters of the IPA look like others
from collections.abc import Callable

import pytest


@pytest.mark.parametrize(
    ("text", "phonemes"),
    [
        ("The word 你好 means hello.", "nihˈW"),
        ("Привет means hi.", "pɹivjˈɛt"),
        ("こんにちは is Japanese.", "kˌOnniʧˈiwɑ"),
        ("Say Καλημέρα now.", "kˌɑlimˈɛɹɑ"),
        ("Say שלום now.", "ʃɑlˈOm"),
        ("Say नमस्ते now.", "nəmˈʌst"),
        ("Say 안녕 now.", "ˈənnjʌŋ"),
        ("the β test", "bˈATə"),
        ("Say π now.", "pˈI"),
        ("Say 日本 now.", "ʒipˈən"),
        ("Say Trần now.", "tɹˈæn"),
    ],
)
def test_other_scripts_are_spoken_in_their_language(say: Callable[[str], str], text: str, phonemes: str) -> None:
    assert phonemes in say(text)


@pytest.mark.parametrize(
    "word",
    "你好 日本語 東京です Привет こんにちは カタカナ مرحبا สวัสดี ສະບາຍດີ བཀྲ་ཤིས ᠮᠣᠩᠭᠣᠯ ภาษา ქართული".split(),  # noqa: SIM905
)
def test_no_script_is_named_or_spelled(say: Callable[[str], str], word: str) -> None:
    said = say(f"The word {word} is new.")

    assert "lˌɛTəɹ" not in said
    assert said.startswith("ðə wˈɜɹd")
    assert said.endswith("nˈu.")
