"""The puppet's own options: names, defaults, bounds and help, declared once."""

from dataclasses import dataclass

from halfgig.requests import option

LIVELINESS = 0.5
"""Liveliness unless asked otherwise."""

MOOD_NAMES = ("neutral", "happy", "serious", "surprised")
"""The moods, the default one first."""


@dataclass(frozen=True, slots=True)
class PuppetOptions:
    """How the puppet behaves."""

    liveliness: float = option(
        LIVELINESS,
        "how much the face moves apart from the mouth: head, eyes, body",
        refusal="a liveliness of {value:g} is out of range; choose one from {least:g} to {most:g}",
        least=0.0,
        most=1.0,
        metavar="X",
    )
    """0 to 1."""
    mood: str = option(
        MOOD_NAMES[0], f"expression of the face: {', '.join(MOOD_NAMES)}", choices=MOOD_NAMES, metavar="NAME"
    )
    """One of `MOOD_NAMES`."""
