"""Web and mail addresses, file names, telephone numbers, handles and versions: text that is spelt out."""

import re

from halfgig.text import numbers
from halfgig.text.pattern import Pattern
from halfgig.text.rules import Rule, any_of

MAX_ADDRESS_CHARACTERS = 250
"""Maximum spoken characters of one address; "and so on" replaces the rest of a longer one."""

_SIGNS = {
    ".": "dot", "/": "slash", "\\": "backslash", "-": "dash", "_": "underscore", "@": "at", ":": "colon",
    "?": "question mark", "=": "equals", "&": "and", "+": "plus", "#": "hash", "%": "percent", "~": "tilde",
}  # fmt: skip
_SPELT = frozenset({
    "ai", "co", "uk", "us", "de", "fr", "eu", "io", "tv", "nl", "jp", "cn", "ca", "ch", "edu", "id", "url", "pdf",
    "png", "jpg", "jpeg", "gif", "svg", "csv", "txt", "html", "css", "js", "ts", "py", "md", "sh", "cpp", "exe", "mov",
    "mp", "wav", "xml", "yml", "doc", "docx", "xls", "xlsx", "ppt", "pptx", "php", "sql", "rb", "rs", "http", "https",
    "ssh", "ftp", "www", "api", "faq", "usb", "cv",
})  # fmt: skip
"""Parts that are spelt letter by letter."""

_DOMAINS = ("com", "org", "net", "edu", "gov", "int", "io", "ai", "dev", "app", "info", "biz", "co", "uk", "de", "fr",
            "eu", "tv", "ch", "nl", "jp", "ca", "xyz", "tech", "online", "shop", "cloud")  # fmt: skip
_ENDINGS = ("pdf", "png", "jpg", "jpeg", "gif", "svg", "csv", "txt", "html", "htm", "css", "js", "ts", "py", "md", "sh",
            "cpp", "exe", "mov", "mp3", "mp4", "wav", "xml", "json", "yml", "yaml", "toml", "doc", "docx", "xls",
            "xlsx", "ppt", "pptx", "php", "sql", "rb", "rs", "zip", "tar", "gz", "log", "onnx", "pth")  # fmt: skip
_PARTS = Pattern(r"[A-Z]+(?![a-z])|[A-Z]?[^\W\d_A-Z]+|[A-Z]|\d+|[\W_]")


def spoken_address(address: str) -> str:
    """Return an address spoken part by part: "john@example.com" is "john at example dot com"."""
    spoken = ""
    for part in _PARTS.findall(address):
        word = numbers.in_pairs(part) if part.isdecimal() else _part_words(part)
        if len(spoken) + len(word) > MAX_ADDRESS_CHARACTERS:
            return spoken.strip() + " and so on"
        spoken += f" {word}" if word else ""
    return spoken.strip()


def _part_words(part: str) -> str:
    if part in "aA":
        return "ay"
    if part.isalpha():
        return part.upper() if part.lower() in _SPELT or len(part) == 1 else part
    return _SIGNS.get(part) or "".join(filter(str.isalpha, part))


def _url(match: re.Match[str]) -> str:
    return spoken_address(match["rest"].rstrip("/"))


def _whole(match: re.Match[str]) -> str:
    return spoken_address(match[0])


def _handle(match: re.Match[str]) -> str:
    return f"at {spoken_address(match['name'])}"


def _hashtag(match: re.Match[str]) -> str | None:
    name = spoken_address(match["name"]).replace("underscore ", "")
    return f"hashtag {name}" if name else None


def _colour(match: re.Match[str]) -> str | None:
    digits = match["digits"]
    if digits.isdecimal() or (digits.isalpha() and len(set(digits.lower())) > 1):
        return None
    return f"hex {_letters_and_digits(digits)}"


def _hexadecimal(match: re.Match[str]) -> str:
    return f"hex {_letters_and_digits(match['digits'])}"


def _letters_and_digits(text: str) -> str:
    spelt = (numbers.spelled(sign) if sign.isdecimal() else "ay" if sign in "aA" else sign.upper() for sign in text)
    return " ".join(spelt)


def _in_groups(match: re.Match[str]) -> str:
    return ", ".join(_group(digits) for digits in re.findall(r"\d+", match[0]))


def _group(digits: str) -> str:
    return numbers.cardinal(int(digits)) if re.fullmatch("[1-9]00", digits) else numbers.spelled(digits)


def _seven_digits(match: re.Match[str]) -> str | None:
    return None if match["end"].endswith("00") else _in_groups(match)


