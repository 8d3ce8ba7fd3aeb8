"""The doctor's probes of the machine: disk, port, packages, control group."""

from __future__ import annotations

import importlib.util
import socket
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from halfgig.errors import PlanDoesNotFit
from halfgig.models.files import free_bytes
from halfgig.models.installed import InstalledModels
from halfgig.resources import cgroup, meter
from halfgig.resources.limits import cpu_quota, memory_limit
from halfgig.server.doctor import checks
from halfgig.server.errors import DatabaseUnavailable, FileStoreUnavailable
from halfgig.server.file_store import file_store
from halfgig.server.job_store import JobStore
from halfgig.server.memory_state import read_state
from halfgig.server.paths import ServerPaths
from halfgig.server.plan import server_plan

if TYPE_CHECKING:
    from collections.abc import Mapping

    from halfgig.server.doctor.checks import Check
    from halfgig.server.memory_state import MemoryState
    from halfgig.settings import Settings

NEWS_S = 10.0
"""Greatest age of a running server's memory state, in seconds."""

PARTS = {
    "speech": ("numpy", "av", "espeakng_loader", "num2words", "onnxruntime"),
    "pictures": ("cv2", "PIL", "onnxruntime", "imagesize"),
    "server": (
        "fastapi",
        "uvicorn",
        "gunicorn",
        "uvicorn_worker",
        "python_multipart",
        "prometheus_client",
        "dbos",
        "obstore",
        "psycopg",
    ),
}
"""Packages that each part of halfgig imports."""


def file_system_of(folder: Path, root: Path = Path("/")) -> str:
    """Return the file system type of an existing or future folder, such as "ext4"; empty if unknown."""
    best = ("", "")
    for row in cgroup.rows(root / "proc/self/mountinfo"):
        if "-" not in row[6:] or len(row) < 10:
            continue
        point, kind = row[4].replace("\\040", " "), row[row.index("-", 6) + 1]
        if folder.is_relative_to(point) and len(point) >= len(best[0]):
            best = (point, kind)
    return best[1]


def why_not_writable(folder: Path) -> str:
    """Return the error on writing to a folder or its nearest existing parent; empty if it can be written."""
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    try:
        with tempfile.TemporaryFile(dir=folder):
            return ""
    except OSError as error:
        return error.strerror or str(error)


def why_no_listening(bind: str, port: int) -> OSError | None:
    """Try to bind an address and a port; return the error, or None."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            bind.strip("[]"), port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        with socket.socket(family, kind, protocol) as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            trial.bind(address)
    except OSError as error:
        return error
    return None


def missing_parts() -> list[str]:
    """Return the packages that cannot be found, without importing any."""
    missing = [name for names in PARTS.values() for name in names if importlib.util.find_spec(name) is None]
    spec = importlib.util.find_spec("espeakng_loader")
    folder = Path(spec.origin).parent if spec and spec.origin else None
    if folder and not (any(folder.glob("*espeak-ng*.*")) and (folder / "espeak-ng-data").is_dir()):
        missing.append("espeak-ng's library")
    return missing


def probe_store(settings: Settings) -> tuple[float, str]:
    """Write, read and remove a probe in the store of files; return the seconds, and why it failed or ""."""
    try:
        return file_store(settings).check(), ""
    except FileStoreUnavailable as error:
        return 0.0, str(error).removeprefix("the file store of STORE_URL failed: ").removesuffix("; try again")


def probe_database(url: str) -> tuple[float, str, str]:
    """Ask a database, and whether its user may work there; return the seconds, the version, and why not or ""."""
    if not url:
        return 0.0, "", ""
    from halfgig.server.postgres import PostgresDatabase

    rights = "has_database_privilege(current_database(), 'CREATE'), has_schema_privilege(current_schema(), 'CREATE')"
    try:
        with PostgresDatabase(url).open() as session:
            begun = time.monotonic()
            schema, tables, version = session.execute(f"SELECT {rights}, current_setting('server_version')").fetchone()
            took_s = time.monotonic() - begun
    except DatabaseUnavailable as error:
        return 0.0, "", str(error).removeprefix("the database cannot be used now: ")
    lacking = [what for what, may in (("schemas", schema), ("tables", tables)) if not may]
    return took_s, version.split()[0], f"its user may not make {' or '.join(lacking)}" if lacking else ""


def is_running(state: MemoryState | None, now: float) -> bool:
    """Return whether a server's memory state is recent."""
    return state is not None and abs(now - state.at) < NEWS_S


def findings(settings: Settings, environment: Mapping[str, str]) -> list[Check]:
    """Run all checks on this machine."""
    places, cpus, limit = ServerPaths.of(settings), cpu_quota(), memory_limit(settings.memory_limit)
    library = InstalledModels(settings.data_dir)
    installed = {model.name for model in library.all()}
    folders = {path.name for path in library.models.glob("[!.]*/") if path.is_dir()}
    refused = why_no_listening(settings.bind, settings.port)
    probed = probe_database(settings.database_url)
    found = [
        checks.of_memory(limit, settings.memory_limit, meter.used_bytes()),
        checks.of_kills(meter.oom_kills()),
        checks.of_processors(cpus),
        checks.of_workers(settings.workers, cpus, environment),
        checks.of_models(installed, folders - installed, settings.warm),
        checks.of_faces(settings),
        checks.of_origin(settings),
        checks.of_disk(
            settings.data_dir,
            free_bytes(settings.data_dir),
            file_system_of(settings.data_dir),
            {"KEEP_MB": settings.keep_mb, "AVATARS_MB": settings.avatars_mb},
            why_not_writable(settings.data_dir),
        ),
        checks.of_files(settings.store_url, *probe_store(settings)),
        checks.of_database(bool(settings.database_url), *probed),
        *([checks.of_nodes(JobStore.of(settings).nodes())] if settings.database_url and not probed[2] else []),
        checks.of_port(settings, refused, is_running(read_state(places.run), time.time())),
        checks.of_meeting(places),
        checks.of_access(settings),
        checks.of_host(settings, environment),
        checks.of_parts(missing_parts(), sum(map(len, PARTS.values()))),
    ]
    try:
        return [*found, checks.of_plan(*server_plan(settings))]
    except PlanDoesNotFit as error:
        said, _, mend = str(error).partition("; ")
        return [*found, checks.Check("plan", checks.WRONG, said, mend)]
