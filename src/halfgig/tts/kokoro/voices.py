"""Kokoro's voices: the 54 of version 1.0, the community's, OpenAI's names for some of them, and mixes of voices.

"af_bella(2)+af_sky(1)" is a mix of two parts of one voice and one part of another.  Other programs' spellings of a mix
are read as well: "af_bella,af_sky", "af_bella:0.7+af_sky:0.3", "0.7*af_bella + 0.3*af_sky".
"""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING, NamedTuple

from halfgig.errors import UnknownVoice
from halfgig.models.catalogue import MODELS
from halfgig.tts.base import Voice
from halfgig.tts.voices import find_voice, is_known, unknown_voice

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Mapping

    from halfgig.models.catalogue import Model

ENGINE = "kokoro"
DEFAULT_VOICE = "af_heart"

STYLE_ROWS = 510
"""Rows in a voice file: one style for each phoneme count."""

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
"""Language tag and name by the first letter of a voice name."""

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
"""All voices of version 1.0 with the grade given by their authors, A the best; "" if there is none."""

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
"""Names that OpenAI clients send, and the voice for each."""


MAX_MIXED_VOICES = 8
"""Maximum number of voices in a mix."""

_WEIGHT = r"(?:\d{1,4}(?:\.\d{1,6})?|\.\d{1,6})"
_PART = re.compile(
    rf"\s*(?:(?P<before>{_WEIGHT})\s*\*\s*)?(?P<name>[^()+,:*\s]+)\s*"
    rf"(?:\(\s*(?P<inside>{_WEIGHT})\s*\)|[:*]\s*(?P<after>{_WEIGHT})%?)?\s*"
)
_SEPARATOR = re.compile(r"[+,]")
_MIX_SIGNS = frozenset("(),:*")
_LIKE_OURS = re.compile(r"[a-z][fm][_-]", re.IGNORECASE)

LEAST_ALIKE = 0.6
"""Names of voices that share fewer of their letters with a name are not suggested for it; 1 is all of them."""


class VoiceName(NamedTuple):
    """The parts of a voice name."""

    language: str
    """Language tag: "en-us"."""
    language_name: str
    """Name for the user: "American English"."""
    is_woman: bool
    """Whether the voice is a woman's; otherwise a man's."""
    given_name: str
    """"Heart"."""


@functools.cache
def checkpoints() -> Mapping[str, Model]:
    """Return the checkpoint that has each voice, by the voice's name: Kokoro's own, or one of the community's."""
    return {part: model for model in MODELS if model.engine == ENGINE for part in model.parts}


def parse_name(name: str) -> VoiceName:
    """Parse a voice name: "bf_emma" is British, a woman, and Emma."""
    model = checkpoints()[name]
    language, language_name = (model.language, model.language_name) if model.language else LANGUAGES[name[0]]
    return VoiceName(language, language_name, name[1] == "f", name[3:].capitalize())


@functools.cache
def voices() -> tuple[Voice, ...]:
    """Return all voices, including the OpenAI names, sorted by name."""
    return tuple(sorted([*_own(), *_aliases()], key=lambda voice: voice.name))


def voices_among(names: Container[str]) -> list[Voice]:
    """Return the voices with these names, including OpenAI names for them, sorted by name."""
    return [voice for voice in voices() if OPENAI_NAMES.get(voice.name, voice.name) in names]


def _own() -> Iterator[Voice]:
    for name in checkpoints():
        parsed, grade = parse_name(name), GRADES.get(name, "")
        graded = f", grade {grade}" if grade else ""
        kind = "woman" if parsed.is_woman else "man"
        yield Voice(name, parsed.language, f"{parsed.given_name}, {parsed.language_name}, {kind}{graded}", ENGINE)


def _aliases() -> Iterator[Voice]:
    known = {voice.name: voice for voice in _own()}
    for name, target in OPENAI_NAMES.items():
        yield Voice(name, known[target].language, f"{known[target].description}: {target}", ENGINE)


class Share(NamedTuple):
    """A voice and its share of a mix."""

    voice: str
    """Name of the voice, not an alias."""
    weight: float
    """From 0 to 1; the shares of a mix add up to 1."""


