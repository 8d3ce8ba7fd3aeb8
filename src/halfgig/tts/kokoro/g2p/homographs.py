"""Part of speech of homographs such as "to record" and "a record", by a few rules instead of a tagger.

The rules use only the words around a homograph. In running text 0.4 % of the words are affected, and most of those have
the default pronunciation of the dictionary.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_POSSESSIVES = _words("my your his her its our their whose")
_DETERMINERS = _POSSESSIVES | _words(
    "a an the this that these those some any no every each another what which much many few several all both either "
    "neither one two three four five six seven eight nine ten hundred thousand million"
)
_PREPOSITIONS = _words(
    "of in on at for from with by without into onto upon about under over between among against during after before "
    "until till since through across along around behind beyond per via like than as despite within toward towards"
)
_SUBJECTS = _words("i you we they he she it who there")
_SINGULAR_SUBJECTS = _words("he she it")
_OBJECTS = _words("it them him us me her you himself herself itself themselves yourself myself everything everyone")
_MODALS = _words(
    "will would can could shall should may might must do does did don't doesn't didn't won't wouldn't can't cannot "
    "couldn't shouldn't mustn't let's let i'll you'll he'll she'll it'll we'll they'll i'd you'd he'd she'd we'd "
    "they'd help please"
)
_BE = _words(
    "am is are was were be been being isn't aren't wasn't weren't i'm you're we're they're he's she's it's that's "
    "there's who's what's gets got getting"
)
_HAVE = _words("have has had having haven't hasn't hadn't i've you've we've they've could've would've should've")
_ADVERBS = _words(
    "not never always also even ever just still only often soon now then really usually sometimes again already almost "
    "rather quite seldom hardly yet"
)
_CONJUNCTIONS = _words("and or but nor so if when while because although though that where whether unless")
_ADJECTIVES = _words(
    "good bad great new old big small large high low little more most less own same such first last next full free "
    "best better worse early late long short public daily annual strong sharp final whole main other poor rich common "
    "simple careful further local fresh hot cold clear real human heavy light"
)
_ADJECTIVAL = ("al", "ive", "ous", "ful", "ic", "ble", "less", "ary", "ish")
_GOVERNING_TO = _words("due according access respect regard thanks subject close next prior compared addition")
_NOT_NOUNS = _words("close closer content invalid covert overweight converse upset")  # as often adjectives
_PAST_TIMES = _words("yesterday ago once earlier last")
_BACK = 4  # number of preceding words that the rules use


def tags_of(words: Sequence[str], index: int) -> tuple[str, ...]:
    """Return the likely parts of speech of a word in its context, most likely first, as Penn Treebank tags.

    `words` are the written words and pauses of the sentence. The result is empty if no rule matches.
    """
    word = words[index]
    if word in ("I", "A", "a"):
        return _letter(words, index)
    if len(word) > 1 and word.isupper():
        return () if _is_shouted(words, index) else ("NNP",)
    own = _OWN.get(word.lower())
    found = own(_Place(words, index)) if own else ()
    if found:
        return found
    if word[:1].isupper() and index and not _is_mark(words[index - 1]):
        return ("NNP",)
    return _common(_Place(words, index))


class _Place:
    """A word and its neighbours."""

    def __init__(self, words: Sequence[str], index: int) -> None:
        self.words = words
        self.index = index
        self.word = words[index].lower()
        self.after = self._at(index + 1)
        back = index - 1
        while back > 0 and _is_adverb(self._at(back)):
            back -= 1
        self.head = back
        self.before = self._at(back)

    def _at(self, index: int) -> str:
        return self.words[index].lower() if 0 <= index < len(self.words) and not _is_mark(self.words[index]) else ""

    def back(self, most: int = _BACK) -> list[str]:
        """Return the preceding words in the clause, nearest first."""
        found = []
        for index in range(self.index - 1, max(-1, self.index - 1 - most), -1):
            if not (word := self._at(index)):
                break
            found.append(word)
        return found

    def has(self, words: frozenset[str]) -> bool:
        """Return whether the sentence contains one of the words."""
        return any(word.lower() in words for word in self.words)

    @property
    def precedes_object(self) -> bool:
        return self.after in (_DETERMINERS | _OBJECTS) - {"which", "whose"}

    @property
    def precedes_noun(self) -> bool:
        """Whether the next word is probably a noun described by this one."""
        others = _DETERMINERS | _PREPOSITIONS | _SUBJECTS | _MODALS | _BE | _HAVE | _ADVERBS | _CONJUNCTIONS | _OBJECTS
        return bool(self.after) and self.after not in others and self.after != "to" and not _is_adverb(self.after)


def _is_mark(word: str) -> bool:
    return not any(character.isalnum() for character in word)


def _is_adverb(word: str) -> bool:
    return word in _ADVERBS or (word.endswith("ly") and len(word) > 4)


def _is_shouted(words: Sequence[str], index: int) -> bool:
    """Return whether the neighbours of a word in capitals are in capitals too."""
    neighbours = [word for word in words[max(0, index - 1) : index + 2] if len(word) > 1 and not _is_mark(word)]
    return len(neighbours) > 1 and all(word.isupper() for word in neighbours)


def _letter(words: Sequence[str], index: int) -> tuple[str, ...]:
    after = words[index + 1] if index + 1 < len(words) else "."
    if words[index] == "I":
        return ("PRP",)
    is_first = index == 0 or _is_mark(words[index - 1])
    is_name = _is_mark(after) or (words[index] == "A" and not is_first and not after.isupper())
    return ("NN",) if is_name else ("DT",)


def _common(place: _Place) -> tuple[str, ...]:
    before = place.before
    if before == "to":
        return ("NN",) if {"".join(place.back(2)[1:])} & _GOVERNING_TO else ("VB",)
    if before in _MODALS or (before in _SUBJECTS and place.back(2)[1:2] and place.back(2)[1] in _MODALS):
        return ("VB",)
    if before in _HAVE:
        return ("VBN",)
    if before in _BE:
        if place.word.endswith("ed"):
            return ("VBN",)
        return ("JJ",) if place.word in _NOT_NOUNS else ("JJ", "NN")
    if before in _SUBJECTS:
        return ("VBD",) if before in _SINGULAR_SUBJECTS and not place.word.endswith("s") else ("VBP",)
    if before in _DETERMINERS or before in _PREPOSITIONS or before.endswith(("'s", "s'")):
        return _described(place)
    if not before or before in _CONJUNCTIONS:
        return _opening(place)
    return _after_content(place)


def _described(place: _Place) -> tuple[str, ...]:
    if place.word in _NOT_NOUNS and place.precedes_noun:
        return ("JJ",)
    return ("JJ", "NN")


def _opening(place: _Place) -> tuple[str, ...]:
    """Return the tags of a word at the start of a clause."""
    if place.precedes_object:
        return ("VB",)
    if place.after in _BE | {"of", "in", "for", "has", "had"} or place.word.endswith("s"):
        return ("NN",)
    if place.after == "to":
        return ("VB",)
    return ("JJ", "NN") if place.before else ("JJ",)


def _after_content(place: _Place) -> tuple[str, ...]:
    """Return the tags of a word after a noun, verb or adjective, which the nearest function word before shows."""
    before, back = place.before, place.back()
    if before in _ADJECTIVES or before.endswith(_ADJECTIVAL):
        return _described(place)
    if place.precedes_object:
        return ("VB",)
    has_noun_before = any(word in _DETERMINERS | _PREPOSITIONS for word in back[1:])
    closes = place.after in ("", "of", "was", "is", "were", "are", "and", "or", "has", "had", "will")
    if has_noun_before and closes:
        return ("NN",)
    is_plural = before.endswith("s") and not before.endswith("ss")
    return ("VBP",) if is_plural and not place.word.endswith("s") and not closes else ()


def _that(place: _Place) -> tuple[str, ...]:
    nouns = _words("day night time moment year week way man woman place case point morning evening kind sort one same")
    points = place.after in _BE | _MODALS | _HAVE | nouns or not place.after
    is_noun_before = place.before and place.before not in _PREPOSITIONS | _CONJUNCTIONS | _MODALS | _BE
    if not place.after or place.after in nouns:
        return ("DT",)
    if place.before in (_PREPOSITIONS | {"to"}) - {"than"} and place.after not in _SUBJECTS | _DETERMINERS:
        return ("DT",)
    if not place.before and place.after not in _SUBJECTS | _DETERMINERS:
        return ("DT",)
    return ("DT",) if points and not is_noun_before else ("IN",)


def _used(place: _Place) -> tuple[str, ...]:
    passive = place.before in _BE and not place.before.startswith("g")
    position = place.index + 2
    beyond = place.words[position].lower() if position < len(place.words) else ""
    accustomed = beyond in _DETERMINERS | _OBJECTS or beyond.endswith("ing")
    return ("VBN",) if passive and not accustomed else ("VBD",)


def _in(place: _Place) -> tuple[str, ...]:
    return ("IN",) if place.after else ("RP",)


def _read(place: _Place) -> tuple[str, ...]:
    back = place.back()
    if place.before == "to" or place.before in _MODALS or any(word in _MODALS for word in back[1:2]):
        return ("VB",)
    if any(word in _HAVE | _BE for word in back[:2]):
        return ("VBN",)
    if place.before in _SINGULAR_SUBJECTS or place.has(_PAST_TIMES):
        return ("VBD",)
    if place.before in _DETERMINERS:
        return ("NN",)
    is_name = place.head >= 0 and place.before and place.words[place.head][0].isupper() and place.before != "i"
    if place.before in _SUBJECTS:
        return ("VBP",)
    return ("VBD",) if is_name and not place.before.endswith("s") else ("VB",)


def _wound(place: _Place) -> tuple[str, ...]:
    winds = place.after in _DETERMINERS | _words("up down around round through its their his her back tightly")
    if place.before in _DETERMINERS | _PREPOSITIONS and place.after != "up":
        return ("NN",)
    if place.before in _MODALS or place.before == "to":
        return ("VB", "NN")
    return ("VBD",) if winds or place.before in _SUBJECTS | _HAVE else ("NN",)


def _close(place: _Place) -> tuple[str, ...]:
    if place.after in ("to", "by", "enough", "together") or place.before in _words(
        "very so too as how is was are were"
    ):
        return ("JJ",)
    if place.before == "the" and place.after == "of":
        return ("NN",)
    if place.before == "to" or place.before in _MODALS or place.precedes_object:
        return ("VB",)
    return ("NN",) if place.before in ("a", "the") and place.after in ("", "of") else ("JJ",)


def _minute(place: _Place) -> tuple[str, ...]:
    small = _words(
        "amount amounts detail details quantity quantities trace traces particle particles fraction difference"
    )
    return ("JJ",) if place.after in small or place.before in _words("very so most extremely") else ("NN",)


def _live(place: _Place) -> tuple[str, ...]:
    if place.before in _SUBJECTS | _MODALS | _words("to that which people and") or place.after in _words(
        "in on at with here"
    ):
        return ("JJ",) if place.before in _BE | _DETERMINERS else ("VB",)
    return ("VBP",) if place.before.endswith("s") and place.before not in _BE | _POSSESSIVES else ("JJ",)


def _lives(place: _Place) -> tuple[str, ...]:
    return ("VBZ",) if place.before in _SUBJECTS or place.after in _words("in on at with") else ()


def _overhead(_: _Place) -> tuple[str, ...]:
    return ("RB",)


def _tear(place: _Place) -> tuple[str, ...]:
    if place.before in _PREPOSITIONS or place.before in _words("a single her his my their your"):
        return ("NN",)
    tears = place.after in _words("down up apart off into out away open through at") or place.precedes_object
    return ("VB",) if tears or place.before in _MODALS | _SUBJECTS | {"to"} else ("NN",)


def _lead(place: _Place) -> tuple[str, ...]:
    metal = _words(
        "pipe pipes paint poisoning pencil pencils shot weight weights acid bullet bullets foil roof roofs crystal ore "
        "oxide mine mines glass based free"
    )
    is_metal = place.after in metal or place.before in _words("molten unleaded contains containing")
    return ("METAL",) if is_metal else ()


_OWN: dict[str, Callable[[_Place], tuple[str, ...]]] = {
    "that": _that,
    "used": _used,
    "in": _in,
    "read": _read,
    "wound": _wound,
    "close": _close,
    "minute": _minute,
    "live": _live,
    "lives": _lives,
    "tear": _tear,
    "tears": _tear,
    "lead": _lead,
    "overhead": _overhead,
}
"""Words with their own rules."""
