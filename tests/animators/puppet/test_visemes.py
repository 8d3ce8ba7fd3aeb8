# ruff: noqa: RUF001 - letters of the IPA look like others
from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from halfgig.animators.puppet.blendshapes import Mouth
from halfgig.animators.puppet.visemes import CLASS_OF, SILENCE, VISEMES, Viseme, is_vowel, visemes_of
from tests.animators.puppet.speeches import said

LONG_S = 0.3

SENTENCES = {
    "en-us": "Thirteen judges measure a pleasant boy, and the quick brown fox vows to go up there for her poor shoe.",
    "en-gb": "Poor cows hear the bare fire; go on, measure church water, thin youth.",
    "de": "Zwölf Boxkämpfer jagen Viktor quer über den großen Sylter Deich, ich mache heute schöne Pfannkuchen.",
    "fr": "Portez ce vieux whisky au juge blond qui fume, un bon vin, une huile, la montagne et deux œufs.",
    "es": "El veloz murciélago hindú comía feliz cardillo, la cigüeña llamó al perro, y la gente bebe agua.",
    "cmn": "你好世界，中文很难学，女人喜欢绿色的衣服，日本人知道四十。",
}

KOKORO = "AIOQSTWYᵊabcdefhijklmnopqrstuvwxyzɑɐɒæβɔɕçɖðʤəɚɛɜɟɡɥɨɪʝɯɰŋɳɲɴøɸθœɹɾɻʁɽʂʃʈʧʊʋʌɣɤχʎʒʔᵻʣʥʦʨꭧ"
"""All letters of Kokoro's alphabet that are sounds."""

KOKORO_MARKS = '\u0303ˈˌːʰʲ↓→↗↘ᵝ()“”"'
"""All that only modify a neighbouring sound: stress, length, aspiration, nasality, tones; and brackets."""

KOKORO_PAUSES = ";:,.!?—… "


def shape(symbol: str, seconds: float = LONG_S) -> Viseme:
    ((viseme, share),) = visemes_of(symbol, seconds)
    assert share == 1
    return viseme


def known(symbol: str) -> bool:
    """Return whether a symbol has its own viseme."""
    return any(letter in CLASS_OF for letter in symbol) or symbol in KOKORO


@pytest.mark.parametrize("voice", SENTENCES)
def test_every_phoneme_espeak_speaks_has_its_shape(voice: str) -> None:
    symbols = {phoneme.symbol for phoneme in said(SENTENCES[voice], voice).phonemes} - {""}
    assert len(symbols) > 20
    assert [symbol for symbol in symbols if not known(symbol)] == []


@pytest.mark.parametrize("letter", KOKORO)
def test_every_letter_of_kokoros_alphabet_has_its_shape(letter: str) -> None:
    names = [viseme.name for viseme, _ in visemes_of(letter, LONG_S)]
    assert set(names) <= set(VISEMES)
    assert "sil" not in names
    assert names != ["hh"] or letter in "hʔ"


@pytest.mark.parametrize("mark", KOKORO_MARKS)
def test_a_mark_by_itself_leaves_the_mouth_to_its_neighbours(mark: str) -> None:
    assert shape(mark).dominance <= 0.2


@pytest.mark.parametrize("pause", ["", " ", *KOKORO_PAUSES, "...", " — "])
def test_a_pause_is_silence(pause: str) -> None:
    assert visemes_of(pause, LONG_S) == [(SILENCE, 1.0)]


@pytest.mark.parametrize(
    ("symbol", "plain"), [("iː", "i"), ("ˈa", "a"), ("tʰ", "t"), ("ɑ̃", "ɑ"), ("n̪", "n"), ("a-", "a")]
)
def test_length_stress_and_other_marks_fall_away(symbol: str, plain: str) -> None:
    assert visemes_of(symbol, LONG_S) == visemes_of(plain, LONG_S)


