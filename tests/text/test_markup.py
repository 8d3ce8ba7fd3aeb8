# ruff: noqa: RUF001 - letters of the IPA look like others
import pytest
from hypothesis import given
from hypothesis import strategies as st

from halfgig.errors import BadSetting
from halfgig.text.markup import MAX_PAUSE_S, phonemes_as_text
from halfgig.text.sentences import sentences
from halfgig.tts.espeak.engine import EspeakEngine
from halfgig.tts.voices import find_voice

BOTH = pytest.mark.parametrize("language", ["en-us", "fr"])


def read(text: str, language: str = "en-us") -> list[tuple[str, float]]:
    return [(sentence.spoken, sentence.pause_s) for sentence in sentences(text, language)]


@BOTH
@pytest.mark.parametrize(
    ("mark", "seconds"),
    [
        ("[pause:0.5s]", 0.5),
        ("[pause:2s]", 2),
        ("[pause: 1.25 s]", 1.25),
        ("[pause:.5s]", 0.5),
        ("[pause:250ms]", 0.25),
    ],
)
def test_a_text_can_ask_for_a_pause(mark: str, seconds: float, language: str) -> None:
    assert read(f"Oh {mark} no.", language) == [("Oh", seconds), ("no.", 0.0)]


def test_pauses_in_a_row_add_up_and_one_at_the_end_is_kept() -> None:
    assert read("Oh. [pause:1s] [pause:2s] No. [pause:4s]") == [("Oh.", 3.0), ("No.", 4.0)]


def test_a_pause_at_the_start_comes_before_the_first_words() -> None:
    assert read("[pause:1s] Oh.") == [("", 1.0), ("Oh.", 0.0)]


def test_pauses_alone_say_nothing() -> None:
    assert read("[pause:1s] [pause:1s]") == []


def test_a_pause_over_a_minute_is_a_minute() -> None:
    assert read("Oh [pause:999s] no [pause:59s][pause:2s] so.") == [
        ("Oh", MAX_PAUSE_S),
        ("no", MAX_PAUSE_S),
        ("so.", 0.0),
    ]


@pytest.mark.parametrize("text", ["[pause]", "[pause:s]", "[pause:1m]", "[pause:-1s]", "[pause:1e3s]"])
def test_what_is_no_pause_is_read(text: str) -> None:
    assert read(f"Oh {text} no.")[0][0].startswith("Oh, pause")


@BOTH
def test_phonemes_behind_a_word_are_not_read(language: str) -> None:
    assert read("Oh [New York](/nu jɔɹk/), so.", language) == [("Oh New York, so.", 0.0)]


def test_the_pause_is_heard() -> None:
    speaker = EspeakEngine()
    voice = find_voice("en-us", speaker.voices())

    def seconds(text: str) -> float:
        return sum(chunk.seconds for made in sentences(text) for chunk in speaker.speak(made, voice, 1.0))

    assert seconds("[pause:2s] Oh. [pause:1s] No.") == pytest.approx(seconds("Oh. No.") + 3, abs=0.01)


@given(
    st.lists(
        st.sampled_from(["[pause:1s]", "[pause:1", "]", "[a](/b/)", "](/b/)", "oh", ".", " ", "\n\n"]), max_size=12
    )
)
def test_marks_in_any_place_never_lose_a_word(parts: list[str]) -> None:
    text = "".join(parts)

    spoken = "".join(sentence.spoken for sentence in sentences(text))

    assert spoken.count("oh") == text.count("oh")


def test_each_word_is_said_as_it_stands_with_its_marks_outside() -> None:
    assert phonemes_as_text("“hˈI,  ðˈɛɹ.” …") == "“[hˈI](/hˈI/), [ðˈɛɹ](/ðˈɛɹ/).” …"


@pytest.mark.parametrize("phonemes", ["a/b", "[a]", "h3lo", "a|b", "x" * 301])
def test_what_is_no_phoneme_is_refused_with_what_to_write(phonemes: str) -> None:
    with pytest.raises(BadSetting, match=r"spaces between words"):
        phonemes_as_text(phonemes)
