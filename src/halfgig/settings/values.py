"""Readers of settings' texts; each raises `ValueError` (or `KeyError`) for a text that is not right."""

import contextlib
import re
from collections.abc import Callable
from pathlib import Path


def positive(text: str) -> float:
    """Return a number above 0."""
    value = float(text)
    if not 0 < value < float("inf"):
        raise ValueError
    return value


def pem(text: str) -> str:
    """Return what is in a file, or the text itself if that is in PEM."""
    return text if text.lstrip().startswith("-----BEGIN") else existing_file(text).read_text(encoding="ascii")


def existing_file(text: str) -> Path:
    """Return the path of a file that exists."""
    with contextlib.suppress(OSError, RuntimeError):  # a name too long, or an unknown user's home
        if (path := Path(text).expanduser()).is_file():
            return path
    raise ValueError


def not_negative(text: str) -> float:
    """Return a number, 0 or above."""
    return 0.0 if float(text) == 0 else positive(text)


def folder_path(text: str) -> Path:
    """Return the path of a folder, from / or ~."""
    with contextlib.suppress(RuntimeError):  # a home nobody has
        if (path := Path(text).expanduser()).is_absolute():
            return path
    raise ValueError


def revision(text: str) -> str:
    """Return a branch, tag or commit."""
    if not re.fullmatch(r"\w[\w./-]*", text):
        raise ValueError
    return text


def whole_number(smallest: int, largest: int) -> Callable[[str], int]:
    """Return what reads a whole number between two bounds."""

    def read(text: str) -> int:
        value = int(text)
        if not smallest <= value <= largest:
            raise ValueError
        return value

    return read


def yes_or_no(text: str) -> bool:
    """Return what a word such as on or off means."""
    words = {"true": True, "1": True, "yes": True, "on": True, "false": False, "0": False, "no": False, "off": False}
    return words[text.strip().lower()]


def web_address(text: str) -> str:
    """Return a URL without its last slashes."""
    if not text.startswith(("http://", "https://")):
        raise ValueError
    return text.rstrip("/")
