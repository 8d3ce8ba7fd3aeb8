"""Mixes of voices: "af_bella(2)+af_sky(1)" is two parts of one and one of the other."""

from __future__ import annotations

import re
from typing import NamedTuple

from halfgig.errors import UnknownVoice
from halfgig.tts.base import Voice
from halfgig.tts.kokoro.voices import OPENAI_NAMES, facts_of, voices
from halfgig.tts.voices import find_voice

MOST_VOICES = 8
"""Voices in one mix."""

_PART = re.compile(r"\s*(?P<name>[^()+\s]+)\s*(?:\(\s*(?P<weight>\d{1,4}(?:\.\d{1,6})?|\.\d{1,6})\s*\))?\s*")


class Share(NamedTuple):
    """How much of a mix a voice is."""

    voice: str
    """Its own name, no alias."""
    weight: float
    """0 to 1; all shares of a mix make 1."""


def parse_mix(text: str) -> tuple[Share, ...]:
    """Read a voice's name, or a mix of several.  Raises `UnknownVoice`, which lists the nearest names."""
    known = voices()
    weights: dict[str, float] = {}
    for part in text.split("+"):
        match = _PART.fullmatch(part)
        if not match:
            raise UnknownVoice(_unreadable(text))
        name = find_voice(match["name"], known).name
        name = OPENAI_NAMES.get(name, name)
        weights[name] = weights.get(name, 0.0) + float(match["weight"] or 1)
    total = sum(weights.values())
    if not total or len(weights) > MOST_VOICES:
        raise UnknownVoice(_unreadable(text))
    return tuple(Share(name, weight / total) for name, weight in weights.items() if weight)


def voice_of(text: str) -> Voice:
    """Return a mix, or a single voice, as the voice it makes: its language is that of its largest share."""
    known = voices()
    if "+" not in text and "(" not in text:
        return find_voice(text, known)
    shares = parse_mix(text)
    name = "+".join(f"{share.voice}({share.weight:.4f})" for share in shares)
    largest = max(shares, key=lambda share: share.weight)
    facts = facts_of(largest.voice)
    return Voice(name, facts.language, f"a mix of {len(shares)} voices, {facts.language_name}", "kokoro")


def _unreadable(text: str) -> str:
    return (
        f'the mix of voices "{text[:80]}" cannot be read; write one to {MOST_VOICES} names with weights above 0, '
        "like af_bella(2)+af_sky(1)"
    )
