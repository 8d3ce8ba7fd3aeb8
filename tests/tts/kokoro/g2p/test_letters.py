# ruff: noqa: RUF001 - letters of the IPA look like others
from collections.abc import Callable

import pytest


@pytest.mark.parametrize(
    ("text", "phonemes"),
    [
        ("A is for apple.", "ˈA ɪz fɔɹ ˈæpᵊl."),
        ("A&E is open.", "ˈA ænd ˈi ɪz"),
        ("Go to the A&R desk; A&R calls.", "ˈA ænd ˈɑɹ kˈɔlz"),
        ("We do A/B testing.", "ˈA bˈi tˈɛstɪŋ"),
        ("A/B testing is hard.", "ˈA bˈi tˈɛstɪŋ"),
        ("Fix the A/C unit.", "ði ˈA sˈi"),
        ("Use A4 paper.", "ˈA fˈɔɹ"),
        ("AT&T called.", "ˈA tˈi ænd tˈi"),
        ("Seat 12A is yours.", "twˈɛlv ˈA ɪz"),
        ("An A100 GPU.", "ɐn ˈA wˈʌn"),
        ("She got an A.", "ɐn ˈA."),
        ("Vitamin A is good.", "vˈITəmən ˈA ɪz"),
        ("Plan A failed.", "plˈæn ˈA fˈAld"),
        ("grade A eggs", "ɡɹˈAd ˈA ˈɛɡz"),
        ("Texas A&M won.", "ˈA ænd ˈɛm"),
        ("From A to Z.", "ˈA tə zˈi"),
        ("The A team won.", "ði ˈA tˈim"),
        ("Type A personality", "tˈIp ˈA"),
        ("a piece in A minor", "ɪn ˈA mˈInəɹ"),
        ("Choose option a or b.", "ˈA ɔɹ bˈi"),
        ("the letter a is a vowel", "ˈA ɪz ɐ vˈWᵊl"),
        ("A to B is short.", "ˈA tə bˈi"),
        ("A B C D", "ˈA bˈi sˈi dˈi"),
        ("A, B, and C", "ˈA, bˈi, ænd sˈi"),
        ("Is it A or B?", "ˈA ɔɹ bˈi"),
        ("hepatitis A", "ˈA"),
        ("Section A, part two", "sˈɛkʃən ˈA"),
        ("Boeing A380", "ˈA θɹˈi"),
        ("the A train", "ði ˈA tɹˈAn"),
        ("(a) first", "ˈA, fˈɜɹst"),
        ("A: yes.", "ˈA: jˈɛs"),
        ("Press A to jump.", "ˈA tə"),
        ("If A then B.", "ˈA ðˈɛn"),
        ("A/A tests", "ˈA ˈA"),
        ("Room 4A", "fˈɔɹ ˈA"),
    ],
)
def test_the_letter_a_is_said_as_its_name(say: Callable[[str], str], text: str, phonemes: str) -> None:
    assert phonemes in say(text)


@pytest.mark.parametrize(
    ("text", "phonemes"),
    [
        ("A dog barked.", "ɐ dˈɔɡ"),
        ("What a day!", "ɐ dˈA"),
        ("Once Upon A Time", "əpˈɑn ɐ tˈIm"),
        ("THIS IS A TEST", "ɐ tˈɛst"),
        ("I want a... a pear.", "ɐ… ɐ pˈɛɹ"),
        ("He is a B student.", "ɐ bˈi stˈudᵊnt"),
        ("A minor problem occurred.", "ɐ mˈInəɹ"),
        ("A major issue", "ɐ mˈAʤəɹ"),
        ("A four-door car", "ɐ fˌɔɹdˈɔɹ"),
        ("A plus for us.", "ɐ plˈʌs"),
        ("Plan a trip.", "plˈæn ɐ tɹˈɪp"),
        ("THIS IS A test", "ɐ tˈɛst"),
        ("a vitamin a day", "ɐ dˈA"),
        ("half a mile", "hˈæf ɐ mˈIl"),
    ],
)
def test_the_article_stays_weak(say: Callable[[str], str], text: str, phonemes: str) -> None:
    assert phonemes in say(text)


@pytest.mark.parametrize(
    ("text", "phonemes"),
    [
        ("He got straight As.", "stɹˈAt ˈAz"),
        ("two As and a B", "tˈu ˈAz"),
        ("Mind your Ps and Qs.", "pˈiz ænd kjˈuz"),
        ("CEOs met.", "sˌiˌiˈOz"),
        ("the PhDs", "pˌiˌAʧdˈiz"),
        ("MPs voted.", "ˌɛmpˈiz"),
        ("I love M&Ms.", "ˈɛm ænd ˈɛmz"),
        ("GIFs and JPEGs", "ɡˈɪfs"),
        ("the FBI's files", "ˌɛfbˌiˈIz"),
        ("the A's", "ði ˈAz"),
        ("As he came", "ˌæz hi"),
    ],
)
def test_letters_have_a_plural(say: Callable[[str], str], text: str, phonemes: str) -> None:
    assert phonemes in say(text)
