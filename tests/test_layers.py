"""The shape of the source: arrows point one way, and nothing is too long to be read."""

from __future__ import annotations

import ast

import pytest

from tests.support.source import PACKAGE, Module, modules, public_names, room_of

FLOORS = (
    {"errors", "events", "log"},
    {"resources", "storage", "nn", "text"},
    {"settings", "capacity", "media"},
    {"face", "origin"},
    {"requests", "cells"},
    {"models"},
    {"tts"},
    {"animators"},
    {"avatars"},
    {"pipeline"},
    {"api", "client", "server"},
    {"server.doctor", "server.supervisor", "server.web", "server.worker"},
    {"cli"},
    {"__main__"},
)
"""The rooms, the lowest first: a module imports from its own room and from lower floors, and from nowhere else."""

FLOOR = {room: number for number, rooms in enumerate(FLOORS) for room in rooms}

LONGEST_FILE = 350
LONGEST_FUNCTION = 50
MOST_ARGUMENTS = 6

MANY_WISHES = {"avatar", "say", "talk"}
"""Functions whose arguments are the user's options, each by its name."""


@pytest.fixture(scope="module")
def package() -> list[Module]:
    """Return all files of the package; their trees of syntax are large, and gone after these tests."""
    return modules()


def test_every_room_has_a_floor(package: list[Module]) -> None:
    assert {module.room for module in package} - {""} == set(FLOOR)


def test_the_package_has_few_loose_modules() -> None:
    assert len(list(PACKAGE.glob("*.py"))) <= 8


def test_imports_point_downward(package: list[Module]) -> None:
    assert [f"{module.name} may not import from {room}" for module in package for room in upward(module)] == []


def upward(module: Module) -> set[str]:
    if not module.room:
        return set()
    imported = {room_of(name) for name in module.imported() if name.split(".")[0] == "halfgig"}
    return {room for room in imported - {module.room, ""} if FLOOR[room] >= FLOOR[module.room]}


def test_a_file_is_short_enough_to_be_read_at_once(package: list[Module]) -> None:
    lengths = {module.name: len(module.path.read_text(encoding="utf-8").splitlines()) for module in package}
    assert {name: length for name, length in lengths.items() if length > LONGEST_FILE} == {}


def test_functions_are_short_and_ask_for_little(package: list[Module]) -> None:
    wrong = []
    for module in package:
        for node in ast.walk(module.tree):
            if isinstance(node, ast.FunctionDef):
                arguments = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
                asked = [argument for argument in arguments if argument.arg not in ("self", "cls")]
                lines = (node.end_lineno or 0) - node.lineno + 1
                if lines > LONGEST_FUNCTION or (len(asked) > MOST_ARGUMENTS and node.name not in MANY_WISHES):
                    wrong.append(f"{module.name}.{node.name}: {lines} lines, {len(asked)} arguments")
    assert wrong == []


def test_every_public_name_says_what_it_is_for(package: list[Module]) -> None:
    silent = [module.name for module in package if not ast.get_docstring(module.tree)]
    for module in package:
        silent += [f"{module.name}{name}" for name, node in public_names(module.tree) if not ast.get_docstring(node)]
    assert silent == []


def test_nothing_catches_everything_without_saying_so(package: list[Module]) -> None:
    for module in package:
        for node in ast.walk(module.tree):
            if isinstance(node, ast.ExceptHandler):
                assert node.type is not None, f"{module.name} line {node.lineno} catches everything"
