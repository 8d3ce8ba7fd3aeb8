import pytest

from halfgig.errors import BadSetting, UnknownVoice
from halfgig.tts.base import Voice
from halfgig.tts.espeak.engine import EspeakEngine, pace
from halfgig.tts.voices import DEFAULT_VOICE, OPENAI_NAMES, VARIANTS, checked_speed, find_voice


def voice(name: str, description: str = "", engine: str = "espeak") -> Voice:
    return Voice(name, name, description, engine)


SOME = [
    voice("cmn", "Chinese (Mandarin)"),
    voice("de", "German"),
    voice("en-gb", "English (Great Britain)"),
    voice("en-us", "English (America)"),
    voice("fr", "French (France)"),
    voice("af_heart", "Heart", engine="kokoro"),
    voice("nova", "English (America), woman 3: en-us+f3"),
]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("fr", "fr"),
        ("EN_US", "en-us"),
        (" de ", "de"),
        ("af_heart", "af_heart"),
        ("AF-Heart", "af_heart"),
        ("Nova", "nova"),
        ("en", "en-us"),
        ("zh", "cmn"),
        ("zh-CN", "cmn"),
        ("de-AT", "de"),
    ],
)
def test_a_voice_is_found_as_people_write_it(asked: str, found: str) -> None:
    assert find_voice(asked, SOME).name == found


def test_a_variant_makes_a_woman_of_a_language() -> None:
    assert find_voice("fr+f3", SOME) == Voice("fr+f3", "fr", "French (France), woman 3", "espeak")


@pytest.mark.parametrize("name", ["nova+f1", "af_heart+f1", "fr+f9", "fr+", "fr+f1+f2"])
def test_a_variant_that_means_nothing_is_refused(name: str) -> None:
    with pytest.raises(UnknownVoice):
        find_voice(name, SOME)


def test_an_unknown_variant_lists_those_there_are() -> None:
    with pytest.raises(UnknownVoice, match=r'"fr\+f1", .*"fr\+m8"'):
        find_voice("fr+f9", SOME)


@pytest.mark.parametrize(("asked", "near"), [("frr", "fr"), ("nov", "nova"), ("german", "de"), ("frensh", "fr")])
def test_an_unknown_voice_lists_the_nearest(asked: str, near: str) -> None:
    with pytest.raises(UnknownVoice, match=f'"{asked}"; the nearest are .*"{near}".*halfgig voices'):
        find_voice(asked, SOME)


def test_a_name_of_a_megabyte_is_quoted_in_part() -> None:
    with pytest.raises(UnknownVoice) as refusal:
        find_voice("x" * 1_000_000, SOME)
    assert len(str(refusal.value)) < 300


def test_the_wheel_has_every_name_we_promise() -> None:
    voices = EspeakEngine().voices()
    for name in [DEFAULT_VOICE, *OPENAI_NAMES, *OPENAI_NAMES.values(), "fr", "de", "pt-br", "zh", "no"]:
        assert find_voice(name, voices).engine == "espeak"


def test_voices_are_sorted_and_named_once() -> None:
    names = [voice.name for voice in EspeakEngine().voices()]
    assert names == sorted(set(names))


def test_openai_names_are_voices_of_their_own() -> None:
    assert len(set(OPENAI_NAMES.values())) == len(OPENAI_NAMES)


def test_there_are_women_and_men() -> None:
    assert {description.split()[0] for description in VARIANTS.values()} == {"woman", "man"}


@pytest.mark.parametrize("speed", [0.25, 1, 4])
def test_a_speed_in_range_is_taken(speed: float) -> None:
    assert checked_speed(speed) == speed


@pytest.mark.parametrize("speed", [0, -1, 0.249, 4.01, float("inf"), float("nan")])
def test_a_speed_out_of_range_is_refused_with_the_range(speed: float) -> None:
    with pytest.raises(BadSetting, match=r"from 0\.25 to 4"):
        checked_speed(speed)


@pytest.mark.parametrize(("speed", "wpm", "stretch"), [(1, 175, 1), (0.25, 80, 80 / 43.75), (4, 449, 449 / 700)])
def test_what_espeak_cannot_reach_is_stretched(speed: float, wpm: int, stretch: float) -> None:
    assert pace(speed) == (wpm, stretch)
