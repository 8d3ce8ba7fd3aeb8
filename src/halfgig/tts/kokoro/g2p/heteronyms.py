"""Homographs whose part of speech, or meaning, needs rules of their own: "read", "used to", "lead", "close"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from halfgig.tts.kokoro.g2p.neighbours import is_made_to
from halfgig.tts.kokoro.g2p.past import reads_past, used_for_a_purpose
from halfgig.tts.kokoro.g2p.senses import SENSES
from halfgig.tts.kokoro.g2p.word_classes import (
    ADJECTIVAL,
    ADJECTIVES,
    ARTICLES,
    BE,
    CONJUNCTIONS,
    DETERMINERS,
    HAVE,
    MODALS,
    NUMBERS,
    OBJECTS,
    POSSESSIVES,
    PREPOSITIONS,
    SUBJECTS,
    is_plural,
    words,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from halfgig.tts.kokoro.g2p.neighbours import Neighbours

Tags = tuple[str, ...]

_RELATIVE = words("who which that")


def _is_verb(place: Neighbours) -> bool:
    """Return whether the words before ask for a verb."""
    if is_made_to(place):
        return True
    return place.before in MODALS | SUBJECTS | {"to"} or (
        place.before in ("who", "which") and place.after in DETERMINERS | OBJECTS | PREPOSITIONS
    )


def _that(place: Neighbours) -> Tags:
    nouns = words("day night time moment year week way man woman place case point morning evening kind sort one same")
    points = place.after in BE | MODALS | HAVE | nouns or not place.after
    is_noun_before = place.before and place.before not in PREPOSITIONS | CONJUNCTIONS | MODALS | BE
    if not place.after or place.after in nouns:
        return ("DT",)
    if place.before in (PREPOSITIONS | {"to"}) - {"than"} and place.after not in SUBJECTS | DETERMINERS:
        return ("DT",)
    if not place.before and place.after not in SUBJECTS | DETERMINERS:
        return ("DT",)
    return ("DT",) if points and not is_noun_before else ("IN",)


def _used(place: Neighbours) -> Tags:
    return ("VBN",) if used_for_a_purpose(place) else ("VBD",)


def _in(place: Neighbours) -> Tags:
    return ("IN",) if place.after else ("RP",)


def _inside(place: Neighbours) -> Tags:
    if place.before in DETERMINERS and place.precedes_noun:
        return ("JJ",)
    return ("RB",)


def _read(place: Neighbours) -> Tags:
    return reads_past(place)


def _use(place: Neighbours) -> Tags:
    if place.after == "to" and any(word in ("didn't", "did") for word in place.back(3)):
        return ("NN",)  # "didn't use to": said as the noun
    if place.before in words("make makes made making put puts of in into no any for land") and place.after != "the":
        return ("NN",)
    return ()


def _wound(place: Neighbours) -> Tags:
    winds = place.after in DETERMINERS | words("up down around round through tightly back itself themselves")
    if place.before in DETERMINERS | PREPOSITIONS and place.after != "up":
        return ("NN",)
    if place.before in MODALS or place.before == "to":
        return ("VB", "NN")
    return ("VBD",) if winds or place.before in SUBJECTS | HAVE else ("NN",)


def _close(place: Neighbours) -> Tags:
    if place.after in ("to", "by", "enough", "together", "friend", "friends", "behind") or place.before in words(
        "very so too as how is was are were be been being get gets got getting stay stayed keep kept stood sat come "
        "came draw drew more pretty really fairly"
    ):
        return ("JJ",)
    if place.before == "the" and place.after in ("of", ""):
        return ("NN",)
    if place.before in ("a", "its", "to", "at") and place.after in ("", "and") and place.before != "at":
        return ("NN",)
    opens = not place.before or place.before in CONJUNCTIONS | {"then"}
    if place.before == "to" or place.before in MODALS | SUBJECTS or place.precedes_object:
        return ("VB",)
    if opens and place.after in words("up down off out window windows door doors eyes tabs all"):
        return ("VB",)
    closes = is_plural(place.before) and place.after in ("", "at", "on", "in", "early", "late", "soon", "for", "when")
    return ("VB",) if closes else ("JJ",)


def _closer(place: Neighbours) -> Tags:
    is_noun = place.before in ("a", "the", "our", "his", "her", "best", "deal") and place.after in (
        "",
        "and",
        "came",
        "for",
    )
    return ("NN",) if is_noun else ("JJ",)


def _minute(place: Neighbours) -> Tags:
    small = words(
        "amount amounts detail details quantity quantities trace traces particle particles fraction difference "
        "differences variation variations changes crack cracks organisms creatures doses portion portions size "
        "inspection examination scrutiny droplets grains"
    )
    is_plural_kind = is_plural(place.after) and place.before not in NUMBERS | ADJECTIVES | {"the", "per", "minute"}
    is_small = place.after in small or is_plural_kind or place.before in words("very so most extremely too incredibly")
    return ("JJ",) if is_small else ("NN",)


def _live(place: Neighbours) -> Tags:
    broadcast = words(
        "music show shows concert concerts audience broadcast broadcasts tv television stream streams streaming event "
        "events wire wires animals animal ammunition bait video coverage performance performances album chat action "
        "oak rounds cattle fish lobster lobsters metaphor metaphors demo session version recording feed updates odds "
        "births birds births entertainment"
    )
    if place.after in broadcast and not _is_verb(place):
        return ("JJ",)
    if place.before in BE | ARTICLES | {"go", "goes", "going", "went", "broadcast", "streamed", "recorded"}:
        return ("JJ",)
    if _is_verb(place) or place.before in _RELATIVE | {"people", "and", "or", "not", "where"}:
        return ("VB",)
    if place.after in words("in on at with here there alone together under near among by off without for like as"):
        return ("VB",)
    return ("VBP",) if is_plural(place.before) and place.before not in BE | POSSESSIVES else ("JJ",)


def _lives(place: Neighbours) -> Tags:
    if place.before in POSSESSIVES | DETERMINERS - {"which", "this", "that"} or place.before.endswith("s'"):
        return ("NNS",)
    if place.before in SUBJECTS | _RELATIVE:
        return ("VBZ",)
    if place.before in ADJECTIVES | PREPOSITIONS | BE or is_plural(place.before) or place.before.endswith(ADJECTIVAL):
        return ("NNS",)
    if place.index - 1 > place.head:  # "now lives"
        return ("VBZ",)
    if not place.after:
        has_subject = any(word in DETERMINERS for word in place.back(3)[1:])
        return ("VBZ",) if has_subject and not place.has_other_verb else ("NNS",)
    nearby = words("in on at with here there alone next near under by off within among together for up")
    return ("VBZ",) if place.before and (place.after in nearby or not place.has_other_verb) else ("NNS",)


def _overhead(place: Neighbours) -> Tags:
    return ("NN",) if place.before in DETERMINERS | ADJECTIVES and not place.precedes_noun else ("RB",)


def _tear(place: Neighbours) -> Tags:
    if place.before == "and" and place.at(place.head - 1) == "wear":
        return ("VB",)
    if place.word == "tear" and place.after == "in" and not place.has(words("eye eyes")):
        return ("VB",)  # a rip, said as the verb
    if place.before in PREPOSITIONS or place.before in words("a single her his my their your"):
        return ("NN",)
    tears = place.after in words("down up apart off into out away open through at") or place.precedes_object
    return ("VB",) if tears or place.before in MODALS | SUBJECTS | {"to"} else ("NN",)


def _wind(place: Neighbours) -> Tags:
    if place.after in words("up down back through around round") or place.precedes_object:
        return ("VB",) if place.before not in ARTICLES | ADJECTIVES | PREPOSITIONS else ("NN",)
    return ("VB",) if place.before in MODALS | {"to", "roads", "paths"} else ("NN",)


def _winds(place: Neighbours) -> Tags:
    turns = place.after in words("up down back through around round along its between past among across")
    return ("VBZ",) if turns and place.before not in ARTICLES | ADJECTIVES and not is_plural(place.before) else ("NNS",)


def _learned(place: Neighbours) -> Tags:
    scholars = words(
        "man men woman scholar scholars professor judge society societies journal friend colleague treatise "
        "theologians doctor author authors lady gentleman gentlemen discourse body profession professions people "
        "person"
    )
    is_praise = place.before in ARTICLES | POSSESSIVES | {"very", "most", "more"} - {"i"}
    return ("JJ",) if is_praise or (place.after in scholars and place.before in ("and", "of", "by")) else ("VBD",)


def _present(place: Neighbours) -> Tags:
    if _is_verb(place) or (not place.before and place.precedes_object):
        return () if place.before == "to" and place.after == "" else ("VB",)
    shows = is_plural(place.before) and place.precedes_object
    return ("VBP",) if shows or (place.before in _RELATIVE and place.precedes_object) else ("NN",)


def _subject(place: Neighbours) -> Tags:
    return ("JJ",) if place.after == "to" and place.before not in MODALS | SUBJECTS | {"to"} else ()


def _separate(place: Neighbours) -> Tags:
    if place.before in HAVE | {"the", "two", "three", "several"}:
        return ("JJ",)
    return (
        ("VB",) if place.precedes_object or (place.after in ("from", "into", "out") and place.before not in BE) else ()
    )


def _content(place: Neighbours) -> Tags:
    if _is_verb(place) or (not place.before and place.precedes_object):
        return ("VB",)
    if place.before in BE or place.after in words("himself herself themselves yourself myself itself ourselves"):
        return ("JJ",)
    if place.before == "and" and place.at(place.head - 1) in words("happy calm healthy quiet warm safe peaceful"):
        return ("JJ",)
    pleased = place.after in ("with", "to") or (
        place.before in BE | words("feel feels felt very quite seemed")
        and (not place.after or place.after in CONJUNCTIONS)
    )
    return ("JJ",) if pleased and place.before not in ARTICLES | POSSESSIVES else ("NN",)


def _upset(place: Neighbours) -> Tags:
    return ("NN",) if place.before in ARTICLES | ADJECTIVES or place.after in ("victory", "win") else ("VB",)


def _perfect(place: Neighbours) -> Tags:
    opens = not place.before and place.precedes_object
    return ("VB",) if opens or (_is_verb(place) and place.before not in BE) else ("JJ",)


def _resume(place: Neighbours) -> Tags:
    sent = words(
        "send sent submit submitted attach attached update updated upload uploaded write wrote print review cv"
    )
    is_document = place.before in ARTICLES | POSSESSIVES | ADJECTIVES | sent or place.before.endswith("'s")
    return ("NN",) if is_document and place.before not in MODALS | {"to"} else ("VB",)


def _deserts(place: Neighbours) -> Tags:
    return ("VBZ",) if place.at(place.index - 1) == "just" else ()


def _moped(place: Neighbours) -> Tags:
    return ("VBD",) if place.after in words("around about for all over") or place.before in SUBJECTS else ("NN",)


RULES: dict[str, Callable[[Neighbours], Tags]] = {
    **SENSES,
    "that": _that,
    "used": _used,
    "in": _in,
    "inside": _inside,
    "read": _read,
    "reread": _read,
    "use": _use,
    "wound": _wound,
    "close": _close,
    "closer": _closer,
    "minute": _minute,
    "minutes": lambda _: ("NNS",),
    "live": _live,
    "lives": _lives,
    "tear": _tear,
    "tears": _tear,
    "overhead": _overhead,
    "wind": _wind,
    "winds": _winds,
    "learned": _learned,
    "present": _present,
    "subject": _subject,
    "separate": _separate,
    "content": _content,
    "upset": _upset,
    "perfect": _perfect,
    "moped": _moped,
    "resume": _resume,
    "deserts": _deserts,
}
"""Words with their own rules; no tags: the general rules decide."""
