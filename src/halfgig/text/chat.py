"""Short forms of messages: thx, idk, "how r u"; and a heart between two names."""

import re
from collections.abc import Sequence

from halfgig.text import numbers
from halfgig.text.context import text_before
from halfgig.text.pattern import Pattern
from halfgig.text.rules import Rule, any_of, lookup

PLAIN = {
    "thx": "thanks", "tnx": "thanks", "pls": "please", "plz": "please", "ppl": "people", "btw": "by the way",
    "idk": "I don't know", "tbh": "to be honest", "brb": "be right back", "gtg": "got to go", "imo": "in my opinion",
    "ttyl": "talk to you later", "imho": "in my humble opinion", "afaik": "as far as I know", "nvm": "never mind",
    "fwiw": "for what it's worth", "iirc": "if I recall correctly", "omw": "on my way", "lmk": "let me know",
    "smh": "shaking my head", "tmrw": "tomorrow", "tmr": "tomorrow", "bday": "birthday", "hbu": "how about you",
    "wdym": "what do you mean", "ngl": "not gonna lie", "ofc": "of course", "abt": "about",
    "wknd": "weekend", "rn": "right now", "wya": "where you at", "jk": "just kidding", "irl": "in real life",
    "rofl": "rolling on the floor laughing", "lmao": "laughing my ass off", "omfg": "oh my God", "omg": "oh my God",
    "bc": "because", "cuz": "because", "msg": "message", "msgs": "messages", "pic": "picture", "pics": "pictures",
    "hmu": "hit me up", "ikr": "I know, right", "tysm": "thank you so much",
    "np": "no problem", "yw": "you're welcome", "dm": "D M", "im": "I'm", "ive": "I've",
    "dont": "don't", "cant": "can't", "didnt": "didn't", "doesnt": "doesn't", "isnt": "isn't", "wasnt": "wasn't",
    "couldnt": "couldn't", "wouldnt": "wouldn't", "shouldnt": "shouldn't", "havent": "haven't", "hasnt": "hasn't",
    "arent": "aren't", "werent": "weren't", "aint": "ain't", "youre": "you're", "theyre": "they're",
    "thats": "that's", "whats": "what's", "theres": "there's", "heres": "here's", "hes": "he's", "shes": "she's",
    "youve": "you've", "youll": "you'll", "theyll": "they'll", "itll": "it'll", "rly": "really",
    "gn": "good night", "ttys": "talk to you soon", "sry": "sorry", "idc": "I don't care",
    "rlly": "really", "probs": "probably", "tho": "though", "b'day": "birthday",
    "b-day": "birthday",
    "ily": "I love you", "ty": "thank you", "cya": "see you", "wbu": "what about you", "istg": "I swear to God",
}  # fmt: skip
"""In lower case; in capitals they are said letter by letter."""

_WITH_DIGITS = {
    "gr8": "great", "l8r": "later", "2day": "today", "2nite": "tonight", "2moro": "tomorrow",
    "m8": "mate", "w8": "wait", "h8": "hate", "l8": "late", "str8": "straight",
}  # fmt: skip
_NEAR_YOU = (
    "r", "are", "can", "do", "did", "for", "if", "love", "luv", "miss", "see", "thank", "thx", "thanks", "to", "will",
    "with", "would", "when", "what", "tell", "hope", "how", "c", "4", "where", "could", "were", "get", "give", "call",
    "lent", "lend", "sent", "send", "told", "show", "showed", "text", "texted", "heard", "hear",
    "saw", "bring", "brought", "buy", "bought", "ask", "asked", "owe", "pay", "paid", "meet", "met", "join",
    "about", "from", "hate", "believe", "trust", "wish", "w/", "than", "around", "help", "after", "got",
)  # fmt: skip
_AFTER_YOU = (
    "r", "are", "can", "do", "got", "have", "know", "like", "need", "want", "will", "think", "there", "later", "guys",
    "were", "should", "coming", "free", "ok", "so", "too", "tmrw", "all",
)  # fmt: skip


def _behind(words: Sequence[str], space: str = " ") -> str:
    """Return a pattern of the places behind one of the words and a space."""
    return "(?:" + "|".join(rf"(?<=\b{word}{space})" for word in words) + ")"


_BEGINNING = r"(?:\A|(?<=[.!?]\s)|(?<=\n))"
_BEFORE = _behind(_NEAR_YOU, r"\s")

_SQUARE_BEFORE = Pattern(
    r"(?:\b(?:to|on|at|plays?|played|pawn|knight|bishop|rook|queen|king|square|cell|seat|gate|row|column|room|[Vv]itamin)"
    r"|\d\.{1,3}|[a-h][1-8][+#]?|\b[KQRBN]x?[a-h][1-8]|O-O)\s?\Z",
)
_SQUARE_AFTER = Pattern(r"\s?(?:[-x,]?\s?[KQRBN]?[a-h]?x?[a-h][1-8]\b|[+#]|is\b|was\b|\d{1,2}\.)")


