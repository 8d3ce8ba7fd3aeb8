"""Homographs told by what a sentence is about: lead, bow, bass, dove, sow."""

from __future__ import annotations

from typing import TYPE_CHECKING

from halfgig.tts.kokoro.g2p.word_classes import (
    ADJECTIVES,
    ARTICLES,
    BE,
    MODALS,
    SUBJECTS,
    words,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from halfgig.tts.kokoro.g2p.neighbours import Neighbours

Tags = tuple[str, ...]

_FISH = words(
    "fish fishing fished sea caught catch lake river striped smallmouth largemouth grilled fillet trout lure pan"
)


def _lead(place: Neighbours) -> Tags:
    metal = words(
        "pipe pipes paint poisoning pencil pencils shot weight weights acid bullet bullets foil roof roofs crystal "
        "ore oxide mine mines glass based free content levels exposure solder contamination batteries battery apron "
        "acetate sheet sheets sinker sinkers balloon smelter plates zinc"
    )
    is_metal = place.after in metal or place.before in words(
        "molten unleaded contains containing pure heavy white of some liquid melted tetraethyl"
    )
    if place.after in BE and place.has(words("metal toxic poisonous element heavy soft dense")):
        return ("METAL",)
    listed = place.after in ("and", "or") and "".join(place.ahead(2)[1:]) in words("zinc copper mercury tin iron steel")
    listed = listed or (
        place.before in ("and", "or") and place.at(place.head - 1) in words("zinc copper mercury tin iron")
    )
    is_verb = place.precedes_object or place.after in words("to in by the us me them him her you up off the a with")
    return ("METAL",) if (is_metal and not is_verb) or listed else ()


def _bow(place: Neighbours) -> Tags:
    """Return a verb for the bend, and for the front of a ship, which sounds the same."""
    if place.has(words("ship ship's boat stern deck hull vessel prow mast anchor starboard port sail waves")):
        return ("VB",)
    if place.before in MODALS | SUBJECTS | {"to"} or place.after in words("down low before deeply politely out"):
        return ("VB",)
    if not place.before and place.after in ("to", "your", "our", "his", "her"):
        return ("VB",)
    if place.before in ARTICLES | {"his", "her"} and place.has(
        words("took takes take made makes deep low polite gave")
    ):
        return ("VB",)
    return ("NN",)


def _bows(place: Neighbours) -> Tags:
    arrows = place.has(words("arrows violin cello hair ribbons ribbon gift"))
    bends = place.before in SUBJECTS | {"who", "which"} or place.after in words("down low to before out")
    return ("VBZ",) if (bends or place.has(words("ship ship's boat took takes take"))) and not arrows else ("NNS",)


def _bass(place: Neighbours) -> Tags:
    return ("NN",) if place.has(_FISH) or place.after in ("boat", "pro", "lake") else ("JJ",)


def _dove(place: Neighbours) -> Tags:
    dives = place.after in words("into in off under down to for from headfirst through right straight deep behind")
    return ("VBD",) if dives and place.before not in ARTICLES | ADJECTIVES else ("NN",)


def _sow(place: Neighbours) -> Tags:
    is_pig = place.before in ARTICLES | {"old", "fat", "pregnant"} or place.has(words("pig pigs piglets boar hog hogs"))
    return ("NN",) if is_pig and place.before != "to" else ("VB",)


SENSES: dict[str, Callable[[Neighbours], Tags]] = {
    "lead": _lead,
    "bow": _bow,
    "bows": _bows,
    "bass": _bass,
    "dove": _dove,
    "sow": _sow,
}
"""The rules by word."""
