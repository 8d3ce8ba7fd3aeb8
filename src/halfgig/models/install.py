"""Pull a model: choose files, fetch them, build in a cell, install."""

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
"""Memory budget of the download cell, in MB."""

NETWORK_VARIABLES = (
    *("HF_", "HUGGING_FACE_", "SSL_CERT_", "REQUESTS_CA_BUNDLE"),
    *(name for upper in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY") for name in (upper, upper.lower())),
)
"""Variables that only the download cell inherits: the hub's token and address, proxies and certificates.

It decodes nothing; what it has fetched is read by the build, in another cell without them.
"""


def pull(
    request: InstallRequest, installed: InstalledModels, on_event: Listener, free: Callable[[Path], int] = free_bytes
) -> Installed:
    """Fetch a model's files, build and install the model, and return it.

    A concurrent call waits for the first and then finds nothing to do; a call after an interruption resumes.
    `on_event` receives progress and notices, `free` returns the free disk space in bytes.  Raises HalfgigError.
    """
    name = request.model.name
    request.model.choose(request.voices)  # rejects unknown voices before waiting for the lock
    with installed.locked(name, lambda pid: on_event(Notice(_waiting(name, pid)))):
        have = installed.get(name)
        sources = request.model.choose(_voices(request, have))
        if have and request.local is None and _serves(have, request, sources):
            on_event(Notice(f"{name} is here already; nothing to do"))
            return have
        if have and (voices := _addable(have, request, sources)):
            folder, fetched = _gather(request, voices, installed, on_event, free)
            have = _build(request, installed, folder, fetched, on_event, have)
        else:
            have = _pull_all(request, installed, have, sources, on_event, free)
        if not request.keep:
            shutil.rmtree(installed.downloads / name, ignore_errors=True)
        return have


def _pull_all(
    request: InstallRequest,
    installed: InstalledModels,
    have: Installed | None,
    sources: tuple[Source, ...],
    on_event: Listener,
    free: Callable[[Path], int],
) -> Installed:
    folder, fetched = _gather(request, sources, installed, on_event, free)
    if have and have.sha256s() == {file.place: file.sha256 for file in fetched}:
        on_event(Notice(f"{have.name} is here already, built from the same files; nothing to do"))
        return have
    return _build(request, installed, folder, fetched, on_event)


def _addable(have: Installed, request: InstallRequest, sources: tuple[Source, ...]) -> tuple[Source, ...]:
    """Return the missing files if all of them are voices, else an empty tuple."""
    if request.local is not None or not request.model.extend or have.facts["revision"] != _revision(request):
        return ()
    missing = tuple(source for source in sources if source.place not in have.sha256s())
    return missing if all(source.part for source in missing) else ()


def _waiting(name: str, pid: str) -> str:
    return f"another process{f' ({pid})' if pid else ''} works on {name}; waiting for it to end"


def _voices(request: InstallRequest, have: Installed | None) -> tuple[str, ...]:
    """Return the voices to install: the requested ones and those already installed."""
    kept = have.parts & set(request.model.parts) if have and request.voices else ()
    return tuple(sorted({*request.voices, *kept}))


def _serves(have: Installed, request: InstallRequest, sources: tuple[Source, ...]) -> bool:
    return {source.place for source in sources} <= set(have.sha256s()) and have.facts["revision"] == _revision(request)


def _revision(request: InstallRequest) -> str:
    """Return the requested revision, as the user or the catalogue names it."""
    return request.mirrors.revision or request.model.sources[0].repository.revision


def _gather(
    request: InstallRequest,
    sources: tuple[Source, ...],
    installed: InstalledModels,
    on_event: Listener,
    free: Callable[[Path], int],
) -> tuple[Path, list[Fetched]]:
    """Collect the source files in one folder; return the folder and the files."""
    folder = installed.downloads / request.model.name
    doing = f"pulling {request.model.name}"
    if request.local is not None:
        require_room(installed.models, {"to build": request.model.built_size}, doing, free)
        with explain_disk_full(folder, doing):
            return _local(request.local, sources, folder / "chosen", on_event)
    there = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    missing = max(0, sum(source.size for source in sources) - there)
    require_room(installed.models, {"to download": missing, "to build": request.model.built_size}, doing, free)
    fetched = _download(request, sources, folder / "hub", on_event)
    return _staged(folder / "chosen", {file.place: folder / "hub" / file.place for file in fetched}), fetched


def _staged(folder: Path, files: dict[str, Path]) -> Path:
    """Link the chosen files into a separate folder, at the paths the build expects."""
    shutil.rmtree(folder, ignore_errors=True)
    for place, path in files.items():
        target = folder / place
        target.parent.mkdir(parents=True, exist_ok=True)
        target.symlink_to(path.resolve())
    return folder


def _download(request: InstallRequest, sources: tuple[Source, ...], folder: Path, on_event: Listener) -> list[Fetched]:
    stage = f"downloading {request.model.name}"
    job = DownloadJob(stage, sources, folder, request.mirrors, request.patience)
    fetched = []
    budget_mb = cell_budget_mb(memory_limit(request.memory_limit), DOWNLOAD_MB)
    with Cell(stage, budget_mb, inherited=NETWORK_VARIABLES) as cell:
        for event in cell.run("halfgig.models.download:download", job):
            if isinstance(event, Fetched):
                fetched.append(event)
            else:
                on_event(cast("Event", event))
    return fetched


def _local(local: Path, sources: tuple[Source, ...], folder: Path, on_event: Listener) -> tuple[Path, list[Fetched]]:
    """Link the files of a local folder; any subset of the voices will do."""
    if not local.is_dir():
        raise UsageError(f"there is no folder {str(local)!r}; give --from the folder with {sources[0].place}")
    found = {source: path for source in sources if (path := _found(local, source))}
    _check_complete(local, sources, {source.place for source in found}, on_event)
    fetched = []
    for source, path in found.items():
        sha256 = sha256_of(path)
        published = sha256 == source.sha256
        if source.sha256 and not published and not source.part:
            on_event(Notice(f"{path} is not the published file (sha256 {sha256[:12]}…); building from it all the same"))
        fetched.append(Fetched(source.place, str(path), "", path.stat().st_size, sha256, published, source.part))
    return _staged(folder, {source.place: path for source, path in found.items()}), fetched


def _found(local: Path, source: Source) -> Path | None:
    candidates = (local / source.place, local / source.path, local / os.path.basename(source.path))  # noqa: PTH119
    return next((path for path in candidates if path.is_file()), None)


def _check_complete(local: Path, sources: tuple[Source, ...], found: set[str], on_event: Listener) -> None:
    missing = [source for source in sources if source.place not in found]
    needed = [source.path for source in missing if not source.part and not source.optional]
    if needed:
        raise ModelMissing(
            f"{str(local)!r} has no {' and no '.join(needed)}; put there what {sources[0].repository.name} publishes, "
            "or leave out --from to download it"
        )
    voices = [source.part for source in sources if source.part]
    without = [source.part for source in missing if source.part]
    if voices and len(without) == len(voices):
        raise ModelMissing(f"{str(local)!r} has no voice in voices/, such as {voices[0]}.pt")
    if without:
        on_event(Notice(f"{len(voices) - len(without)} of {len(voices)} voices are in {str(local)!r}"))
    for source in missing:
        if source.optional:
            on_event(Notice(f"{str(local)!r} has no {source.path}: {source.without}"))


def _build(
    request: InstallRequest,
    installed: InstalledModels,
    folder: Path,
    fetched: list[Fetched],
    on_event: Listener,
    onto: Installed | None = None,
) -> Installed:
    """Build a model from a folder, or add the folder's voices to `onto`, and install it."""
    model = request.model
    build_folder = installed.build_folder(model.name)
    stage = f"building {model.name}"
    build_folder.mkdir(parents=True)
    try:
        with explain_disk_full(installed.models, stage):
            built = installed.copy(onto) if onto else build_folder / model.name
        with Cell(stage, cell_budget_mb(memory_limit(request.memory_limit), model.build_mb)) as cell:
            target = model.extend if onto else model.build
            for event in cell.run("halfgig.models.build:build", target, folder, built):
                on_event(cast("Event", event))
        facts = {**_facts(request, fetched), "build_peak_mb": round(cell.peak.private_mb, 1)}
        if onto:
            facts = {**onto.facts, "sources": [*onto.facts["sources"], *facts["sources"]]}
        with explain_disk_full(installed.models, stage):
            return installed.install(model.name, built, facts)
    finally:
        with contextlib.suppress(OSError):
            shutil.rmtree(build_folder)


def _facts(request: InstallRequest, fetched: list[Fetched]) -> dict[str, Any]:
    model, repository = request.model, request.model.sources[0].repository
    revision = _revision(request)
    return {
        "title": model.title,
        "licence": model.licence,
        "halfgig": __version__,
        "built": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        "from": str(request.local.resolve()) if request.local else f"{repository.name}@{revision}",
        "revision": "" if request.local else revision,
        "sources": [{name: getattr(file, name) for name in Fetched.__slots__} for file in fetched],
    }
