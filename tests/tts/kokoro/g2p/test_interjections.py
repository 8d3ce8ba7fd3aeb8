# ruff: noqa: RUF001 - letters of the IPA look like others
from collections.abc import Callable

import pytest


@pytest.mark.parametrize(
    ("text", "phonemes"),
    [
        ("Shh!", "ʃː!"),
        ("Shhhh.", "ʃː."),
        ("Grr.", "ɡˈɜɹ."),
        ("Zzz.", "zː."),
        ("ZZZ", "zː"),
        ("Hmph.", "hˈʌmf."),
        ("Brrr, cold", "bˈɜɹ"),
        ("Psst", "pst"),
        ("Pssst", "pst"),
        ("Pfft", "ft"),
        ("Argh!", "ˈɑɹɡ!"),
        ("Ahhh", "ˈɑ"),
        ("Ohhh", "ˈO"),
        ("Awww", "ˈɔ"),
        ("Ewww", "ˈiu"),
        ("Ummm", "ˈʌm"),
        ("Mmmm", "mmm"),
        ("Tsk", "tˈɪsk"),
        ("haha", "hɑhˈɑ"),
        ("hahaha", "hɑhɑhˈɑ"),
        ("hehehe", "hɛhɛhˈɛ"),
        ("Bzzzt", "bˈʌzt"),
        ("Ughhh", "ˈʌɡ"),
        ("SHHH", "ʃː"),
        ("Sh!", "ʃː!"),
        ("Uhm", "ˈʌm"),
        ("Bwahaha", "bwɑhɑhˈɑ"),
        ("Mm-hmm", "mhˈm"),
    ],
)
def test_interjections_are_sounds_and_not_letters(say: Callable[[str], str], text: str, phonemes: str) -> None:
    assert phonemes in say(text)


@pytest.mark.parametrize(
    ("text", "phonemes"),
    [
        ("Nooooo!", "nˈO!"),
        ("NOOOO!", "nˈO!"),
        ("Sooo good.", "sˈO ɡˈʊd"),
        ("Heeey!", "hˈA!"),
        ("yesss", "jˈɛs"),
        ("whaaat", "wˈʌt"),
        ("pleeease", "plˈiz"),
        ("goood", "ɡˈʊd"),
        ("coool", "kˈul"),
        ("loooong", "lˈɔŋ"),
        ("tooo", "tˈu"),
        ("heeelp", "hˈɛlp"),
        ("byeee", "bˈI"),
        ("waaait", "wˈAt"),
        ("reeeally", "ɹˈiᵊli"),
        ("suuure", "ʃˈʊɹ"),
        ("okaaay", "ˌOkˈA"),
        ("SOOO", "sˈO"),
        ("WHAAAT", "wˈʌt"),
        ("Oooops", "ˈups"),
    ],
)
def test_stretched_words_are_the_words(say: Callable[[str], str], text: str, phonemes: str) -> None:
    assert phonemes in say(text)


@pytest.mark.parametrize(
    ("text", "phonemes"),
    [
        ("WWW", "dˌʌbᵊljudˌʌbᵊljudˈʌbᵊlju"),
        ("good", "ɡˈʊd"),
        ("too", "tˈu"),
        ("see", "sˈi"),
        ("hm", "hm"),
        ("XXXL", "ˌɛksˌɛksˌɛksˈɛl"),
    ],
)
def test_words_with_double_letters_stay(say: Callable[[str], str], text: str, phonemes: str) -> None:
    assert phonemes in say(text)
