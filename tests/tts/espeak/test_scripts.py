# ruff: noqa: RUF001 - letters of other scripts look like Latin ones
import pytest
from hypothesis import given
from hypothesis import strategies as st

from halfgig.tts.espeak.library import espeak_library
from halfgig.tts.espeak.scripts import Run, is_speakable, script_runs


@pytest.mark.parametrize(
    ("text", "voices"),
    [
        ("Привет", ["zle/ru"]),
        ("Привіт", ["zle/uk"]),
        ("Прывітанне, ў", ["zle/be"]),
        ("Καλημέρα", ["grk/el"]),
        ("مرحبا", ["sem/ar"]),
        ("گپ", ["ira/fa"]),
        ("ٹماٹر", ["inc/ur"]),
        ("שלום", ["sem/he"]),
        ("안녕하세요", ["ko"]),
        ("नमस्ते", ["inc/hi"]),
        ("வணக்கம்", ["dra/ta"]),
        ("สวัสดี", ["tai/th"]),
        ("გამარჯობა", ["ccs/ka"]),
        ("Բարեւ", ["ine/hy"]),
        ("ሰላም", ["sem/am"]),
        ("你好", ["sit/cmn"]),
        ("カタカナ", ["jpx/ja"]),
        ("東京です", ["jpx/ja"]),
        ("Zürich Łódź café Việt ﬁ", ["gmw/en-US"]),
        ("α and β", ["gmw/en-US"]),
        ("say 你好 now", ["gmw/en-US", "sit/cmn", "gmw/en-US"]),
        ("ສະບາຍດີ", []),
    ],
)
def test_each_script_has_its_voice(text: str, voices: list[str]) -> None:
    assert [run.voice for run in script_runs(text, "gmw/en-US")] == voices


@pytest.mark.parametrize(
    ("text", "voice"),
    [("Привіт", "zle/uk"), ("नमस्कार", "inc/mr"), ("سلام", "ira/fa"), ("你好", "sit/yue"), ("かな", "jpx/ja")],
)
def test_a_voice_reads_the_script_of_its_own_language(text: str, voice: str) -> None:
    assert list(script_runs(text, voice)) == [Run(text, voice, 0)]


def test_a_variant_of_a_voice_keeps_its_timbre() -> None:
    assert [run.voice for run in script_runs("hi мир", "gmw/en-US+f2")] == ["gmw/en-US+f2", "zle/ru+f2"]


def test_every_voice_for_a_script_is_one_that_espeak_has() -> None:
    known = {voice.identifier for voice in espeak_library().voices()}
    letters = [chr(code) for code in range(0x370, 0x30000) if chr(code).isalpha()]

    assert {run.voice for letter in letters for run in script_runs(letter * 2, "gmw/en-US")} <= known


@given(st.text())
def test_the_parts_are_in_order_and_lose_no_letter_that_is_spoken(text: str) -> None:
    runs = list(script_runs(text, "gmw/en-US"))

    assert all(len(text[run.start : run.start + len(run.text)]) == len(run.text) for run in runs)
    assert [run.start for run in runs] == sorted({run.start for run in runs})
    assert all(letter in "".join(run.text for run in runs) for letter in text if letter.isascii() and letter.isalnum())


@pytest.mark.parametrize(
    ("text", "is_spoken"), [("hi", True), ("7", True), ("мир", True), ("ສະບາຍດີ", False), ("...", False)]
)
def test_a_text_is_speakable_if_a_voice_reads_a_part_of_it(text: str, is_spoken: bool) -> None:
    assert is_speakable(text) is is_spoken


def test_english_voices_read_latin_letters_without_the_marks_that_they_would_name() -> None:
    (run,) = script_runs("Trần Đạo, café", "gmw/en-US")

    assert run.text == "Tran Dao, café"
    assert [run.text for run in script_runs("Trần", "aav/vi")] == ["Trần"]
