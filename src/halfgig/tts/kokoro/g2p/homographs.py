"""Part of speech of homographs such as "to record" and "a record", by rules instead of a tagger.

The rules use the words around a homograph. In running text 0.4 % of the words are affected.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from halfgig.tts.kokoro.g2p.heteronyms import RULES
from halfgig.tts.kokoro.g2p.letters import letter_tags
from halfgig.tts.kokoro.g2p.neighbours import Neighbours, is_made_to
from halfgig.tts.kokoro.g2p.word_classes import (
    ADJECTIVAL,
    ADJECTIVES,
    BE,
    CONJUNCTIONS,
    DETERMINERS,
    FINITE_VERBS,
    HAVE,
    MODALS,
    NUMBERS,
    PREPOSITIONS,
    SINGULAR_SUBJECTS,
    SUBJECTS,
    is_mark,
    is_plural,
    words,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

_GOVERNING_TO = words("due according access respect regard thanks subject close next prior compared addition")
_NOT_NOUNS = words("close closer content invalid covert overweight converse upset")  # as often adjectives
_HARDLY_NOUNS = words(
    "consist consists affect affects entail entails impress impresses remit remits revert reverts retard retards "
    "discard discards infix postfix invert inverts inlay interlock interlocks relet resit overlook overlooks upset"
)
"""Words whose noun is rare: only a determiner or an adjective makes them one."""

_RATHER_VERBS = words(
    "permits presents uses recalls rejects separates suspects combines conducts conserves decreases invites overlaps "
    "progresses purports transforms produces refuses proceeds perfects perverts initiates upsets overflows overruns "
    "overthrows"
)
"""Words with an s that are more often verbs than nouns."""

_NEVER_ORDERED = words("overflow overrun overlap underflow")
"""Words that begin a sentence as nouns: nobody is told to do them."""

_PARTICIPLES = ("ed", "read", "overrun", "undercut", "upset", "underset", "offset", "rerun", "wound")
_RELATIVE = words("which that who what whatever")
_LEADEN = ("-acid", "-based", "-coated", "-glazed", "-lined", "-sheathed", "-soldered", "-weighted")
_AMOUNTS = ("well-", "better-", "best-", "widely-", "most-", "much-", "little-", "ill-")
_DEGREES = words("very so too how as more most quite")
_BEFORE_CLAUSES = words("as than until till since before after like")
_CLOSING = words("of was is were are and or has had will would can could may must by")

NOUN, ADJECTIVE, VERB = ("NN",), ("JJ",), ("VB",)


def tags_of(sentence: Sequence[str], index: int) -> tuple[str, ...]:
    """Return the likely parts of speech of a word in its context, most likely first, as Penn Treebank tags.

    `sentence` are its written words and pauses. The result is empty if no rule matches.
    """
    word = sentence[index]
    if word in ("I", "A", "a"):
        return letter_tags(sentence, index)
    if len(word) > 1 and word.isupper():
        return () if _is_shouted(sentence, index) else ("NNP",)
    place = Neighbours(sentence, index)
    if place.word.endswith("-read") and place.word.startswith(_AMOUNTS):
        return ("VBN",)  # "well-read"
    if place.word.startswith("lead-") and place.word.endswith(_LEADEN):
        return ("METAL",)
    own = RULES.get(place.word.removeprefix("re-"))
    found = own(place) if own else ()
    if found:
        return found
    if word[:1].isupper() and index and not is_mark(sentence[index - 1]):
        return ("NNP",)
    return _third_person_or_plural(place) if _has_s(place.word) else _base_form(place)


def _is_shouted(sentence: Sequence[str], index: int) -> bool:
    """Return whether the neighbours of a word in capitals are in capitals too."""
    neighbours = [word for word in sentence[max(0, index - 1) : index + 2] if len(word) > 1 and not is_mark(word)]
    return len(neighbours) > 1 and all(word.isupper() for word in neighbours)


def _has_s(word: str) -> bool:
    return word.endswith("s") and not word.endswith("ss")


def _third_person_or_plural(place: Neighbours) -> tuple[str, ...]:
    """Return the tags of a word such as "records": a verb after he, a noun in the plural after many."""
    before, verb, noun = place.before, ("VBZ",), ("NNS",)
    if _is_hardly_noun(place) or before in SINGULAR_SUBJECTS | _RELATIVE | {"this"} or _follows_adverb(place):
        return verb
    if before in DETERMINERS | PREPOSITIONS | MODALS | BE | HAVE | {"to"} or before.endswith(("'s", "s'")):
        return noun
    if before in ADJECTIVES or before.endswith(ADJECTIVAL) or is_plural(before):
        return noun
    if not before or before in CONJUNCTIONS:
        return verb if place.precedes_object and before else noun
    if place.word in _RATHER_VERBS:
        described = any(word in DETERMINERS | PREPOSITIONS for word in place.back()[1:])
        return noun if described and place.has_other_verb and not place.precedes_object else verb
    return verb if place.precedes_object and not place.has_other_verb else noun


def _base_form(place: Neighbours) -> tuple[str, ...]:
    before, back = place.before, place.back()
    if _is_hardly_noun(place):
        return VERB
    if before == "to":
        return NOUN if {"".join(back[1:2])} & _GOVERNING_TO else VERB
    if before in MODALS or (before in SUBJECTS and any(word in MODALS for word in back[1:3])):
        return VERB
    if before in HAVE | BE:
        return _after_auxiliary(place)
    if is_made_to(place):
        return VERB
    if before in SUBJECTS:
        return ("VBD",) if before in SINGULAR_SUBJECTS else ("VBP",)
    is_governed = place.precedes_object or (before != "that" and place.after in PREPOSITIONS | {"to"})
    if before in _RELATIVE and (is_governed or _follows_plural_that(place)):
        return ("VBP",)
    if place.at(place.index - 1) in _DEGREES and place.after not in ("of", "in"):
        return ADJECTIVE
    if before in DETERMINERS or before in PREPOSITIONS or before.endswith(("'s", "s'")):
        return _described(place)
    if _is_second_verb(place) or _follows_adverb(place):
        return VERB
    if not before or before in CONJUNCTIONS:
        return _opening(place)
    return _after_content(place)


def _is_hardly_noun(place: Neighbours) -> bool:
    after_noun_word = place.before in (DETERMINERS | ADJECTIVES) - words("this that which what better best")
    return place.word in _HARDLY_NOUNS and not after_noun_word


def _follows_plural_that(place: Neighbours) -> bool:
    """Return whether "that" stands between a noun in the plural and the word: "buffers that overflow"."""
    noun, *rest = place.back()[1:] or [""]
    described = not rest or rest[0] in DETERMINERS | ADJECTIVES | PREPOSITIONS | NUMBERS
    return is_plural(noun) and noun not in FINITE_VERBS and described and place.after not in _CLOSING


def _follows_adverb(place: Neighbours) -> bool:
    """Return whether an adverb stands between the word and its subject: "often uses"."""
    has_adverb = (
        place.index - 1 > place.head
        and place.after != "of"
        and place.at(place.index - 1) not in _DEGREES | {"only", "just", "even"}
    )
    return has_adverb and place.before not in DETERMINERS | PREPOSITIONS | BE | HAVE | ADJECTIVES


def _is_second_verb(place: Neighbours) -> bool:
    """Return whether the word continues an infinitive: "to inflict or permit injury"."""
    back = place.back(6)
    if place.before not in ("and", "or", "nor", "but"):
        return False
    verbs = [step for step, word in enumerate(back) if step > 1 and word in MODALS | {"to"}]
    near = [step for step in verbs if back[step - 1] not in DETERMINERS | PREPOSITIONS | SUBJECTS]
    return 2 in near or bool(near and place.precedes_object)


def _after_auxiliary(place: Neighbours) -> tuple[str, ...]:
    if place.word.endswith(_PARTICIPLES):
        return ("VBN",)
    return ADJECTIVE if place.word in _NOT_NOUNS else ("JJ", "NN")


def _described(place: Neighbours) -> tuple[str, ...]:
    """Return the tags of a word after a determiner, an adjective or a preposition."""
    if place.word in _NOT_NOUNS and place.precedes_noun and place.after not in FINITE_VERBS:
        return ADJECTIVE
    return ("JJ", "NN")


def _opening(place: Neighbours) -> tuple[str, ...]:
    """Return the tags of a word at the start of a clause."""
    if place.precedes_object or (place.word.endswith("ate") and place.after in ("between", "among", "with")):
        return VERB
    if place.after in BE | {"of", "in", "for", "has", "had"}:
        return NOUN
    if place.after == "to":
        return VERB
    return ("JJ", "NN") if place.before or place.word in _NEVER_ORDERED else ADJECTIVE


def _after_content(place: Neighbours) -> tuple[str, ...]:
    """Return the tags of a word after a noun, verb or adjective, which the nearest function word before shows."""
    before, back = place.before, place.back()
    if place.word in _NOT_NOUNS:
        return ADJECTIVE
    if before in ADJECTIVES or before.endswith(ADJECTIVAL):
        return _described(place)
    if any(word in MODALS for word in back[1:3]) and not any(word in DETERMINERS for word in back[:2]):
        return VERB
    if is_plural(before) and before not in NUMBERS:
        return _after_plural(place)
    if place.precedes_object:
        return VERB
    described = any(word in DETERMINERS | PREPOSITIONS for word in back[1:])
    if described and (place.after in _CLOSING | {""} or place.has_other_verb):
        return NOUN
    if place.after in ("", "in", "for", "of", "was", "is") and before not in FINITE_VERBS:
        return NOUN
    if not place.precedes_noun:
        return ()
    return ADJECTIVE if place.word == "use" else ("JJ", "NN")


def _after_plural(place: Neighbours) -> tuple[str, ...]:
    if place.precedes_object:
        return VERB
    described = any(word in (DETERMINERS | PREPOSITIONS) - _BEFORE_CLAUSES for word in place.back()[1:])
    if described and place.after in _CLOSING | {""}:
        return NOUN
    is_open = place.after in _CLOSING or (not place.after and place.has_other_verb)
    return () if is_open else ("VBP",)
