"""The doctor's checks: pure functions from probed values to a grade, a finding and a fix."""

from __future__ import annotations

import errno
import ipaddress
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from halfgig.animators.registry import animators
from halfgig.capacity.plan import Plan, largest_size
from halfgig.capacity.throughput import format_duration
from halfgig.resources.limits import MB, Limit
from halfgig.server.paths import LONGEST_SOCKET_PATH, ServerPaths
from halfgig.tts.registry import kinds_of_engines

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from halfgig.server.nodes import Node
    from halfgig.settings import Settings


OK, WARNING, WRONG = "ok", "warning", "wrong"
"""The grades; WRONG means that the server will not run, or will not work."""

SLOW_DATABASE_S = 0.1
"""Seconds of a question to the database from which on requests are slow."""

LEAST_DISK_MB = 64
"""Least free disk space needed to make a video, MB."""

SHORTEST_KEY = 16
"""Shortest API key that is hard to guess, in characters."""

SLOW_STORE_S = 2.0
"""Seconds of the three requests of a probe above which a store is slow; it takes 0.2 s in the next region."""

HOSTS = {
    "RENDER": "Render",
    "FLY_APP_NAME": "Fly",
    "RAILWAY_ENVIRONMENT": "Railway",
    "K_SERVICE": "Cloud Run",
    "SPACE_ID": "Spaces",
}
"""Environment variables set by hosting services, and their names."""

IN_MEMORY = ("tmpfs", "ramfs")
"""File systems whose files use memory."""


@dataclass(frozen=True, slots=True)
class Check:
    """The result of one check."""

    topic: str
    """What was checked: "memory", "port"."""
    grade: str
    """OK, WARNING or WRONG."""
    said: str
    """What was found."""
    mend: str = ""
    """How to fix it; empty if nothing needs to be done."""


def of_memory(limit: Limit, setting_bytes: int | None, used_bytes: int | None) -> Check:
    """Check the memory limit and the memory in use."""
    used = "" if used_bytes is None else f"; {used_bytes // MB:,} MB of it in use now"
    said = f"{limit.mb:,} MB ({limit.source}){used}"
    if setting_bytes is not None and setting_bytes > limit.bytes:
        said += f"; MEMORY_LIMIT is {setting_bytes // MB:,} MB, more than there is"
        return Check("memory", WARNING, said, f"unset MEMORY_LIMIT, or set it to {limit.mb}M at most")
    return Check("memory", OK, said)


def of_kills(kills: int | None) -> Check:
    """Check the number of processes that the kernel killed for memory."""
    if kills is None:
        return Check("kills", OK, "this system does not count what the kernel kills for memory")
    if kills == 0:
        return Check("kills", OK, "the kernel has killed nothing here for memory")
    said = f"the kernel has killed {kills} of this control group's processes for memory since it was made"
    return Check("kills", WARNING, said, "see whether another program shares the limit; set MEMORY_LIMIT below it")


def of_processors(cpus: float) -> Check:
    """Report the number of processors and the expected speed."""
    times = [
        f"{format_duration(spec.throughput.seconds(10, cpus))} with {spec.title}"
        for spec in reversed(kinds_of_engines())
    ]
    video = format_duration(animators()[0].throughput(512).seconds(10, cpus))
    said = f"{cpus:.3g}: 10 s of speech take about {' and '.join(times)}, the frames of 10 s of video {video}"
    return Check("cpus", OK, said)


def of_workers(workers: int, cpus: float, environment: Mapping[str, str]) -> Check:
    """Check the number of web processes."""
    names = ("HALFGIG_WORKERS", "WORKERS", "WEB_CONCURRENCY")
    source = next((name for name in names if environment.get(name)), "the default, or --workers")
    said = f"{workers} ({source})"
    if workers > max(2, 2 * cpus):
        said += f", more than {cpus:.3g} CPU can keep busy; no model lives in them"
        return Check("workers", WARNING, said, "set WORKERS=1, and more when /healthz grows slow")
    return Check("workers", OK, said)


def of_models(installed: Iterable[str], damaged: Iterable[str], warm: Iterable[str]) -> Check:
    """Check the installed models, given by name."""
    there, broken = sorted(installed), sorted(damaged)
    cold = sorted(set(warm) - set(there))
    said = f"{', '.join(there)}" if there else "none; espeak-ng speaks, the puppet moves"
    if broken:
        again = f"halfgig pull {broken[0]}"
        return Check("models", WARNING, f"{said}; {', '.join(broken)} cannot be read", f"fetch it again: {again}")
    if cold:
        mend = f"fetch it: halfgig pull {cold[0]}; or take it out of WARM"
        return Check("models", WARNING, f"{said}; WARM names {', '.join(cold)}, which is not there", mend)
    return Check("models", OK, said, "" if there else "for a person's voice: halfgig pull kokoro")


