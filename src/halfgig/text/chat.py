"""Short forms of messages: thx, idk, "how r u"; and a heart between two names."""

from halfgig.text.rules import Rule, any_of, lookup

PLAIN = {
    "thx": "thanks", "tnx": "thanks", "pls": "please", "plz": "please", "ppl": "people", "btw": "by the way",
    "idk": "I don't know", "tbh": "to be honest", "brb": "be right back", "gtg": "got to go", "imo": "in my opinion",
    "ttyl": "talk to you later", "imho": "in my humble opinion", "afaik": "as far as I know", "nvm": "never mind",
    "fwiw": "for what it's worth", "iirc": "if I recall correctly", "omw": "on my way", "lmk": "let me know",
    "smh": "shaking my head", "tmrw": "tomorrow", "tmr": "tomorrow", "bday": "birthday", "hbu": "how about you",
    "wdym": "what do you mean", "ngl": "not gonna lie", "ofc": "of course", "abt": "about",
    "wknd": "weekend", "rly": "really", "ily": "I love you", "wbu": "what about you", "istg": "I swear to God",
}  # fmt: skip
"""In lower case; in capitals they are said letter by letter."""

_WITH_DIGITS = {
    "gr8": "great", "l8r": "later", "b4": "before", "2day": "today", "2nite": "tonight", "2moro": "tomorrow",
    "m8": "mate", "w8": "wait", "h8": "hate", "l8": "late", "str8": "straight",
}  # fmt: skip
_NEAR_YOU = (
    "r", "are", "can", "do", "did", "for", "if", "love", "luv", "miss", "see", "thank", "thx", "thanks", "to", "will",
    "with", "would", "when", "what", "tell", "hope", "how", "c", "4", "where", "could", "were", "get", "give", "call",
)  # fmt: skip
_AFTER_YOU = (
    "r", "are", "can", "do", "got", "have", "know", "like", "need", "want", "will", "think", "there", "later", "guys",
    "were", "should", "coming", "free", "ok", "so", "too", "tmrw", "all",
)  # fmt: skip
_BEFORE = "|".join(rf"(?<=\b{word}\s)" for word in _NEAR_YOU)

RULES = (
    Rule("L", rf"{any_of(PLAIN)}(?![\w'@/-]|\.\w)", lookup(PLAIN)),
    Rule("LD", rf"{any_of(_WITH_DIGITS)}(?![\w'@/-]|\.\w)", lookup(_WITH_DIGITS)),
    Rule("L", rf"u(?=\s{any_of(_AFTER_YOU)}(?!\w))", "you"),
    Rule("L", rf"(?:{_BEFORE})u(?=[?!.,]|\s|\Z)(?!\s?[=<>+*/\u2212-])", "you"),
    Rule("L", r"r(?=\su(?!\w))|(?<=\bu\s)r(?!\w)", "are"),
    Rule(
        "L",
        r"ur(?=\s(?:late|welcome|right|wrong|so|not|a|an|the|cute|crazy|gonna|too|very|[a-z]{2,12}ing)\b)",
        "you're",
    ),
    Rule("L", r"ur(?=\s[a-z])", "your"),
    Rule("P", r"(?<=\bI )[\u2764\u2665](?:\ufe0f)?(?=\s\w)", "love"),
)
