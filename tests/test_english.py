"""Docstrings and comments are plain English: the habits that made this project hard to read do not come back."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from typing import TYPE_CHECKING

import pytest

from tests.support.media import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FOLDERS = ("src", "tests", "tools", "benchmarks", "scripts")

OPENINGS = re.compile(r"(Give|Tell|Hold|Hear|Know|Say|Be|Let)s? ")
"""Verbs that say neither what comes out ("Return ...") nor what happens."""

HABITS = re.compile(
    r"\b(so many|so much|anew|amid|besides?|dear|parted by|whoever|who asks|wish(es|ed)?|of which|to be had"
    r"|(is|are) to be \w+)\b",
    re.IGNORECASE,
)
"""Turns of phrase that an engineer has to read twice."""

OLD_NAMES = re.compile(r"\b(work process(es)?|guards?|ledger|seats?|shelf|the book|sitter)\b", re.IGNORECASE)
"""Invented words that have a term of the field; see docs/glossary.md."""

KEPT_AS_GIVEN = {
    "tests/reference/seeded_checkpoints.py",
    "tests/reference/real_kokoro.py",
    "tests/test_english.py",
}


def room_of(path: Path) -> str:
    """Return the folder of a file that is judged together: a room of the package, or a folder next to it."""
    parts = path.relative_to(ROOT).parts[:-1]
    if parts[:3] == ("src", "halfgig", "server"):
        return "/".join(parts[:4])
    return "/".join(parts[:3]) if parts[0] == "src" else parts[0]


def files() -> list[Path]:
    found = [path for folder in FOLDERS for path in sorted((ROOT / folder).rglob("*.py"))]
    return [path for path in found if str(path.relative_to(ROOT)) not in KEPT_AS_GIVEN]


def docstrings(text: str) -> Iterator[tuple[int, str]]:
    """Yield the docstrings of a file, those of fields and constants included, with their lines."""
    for node in ast.walk(ast.parse(text)):
        body = getattr(node, "body", [])
        for child in body if isinstance(body, list) else []:
            match child:
                case ast.Expr(value=ast.Constant(value=str() as prose)):
                    yield child.lineno, prose


def comments(text: str) -> Iterator[tuple[int, str]]:
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string


def habits_of(text: str) -> Iterator[tuple[int, str]]:
    """Yield each bad habit of a file with its line."""
    for line, prose in docstrings(text):
        if found := OPENINGS.match(prose):
            yield line, f"begins with {found[0].strip()!r}"
    for line, prose in (*docstrings(text), *comments(text)):
        words = re.sub(r"`[^`]*`", "", prose)  # names in the code are not English
        for pattern in (HABITS, OLD_NAMES):
            yield from ((line, f"has {found[0]!r}") for found in pattern.finditer(words))


@pytest.mark.parametrize("room", sorted({room_of(path) for path in files()}))
def test_docstrings_and_comments_are_plain_english(room: str) -> None:
    wrong = [
        f"{path.relative_to(ROOT)}:{line} {habit}"
        for path in files()
        if room_of(path) == room
        for line, habit in habits_of(path.read_text(encoding="utf-8"))
    ]
    assert wrong == []


@pytest.mark.parametrize(
    "text",
    [
        '"""Give the frames of a video."""',
        'class Seat:\n    mb: int\n    """Tells how much."""',
        "x = 1  # whoever asks",
        "# a film, of which nothing is kept",
        'def work() -> None:\n    """Start the work process."""',
    ],
)
def test_a_bad_habit_is_found(text: str) -> None:
    assert len(list(habits_of(text))) == 1
