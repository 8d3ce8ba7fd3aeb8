"""Finds this process's control groups in the file system: both versions, inside and outside of containers."""

import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_NUMBER = re.compile(r"-?[0-9]{1,30}")
_DEFAULT_MOUNTS = {2: "/sys/fs/cgroup", 1: "/sys/fs/cgroup/{controller}"}


@dataclass(frozen=True, slots=True)
class Level:
    """One directory between our control group and the top of its mount."""

    version: int
    """1 or 2."""
    path: Path


@dataclass(frozen=True, slots=True)
class _Mount:
    root: str
    """The group at the top of the mount."""
    point: str


def levels(controller: str, root: Path = Path("/")) -> list[Level]:
    """Return the directories that may govern `controller` for this process: version 2 first, our own group first.

    The directories may lack the controller's files: a version 2 tree without the controller is included.
    """
    groups = _own_groups(_text(root / "proc/self/cgroup"), controller)
    mounts = _mounts(_text(root / "proc/self/mountinfo"), controller)
    found = []
    for version in (2, 1):
        point = _DEFAULT_MOUNTS[version].format(controller=controller)
        mount = mounts.get(version, _Mount("/", point))
        found += [Level(version, path) for path in _upwards(mount, groups.get(version, "/"), root)]
    return found


def number(text: str) -> int | None:
    """Parse a whole number; return None for "max" and anything else."""
    return int(text) if _NUMBER.fullmatch(text) else None


def first_number(path: Path) -> int | None:
    """Return the number at the start of a file; None if the file is missing or starts otherwise."""
    return next((number(row[0]) for row in rows(path)), None)


def rows(path: Path) -> list[list[str]]:
    """Return a file's lines as lists of words; empty if it is missing."""
    return [line.split() for line in _text(path).splitlines() if line.strip()]


def table(path: Path) -> dict[str, int]:
    """Return the numbers of a file with lines "name number"; other lines are skipped."""
    pairs = ((row[0], number(row[1])) for row in rows(path) if len(row) == 2)
    return {name: value for name, value in pairs if value is not None}


@functools.lru_cache(4)  # the supervisor calls this several times a second
def _own_groups(text: str, controller: str) -> dict[int, str]:
    groups = {}
    for line in text.splitlines():
        number_, _, rest = line.partition(":")
        controllers, _, path = rest.partition(":")
        if number_ == "0" and not controllers:
            groups[2] = path
        elif controller in controllers.split(","):
            groups[1] = path
    return groups


@functools.lru_cache(4)
def _mounts(text: str, controller: str) -> dict[int, _Mount]:
    mounts: dict[int, _Mount] = {}
    for line in text.splitlines():
        before, _, after = line.partition(" - ")
        fields, kind = before.split(" "), after.split(" ")
        if len(fields) < 5 or len(kind) < 3:
            continue
        mount = _Mount(_unescaped(fields[3]), _unescaped(fields[4]))
        if kind[0] == "cgroup2":
            mounts.setdefault(2, mount)
        elif kind[0] == "cgroup" and controller in kind[2].split(","):
            mounts.setdefault(1, mount)
    return mounts


def _unescaped(field: str) -> str:
    return re.sub(r"\\([0-7]{3})", lambda octal: chr(int(octal[1], 8)), field)


def _upwards(mount: _Mount, group: str, root: Path) -> Iterator[Path]:
    top = root / mount.point.lstrip("/")
    own = top / _below(group, mount.root)
    # Docker without a cgroup namespace mounts only its own group; with one, a group outside it appears as "/../name".
    # If the path does not exist, only the top of the mount can be read.
    if ".." in own.parts or not own.is_dir():
        own = top
    while own != top:
        yield own
        own = own.parent
    yield top


def _below(group: str, mounted: str) -> str:
    prefix = mounted.rstrip("/") + "/"
    return f"{group}/".removeprefix(prefix).strip("/")


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
