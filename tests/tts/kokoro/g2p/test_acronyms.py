# ruff: noqa: RUF001 - letters of the IPA look like others
from collections.abc import Callable

import pytest

from halfgig.tts.kokoro.g2p.acronyms import in_dialect


@pytest.mark.parametrize(
    ("text", "phonemes"),
    [
        ("JSON", "ʤˈAsən"),
        ("YAML", "jˈæməl"),
        ("IKEA", "Ikˈiə"),
        ("CUDA", "kˈudə"),
        ("NASA", "nˈæsə"),
        ("GIF", "ɡˈɪf"),
        ("RAM", "ɹˈæm"),
        ("LASER", "lˈAzəɹ"),
        ("RADAR", "ɹˈAdˌɑɹ"),
        ("SQL", "sˈikwəl"),
        ("NATO", "nˈATO"),
        ("UNICEF", "jˈunəsˌɛf"),
        ("AWOL", "ˈAwˌɔl"),
        ("SCSI", "skˈʌzi"),
        ("GUI", "ɡˈui"),
        ("UNESCO", "junˈɛskO"),
        ("OPEC", "ˈOpɛk"),
        ("AIDS", "ˈAdz"),
        ("SaaS", "sˈæs"),
        ("SWAT", "swˈɑt"),
        ("CAPTCHA", "kˈæpʧə"),
        ("CIDR", "sˈIdəɹ"),
        ("SCUBA", "skˈubə"),
        ("LaTeX", "lˈAtˌɛk"),
        ("TOEFL", "tˈOfəl"),
        ("NASA's", "nˈæsəz"),
        ("KIA", "kˈiə"),
        ("FIBA", "fˈibə"),
        ("CISA", "sˈisə"),
        ("JSON-based", "ʤˈAsənbˌAst"),
        ("UNICEF's", "jˈunəsˌɛfs"),
        ("JSON's", "ʤˈAsənz"),
        ("CAPTCHAs", "kˈæpʧəz"),
    ],
)
def test_acronyms_are_said_as_words(say: Callable[[str], str], text: str, phonemes: str) -> None:
    assert phonemes in say(text)


@pytest.mark.parametrize(
    ("text", "phonemes"),
    [
        ("FBI", "ˌɛfbˌiˈI"),
        ("USA", "jˌuˌɛsˈA"),
        ("API", "ˌApˌiˈI"),
        ("HTML", "ˌAʧtˌiˌɛmˈɛl"),
        ("AAA", "ˌAˌAˈA"),
        ("IEEE", "ˌIˌiˌiˈi"),
        ("AAAS", "ˌAˌAˌAˈɛs"),
        ("LOL", "ˌɛlˌOˈɛl"),
        ("USAF", "jˌuˌɛsˌAˈɛf"),
        ("SSD", "ˌɛsˌɛsdˈi"),
        ("MM", "ˌɛmˈɛm"),
        ("PhD", "pˌiˌAʧdˈi"),
        ("the IT department", "ˌItˈi"),
        ("the US", "jˌuˈɛs"),
    ],
)
def test_other_capitals_are_spelled(say: Callable[[str], str], text: str, phonemes: str) -> None:
    assert phonemes in say(text)


def test_acronyms_have_british_vowels() -> None:
    assert in_dialect("lˈAzəɹ", is_british=True) == "lˈAzə"
    assert in_dialect("tˈOfəl kˈudə", is_british=True) == "tˈQfəl kˈuːdə"
