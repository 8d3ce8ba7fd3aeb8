"""What clients may read of an error: its message without the paths of this machine, which are for its operator."""

from __future__ import annotations

import functools
import re
import sys
import tempfile
from pathlib import Path

from halfgig.settings import read_settings


def public_text(message: str) -> str:
    """Return a message in which each path of a file on this machine is the last name of it."""
    return _own_paths().sub(lambda found: found[0].rstrip("/").rpartition("/")[2], message)


_ROOTS = (
    *("bin", "boot", "data", "dev", "etc", "home", "lib", "lib64", "media", "mnt", "opt", "proc", "root", "run"),
    *("sbin", "srv", "sys", "tmp", "usr", "var", "workspace"),
)
"""Folders in which systems keep files, wherever this server's are; no path of the API begins with one."""


@functools.cache
def _own_paths() -> re.Pattern[str]:
    """Return a pattern of paths: in the system's folders, those of the settings, of this program and of its user."""
    settings = read_settings()
    given = [settings.data_dir, settings.run_dir, tempfile.gettempdir(), sys.prefix, sys.base_prefix, Path.home()]
    given += [settings.face_detector, settings.lexicon]
    folders = {str(path) for each in (*given, Path(__file__).parents[3]) if each for path in _spellings(Path(each))}
    folders |= {f"/{name}" for name in _ROOTS}
    longest_first = sorted((folder for folder in folders if folder.strip("/.")), key=len, reverse=True)
    return re.compile(rf"(?<![\w/.-])(?:{'|'.join(map(re.escape, longest_first))})(?:/[^\s'\",;:()]*)?(?![\w-])")


def _spellings(folder: Path) -> tuple[Path, ...]:
    return folder, folder.absolute(), folder.resolve()