def parse_mix(text: str) -> tuple[Share, ...]:
    """Parse a voice name or a mix of voices. Raises `UnknownVoice`, which lists similar names."""
    weights: dict[str, float] = {}
    for part in _SEPARATOR.split(text):
        match = _PART.fullmatch(part)
        if not match or (match["before"] and (match["inside"] or match["after"])):
            raise UnknownVoice(_unreadable(text))
        name = _found(match["name"]).name
        name = OPENAI_NAMES.get(name, name)
        weights[name] = weights.get(name, 0.0) + float(match["before"] or match["inside"] or match["after"] or 1)
    total = sum(weights.values())
    if not total or len(weights) > MAX_MIXED_VOICES:
        raise UnknownVoice(_unreadable(text))
    if len(models := {checkpoints()[name].name: name for name in weights}) > 1:
        belong = " and ".join(f"{name} to {model}" for model, name in models.items())
        raise UnknownVoice(f'the voices in "{text[:80]}" belong to different checkpoints, {belong}; mix voices of one')
    return tuple(Share(name, weight / total) for name, weight in weights.items() if weight)


def resolve_voice(text: str) -> Voice:
    """Return the voice for a name or a mix. The language of a mix is that of its largest share."""
    if "+" not in text and not _MIX_SIGNS & set(text):
        return _found(text)
    shares = parse_mix(text)
    name = "+".join(f"{share.voice}({share.weight:.4f})" for share in shares)
    largest = max(shares, key=lambda share: share.weight)
    parsed = parse_name(largest.voice)
    return Voice(name, parsed.language, f"a mix of {len(shares)} voices, {parsed.language_name}", "kokoro")


def _found(name: str) -> Voice:
    try:
        return find_voice(name, voices())
    except UnknownVoice as error:
        raise unknown_voice(name, nearest(name) or error.nearest) from None


def has_voices_of(text: str) -> bool:
    """Return whether a name, or each name of a mix without weights, is that of a voice."""
    return all(is_known(part, voices()) for part in _SEPARATOR.split(text))


def is_ours(text: str) -> bool:
    """Return whether a name that cannot be parsed is meant for Kokoro: a mix, or the name of a voice among others."""
    known = {voice.name for voice in voices()}
    parts = (part.partition("(")[0].strip().lower().replace("-", "_") for part in text.split("+"))
    return bool(_MIX_SIGNS & set(text)) or any(part in known for part in parts)


def looks_like_ours(name: str) -> bool:
    """Return whether a name begins as those of Kokoro's voices do: "af_", "bm_"."""
    return _LIKE_OURS.match(name.strip()) is not None


def nearest(name: str, most: int = 3) -> list[str]:
    """Return the voices a name may be meant for, the likeliest first: by their whole or given name, or language."""
    asked = name.strip().lower().replace("-", "_")
    alike = {voice: _likeness(asked, voice) for voice in (*GRADES, *checkpoints())}
    return sorted((voice for voice, share in alike.items() if share >= LEAST_ALIKE), key=lambda each: -alike[each])[
        :most
    ]


def _likeness(asked: str, voice: str) -> float:
    """Return the share of letters in common, 1 for a language's tag and for the two letters a name begins with.

    It is 0 if it is below `LEAST_ALIKE`.
    """
    tag = parse_name(voice).language.replace("-", "_")
    if asked in (tag, tag.partition("_")[0], voice[:2]):
        return 1.0
    given = asked[3:] if looks_like_ours(asked) else asked
    return max(_share_of_letters(asked, voice), _share_of_letters(given, voice[3:]))


def _share_of_letters(one: str, other: str) -> float:
    """Return the share of letters that two words have in common in their order; 0 if it is below `LEAST_ALIKE`."""
    import difflib

    found = difflib.SequenceMatcher(None, one, other, autojunk=False)
    if found.real_quick_ratio() < LEAST_ALIKE or found.quick_ratio() < LEAST_ALIKE:  # bounds that take less time
        return 0.0
    return found.ratio()


def _unreadable(text: str) -> str:
    return (
        f'the mix of voices "{text[:80]}" cannot be read; write one to {MAX_MIXED_VOICES} names with weights above 0, '
        "like af_bella(2)+af_sky(1)"
    )


def style_row(phonemes: str) -> int:
    """Return the row of a voice file for these phonemes: there is one row for each number of characters."""
    return min(max(len(phonemes), 1), STYLE_ROWS) - 1
