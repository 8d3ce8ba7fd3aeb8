"""The shape of the source: arrows point one way, and nothing is too long to be read."""

from __future__ import annotations

import ast

import pytest

from tests.source import Module, layer_of, modules, public_names

BASE = {
    *("errors", "service_errors", "log", "events", "marks", "output", "records", "settings", "requests", "options"),
    *("shelf", "memory"),
}
STAGES = {"speech", "face", "motion", "animation"}

MAY_IMPORT = {
    "errors": set(),
    "service_errors": {"errors"},
    "events": set(),
    "log": set(),
    "marks": set(),
    "footprints": set(),
    "output": {"errors"},
    "records": set(),
    "options": {"errors", "requests"},
    "shelf": {"errors", "output"},
    "progress": {"events"},
    "memory": {"errors", "footprints"},
    "settings": {"errors", "memory"},
    "requests": {"settings"},
    "models": BASE,
    "speech": BASE | {"models"},
    "face": BASE | {"models"},
    "motion": BASE | {"models", "speech"},
    "animation": BASE | {"models", "speech", "face", "motion"},
    "pipeline": BASE | STAGES | {"models"},
    "slicing": BASE | {"models", "speech"},
    "filming": BASE | STAGES | {"models", "pipeline"},
    "casting": BASE | {"models", "speech"},
    "shift": BASE | {"speech", "pipeline"},
    "talking": BASE | {"footprints", "pipeline", "filming", "shift"},
    "api": BASE | STAGES | {"models", "footprints", "pipeline", "casting", "shift", "talking"},
    "models_cli": BASE | {"models", "progress"},
    "jobs": BASE | {"models", "speech", "footprints", "pipeline", "casting", "slicing", "filming"},
    "web": BASE | {"footprints", "jobs", "speech", "face"},
    "guard": BASE | {"footprints", "jobs"},
    "doctor": BASE | {"footprints", "models", "jobs"},
    "service_cli": BASE | {"footprints", "jobs", "guard", "doctor"},
    "face_cli": BASE,
    "cli": BASE | {"api", "face_cli", "models_cli", "progress", "service_cli"},
    "__main__": {"cli"},
    "": {"api", "errors"},
}
"""For each layer, the layers it may import; "" is the package itself, whose version all may read."""

MODULES = modules()
BY_NAME = pytest.mark.parametrize("module", MODULES, ids=[module.name for module in MODULES])
LONGEST_FILE = 350
LONGEST_FUNCTION = 50
MOST_ARGUMENTS = 6

MANY_WISHES = {"say", "talk"}
"""Functions whose arguments are the user's wishes, each by its name."""


def test_every_layer_is_in_the_table() -> None:
    assert {module.layer for module in MODULES} <= set(MAY_IMPORT)


def test_the_table_has_no_circle() -> None:
    settled: set[str] = set()
    while free := {layer for layer, below in MAY_IMPORT.items() if layer not in settled and below <= settled}:
        settled |= free
    assert settled == set(MAY_IMPORT)


@BY_NAME
def test_arrows_point_one_way(module: Module) -> None:
    others = {layer_of(name) for name in module.imported() if name.split(".")[0] == "halfgig"}
    wrong = others - MAY_IMPORT[module.layer] - {module.layer, ""}
    assert not wrong, f"{module.name} may not import from {wrong}"


@BY_NAME
def test_a_file_is_short_enough_to_be_read_at_once(module: Module) -> None:
    assert len(module.path.read_text(encoding="utf-8").splitlines()) <= LONGEST_FILE


def test_functions_are_short_and_ask_for_little() -> None:
    wrong = []
    for module in MODULES:
        for node in ast.walk(module.tree):
            if isinstance(node, ast.FunctionDef):
                arguments = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
                asked = [argument for argument in arguments if argument.arg not in ("self", "cls")]
                lines = (node.end_lineno or 0) - node.lineno + 1
                if lines > LONGEST_FUNCTION or (len(asked) > MOST_ARGUMENTS and node.name not in MANY_WISHES):
                    wrong.append(f"{module.name}.{node.name}: {lines} lines, {len(asked)} arguments")
    assert wrong == []


@BY_NAME
def test_every_public_name_says_what_it_is_for(module: Module) -> None:
    assert ast.get_docstring(module.tree), f"{module.name} does not say what it is for"
    silent = [name for name, node in public_names(module.tree) if not ast.get_docstring(node)]
    assert silent == []


def test_nothing_catches_everything_without_saying_so() -> None:
    for module in MODULES:
        for node in ast.walk(module.tree):
            if isinstance(node, ast.ExceptHandler):
                assert node.type is not None, f"{module.name} line {node.lineno} catches everything"
