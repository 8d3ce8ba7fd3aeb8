"""Pull a model: choose, gather, build in a cell, install.  One page, in the order it happens."""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import shutil
from typing import TYPE_CHECKING, Any, cast

from halfgig import __version__
from halfgig.capacity.budget import cell_budget_mb
from halfgig.cells.cell import Cell
from halfgig.errors import ModelMissing, UsageError
from halfgig.events import Event, Notice
from halfgig.models.files import explain_disk_full, free_bytes, require_room, sha256_of
from halfgig.models.install_request import DownloadJob, Fetched, InstallRequest
from halfgig.resources.limits import memory_limit

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from halfgig.models.catalogue import Source
    from halfgig.models.installed import Installed, InstalledModels

    Listener = Callable[[Event], None]

DOWNLOAD_MB = 64
"""The budget of the cell that downloads, in MB."""


def pull(
    order: InstallRequest, library: InstalledModels, tell: Listener, free: Callable[[Path], int] = free_bytes
) -> Installed:
    """Fetch a model's files, build it, and give it once it is installed.

    A second call waits for the first and then has nothing to do; one after an interruption goes on.  `tell` hears
    progress and notices, `free` measures the room on the disk in bytes.  Raises HalfgigError.
    """
    name = order.model.name
    order.model.choose(order.voices)  # refuses unknown voices before waiting for anything
    with library.locked(name, lambda pid: tell(Notice(_waiting(name, pid)))):
        have = library.get(name)
        sources = order.model.choose(_voices(order, have))
        if have and order.local is None and _serves(have, order, sources):
            tell(Notice(f"{name} is here already; nothing to do"))
            return have
        if have and (voices := _addable(have, order, sources)):
            folder, fetched = _gather(order, voices, library, tell, free)
            have = _build(order, library, folder, fetched, tell, have)
        else:
            have = _pull_all(order, library, have, sources, tell, free)
        if not order.keep:
            shutil.rmtree(library.downloads / name, ignore_errors=True)
        return have


def _pull_all(
    order: InstallRequest,
    library: InstalledModels,
    have: Installed | None,
    sources: tuple[Source, ...],
    tell: Listener,
    free: Callable[[Path], int],
) -> Installed:
    folder, fetched = _gather(order, sources, library, tell, free)
    if have and have.sha256s() == {file.place: file.sha256 for file in fetched}:
        tell(Notice(f"{have.name} is here already, built from the same files; nothing to do"))
        return have
    return _build(order, library, folder, fetched, tell)


def _addable(have: Installed, order: InstallRequest, sources: tuple[Source, ...]) -> tuple[Source, ...]:
    """Give the voices that alone are missing; nothing where more than voices is."""
    if order.local is not None or not order.model.extend or have.facts["revision"] != _revision(order):
        return ()
    missing = tuple(source for source in sources if source.place not in have.sha256s())
    return missing if all(source.part for source in missing) else ()


def _waiting(name: str, pid: str) -> str:
    return f"another process{f' ({pid})' if pid else ''} works on {name}; waiting for it to end"


def _voices(order: InstallRequest, have: Installed | None) -> tuple[str, ...]:
    """Give the voices to have in the end: named ones are added to those that are there."""
    kept = have.parts & set(order.model.parts) if have and order.voices else ()
    return tuple(sorted({*order.voices, *kept}))


def _serves(have: Installed, order: InstallRequest, sources: tuple[Source, ...]) -> bool:
    return {source.place for source in sources} <= set(have.sha256s()) and have.facts["revision"] == _revision(order)


def _revision(order: InstallRequest) -> str:
    """Give what stands for the version that is asked for: the revision as it was named."""
    return order.mirrors.revision or order.model.sources[0].repository.revision


def _gather(
    order: InstallRequest,
    sources: tuple[Source, ...],
    library: InstalledModels,
    tell: Listener,
    free: Callable[[Path], int],
) -> tuple[Path, list[Fetched]]:
    """Bring the files together in one folder below the downloads."""
    folder = library.downloads / order.model.name
    doing = f"pulling {order.model.name}"
    if order.local is not None:
        require_room(library.models, {"to build": order.model.built_size}, doing, free)
        with explain_disk_full(folder, doing):
            return _local(order.local, sources, folder / "chosen", tell)
    there = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    missing = max(0, sum(source.size for source in sources) - there)
    require_room(library.models, {"to download": missing, "to build": order.model.built_size}, doing, free)
    fetched = _download(order, sources, folder / "hub", tell)
    return _staged(folder / "chosen", {file.place: folder / "hub" / file.place for file in fetched}), fetched


