"""What is written is true: every setting, error, command and dependency is where a reader looks for it."""

from __future__ import annotations

import argparse
import re
import shlex
import subprocess
import tomllib
from dataclasses import fields

import pytest

from halfgig import __version__, errors
from halfgig.cli.main import make_parser
from halfgig.server import errors as server_errors
from halfgig.settings import Settings
from tests.support.media import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
SETTINGS = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
ERRORS = (ROOT / "docs" / "errors.md").read_text(encoding="utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
NAMED = {**vars(errors), **vars(server_errors)}.values()
CLASSES = [kind for kind in NAMED if isinstance(kind, type) and issubclass(kind, errors.HalfgigError)]


def written_codes() -> list[list[str]]:
    """Return the rows of the table of errors as their cells."""
    rows = re.findall(r"^\| (\d+) \|(.*)\|$", ERRORS, flags=re.MULTILINE)
    return [[code, *(cell.strip() for cell in rest.split("|"))] for code, rest in rows if rest.count("|") == 3]


def commands_in(text: str) -> list[list[str]]:
    """Return the `halfgig` command lines of a text's blocks of shell, as words without options' shell parts."""
    blocks = re.findall(r"```(?:sh|console)\n(.*?)```", text, flags=re.DOTALL)
    lines = [line.strip().removeprefix("$ ") for block in blocks for line in block.splitlines()]
    return [shlex.split(line, comments=True)[1:] for line in lines if line.startswith("halfgig ")]


@pytest.mark.parametrize("name", [field.name.upper() for field in fields(Settings)])
def test_every_setting_has_a_row_with_its_default_and_meaning(name: str) -> None:
    assert re.search(rf"^\| `{name}` \|[^|]+\|[^|]+\|$", SETTINGS, flags=re.MULTILINE)


def test_no_setting_is_documented_that_is_not_there() -> None:
    named = re.findall(r"^\| `([A-Z0-9_]+)` \|", SETTINGS, flags=re.MULTILINE)
    assert sorted(named) == sorted(field.name.upper() for field in fields(Settings))


@pytest.mark.parametrize("kind", CLASSES, ids=lambda kind: kind.__name__)
def test_every_error_is_documented_with_its_code_and_exit_code(kind: type[errors.HalfgigError]) -> None:
    (row,) = [row for row in written_codes() if f"`{kind.__name__}`" in row[3]]
    assert row[:3] == [str(kind.exit_code), f"`{kind.code}`", str(kind.status)]


def test_exit_codes_are_few_and_codes_tell_errors_apart() -> None:
    assert {kind.exit_code for kind in CLASSES} == {1, 2, 3, 4, 5, 6, 7}
    own = [kind for kind in CLASSES if "code" in vars(kind)]
    assert len({kind.code for kind in own}) >= len(own) - 1  # two kinds of "not ready" differ by their status alone


def test_the_trees_in_the_errors_modules_name_every_error() -> None:
    assert errors.__doc__
    assert server_errors.__doc__
    assert {kind.__name__ for kind in CLASSES} <= set(re.findall(r"\w+", errors.__doc__ + server_errors.__doc__))


def test_help_names_the_exit_codes_that_are_there() -> None:
    epilog = make_parser().epilog or ""
    told = epilog.partition("exit codes:")[2]
    spans = [(int(a), int(b or a)) for a, b in re.findall(r"(\d+)(?:(?:-| and )(\d+))?", told)]
    missing = [kind.__name__ for kind in CLASSES if not any(a <= kind.exit_code <= b for a, b in spans)]
    assert set(missing) <= {"HalfgigError"}


def test_the_changelog_begins_with_this_version() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    newest = re.search(r"^## \[?(\d+\.\d+\.\d+)", changelog, flags=re.MULTILINE)
    assert newest
    assert newest[1] == __version__


def test_the_package_has_this_version() -> None:
    assert PROJECT["version"] == __version__


@pytest.mark.parametrize("words", commands_in(README), ids=" ".join)
def test_the_commands_of_the_readme_are_understood(words: list[str]) -> None:
    if words[-1] == "--help":
        with pytest.raises(SystemExit, match=r"^0$"):
            make_parser().parse_args(words)
    else:
        assert make_parser().parse_args(words).command == words[0]


def test_the_examples_of_the_help_are_understood() -> None:
    examples = re.findall(r"^  (?:echo .* \| )?halfgig (.*)$", make_parser().epilog or "", flags=re.MULTILINE)
    assert len(examples) >= 4
    for example in examples:
        assert isinstance(make_parser().parse_args(shlex.split(example)), argparse.Namespace)


@pytest.mark.parametrize("target", sorted(set(re.findall(r"make ([a-z]+)\b", README.replace("`make`", "")))))
def test_make_knows_what_the_readme_asks_of_it(target: str) -> None:
    assert re.search(rf"^{target}:.*## ", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE)


@pytest.mark.parametrize("requirement", PROJECT["dependencies"])
def test_every_dependency_is_pinned_and_its_memory_is_told(requirement: str) -> None:
    name = re.split(r"[<>=~!\[ ]", requirement)[0]
    pins = (ROOT / "constraints.txt").read_text(encoding="utf-8").lower()
    assert re.search(rf"^{re.escape(name)}==", pins, flags=re.MULTILINE)
    told = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    assert re.search(rf"^\|.*{re.escape(name)}.*\d.*\|$", told, flags=re.MULTILINE | re.IGNORECASE)


def test_links_inside_the_documents_lead_somewhere() -> None:
    for document in [
        ROOT / "README.md",
        ROOT / "CONTRIBUTING.md",
        ROOT / "SECURITY.md",
        *(ROOT / "docs").rglob("*.md"),
    ]:
        prose = re.sub(r"`[^`]*`", "", document.read_text(encoding="utf-8"))
        for target in re.findall(r"\]\(([^)#:]+)\)", prose):
            assert (document.parent / target).exists(), f"{document.name} leads to {target}"


def test_the_licence_is_apache_2() -> None:
    licence = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert "Apache License" in licence
    assert "Version 2.0" in licence
    assert PROJECT["license"] == "Apache-2.0"


def test_a_machine_runs_the_tests_as_a_person_does() -> None:
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert "make test" in script
    assert subprocess.run(["bash", "-n", str(ROOT / ".ci" / "run")], check=False).returncode == 0


def test_the_tests_that_hold_sadtalkers_quirks_exist() -> None:
    table = (ROOT / "docs" / "sadtalker.md").read_text(encoding="utf-8").partition("## Upstream's quirks")[2]
    rows = re.findall(r"^\| Q(\d+) \|.*\|(.*)\|$", table, flags=re.MULTILINE)
    assert [int(number) for number, _ in rows] == list(range(1, 31))
    written = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("test_*.py"))
    named = [name for _, cell in rows for name in re.findall(r"`(test_\w+)`", cell)]
    assert [name for name in named if f"def {name}(" not in written] == []
    assert len(named) >= len(rows)