def _internet(match: re.Match[str]) -> str:
    port = f" port {numbers.in_pairs(match['port'])}" if match["port"] else ""
    return " dot ".join(numbers.in_pairs(part) for part in match["parts"].split(".")) + port


def _points(match: re.Match[str]) -> str:
    return " point ".join(numbers.in_pairs(part) for part in match["parts"].split("."))


def _version(match: re.Match[str]) -> str:
    stage = "R C" if match["stage"] == "rc" else match["stage"]
    number = f" {numbers.number(match['number'])}" if match["number"] else ""
    return f"version {_points(match)}{f' {stage}{number}' if stage else ''}"


_URL_REST = r"[^\s<>\"'\u2019\u201d`()\[\]{},]{1,2000}(?<![.,:;!?*_~])"
_HOST = rf"(?:[A-Za-z0-9][\w-]{{0,62}}\.){{1,8}}{any_of(_DOMAINS)}(?![\w-])(?!\.\w)"

RULES = (
    Rule("L", rf"(?:https?|ftp)://(?:www\.)?(?P<rest>{_URL_REST})", _url),
    Rule("L", rf"www\.(?P<rest>{_URL_REST})", _url),
    Rule("LD", r"[\w.+-]{1,64}+@(?:[\w-]{1,63}\.){1,8}[A-Za-z]{2,24}(?!\w)", _whole),
    Rule("LD", rf"(?P<rest>{_HOST}(?::\d{{1,5}}(?!\d))?(?:/{_URL_REST})?)", _url),
    Rule("LD", rf"(?:[\w-]{{1,64}}\.){{1,5}}{any_of(_ENDINGS)}(?![\w-])(?!\.\w)", _whole),
    Rule(
        "P",
        r"(?<!\w)(?:(?:~|\.{1,2})(?=/[\w.])|(?=/\w[\w.-]{0,63}/))(?:/[\w.-]{1,64}(?<!\.)){1,20}/?(?:\?[\w=&%.-]{1,100}(?<!\.))?(?!\w)",
        _whole,
    ),
    Rule("L", r"[A-Za-z]:\\[^\s<>\"|?*]{1,200}(?<![.,;:!)])", _whole),
    Rule("P", r"(?<![\w@])@(?P<name>[A-Za-z_]\w{0,40})", _handle),
    Rule("P", r"(?<!\w)#(?P<digits>[0-9a-fA-F]{6}|[0-9a-fA-F]{3})(?!\w)", _colour),
    Rule("P", r"(?<!\w)#(?=[A-Z]{1,4}-?\d|\d{1,4}[A-Z](?!\w))", "number"),
    Rule("P", r"(?<!\w)#(?=(?:include|define|ifdef|ifndef|endif|pragma|import|undef)\b)", "hash"),
    Rule("P", r"(?<!\w)#(?P<name>\d{0,10}[^\W\d_]\w{0,60})", _hashtag),
    Rule("D", r"0[xX](?P<digits>[0-9a-fA-F]{1,16})(?!\w)", _hexadecimal),
    Rule("DP", r"(?:\+?\d{1,3}[ .-]?)?\(\d{2,5}\)[ .-]?\d{3,4}[ .-]?\d{3,4}(?![\w-])", _in_groups),
    Rule("P", r"\+\d{1,3}(?:[ .-]?\d{2,4}){2,5}(?![\w-])", _in_groups),
    Rule("D", r"\d{1,4}(?:-\d{2,7}){2,5}(?![\w-])", _in_groups),
    Rule("D", r"\d{3}\.\d{3}\.\d{4}(?![\w.])|\d{3} \d{3} \d{4}(?!\w)|\d{4}(?: \d{4}){3}(?!\w)", _in_groups),
    Rule("D", r"0\d{1,4}(?:[ -]\d{2,8}){1,4}(?![\w-])", _in_groups),
    Rule("D", r"\d{3}-(?P<end>\d{4})(?![\w-])", _seven_digits),
    Rule("D", r"(?P<parts>\d{1,3}(?:\.\d{1,3}){3})(?::(?P<port>\d{1,5}))?(?!\w|\.\d)", _internet),
    Rule("D", r"(?P<parts>\d{1,4}(?:\.\d{1,4}){2,5})(?!\w|\.\d)", _points),
    Rule("L", r"V(?=(?:6|8|10|12)(?![\w.]))", "V"),
    Rule(
        "L",
        r"[vV](?:er(?:sion)?\.?\s)?(?P<parts>\d{1,4}(?:\.\d{1,4}){0,4})"
        r"(?:-?(?P<stage>alpha|beta|preview|dev|rc)(?:[.-]?(?P<number>\d{1,4}))?)?(?!\w|\.\d)",
        _version,
    ),
)
