"""Voice names and speed: lookup by name or language tag, variants, names used by OpenAI clients."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from halfgig.errors import BadSetting, UnknownVoice
from halfgig.tts.base import Voice

DEFAULT_VOICE = "en-us"
"""Voice to use when the request names none and no model is installed."""

SLOWEST, FASTEST = 0.25, 4.0
"""Range of speed factors; 1 is the normal speed of a voice."""

VARIANTS = {f"f{number}": f"woman {number}" for number in range(1, 6)} | {
    f"m{number}": f"man {number}" for number in range(1, 9)
}
"""Variants of espeak voices, written after "+", with their descriptions."""

OPENAI_NAMES = {
    "alloy": "en-us+f1",
    "ash": "en-us+m1",
    "ballad": "en-gb-x-rp+m3",
    "cedar": "en-us+m4",
    "coral": "en-us+f2",
    "echo": "en-us+m2",
    "fable": "en-gb+m5",
    "marin": "en-gb+f3",
    "nova": "en-us+f3",
    "onyx": "en-us+m8",
    "sage": "en-gb-x-rp+f4",
    "shimmer": "en-us+f5",
    "verse": "en-us+m7",
}
"""Names that OpenAI clients send, and the espeak voice for each."""

# Common language tags that no espeak voice has as its name.
_COMMON_TAGS = {
    "en": "en-us",
    "en-au": "en-gb",
    "es-mx": "es-419",
    "es-ar": "es-419",
    "no": "nb",
    "zh": "cmn",
    "zh-hk": "yue",
    "zh-yue": "yue",
}


def checked_speed(speed: float) -> float:
    """Return the speed if it is within `SLOWEST` to `FASTEST`. Raises `BadSetting`."""
    if not SLOWEST <= speed <= FASTEST:
        raise BadSetting(f"a speed of {speed:g} is out of range; choose one from {SLOWEST:g} to {FASTEST:g}")
    return speed


def find_voice(name: str, voices: Sequence[Voice]) -> Voice:
    """Find a voice by its name, in any case, with "_" or "-".

    A language tag falls back to the language if its region has no voice: "de-at" finds "de". An espeak voice accepts a
    variant after "+": "fr+f3". Raises `UnknownVoice`, which lists similar names.
    """
    known = {_folded(voice.name): voice for voice in voices}
    base, plus, variant = _folded(name).partition("+")
    voice = _named(base, known)
    if voice and not plus:
        return voice
    if voice and variant in VARIANTS and _takes_variants(voice):
        return replace(voice, name=f"{voice.name}+{variant}", description=f"{voice.description}, {VARIANTS[variant]}")
    nearest = _variants(voice) if voice and _takes_variants(voice) else _nearest(_folded(name), known)
    raise unknown_voice(name, nearest)


def is_known(name: str, voices: Sequence[Voice]) -> bool:
    """Return whether `find_voice` finds a name without a variant; this takes less time where it finds none."""
    return _named(_folded(name), {_folded(voice.name): voice for voice in voices}) is not None


def _named(base: str, known: Mapping[str, Voice]) -> Voice | None:
    return known.get(base) or known.get(_COMMON_TAGS.get(base, "")) or _without_region(base, known)


def unknown_voice(name: str, nearest: Sequence[str]) -> UnknownVoice:
    """Return the error for a name that no voice has."""
    missing = f'no voice is named "{name[:80]}"'
    return UnknownVoice(missing if nearest else f"{missing}; list them all with: halfgig voices", nearest)


def _folded(name: str) -> str:
    return name.strip().lower().replace("_", "-")


def _without_region(tag: str, known: Mapping[str, Voice]) -> Voice | None:
    language, _, region = tag.partition("-")
    if not (len(region) == 2 and region.isalpha()):
        return None
    return known.get(language) or known.get(_COMMON_TAGS.get(language, ""))


def _takes_variants(voice: Voice) -> bool:
    return voice.engine == "espeak" and voice.name not in OPENAI_NAMES


def _variants(voice: Voice) -> list[str]:
    return [f"{voice.name}+{variant}" for variant in VARIANTS]


def _nearest(name: str, known: Mapping[str, Voice]) -> list[str]:
    import difflib

    spoken = {word: voice.name for voice in reversed(list(known.values())) for word in _words(voice.description)}
    by_language = [spoken[word] for word in difflib.get_close_matches(name, spoken, n=2, cutoff=0.75)]
    by_name = [known[near].name for near in difflib.get_close_matches(name, known, n=3, cutoff=0.4)]
    return list(dict.fromkeys(by_language + by_name))[:5]


def _words(description: str) -> list[str]:
    return re.findall(r"\w+", description.lower())
