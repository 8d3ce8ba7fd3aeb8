"""The source of halfgig as trees of syntax, for tests about its shape."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.support.media import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PACKAGE = ROOT / "src" / "halfgig"


@dataclass(frozen=True, slots=True)
class Module:
    """One file."""

    path: Path
    name: str
    """As it is imported: "halfgig.text.sentences"."""
    tree: ast.Module

    @property
    def room(self) -> str:
        """The room it belongs to: see `room_of`."""
        return room_of(self.name)

    def imported(self) -> Iterator[str]:
        """Yield the name of everything it imports from anywhere, wherever in the file."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from (alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                assert node.level == 0, f"{self.name} imports relatively"
                yield from (f"{node.module}.{alias.name}" for alias in node.names)


def room_of(name: str) -> str:
    """Return the room of a dotted name below halfgig; "" for what the package itself offers.

    A room is a folder or a loose module of the package; the server's folders are rooms of their own.
    """
    parts = name.split(".")[1:]
    depth = 2 if parts[:1] == ["server"] and (PACKAGE / "server" / "".join(parts[1:2])).is_dir() else 1
    path = PACKAGE.joinpath(*parts[:depth])
    is_room = bool(parts) and (path.is_dir() or path.with_suffix(".py").exists())
    return ".".join(parts[:depth]) if is_room else ""


def modules() -> list[Module]:
    """List all files of the package."""
    found = []
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = ("halfgig", *path.relative_to(PACKAGE).with_suffix("").parts)
        name = ".".join(parts).removesuffix(".__init__")
        found.append(Module(path, name, ast.parse(path.read_text(encoding="utf-8"))))
    return found


def public_names(node: ast.AST, path: str = "") -> Iterator[tuple[str, ast.FunctionDef | ast.ClassDef]]:
    """Yield the public classes and functions below a node, methods of public classes too."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.ClassDef) and not child.name.startswith("_"):
            yield f"{path}.{child.name}", child
            if isinstance(child, ast.ClassDef):
                yield from public_names(child, f"{path}.{child.name}")