def of_access(settings: Settings) -> Check:
    """Check who can use the server."""
    if any(len(key) < SHORTEST_KEY for key in settings.api_keys):
        said = f"a key of API_KEYS has fewer than {SHORTEST_KEY} characters and may be guessed"
        return Check("access", WARNING, said, "make one with: openssl rand -hex 16")
    if settings.api_keys:
        return Check("access", OK, f"{len(settings.api_keys)} API keys" if settings.api_keys[1:] else "1 API key")
    if is_loopback(settings.bind):
        return Check("access", OK, f"no keys, and only this machine reaches {settings.bind}")
    said = f"anyone who reaches {settings.bind} may ask: API_KEYS is not set"
    return Check("access", WARNING, said, "set API_KEYS to one key or more, separated by commas")


def of_host(settings: Settings, environment: Mapping[str, str]) -> Check:
    """Check whether the hosting service can reach the server."""
    host = next((name for variable, name in HOSTS.items() if environment.get(variable)), "")
    if not host:
        return Check("host", OK, "none that is known")
    if is_loopback(settings.bind):
        said = f"{host}, whose visitors cannot reach {settings.bind}"
        return Check("host", WARNING, said, "set BIND=0.0.0.0")
    return Check("host", OK, host)


def of_faces(settings: Settings) -> Check:
    """Report which face detector is used."""
    if settings.face_detector is None:
        return Check("faces", OK, "looked for with YuNet, as shipped")
    return Check("faces", OK, f"looked for with YuNet, {settings.face_detector} (FACE_DETECTOR)")


def of_origin(settings: Settings) -> Check:
    """Report how files say that they are synthetic, and who signs that."""
    layers = {"SOUND_MARK": settings.sound_mark, "PICTURE_MARK": settings.picture_mark, "C2PA": settings.c2pa}
    off = [name for name, is_on in layers.items() if not is_on]
    signed = "by SIGNING_CERT" if settings.signing_cert else "by this installation's own key, which others do not know"
    marks = {"speech": settings.sound_mark, "video": settings.picture_mark}
    marked = ", ".join(f"{what} is {'' if is_on else 'not '}marked" for what, is_on in marks.items())
    signed += f", with time stamps of {settings.timestamp_url}" if settings.timestamp_url else ""
    files = f"signed {signed}" if settings.c2pa else "not signed"
    said = f"files say in their metadata that they are synthetic, and are {files}; {marked}"
    if off:
        mend = f"where the EU's AI Act applies, leave {' and '.join(off)} on: docs/origin.md"
        return Check("origin", WARNING, f"{said} ({', '.join(off)} off)", mend)
    has_key = bool(settings.signing_key or settings.signing_command)
    if has_key != bool(settings.signing_cert):
        return Check("origin", WRONG, f"{said}: half of it is missing", "set SIGNING_CERT and SIGNING_KEY, or none")
    return Check("origin", OK, said)


def of_disk(folder: Path, free: int, file_system: str, bounds_mb: Mapping[str, float], refusal: str) -> Check:
    """Check DATA_DIR: free bytes, the file system's type, and the error on writing ("" if it can be written).

    `bounds_mb` are the settings that bound what is kept there, by name.
    """
    free_mb = free // MB
    said = f"{folder}: {free_mb:,} MB free"
    if refusal:
        return Check(
            "disk", WRONG, f"no file can be made in {folder}: {refusal}", "set DATA_DIR to a folder that is yours"
        )
    if free_mb < LEAST_DISK_MB:
        return Check("disk", WRONG, f"{said}, and {LEAST_DISK_MB} MB are the least", "make room, or move DATA_DIR")
    if file_system in IN_MEMORY:
        return Check("disk", WARNING, f"{said} in a {file_system}: files there count as memory", "move DATA_DIR")
    if free_mb < sum(bounds_mb.values()):
        lower = " ".join(
            f"{name}={max(1, int(free_mb / 2 * mb / sum(bounds_mb.values())))}" for name, mb in bounds_mb.items()
        )
        kept = " and ".join(f"{mb:.0f} MB ({name})" for name, mb in bounds_mb.items())
        return Check("disk", WARNING, f"{said}, and what is kept may take {kept}", f"make room, or set {lower}")
    return Check("disk", OK, said)


def of_files(store_url: str, took_s: float, refusal: str) -> Check:
    """Check the store of videos' files: the seconds of writing, reading and removing a probe, or why that failed."""
    if not store_url:
        return Check("files", OK, "kept in DATA_DIR; STORE_URL names a store that several nodes share")
    kind = store_url.partition(":")[0]
    if refusal:
        mend = "compare STORE_URL, AWS_ENDPOINT_URL, AWS_REGION and the credentials with the store's own"
        if "403" in refusal or "401" in refusal:
            mend = "give the credentials the rights to list, read, write and delete below STORE_URL"
        elif "404" in refusal:
            mend = "make the bucket that STORE_URL names"
        return Check("files", WRONG, f"the store of STORE_URL ({kind}) cannot be used: {refusal}", mend)
    said = f"the store of STORE_URL ({kind}) takes, gives and removes a probe in {took_s * 1000:.0f} ms"
    if took_s > SLOW_STORE_S:
        return Check("files", WARNING, f"{said}, which every group of frames waits for", "use a store that is nearer")
    return Check("files", OK, said)


