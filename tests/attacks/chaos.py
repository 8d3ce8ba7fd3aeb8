"""A server under load in which something is killed, stopped, filled or garbled again and again, and what must hold.

Where a file system may be mounted, the server's folder is a small one that is filled for some seconds at a time. Where
Debian's package libfaketime is installed, the server's clock jumps, too.
"""

from __future__ import annotations

import contextlib
import os
import random
import signal
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from halfgig.server.supervisor.processes import descendants
from tests.attacks.clock import JUMPS, Clock
from tests.attacks.test_damaged_store import overwrite
from tests.attacks.test_full_disk import fill, small_disk
from tests.support.serving import serving

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.support.serving import Server

FAULT_EVERY_S = 10.0
SIGNALS = (signal.SIGKILL, signal.SIGKILL, signal.SIGSTOP)
DISK, FULL, FULL_S = "256m", "full disk", 5.0
"""Size of the disk that is filled, and for how many seconds."""

GARBAGE = "garbage"
"""Both databases are overwritten, once."""

CLOCK = "clock jump"

ALLOWED = {200, 202, 404, 413, 429, 503, 507}
"""Statuses that a client may get; 503 and 507 have a reason."""

STILL_S = 600.0
"""Seconds without progress of any accepted video, after the last fault, from which on those that are open are lost."""


class Chaos:
    """Sends requests, does harm, and counts what came of both."""

    def __init__(self, server: Server, seed: int, disk: Path | None, clock: Clock) -> None:
        self._server, self._disk, self._clock = server, disk, clock
        self._kinds = [*SIGNALS, GARBAGE, *([FULL] if disk else []), *([CLOCK] if clock.variables else [])]
        self._chance = random.Random(seed)
        self._over = threading.Event()
        self.answers = Counter[int | str]()
        self.faults = Counter[str]()
        self.accepted: list[str] = []
        self.silent_s = 0.0
        """The longest time from one answer of /healthz to the next."""
        self._healthy_at = time.monotonic()

    def run(self, seconds: float) -> list[str]:
        """Do harm under load for some seconds, then wait for the videos; return what does not hold."""
        with ThreadPoolExecutor() as pool:
            loads = [pool.submit(self._load, number) for number in range(4)]
            ends_at = time.monotonic() + seconds
            try:
                while time.monotonic() < ends_at:
                    time.sleep(FAULT_EVERY_S)
                    self._harm()
            finally:
                self._over.set()
        for load in loads:
            load.result()
        return self._wrongs()

    def _harm(self) -> None:
        fault = self._chance.choice(self._kinds)
        if fault == FULL and self._disk:
            fill(self._disk)
            self._over.wait(FULL_S)
            (self._disk / "filler").unlink()
        elif fault == CLOCK:
            self._clock.jump(self._chance.choice(JUMPS))
        elif fault == GARBAGE:
            self._kinds.remove(fault)
            for name in ("jobs.sqlite", "workflows.sqlite"):
                with contextlib.suppress(FileNotFoundError):
                    overwrite(self._server.data / "server" / name, 0)
        elif isinstance(fault, signal.Signals):
            pids = descendants(self._server.supervisor.pid)
            with contextlib.suppress(ProcessLookupError, IndexError):
                os.kill(self._chance.choice(pids), fault)
        self.faults[getattr(fault, "name", str(fault))] += 1

    def _load(self, number: int) -> None:
        with self._server.client() as client:
            while not self._over.wait(self._chance.uniform(0.5, 3)):
                try:
                    self._ask(client, number)
                except httpx.TransportError as error:  # the process that answered was killed
                    self.answers[type(error).__name__] += 1

    def _ask(self, client: httpx.Client, number: int) -> None:
        if number == 0:
            answer = client.post("/v1/videos", files={"idle": (None, "2"), "size": (None, "128")})
            if answer.status_code == httpx.codes.ACCEPTED:
                self.accepted.append(answer.json()["id"])
        elif number == 1:
            said = {"model": "tts-1", "voice": "en-us", "input": "Good morning. " * 30, "response_format": "pcm"}
            answer = client.post("/v1/audio/speech", json=said)
        elif number == 2:
            answer = client.get("/v1/videos")
        else:
            answer = client.get("/healthz")
            self.silent_s = max(self.silent_s, time.monotonic() - self._healthy_at)
            self._healthy_at = time.monotonic()
        self.answers[answer.status_code] += 1

    def _wrongs(self) -> list[str]:
        wrongs = [f"{count} answers {status}" for status, count in self.answers.items() if _is_wrong(status)]
        states = self._ended()
        wrongs += [f"{job} is {state}" for job, state in states.items() if state != "completed"]
        folders = {path.name for path in (self._server.data / "server").glob("videos/*")}
        return wrongs + [f"{job} has no folder" for job in states if job not in folders]

    def _ended(self) -> dict[str, str]:
        """Wait until each accepted video has ended, or nothing moves; return their states."""
        states, moved_at = dict[str, tuple[str, int]](), time.monotonic()
        with self._server.client() as client:
            while time.monotonic() < moved_at + STILL_S:
                with contextlib.suppress(httpx.TransportError):
                    found = {job: _state(client, job) for job in self.accepted}
                    if found != states:
                        states, moved_at = found, time.monotonic()
                    if not {"queued", "in_progress", "unknown"} & {status for status, _ in found.values()}:
                        break
                time.sleep(2)
        return {job: status for job, (status, _) in states.items()}


def _is_wrong(status: int | str) -> bool:
    return isinstance(status, int) and status not in ALLOWED


def _state(client: httpx.Client, job: str) -> tuple[str, int]:
    """Return a video's status and its percentage."""
    answer = client.get(f"/v1/videos/{job}")
    if answer.status_code != httpx.codes.OK:
        return "unknown", 0
    found = answer.json()
    return str(found["status"]), int(found["progress"])


def chaos(folder: Path, seconds: float, seed: int, workers: int) -> dict[str, Any]:
    """Run a server in 512 MB and do harm to it; return the figures, and what does not hold."""
    folder.mkdir(parents=True, exist_ok=True)
    clock = Clock(folder)
    with _disk(folder / "server") as disk, serving(folder, 512, WORKERS=str(workers), **clock.variables) as server:
        it = Chaos(server, seed, disk, clock)
        wrongs = it.run(seconds)
        family = [server.supervisor.pid, *descendants(server.supervisor.pid)]
    left = [pid for pid in family if _is_alive(pid)]
    return {
        "answers": dict(it.answers),
        "faults": dict(it.faults),
        "videos": len(it.accepted),
        "longest time without /healthz, s": round(it.silent_s, 1),
        "wrong": [*wrongs, *(f"process {pid} is left" for pid in left)],
    }


@contextlib.contextmanager
def _disk(folder: Path) -> Iterator[Path | None]:
    """Mount a small disk; yield None where that is not allowed."""
    with contextlib.ExitStack() as stack:
        try:
            disk = stack.enter_context(small_disk(folder, DISK))
        except pytest.skip.Exception:
            disk = None
        yield disk


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
