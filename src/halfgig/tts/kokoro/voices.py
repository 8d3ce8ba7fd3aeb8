"""Kokoro's voices: the 54 of version 1.0 with language and grade, and those that OpenAI's names stand for."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from halfgig.tts.base import Voice

if TYPE_CHECKING:
    from collections.abc import Container, Iterator

ENGINE = "kokoro"
DEFAULT_VOICE = "af_heart"

STYLE_ROWS = 510
"""Rows of a voice's pack: a style for each length."""

LANGUAGES = {
    "a": ("en-us", "American English"),
    "b": ("en-gb", "British English"),
    "e": ("es", "Spanish"),
    "f": ("fr", "French"),
    "h": ("hi", "Hindi"),
    "i": ("it", "Italian"),
    "j": ("ja", "Japanese"),
    "p": ("pt-br", "Brazilian Portuguese"),
    "z": ("zh", "Mandarin"),
}
"""What the first letter of a voice's name says: its language's tag and name."""

_BY_GRADE = {
    "A": "af_heart",
    "A-": "af_bella",
    "B-": "af_nicole bf_emma ff_siwis",
    "C+": "af_aoede af_kore af_sarah am_fenrir am_michael am_puck jf_alpha",
    "C": (
        "af_alloy af_nova bf_isabella bm_fable bm_george jf_gongitsune jf_tebukuro hf_alpha hf_beta hm_omega "
        "hm_psi if_sara im_nicola"
    ),
    "C-": "af_sky jf_nezumi jm_kumo",
    "D+": "bm_lewis",
    "D": (
        "af_jessica af_river am_echo am_eric am_liam am_onyx bf_alice bf_lily bm_daniel zf_xiaobei zf_xiaoni "
        "zf_xiaoxiao zf_xiaoyi zm_yunjian zm_yunxi zm_yunxia zm_yunyang"
    ),
    "D-": "am_santa",
    "F+": "am_adam",
    "": "ef_dora em_alex em_santa pf_dora pm_alex pm_santa",
}

GRADES = {name: grade for grade, names in _BY_GRADE.items() for name in names.split()}
"""Every voice of version 1.0 and the grade its makers give it, A the best; "" where they give none."""

OPENAI_NAMES = {
    "alloy": "af_alloy",
    "ash": "am_michael",
    "ballad": "bm_george",
    "cedar": "am_fenrir",
    "coral": "af_bella",
    "echo": "am_echo",
    "fable": "bm_fable",
    "marin": "af_heart",
    "nova": "af_nova",
    "onyx": "am_onyx",
    "sage": "bf_emma",
    "shimmer": "af_sky",
    "verse": "am_puck",
}
"""The names OpenAI's clients send, and the voice each one gets."""


class VoiceFacts(NamedTuple):
    """What a voice's name says."""

    language: str
    """Its tag: "en-us"."""
    language_name: str
    """For a person: "American English"."""
    is_woman: bool
    """False for a man."""
    given_name: str
    """"Heart"."""


def facts_of(name: str) -> VoiceFacts:
    """Read what a voice's name says: "bf_emma" is British, a woman, and Emma."""
    language, language_name = LANGUAGES[name[0]]
    return VoiceFacts(language, language_name, name[1] == "f", name[3:].capitalize())


def voices() -> list[Voice]:
    """List all voices, those of OpenAI's names too, sorted by name."""
    return sorted([*_own(), *_aliases()], key=lambda voice: voice.name)


def voices_among(names: Container[str]) -> list[Voice]:
    """List the voices of these names, OpenAI's names for them too, sorted by name."""
    return [voice for voice in voices() if OPENAI_NAMES.get(voice.name, voice.name) in names]


def _own() -> Iterator[Voice]:
    for name, grade in GRADES.items():
        facts = facts_of(name)
        graded = f", grade {grade}" if grade else ""
        kind = "woman" if facts.is_woman else "man"
        yield Voice(name, facts.language, f"{facts.given_name}, {facts.language_name}, {kind}{graded}", ENGINE)


def _aliases() -> Iterator[Voice]:
    known = {voice.name: voice for voice in _own()}
    for name, target in OPENAI_NAMES.items():
        yield Voice(name, known[target].language, f"{known[target].description}: {target}", ENGINE)


def style_row(phonemes: str) -> int:
    """Return which row of a voice's pack speaks phonemes of this length: one row for each number of characters."""
    return min(max(len(phonemes), 1), STYLE_ROWS) - 1