def of_nodes(nodes: Sequence[Node]) -> Check:
    """Check the nodes that share the database: there should be one, and all of one version."""
    if not nodes:
        return Check("nodes", WARNING, "no worker shares the database now", "start halfgig serve, or halfgig work")
    said = "; ".join(
        f"{node.name} ({node.id.rpartition('-')[2]}): {', '.join(node.roles) or 'nothing'}, {node.memory_mb} MB, "
        f"{node.cpus:g} processors, halfgig {node.version}, heard of {node.age_s:.0f} s ago"
        for node in nodes
    )
    if len({node.version for node in nodes}) > 1:
        return Check("nodes", WARNING, said, "end the nodes of the older version: the others go on with their videos")
    return Check("nodes", OK, said)


def of_database(is_shared: bool, took_s: float, version: str, refusal: str) -> Check:
    """Check the database: the seconds of a question to it and its version, or why it cannot be used."""
    if not is_shared:
        return Check("database", OK, "SQLite in DATA_DIR; DATABASE_URL names one that several nodes share")
    if refusal:
        mend = "compare DATABASE_URL with the database's own; its user must be allowed to make tables and a schema"
        return Check("database", WRONG, f"the database of DATABASE_URL cannot be used: {refusal}", mend)
    said = f"Postgres {version} answers in {took_s * 1000:.1f} ms, and its user may make tables and a schema"
    if took_s > SLOW_DATABASE_S:
        return Check("database", WARNING, f"{said}; each request asks it several times", "use one that is nearer")
    return Check("database", OK, said)


def of_port(settings: Settings, refused: OSError | None, running: bool) -> Check:
    """Check whether the server can listen; `refused` is the error of trying to."""
    where = f"{settings.bind}:{settings.port}"
    if refused is None:
        return Check("port", OK, f"{where} is free")
    if refused.errno == errno.EADDRINUSE and running:
        return Check("port", OK, f"{where} is held by the server that runs on this DATA_DIR")
    if refused.errno == errno.EADDRINUSE:
        return Check("port", WRONG, f"{where} is taken by another program", f"set PORT={settings.port % 65535 + 1}")
    if refused.errno == errno.EACCES:
        return Check("port", WRONG, f"{where} may not be used by this user", "set PORT=8000")
    said = f"{where} cannot be listened at: {refused.strerror}"
    return Check("port", WRONG, said, "set BIND to an address of this machine, as 127.0.0.1 or 0.0.0.0")


def of_meeting(places: ServerPaths) -> Check:
    """Check the length of the socket's path."""
    length = len(os.fsencode(places.socket))
    if length > LONGEST_SOCKET_PATH:
        said = f"{places.socket} has {length} bytes; a socket's path may have {LONGEST_SOCKET_PATH}"
        return Check("socket", WRONG, said, "set RUN_DIR to a short path, as /tmp/halfgig")
    return Check("socket", OK, str(places.socket))


def of_parts(missing: Iterable[str], wanted: int) -> Check:
    """Check for missing packages; `wanted` is the number of packages needed."""
    names = sorted(missing)
    if names:
        return Check(
            "packages", WRONG, f"not installed: {', '.join(names)}", "run: pip install --force-reinstall halfgig"
        )
    return Check("packages", OK, f"all {wanted} are there, espeak-ng's library and voices too")


def of_plan(plan: Plan, refusals: Sequence[str] = ()) -> Check:
    """Report what will run; `refusals` are the sentences on installed models that do not fit."""
    both = "side by side" if plan.together else "in turns"
    sizes = f"{plan.used_mb:,} MB at most, {plan.reserve_mb} MB in reserve"
    load = plan.workload
    assert load
    planned = [spec for spec in animators() if spec.name in {render[0].name for render in load.renders}]
    frames = [f"{spec.title} with frames of up to {largest_size(plan, spec.costs):,} pixels" for spec in planned]
    said = f"{sizes}: {load.speech.title} and video {both}; {', '.join(frames)}"
    if refusals:
        sums, mends = zip(*(refusal.split("; ", 1) for refusal in refusals), strict=True)
        return Check("plan", WARNING, "; ".join((said, *sums)), mends[-1])
    return Check("plan", OK, said, "all of it: halfgig plan")


def is_loopback(bind: str) -> bool:
    """Return whether an address is reachable from this machine only."""
    try:
        return bind == "localhost" or ipaddress.ip_address(bind.strip("[]")).is_loopback
    except ValueError:
        return False