def _staged(folder: Path, files: dict[str, Path]) -> Path:
    """Link the chosen files into a folder of their own, each where the build looks for it."""
    shutil.rmtree(folder, ignore_errors=True)
    for place, path in files.items():
        target = folder / place
        target.parent.mkdir(parents=True, exist_ok=True)
        target.symlink_to(path.resolve())
    return folder


def _download(order: InstallRequest, sources: tuple[Source, ...], folder: Path, tell: Listener) -> list[Fetched]:
    stage = f"downloading {order.model.name}"
    errand = DownloadJob(stage, sources, folder, order.mirrors, order.patience)
    fetched = []
    with Cell(stage, cell_budget_mb(memory_limit(order.memory_limit), DOWNLOAD_MB)) as cell:
        for said in cell.run("halfgig.models.download:download", errand):
            if isinstance(said, Fetched):
                fetched.append(said)
            else:
                tell(cast("Event", said))
    return fetched


def _local(local: Path, sources: tuple[Source, ...], folder: Path, tell: Listener) -> tuple[Path, list[Fetched]]:
    """Link what there is in a local folder; voices may be any that are there."""
    if not local.is_dir():
        raise UsageError(f"there is no folder {str(local)!r}; give --from the folder with {sources[0].place}")
    found = {source: path for source in sources if (path := _found(local, source))}
    _complain(local, sources, {source.place for source in found}, tell)
    fetched = []
    for source, path in found.items():
        sha256 = sha256_of(path)
        published = sha256 == source.sha256
        if source.sha256 and not published and not source.part:
            tell(Notice(f"{path} is not the published file (sha256 {sha256[:12]}…); building from it all the same"))
        fetched.append(Fetched(source.place, str(path), "", path.stat().st_size, sha256, published, source.part))
    return _staged(folder, {source.place: path for source, path in found.items()}), fetched


def _found(local: Path, source: Source) -> Path | None:
    candidates = (local / source.place, local / source.path, local / os.path.basename(source.path))  # noqa: PTH119
    return next((path for path in candidates if path.is_file()), None)


def _complain(local: Path, sources: tuple[Source, ...], found: set[str], tell: Listener) -> None:
    missing = [source for source in sources if source.place not in found]
    needed = [source.path for source in missing if not source.part and not source.optional]
    if needed:
        raise ModelMissing(f"{str(local)!r} has no {' and no '.join(needed)}; --from takes the files as published")
    voices = [source.part for source in sources if source.part]
    without = [source.part for source in missing if source.part]
    if voices and len(without) == len(voices):
        raise ModelMissing(f"{str(local)!r} has no voice in voices/, such as {voices[0]}.pt")
    if without:
        tell(Notice(f"{len(voices) - len(without)} of {len(voices)} voices are in {str(local)!r}"))
    for source in missing:
        if source.optional:
            tell(Notice(f"{str(local)!r} has no {source.path}: {source.without}"))


def _build(
    order: InstallRequest,
    library: InstalledModels,
    folder: Path,
    fetched: list[Fetched],
    tell: Listener,
    onto: Installed | None = None,
) -> Installed:
    """Build the files of a folder into a model, or add them to the one there is, and install it."""
    model = order.model
    workshop = library.workshop(model.name)
    stage = f"building {model.name}"
    workshop.mkdir(parents=True)
    try:
        with explain_disk_full(library.models, stage):
            built = library.copy(onto) if onto else workshop / model.name
        with Cell(stage, cell_budget_mb(memory_limit(order.memory_limit), model.build_mb)) as cell:
            target = model.extend if onto else model.build
            for said in cell.run("halfgig.models.build:build", target, folder, built):
                tell(cast("Event", said))
        facts = {**_facts(order, fetched), "build_peak_mb": round(cell.peak.private_mb, 1)}
        if onto:
            facts = {**onto.facts, "sources": [*onto.facts["sources"], *facts["sources"]]}
        with explain_disk_full(library.models, stage):
            return library.install(model.name, built, facts)
    finally:
        with contextlib.suppress(OSError):
            shutil.rmtree(workshop)


def _facts(order: InstallRequest, fetched: list[Fetched]) -> dict[str, Any]:
    model, repository = order.model, order.model.sources[0].repository
    revision = _revision(order)
    return {
        "title": model.title,
        "licence": model.licence,
        "halfgig": __version__,
        "built": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        "from": str(order.local.resolve()) if order.local else f"{repository.name}@{revision}",
        "revision": "" if order.local else revision,
        "sources": [{name: getattr(file, name) for name in Fetched.__slots__} for file in fetched],
    }