_NAMES = frozenset({"Abt", "Im", "Ive", "Ty", "M8", "W8", "H8", "L8"})
"""Short forms that are names too when they have a capital."""
_OPENINGS = {
    form.capitalize(): full
    for form, full in {**PLAIN, **_WITH_DIGITS}.items()
    if form[0].isalpha() and form.capitalize() not in _NAMES
}
"""As telephones write them at the beginning of a sentence."""


def _before(match: re.Match[str]) -> str | None:
    """Return "before" for b4 in a message; None for a square of a chess board."""
    is_square = _SQUARE_BEFORE.search(text_before(match)) or _SQUARE_AFTER.match(match.string, match.end())
    return None if is_square else "before"


def _minutes(match: re.Match[str]) -> str:
    low = int(match["low"])
    is_noun_next = re.match(r"\s(?:nap|delay|timer)", match.string[match.end() : match.end() + 6])
    return f"{numbers.cardinal(low)} minute{'' if low == 1 or is_noun_next else 's'}"


_WANTING = _behind(("got", "need", "want", "have", "going", "nice", "able", "ready", "has"))
_VERBS = ("go", "do", "be", "see", "say", "get", "know", "meet", "talk", "eat", "sleep", "work", "leave", "hear",
          "have", "make", "come", "run", "tell", "ask", "buy", "study", "chill", "hang", "give", "find")  # fmt: skip
_END_OF_VERB = (
    r"(?=[.!?,]|\s?\Z|\s(?:the|a|my|ur|your|it|u|you|me|to|2|home|out|up|this|that|some|w/|with|in|on|at|now|asap|tmrw"
    r"|today|there|someone|something)\b)"
)
_THANKING = _behind(("thx", "thanks", "thank you", "ty", "up", "ready", "waiting", "looking", "sorry", "sry", "time",
                     "free", "out"))  # fmt: skip
_RECEIVED = ("u", "you", "me", "the", "that", "ur", "your", "drinks", "dinner", "lunch", "it", "this", "now", "coming",
             "all", "helping", "everything", "coffee", "real", "sure")  # fmt: skip

RULES = (
    Rule("L", r"b4(?![\w'@/-]|\.\w)", _before),
    Rule("P", r"(?<=\bI )<3(?=\s[a-zA-Z])", "love"),
    Rule("P", r"(?<![\w])<3(?=[.!?](?!\d)|\s?\Z|\s[^\w\s]|\n)", ""),
    Rule("L", rf"{any_of(PLAIN)}(?![\w'@/-]|\.\w)", lookup(PLAIN)),
    Rule("L", rf"{_BEGINNING}{any_of(_OPENINGS)}(?![\w'@/-]|\.\w)", lookup(_OPENINGS)),
    Rule("LD", rf"{any_of(_WITH_DIGITS)}(?![\w'@/-]|\.\w)", lookup(_WITH_DIGITS)),
    Rule("L", rf"u(?=\s{any_of(_AFTER_YOU)}(?!\w))", "you"),
    Rule("L", rf"{_BEFORE}u(?=[?!.,]|\s|\Z)(?!\s?(?:[=>+*/\u2212-]|<(?!3)))", "you"),
    Rule("L", rf"{_BEGINNING}R(?=\su\s)", "are"),
    Rule("L", r"[Cc](?=\s(?:u|ya)(?!\w))", "see"),
    Rule("L", r"b(?=\sthere\b)|(?<=\b[Ii]'ll )b(?=\s)", "be"),
    Rule("L", r"w/e(?!\w)", "whatever"),
    Rule("L", rf"{_BEGINNING}k(?=[.!,]|\s?\Z|\s(?:thx|thanks|c|see|cool|great|sure|then|so)\b)", "okay"),
    Rule("D", rf"{_WANTING}2(?=\s{any_of(_VERBS)}{_END_OF_VERB})", "to"),
    Rule("D", rf"{_THANKING}4(?=\s{any_of(_RECEIVED)}(?!\w))", "for"),
    Rule("D", r"(?P<low>\d{1,3})m(?=\s(?:late|early|ago|nap|delay|timer|til|until|behind schedule)\b)", _minutes),
    Rule("L", r"r(?=\su(?!\w))|(?<=\bu\s)r(?!\w)", "are"),
    Rule(
        "L",
        r"ur(?=\s(?:late|welcome|right|wrong|so|not|a|an|the|cute|crazy|gonna|too|very|[a-z]{2,12}ing)\b)",
        "you're",
    ),
    Rule("L", r"ur(?=\s[a-z])", "your"),
    Rule("P", r"(?<=\bI )[\u2764\u2665](?:\ufe0f)?(?=\s\w)", "love"),
)
