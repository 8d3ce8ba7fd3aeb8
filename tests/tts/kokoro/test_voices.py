import pytest
from hypothesis import given
from hypothesis import strategies as st

from halfgig.errors import UnknownVoice
from halfgig.tts import voices as espeak_voices
from halfgig.tts.kokoro import spec
from halfgig.tts.kokoro.voices import (
    GRADES,
    LANGUAGES,
    OPENAI_NAMES,
    Share,
    parse_mix,
    resolve_voice,
    style_row,
    voices,
)


def test_there_are_54_voices_and_their_names_say_their_language() -> None:
    assert len(GRADES) == 54
    assert all(name[0] in LANGUAGES and name[1] in "fm" and name[2] == "_" for name in GRADES)


def test_a_voice_is_listed_with_language_and_grade() -> None:
    (heart,) = (voice for voice in voices() if voice.name == "af_heart")

    assert heart.language == "en-us"
    assert heart.description == "Heart, American English, woman, grade A"


def test_openais_names_are_those_espeak_answers_to() -> None:
    assert OPENAI_NAMES.keys() == espeak_voices.OPENAI_NAMES.keys()
    assert set(OPENAI_NAMES.values()) <= GRADES.keys()


@pytest.mark.parametrize(
    ("text", "shares"),
    [
        ("af_heart", [("af_heart", 1)]),
        ("AF-Heart", [("af_heart", 1)]),
        ("nova", [("af_nova", 1)]),
        ("af_bella+af_sky", [("af_bella", 0.5), ("af_sky", 0.5)]),
        ("af_bella(3) + af_sky(1)", [("af_bella", 0.75), ("af_sky", 0.25)]),
        ("af_bella(.5)+af_sky(1.5)", [("af_bella", 0.25), ("af_sky", 0.75)]),
        ("af_bella+af_bella+af_sky(2)", [("af_bella", 0.5), ("af_sky", 0.5)]),
        ("af_bella+af_sky(0)", [("af_bella", 1)]),
        ("af_bella,af_sky", [("af_bella", 0.5), ("af_sky", 0.5)]),
        ("af_bella(3), af_sky", [("af_bella", 0.75), ("af_sky", 0.25)]),
        ("af_bella:0.75+af_sky:0.25", [("af_bella", 0.75), ("af_sky", 0.25)]),
        ("af_bella:60,af_sky:20", [("af_bella", 0.75), ("af_sky", 0.25)]),
        ("af_bella:75%, af_sky:25%", [("af_bella", 0.75), ("af_sky", 0.25)]),
        ("af_bella*3 + af_sky * 1", [("af_bella", 0.75), ("af_sky", 0.25)]),
        ("0.75*af_bella + 0.25*af_sky", [("af_bella", 0.75), ("af_sky", 0.25)]),
    ],
)
def test_a_mix_is_read(text: str, shares: list[tuple[str, float]]) -> None:
    assert parse_mix(text) == tuple(Share(*share) for share in shares)


def test_a_mix_speaks_the_language_of_its_largest_share() -> None:
    assert resolve_voice("af_bella(1)+bf_emma(2)").language == "en-gb"


def test_the_name_of_a_mix_can_be_asked_for_again() -> None:
    name = resolve_voice("af_bella(2)+af_sky").name

    assert [share.voice for share in parse_mix(name)] == ["af_bella", "af_sky"]
    assert parse_mix(name)[0].weight == pytest.approx(2 / 3, abs=1e-3)


def test_an_unknown_voice_in_a_mix_lists_the_nearest() -> None:
    with pytest.raises(UnknownVoice, match=r'"af_hart".*"af_heart"'):
        parse_mix("af_bella+af_hart(2)")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "+",
        "af_bella(0)",
        "af_bella(",
        "af_bella(-1)",
        "af_bella()",
        "af_bella(2)(3)",
        "af_bella:",
        "2*af_bella:3",
        "af_bella,,af_sky",
    ],
)
def test_a_mix_that_cannot_be_read_says_how_to_write_one(text: str) -> None:
    with pytest.raises(UnknownVoice, match=r"af_bella\(2\)\+af_sky\(1\)"):
        parse_mix(text)


@given(st.text("af_bellsky()+.0123 ,:*%", max_size=40))
def test_any_text_is_a_mix_or_an_unknown_voice(text: str) -> None:
    try:
        shares = parse_mix(text)
    except UnknownVoice:
        return
    assert sum(share.weight for share in shares) == pytest.approx(1)


def test_a_style_is_chosen_by_length() -> None:
    assert style_row("ə") == 0
    assert style_row("ə" * 510) == 509
    assert style_row("ə" * 600) == 509


@pytest.mark.parametrize("name", ["en-us", "fr+f3", "English", "x" * 200])
def test_a_name_for_another_engine_is_left_to_it_without_a_search_for_similar_ones(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def search(*_: object) -> None:
        raise AssertionError("searched")

    monkeypatch.setattr("difflib.SequenceMatcher.ratio", search)
    monkeypatch.setattr("difflib.get_close_matches", search)
    assert not spec.claims(name, {"af_heart"})


@pytest.mark.parametrize("name", ["alloy-us", "alloy-us+echo-gb"])
def test_a_name_with_the_region_of_a_language_is_one_of_ours(name: str) -> None:
    assert spec.claims(name, {"af_alloy", "am_echo"})
