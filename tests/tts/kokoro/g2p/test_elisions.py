# ruff: noqa: RUF001 - letters of the IPA look like others
from collections.abc import Callable

import pytest


@pytest.mark.parametrize(
    ("text", "phonemes"),
    [
        ("th' old man", "ði ˈOld"),
        ("th' man", "ðə mˈæn"),
        ("ol' man", "ˈOl mˈæn"),
        ("cat o' nine tails", "kˈæt ə nˈIn"),
        ("'tis true", "tˈɪz"),
        ("'Tis true", "tˈɪz"),
        ("‘Tis true", "tˈɪz"),
        ("’twas late", "twˈʌz"),
        ("five o' clock", "fˈIv əklˈɑk"),
        ("five o'clock", "fˈIv əklˈɑk"),
        ("Get 'em now.", "ɡˌɛt əm nˈW"),
        ("y'all come", "jˈɔl"),
        ("I'm goin' home.", "ɡˈOən hˈOm"),
        ("nothin' doin'", "nˈʌθɪn dˈuɪn"),
        ("rock 'n' roll", "ɹˈɑk ən ɹˈOl"),
        ("rock ’n’ roll", "ɹˈɑk ən ɹˈOl"),
        ("'bout time", "bˈWt"),
        ("'cause I can", "kˈʌz"),
        ("jus' go", "ʤˈʌs"),
        ("'ere, give 'er that", "ˈɪɹ"),
        ("ma'am", "mˈæm"),
        ("o'er", "ˈOəɹ"),
        ("fish an' chips", "ænd"),
        ("'til six", "tˈɪl"),
        ("don’t", "dˈOnt"),
        ("'Tisn't so.", "tˈɪzᵊnt"),
        ("'Twouldn't do.", "twˈʊdᵊnt"),
        ("p'raps not", "pəɹhˈæps"),
        ("'neath the stars", "nˈiθ"),
        ("'gainst all odds", "ɡˈɛnst"),
        ("Guns N' Roses", "ən"),
        ("the mornin' sun", "mˈɔɹnɪn"),
    ],
)
def test_words_cut_short_sound_cut_short(say: Callable[[str], str], text: str, phonemes: str) -> None:
    assert phonemes in say(text)


@pytest.mark.parametrize(
    ("text", "phonemes"),
    [
        ("the dogs' tails", "ðə dˈɔɡz tˈAlz"),
        ("the boys' room", "bˈYz ɹˈum"),
        ("the cabin", "kˈæbən"),
        ("O is a letter", "ˈO ɪz"),
    ],
)
def test_other_apostrophes_are_silent(say: Callable[[str], str], text: str, phonemes: str) -> None:
    assert phonemes in say(text)
