# ruff: noqa: RUF001 - letters of the IPA look like others
from collections.abc import Callable

import pytest


@pytest.mark.parametrize(
    ("text", "phonemes"),
    [
        ('He said, "hello" to me.', "hˌi sˈɛd, “həlˈO” tə mˌi."),
        ('"Hello," he said.', "“həlˈO,” hi sˈɛd."),
        ('He said "go".', "hˌi sˈɛd “ɡˌO”."),
        ('"I know," she said. "It is late."', "“ˌI nˈO,” ʃi sˈɛd. “ˌɪt ɪz lˈAt.”"),
        ("'Come in,' he said.", "“kˈʌm ˈɪn,” hi sˈɛd."),
        ("‘Come in,’ he said.", "“kˈʌm ˈɪn,” hi sˈɛd."),
        ("“Where's the ‘old’ one?” he asked.", "“wˌɛɹz ði “ˈOld” wˈʌn?”"),
        ("He called me 'boss' once.", "“bˈɔs” wˈʌns"),
        ("«Hello», he said.", "“həlˈO”, hi sˈɛd."),
        ("„Hello“, he said.", "“həlˈO”, hi sˈɛd."),
        ('He left at five p.m."', "pˌiˈɛm”"),
        ('the "record" shows', "ðə “ɹˈɛkəɹd” ʃˈOz"),
        ('"A" is a letter.', "“ˈA” ɪz"),
        ('"Don\'t," he said, "say \'never\'."', "“dˈOnt,” hi sˈɛd, “sˈA “nˈɛvəɹ”.”"),
        ('(He said "hi".)', "sˈɛd “hˈI”."),
        ("“One.", "“wˈʌn."),
        ("Two.”", "tˈu.”"),
    ],
)
def test_quotation_marks_are_among_the_phonemes(say: Callable[[str], str], text: str, phonemes: str) -> None:
    assert phonemes in say(text)


@pytest.mark.parametrize(
    "text", ["the dogs' tails", "don't", "'tis late", "five o'clock", "the '90s", "6' tall", "the 90's"]
)
def test_an_apostrophe_is_no_quotation_mark(say: Callable[[str], str], text: str) -> None:
    assert not set("“”") & set(say(text))
