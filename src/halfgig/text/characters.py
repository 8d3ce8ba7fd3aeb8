"""Which characters make words, which keep silent, which end sentences: classes to put between [ ] in a pattern.

Written as code points where a reader could take one sign for another.
"""

NEWLINE = r"(?:\r\n?|[\n\v\f\x1c-\x1e\x85\u2028\u2029])"
"""A pattern for one line break of any system."""

INLINE = r"[^\S\n\r\v\f\x1c-\x1e\x85\u2028\u2029]"
"""A pattern for one white space within a line."""

FULL_STOPS = "\u3002\uff01\uff1f\u061f\u0964\u0965\u06d4\u17d4\uff61\uff0e\u0589"
"""What ends a sentence without a space after it: Chinese and Japanese, Arabic, Hindi, Urdu, Khmer, Armenian."""

QUESTIONS = "?\uff1f\u061f"
EXCLAMATIONS = "!\uff01"

COMMAS = "\uff0c\u3001\uff1b\uff1a\u060c\u061b"
"""What parts clauses in these scripts."""

_CLOSING_QUOTES = "\"'\u201c\u201d\u2018\u2019\u00ab\u00bb\u2039\u203a\u300d\u300f"
_CLOSING_BRACKETS = r")\]}\uff09\u3011\u300b\u3009\u3015"
CLOSERS = rf"{_CLOSING_QUOTES}{_CLOSING_BRACKETS}*_`~"
"""What may close around a sentence's last mark, emphasis of Markdown included."""

BRACKETS = rf"(\[{{\uff08\u3010\u300a\u3008\u3014\u300c\u300e{_CLOSING_BRACKETS}\u300d\u300f"
"""What sets words apart from the rest."""

JOINERS = r"\u00ad\u200b-\u200d\u2060\ufeff"
"""What may stand inside a word unseen: soft hyphens, joiners, the byte order mark."""

SILENT = (
    r"\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    r"\ud800-\uf8ff\ufe00-\ufe0f\ufeff\ufff0-\uffff\U000323b0-\U0010ffff"
)
"""Controls, invisible marks, halves of surrogate pairs, private and unassigned characters: never spoken."""

PICTURES = (
    r"\u20d0-\u20f0\u2190-\u21ff\u2300-\u243f\u2500-\u266c\u2670-\u27bf\u27f0-\u297f\u2b00-\u2bff"
    r"\U0001f000-\U0001faff"
)
"""Emoji, arrows, boxes and other drawings; the sharp and the flat of music are none."""

BREAKS = (
    r"\s\d_\x00-\x2f\x3a-\x40\x5b-\x60\x7b-\xa9\xab-\xb4\xb6-\xb9\xbb-\xbf\xd7\xf7\u2000-\u2bff\u2e00-\u2e7f"
    r"\u3000-\u3004\u3008-\u3020\u3030\u303d\u3200-\u33ff\ufe10-\ufe6f\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65"
    rf"{SILENT}\U0001f000-\U0001faff{FULL_STOPS}{COMMAS}"
)
"""What no word contains."""

WORD = rf"[^{BREAKS}](?:[{JOINERS}]{{0,3}}[^{BREAKS}]){{0,60}}"
"""A pattern for letters with their marks, and whatever may hide between them."""
