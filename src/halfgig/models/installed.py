"""Installed models in DATA_DIR/models/NAME; a model is complete or absent."""

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
"""Allowed model names; the name is also the folder's name."""


@dataclass(frozen=True, slots=True)
class Installed:
    """An installed model."""

    name: str
    folder: Path
    manifest: Mapping[str, Any]
    """Written by the build; "installed" is added by `InstalledModels.install`."""

    @property
    def facts(self) -> Mapping[str, Any]:
        """Facts recorded at installation."""
        facts: Mapping[str, Any] = self.manifest["installed"]
        return facts

    @property
    def parts(self) -> frozenset[str]:
        """Names of the installed voices."""
        return frozenset(source["part"] for source in self.facts["sources"] if source["part"])

    @property
    def size(self) -> int:
        """Total size of the files in bytes."""
        return sum(file["size"] for file in self.facts["files"].values())

    @property
    def footprint_mb(self) -> float | None:
        """Memory a cell needs to run the model, in MB; None if the build did not record it."""
        said = self.manifest.get("footprint")
        private_mb = said.get("private_mb") if isinstance(said, dict) else None
        return float(private_mb) if isinstance(private_mb, int | float) else None

    def sha256s(self) -> dict[str, str]:
        """Return the checksum of each source file by path."""
        return {source["place"]: source["sha256"] for source in self.facts["sources"]}


class InstalledModels:
    """The models in a data folder."""

    def __init__(self, data_dir: Path) -> None:
        self.models = data_dir / "models"
        self.downloads = data_dir / "downloads"

    def all(self) -> list[Installed]:
        """Return the installed models, sorted by name."""
        names = sorted(path.name for path in self.models.glob("[!.]*/") if path.is_dir())
        return [found for name in names if (found := self.get(name))]

    def get(self, name: str) -> Installed | None:
        """Return a model, or None if it is missing or its manifest is unreadable."""
        folder = self.folder(name)
        try:
            manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
            found = Installed(name, folder, manifest)
            return found if found.facts["sources"] and found.facts["files"] else None
        except (OSError, ValueError, TypeError, KeyError):
            return None

    def folder(self, name: str) -> Path:
        """Return a model's folder, which need not exist; raise UnknownModel for an invalid name."""
        if not NAME.fullmatch(name):
            raise UnknownModel(f"{name!r} is no model's name; those are small letters, digits, dots and dashes")
        return self.models / name

    def find(self, name: str) -> Installed:
        """Return a model; raise ModelMissing with the command that fetches it."""
        if found := self.get(name):
            return found
        raise ModelMissing(f"{name} is not in {str(self.models)!r}; fetch it with: halfgig pull {name}")

    @contextlib.contextmanager
    def locked(self, name: str, waiting: Callable[[str], None]) -> Iterator[None]:
        """Lock a model against changes by other processes and clean up after a killed one.

        Raises OutputUnwritable if the data folder is not writable.
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
        """Finish or undo an interrupted `install` or `remove`."""
        shutil.rmtree(self.build_folder(name), ignore_errors=True)
        old = self.models / f".{name}.old"
        if old.exists() and not (self.models / name).exists():
            old.replace(self.models / name)
        shutil.rmtree(old, ignore_errors=True)

    def build_folder(self, name: str) -> Path:
        """Return the folder in which a model is built before it is renamed into place."""
        return self.models / f".{name}.building"

    def copy(self, model: Installed) -> Path:
        """Copy a model into its build folder, so that voices can be added; files are hard links except the manifest.

        Needs the lock.
        """
        built = self.build_folder(model.name) / model.name
        shutil.copytree(model.folder, built, copy_function=os.link)
        manifest = (built / MANIFEST).read_bytes()
        (built / MANIFEST).unlink()
        (built / MANIFEST).write_bytes(manifest)
        return built

    def install(self, name: str, built: Path, facts: Mapping[str, Any]) -> Installed:
        """Install a built folder, with `facts` and the checksums of all files in its manifest.

        Needs the lock.  The folder is synced to disk before it is renamed.
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
        """Delete a model and its downloads; return the number of bytes freed.

        Needs the lock.  Raises ModelMissing.  Processes that have the files mapped keep them until they exit.
        """
        folder, downloads = self.models / name, self.downloads / name
        if not folder.exists() and not downloads.exists():
            self.find(name)
        freed = sum(path.stat().st_size for place in (folder, downloads) for path in place.rglob("*") if path.is_file())
        gone = self.build_folder(name)
        if folder.exists():
            folder.replace(gone)  # atomic, so that no process sees half a model
        shutil.rmtree(gone, ignore_errors=True)
        shutil.rmtree(downloads, ignore_errors=True)
        return freed


def file_facts(folder: Path) -> dict[str, dict[str, Any]]:
    """Return size and checksum of every file in a folder except the manifest, by path."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file() and path != folder / MANIFEST)
    return {str(path.relative_to(folder)): {"size": path.stat().st_size, "sha256": sha256_of(path)} for path in paths}


def verify(model: Installed, on_progress: Callable[[float, float], None]) -> int:
    """Verify the checksum of every file of a model and return the number of files.

    `on_progress` receives bytes done and total.  Raises ChecksumMismatch naming every missing or altered file.
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
        on_progress(done, model.size)
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
