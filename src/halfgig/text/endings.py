"""Where a sentence may end although the full stop belongs to an abbreviation."""

from halfgig.text.characters import NEWLINE
from halfgig.text.months import DAYS, MONTHS
from halfgig.text.rules import any_of

_STARTERS = (
    "The", "A", "An", "This", "That", "These", "Those", "There", "Then", "He", "She", "It", "They", "We", "You", "I",
    "His", "Her", "Its", "Their", "Our", "My", "Your", "But", "And", "Or", "So", "If", "When", "While", "After",
    "Before", "In", "On", "At", "By", "For", "From", "With", "Without", "As", "Now", "Not", "Yes", "What", "Why",
    "How", "Where", "Which", "However", "Also", "Only", "Once", "Later", "Finally", "Meanwhile", "Although",
)  # fmt: skip
STARTERS = frozenset(_STARTERS)
"""Words whose capital shows that a sentence begins, for they are no names."""

STARTER = rf"{any_of(_STARTERS)}(?![\w.])"

_OVER = rf"\s{{0,20}}\Z|[ \t]{{0,20}}{NEWLINE}[ \t]{{0,20}}{NEWLINE}"

ENDING = rf"[\"'\u2019\u201d)]{{0,3}}(?=\s{{1,20}}[\"'\u2018\u201c(]?{STARTER}|{_OVER})"
"""Behind an abbreviation: the sentence is over, since another plainly begins or the text stops."""

_TIME_GOES_ON = ("Eastern", "Central", "Mountain", "Pacific", "Greenwich", *DAYS, *MONTHS)
HALF_DAY_ENDING = (
    rf"(?<=\.)[\"'\u2019\u201d)]{{0,3}}"
    rf"(?=\s{{1,20}}(?!{any_of(_TIME_GOES_ON)}|[A-Z]{{2,4}}\b)[\"'\u2018\u201c(]?[A-Z]|{_OVER})"
)
"""Behind "p.m.", after which only a day or a time zone carries a capital within the sentence."""