@pytest.mark.parametrize(
    "symbol", ["eɪ", "aɪ", "oʊ", "aʊ", "ɔɪ", "əʊ", "A", "I", "O", "W", "Y", "Q", "ɔø", "ua", "aɪə"]
)
def test_a_diphthong_is_parted_sixty_to_forty(symbol: str) -> None:
    (first, long), (last, short) = visemes_of(symbol, LONG_S)
    assert (long, short) == pytest.approx((0.6, 0.4))
    assert is_vowel(first)
    assert is_vowel(last)


@pytest.mark.parametrize(
    ("kokoro", "ipa"), [("A", "eɪ"), ("I", "aɪ"), ("W", "aʊ"), ("Y", "ɔɪ"), ("O", "oʊ"), ("T", "ɾ")]
)
def test_kokoros_own_letters_are_what_they_stand_for(kokoro: str, ipa: str) -> None:
    assert visemes_of(kokoro, LONG_S) == visemes_of(ipa, LONG_S)


@pytest.mark.parametrize("symbol", ["p", "b", "m", "pʰ", "mː", "bʲ", "ɓ"])
def test_p_b_and_m_close_the_lips(symbol: str) -> None:
    assert shape(symbol).closes
    assert shape(symbol).mouth.close == 1
    assert shape(symbol).mouth.jaw_open == 0


def test_nothing_but_p_b_and_m_closes_them() -> None:
    assert {letter for letter, viseme in CLASS_OF.items() if viseme.closes} == set("pbmɓʙ")


def test_an_affricate_with_p_closes_first() -> None:
    (first, _), (last, _) = visemes_of("pf", 0.1)
    assert first.closes
    assert last.mouth.roll_lower == 1


@pytest.mark.parametrize("symbol", ["f", "v", "ɱ"])
def test_f_and_v_put_the_lip_to_the_teeth(symbol: str) -> None:
    assert shape(symbol).mouth.roll_lower == 1
    assert shape(symbol).mouth.upper_up == 1


def test_a_short_schwa_hardly_moves_the_jaw() -> None:
    assert shape("ə", 0.05).mouth.jaw_open == pytest.approx(0.6 * shape("ə", 0.08).mouth.jaw_open)


def test_a_short_open_vowel_is_never_fully_reached() -> None:
    assert shape("a", 0.1).mouth.jaw_open < shape("a", 0.2).mouth.jaw_open
    assert shape("aɪ"[0], 0.1).mouth.jaw_open == 0.6


@pytest.mark.parametrize(
    ("rounded", "plain"), [("y", "i"), ("ø", "e"), ("œ", "ɛ"), ("ʏ", "ɪ"), ("ɒ", "ɑ"), ("kʷ", "k")]
)
def test_rounded_sounds_round_the_lips(rounded: str, plain: str) -> None:
    assert shape(rounded).mouth.pucker >= 0.6
    assert shape(rounded).mouth.jaw_open == shape(plain).mouth.jaw_open
    assert shape(plain).mouth.pucker < 0.6


@pytest.mark.parametrize("order", [["a", "ɛ", "ə", "i"], ["a", "o", "u"], ["a", "t", "m"]])
def test_open_sounds_open_the_jaw_more(order: list[str]) -> None:
    jaws = [shape(symbol).mouth.jaw_open for symbol in order]
    assert jaws == sorted(jaws, reverse=True)


@given(st.text(max_size=5), st.floats(0.001, 2))
def test_any_text_has_visemes_that_fill_its_time(symbol: str, seconds: float) -> None:
    visemes = visemes_of(symbol, seconds)
    assert sum(share for _, share in visemes) == pytest.approx(1)
    for viseme, _ in visemes:
        assert 0 < viseme.dominance <= 4
        lows = [-1 if name == "width" else 0 for name in Mouth._fields]
        assert all(low <= amount <= 1 for low, amount in zip(lows, viseme.mouth, strict=True))
