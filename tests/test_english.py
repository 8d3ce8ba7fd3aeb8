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

OPENINGS = re.compile(r"^(Give|Tell|Hold|Hear|Know) ")
"""Verbs that say neither what comes out ("Return ...") nor what happens."""

HABITS = re.compile(
    r"\b(so many|so much|anew|amid|to be had|is to be pulled|parted by|whoever|wished|dear|besides)\b",
    re.IGNORECASE,
)
"""Turns of phrase that an engineer has to read twice."""

KEPT_AS_GIVEN = {"tests/reference/seeded_checkpoints.py", "tests/test_english.py"}


def files() -> list[Path]:
    return [
        path
        for folder in FOLDERS
        for path in sorted((ROOT / folder).rglob("*.py"))
        if str(path.relative_to(ROOT)) not in KEPT_AS_GIVEN
    ]


def docstrings(text: str) -> Iterator[tuple[int, str]]:
    """Yield the docstrings of a file, those of fields and constants included, with their lines."""
    for node in ast.walk(ast.parse(text)):
        for child in getattr(node, "body", []) if not isinstance(node, ast.Lambda | ast.IfExp) else []:
            if (
                isinstance(child, ast.Expr)
                and isinstance(child.value, ast.Constant)
                and isinstance(child.value.value, str)
            ):
                yield child.lineno, child.value.value


def comments(text: str) -> Iterator[tuple[int, str]]:
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string


@pytest.mark.parametrize("folder", FOLDERS)
def test_docstrings_and_comments_are_plain_english(folder: str) -> None:
    wrong = []
    for path in files():
        if path.relative_to(ROOT).parts[0] != folder:
            continue
        text = path.read_text(encoding="utf-8")
        place = path.relative_to(ROOT)
        wrong += [
            f"{place}:{line} begins with {found[1]}"
            for line, prose in docstrings(text)
            if (found := OPENINGS.match(prose))
        ]
        for line, prose in (*docstrings(text), *comments(text)):
            wrong += [f"{place}:{line} has {found[0]!r}" for found in HABITS.finditer(prose)]
    assert wrong == []
