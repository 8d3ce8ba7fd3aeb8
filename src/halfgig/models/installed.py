"""What is installed: DATA_DIR/models/NAME, each whole or not there at all."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from halfgig.errors import ChecksumMismatch, ModelMissing, OutputUnwritable, UnknownModel
from halfgig.models.files import sha256_of
from halfgig.storage.file_lock import held

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

MANIFEST = "manifest.json"

NAME = re.compile(r"[a-z0-9][a-z0-9_.-]{0,63}")
"""What a model may be called: the name is a folder's too."""


@dataclass(frozen=True, slots=True)
class Installed:
    """Describe a model that is there."""

    name: str
    folder: Path
    manifest: Mapping[str, Any]
    """What its builder wrote, and under "installed" what the library did."""

    @property
    def facts(self) -> Mapping[str, Any]:
        """Give what was written down when it was installed."""
        facts: Mapping[str, Any] = self.manifest["installed"]
        return facts

    @property
    def parts(self) -> frozenset[str]:
        """Give the names of its voices."""
        return frozenset(source["part"] for source in self.facts["sources"] if source["part"])

    @property
    def size(self) -> int:
        """Give the bytes its files take."""
        return sum(file["size"] for file in self.facts["files"].values())

    @property
    def footprint_mb(self) -> float | None:
        """Give the memory a cell needs to use it, in MB; None where its builder did not say."""
        said = self.manifest.get("footprint")
        private_mb = said.get("private_mb") if isinstance(said, dict) else None
        return float(private_mb) if isinstance(private_mb, int | float) else None

    def sha256s(self) -> dict[str, str]:
        """Give the checksum of each file it was built from."""
        return {source["place"]: source["sha256"] for source in self.facts["sources"]}


class InstalledModels:
    """Keep models below a data folder."""

    def __init__(self, data_dir: Path) -> None:
        self.models = data_dir / "models"
        self.downloads = data_dir / "downloads"

    def installed(self) -> list[Installed]:
        """List the models that are there, by name."""
        names = sorted(path.name for path in self.models.glob("[!.]*/") if path.is_dir())
        return [found for name in names if (found := self.get(name))]

    def get(self, name: str) -> Installed | None:
        """Give a model, or None where it is not there or its manifest cannot be read."""
        folder = self.folder(name)
        try:
            manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
            found = Installed(name, folder, manifest)
            return found if found.facts["sources"] and found.facts["files"] else None
        except (OSError, ValueError, TypeError, KeyError):
            return None

    def folder(self, name: str) -> Path:
        """Give the folder of a model, there or not; raises UnknownModel for what can be no name."""
        if not NAME.fullmatch(name):
            raise UnknownModel(f"{name!r} is no model's name; those are small letters, digits, dots and dashes")
        return self.models / name

    def find(self, name: str) -> Installed:
        """Give a model; raises ModelMissing with the command that fetches it."""
        if found := self.get(name):
            return found
        raise ModelMissing(f"{name} is not in {str(self.models)!r}; fetch it with: halfgig pull {name}")

    @contextlib.contextmanager
    def locked(self, name: str, waiting: Callable[[str], None]) -> Iterator[None]:
        """Keep others from changing a model; clears away what a killed process has left.

        Raises OutputUnwritable where the data folder cannot be written to.
        """
        self.folder(name)
        with contextlib.ExitStack() as stack:
            try:
                stack.enter_context(held(self.models / f".{name}.lock", waiting))
                self._clear(name)
            except OSError as error:
                raise OutputUnwritable(
                    f"{str(self.models)!r} cannot be written: {error.strerror}; set DATA_DIR to a folder that is yours"
                ) from error
            yield

    def _clear(self, name: str) -> None:
        """Finish or undo what `install` and `remove` were doing when they were killed."""
        shutil.rmtree(self.workshop(name), ignore_errors=True)
        old = self.models / f".{name}.old"
        if old.exists() and not (self.models / name).exists():
            old.replace(self.models / name)
        shutil.rmtree(old, ignore_errors=True)

    def workshop(self, name: str) -> Path:
        """Give the folder in which a model is built before it takes its name."""
        return self.models / f".{name}.building"

    def copy(self, model: Installed) -> Path:
        """Give a copy of a model in its workshop, to be added to; its files are shared, its manifest is not.

        Needs the lock.
        """
        built = self.workshop(model.name) / model.name
        shutil.copytree(model.folder, built, copy_function=os.link)
        manifest = (built / MANIFEST).read_bytes()
        (built / MANIFEST).unlink()
        (built / MANIFEST).write_bytes(manifest)
        return built

    def install(self, name: str, built: Path, facts: Mapping[str, Any]) -> Installed:
        """Give a built folder the model's name, with `facts` and its files' checksums in its manifest.

        Needs the lock.  The folder is on the disk before it has the name.
        """
        manifest = built / MANIFEST
        told: dict[str, Any] = json.loads(manifest.read_text(encoding="utf-8")) if manifest.exists() else {}
        manifest.unlink(missing_ok=True)
        told["installed"] = {**facts, "files": file_facts(built)}
        manifest.write_text(json.dumps(told, indent=1), encoding="utf-8")
        for path in (*built.rglob("*"), built):
            _sync(path)
        folder, old = self.models / name, self.models / f".{name}.old"
        if folder.exists():
            folder.replace(old)
        built.replace(folder)
        _sync(self.models)
        shutil.rmtree(old, ignore_errors=True)
        return self.find(name)

    def remove(self, name: str) -> int:
        """Delete a model and its downloads, and give the bytes that became free.

        Needs the lock.  Raises ModelMissing.  A process that has its files mapped keeps them until it ends.
        """
        folder, downloads = self.models / name, self.downloads / name
        if not folder.exists() and not downloads.exists():
            self.find(name)
        freed = sum(path.stat().st_size for place in (folder, downloads) for path in place.rglob("*") if path.is_file())
        gone = self.workshop(name)
        if folder.exists():
            folder.replace(gone)  # all of it at once, so that nobody sees half a model
        shutil.rmtree(gone, ignore_errors=True)
        shutil.rmtree(downloads, ignore_errors=True)
        return freed


def file_facts(folder: Path) -> dict[str, dict[str, Any]]:
    """Give size and checksum of every file below a folder but its manifest, by path."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file() and path != folder / MANIFEST)
    return {str(path.relative_to(folder)): {"size": path.stat().st_size, "sha256": sha256_of(path)} for path in paths}


def verify(model: Installed, tell: Callable[[float, float], None]) -> int:
    """Read every file of a model, hold it against its checksum and give their number.

    `tell` hears bytes done and in all.  Raises ChecksumMismatch that names every file that is missing or altered.
    """
    faults, done = [], 0
    for place, facts in model.facts["files"].items():
        path = model.folder / place
        if not path.is_file():
            faults.append(f"{place} is missing")
        elif path.stat().st_size != facts["size"]:
            faults.append(f"{place} has {path.stat().st_size:,} bytes instead of {facts['size']:,}")
        elif sha256_of(path) != facts["sha256"]:
            faults.append(f"{place} has another content than was installed (sha256 {facts['sha256'][:12]}…)")
        done += facts["size"]
        tell(done, model.size)
    if faults:
        raise ChecksumMismatch(
            f"{model.name} in {str(model.folder)!r} is damaged: {'; '.join(faults)}; "
            f"run: halfgig models remove {model.name} && halfgig pull {model.name}"
        )
    return len(model.facts["files"])


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
