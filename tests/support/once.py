"""What takes long to make and is only read, made once for all workers of a test run."""

from __future__ import annotations

import fcntl
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest

FOLDER = "once"


def once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], object]) -> Path:
    """Return the folder `name` as `make` filled it, by whichever worker came first; the others wait for it.

    Nobody may change what is in it, but where a cache is kept there.  `remove_all` takes it away when the run ends.
    """
    root = _root(factory.getbasetemp()) / FOLDER
    root.mkdir(exist_ok=True)
    folder, made = root / name, root / f"{name}.made"
    with (root / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            make(folder)
            made.touch()
    return folder


def linked(source: Path, target: Path) -> Path:
    """Copy a folder by hard links, for a test that adds files of its own or removes some."""
    return Path(shutil.copytree(source, target, copy_function=os.link, dirs_exist_ok=True))


def remove_all(basetemp: Path) -> None:
    """Remove what was made in the run whose temporary files lie in `basetemp`."""
    shutil.rmtree(basetemp / FOLDER, ignore_errors=True)


def _root(basetemp: Path) -> Path:
    """Return the folder that all workers of a run share: xdist gives each one its own below it."""
    return basetemp.parent if "PYTEST_XDIST_WORKER" in os.environ else basetemp
