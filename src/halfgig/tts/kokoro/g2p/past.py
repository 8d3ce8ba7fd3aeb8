"""Tense where the letters do not show it: "read", and "used to" for a habit or a purpose."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from halfgig.tts.kokoro.g2p.word_classes import (
    ARTICLES,
    BE,
    CONJUNCTIONS,
    DETERMINERS,
    FINITE_VERBS,
    HAVE,
    MODALS,
    OBJECTS,
    PLURAL_SUBJECTS,
    PREPOSITIONS,
    SINGULAR_SUBJECTS,
    SUBJECTS,
    is_adverb,
    is_plural,
    words,
)

if TYPE_CHECKING:
    from halfgig.tts.kokoro.g2p.neighbours import Neighbours

PRESENT, PAST, PARTICIPLE, NOUN = ("VB",), ("VBD",), ("VBN",), ("NN",)

_PAST_TIMES = words("yesterday ago earlier previously formerly recently")
_PERIODS = words(
    "night week month year summer winter spring autumn fall monday tuesday wednesday thursday friday saturday sunday "
    "weekend century decade evening time"
)
_PLURAL_PRONOUNS = PLURAL_SUBJECTS | words("those these all some many few most others both us them me")
_YEARS = words("nineteen twenty eighteen seventeen two childhood")
_HAD_BEFORE = words("before already once")
_HABITS = words(
    "every always usually often sometimes never generally normally rarely daily weekly when whenever most many if "
    "while regularly typically frequently nowadays today occasionally until before"
)
_PRESENT_VERBS = words("am is are do does don't doesn't has have can will it's i'm that's")
_PAST_VERBS = words(
    "was were had did didn't couldn't said came went took saw gave found told knew thought felt kept began ran "
    "brought wrote stood heard met sat spoke led grew lost fell sent built drew broke spent rose drove bought wore "
    "chose became got made ate threw held hid left paid sang slept sold taught won looked"
)
_LETTING = words(
    "let lets letting make makes made making help helps helped helping hear hears heard see sees saw watch watched have"
)
_ASIDES = words("if when to before after once while please")
_MATERIAL = words(
    "access only receipt receipts speed speeds rate rates operation operations replica replicas me time head "
    "permission permissions request requests lock"
)


def reads_past(place: Neighbours) -> tuple[str, ...]:
    """Return the tags of "read": a past tense or participle (said as "red"), or present, infinitive, imperative."""
    back = place.back(5)
    is_had = place.has(_HAD_BEFORE) or any(word in ("if", "wish") for word in back)
    if place.before in HAVE or (place.before.endswith("'d") and is_had):  # "I'd read it before"
        return PARTICIPLE
    if place.before in BE:
        return NOUN if place.after in _MATERIAL else PARTICIPLE
    if place.before == "to" or place.before in MODALS or _is_asked(back):
        return PRESENT
    if _has_auxiliary(back):
        return PARTICIPLE
    if place.before in DETERMINERS - {"this", "that", "which", "these", "those", "all", "both", "some", "many"}:
        return NOUN
    is_judged = any(word in ARTICLES - {"the"} for word in back[1:3]) and place.after in ("", "for", "but")
    is_judged = is_judged and place.before not in ("that", "which", "who")
    if is_judged or place.after in _MATERIAL:
        return NOUN
    if _is_made_to(place, back):
        return PRESENT
    return _by_subject(place)


def _is_asked(back: list[str]) -> bool:
    """Return whether an auxiliary stands before the subject: "did you read", "should the class read"."""
    auxiliaries = MODALS - {"help", "please"}
    after_pronoun = back[:1] and back[0] in SUBJECTS and any(word in auxiliaries for word in back[1:3])
    after_noun = any(word in auxiliaries for word in back[2:4]) and any(word in DETERMINERS for word in back[1:3])
    after_name = any(word in auxiliaries for word in back[1:2])
    return bool(after_pronoun or after_noun or after_name)


def _has_auxiliary(back: list[str]) -> bool:
    """Return whether have or be governs the word, with an adverb or a subject between."""
    near = back[1:2] if back[:1] and back[0] in SUBJECTS | OBJECTS else back[:2]
    return any(word in HAVE | BE for word in near)


def _is_made_to(place: Neighbours, back: list[str]) -> bool:
    """Return whether someone lets, helps or hears the reader: "made the class read"."""
    return place.before not in words("i he she we they who") and any(word in _LETTING for word in back[1:4])


def _by_subject(place: Neighbours) -> tuple[str, ...]:
    if place.before in SINGULAR_SUBJECTS or (place.before == "who" and not place.head):
        return PAST
    if is_adverb(place.before) or place.before == "why":  # "Never read this."
        return PRESENT
    if not place.before:
        return PAST if place.index and _is_past_sentence(place) and place.words[0].lower() not in _ASIDES else PRESENT
    if place.before in words("word verb button command"):  # the word "read"
        return PRESENT
    if place.before in words("please then now just first"):
        return PAST if _is_past_sentence(place) else PRESENT
    noun = place.at(place.head - 1)
    if place.before in ("who", "that", "which") and noun and not is_plural(noun) and noun not in _PLURAL_PRONOUNS:
        return PAST  # "a card that read"
    if place.before in CONJUNCTIONS:
        return PAST if _is_past_sentence(place) else PRESENT
    if place.before in PLURAL_SUBJECTS and place.at(place.index - 1) in ("just", "first", "finally", "already"):
        return PAST
    if place.before in PLURAL_SUBJECTS | {"who", "that", "which"} or is_plural(place.before):
        return PAST if _is_past_sentence(place) or _is_told(place) else PRESENT
    return PAST  # a noun in the singular would take "reads"


def _is_past_sentence(place: Neighbours) -> bool:
    if place.has(_PAST_TIMES):
        return True
    lower = [word.lower() for word in place.words]
    if any(first == "last" and second in _PERIODS for first, second in pairwise(lower)):
        return True
    if any(first == "in" and second in _YEARS for first, second in pairwise(lower)):
        return True
    others = lower[: place.index] + lower[place.index + 1 :]
    past = any(
        word in _PAST_VERBS or (word.endswith("ed") and len(word) > 4 and word not in DETERMINERS) for word in others
    )
    return past and not any(word in _HABITS - {"when", "until", "before", "while", "if"} for word in others)


def _is_told(place: Neighbours) -> bool:
    """Return whether "I read the letter" is about one event: its object is certain and nothing speaks of a habit."""
    certain = place.after in words("it your his her that this somewhere about") or (
        place.after == "the" and place.before in ("i", "we")
    )
    return certain and place.before in ("i", "we") and not place.has(_HABITS | _PRESENT_VERBS)


_TOOLS = words(
    "tool tools method methods technique techniques process processes approach device devices material materials "
    "money data term terms word words name names code system systems software algorithm algorithms equipment "
    "instrument instruments technology technologies chemical chemicals substance substances drug drugs medicine "
    "phrase phrases language formula formulas model models parameter parameters command commands function functions "
    "test tests criteria ingredient ingredients fuel energy resources funds machine machines file files key keys "
    "password symbol symbols sign signs notation strategy strategies mechanism procedure procedures program programs "
    "script scripts library libraries means measure measures metric metrics figures information water paper wood "
    "metal plastic gas oil knife gun weapon weapons rope hammer brush needle needles cloth products product cream "
    "lotion soap tape glue wire vehicle vehicles truck trucks trap traps signal signals wave waves light laser lasers "
    "sensor sensors camera cameras map maps form forms card cards account accounts adjective verb noun expression "
    "expressions standard standards protocol protocols framework frameworks format formats variable variables "
    "template templates hormone enzyme vaccine antibiotic antibiotics pesticide pesticides exercise exercises trick "
    "tricks tactic tactics argument spice spices herb herbs ink paint dye bait lens lenses solvent element elements "
    "component components part parts space room rooms area areas time power electricity heat pressure force steps "
    "rule rules evidence image images"
)
"""Things that are used for something."""

_PURPOSES = words(
    "make build create test measure clean cut produce find detect treat train buy pay describe calculate determine "
    "identify transport carry store write print send open lock join fix repair improve reduce increase prevent "
    "protect control monitor support explain express show support help generate extract remove heat cool power drive "
    "fund"
)
"""What things are used for."""

_DOERS = words(
    "people kids children men women boys girls students teachers parents workers friends neighbors neighbours mother "
    "father mom dad brother sister man woman boy girl guy guys folks farmers doctors soldiers players fans families "
    "couples company companies factory factories shop shops store stores team teams school schools farm farms plant "
    "mill firm firms bank banks banks government governments police country countries king kings romans greeks"
)
"""Who does something: after these it is a habit."""

_STATES = words("be have live think believe know like love hate seem belong exist say happen mean cost smoke")


def used_for_a_purpose(place: Neighbours) -> bool:
    """Return whether "used" (before "to") is the verb to use, not a habit ("we used to swim")."""
    beyond = place.ahead(2)[1:2]
    following = beyond[0] if beyond else ""
    if place.before in BE and not place.before.startswith("g"):
        return not _is_accustomed(place, following)
    if place.before in words("get gets got getting become became becoming grow grew grown"):
        return False
    if place.before in HAVE | MODALS | ARTICLES:
        return True
    if place.before in SUBJECTS and place.at(place.head - 1) in BE:  # "What is it used to do?"
        return not _is_accustomed(place, following)
    if place.before in SUBJECTS:
        return place.at(place.head - 1) in _TOOLS and place.before not in ("there", "who") and following not in _STATES
    if place.before in CONJUNCTIONS | {"", "which", "that"}:
        return not place.before and following not in _STATES
    return _is_after_a_thing(place, following)


def _is_accustomed(place: Neighbours, following: str) -> bool:
    if following in DETERMINERS | OBJECTS or following.endswith("ing") or not following:
        return True
    return place.before in words("i'm you're we're he's she's") or place.at(place.head - 1) in words("i he she we you")


def _is_after_a_thing(place: Neighbours, following: str) -> bool:
    """Return whether the noun before is a thing that is used, as in "the tool used to test code"."""
    if following in _STATES:
        return False
    serves = following in _PURPOSES and place.before not in _DOERS and place.ahead(3)[2:]
    if serves and (place.index == 1 or place.before.endswith("s")):  # "bricks used to build a wall"
        return True
    idle = words("a all often well fine more less every before years sometimes on up out again")
    if place.before in _TOOLS and place.at(place.index + 3) in idle | {""} and following not in _PURPOSES:
        return False  # "the software used to crash"
    if place.before in _TOOLS or _is_followed_by_verb(place):
        return True
    back = place.back(6)
    start = next((step for step, word in enumerate(back) if word in DETERMINERS), None)
    if start is None:
        return False
    governing = back[start + 1] if start + 1 < len(back) else ""
    return back[start] in ("a", "an") or governing in FINITE_VERBS | BE | (
        PREPOSITIONS - words("in on at during since")
    )


def _is_followed_by_verb(place: Neighbours) -> bool:
    """Return whether the clause has its own verb later: "the stones used to build the wall came from here"."""
    for word in place.ahead(10)[2:]:
        if word in CONJUNCTIONS | SUBJECTS | words("that which who what how"):
            return False
        if word in FINITE_VERBS | BE | HAVE | MODALS:
            return True
    return False
