"""A process that runs workflows of five small steps.

python -m tests.server.worker.videos.flow FOLDER EXECUTOR TTL MOST_ATTEMPTS QUEUE...

Each step writes a line "executor job step" to FOLDER/log.  At step three a job named "..slow" stays, "..held" waits for
FOLDER/go, "..shared" waits until two executors have jobs, "..poison" kills the process, and every job is broken off
while FOLDER/break exists.
"""

from __future__ import annotations

import functools
import os
import signal
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from halfgig.server.job_database import SqliteDatabase
from halfgig.server.postgres import PostgresDatabase
from halfgig.server.worker.videos.context import BrokenOff
from halfgig.server.worker.videos.lease import Lease
from halfgig.server.worker.videos.workflow import Recipe, Workflows

if TYPE_CHECKING:
    from collections.abc import Callable


NAMES = tuple(f"step {number}" for number in range(1, 6))

if TYPE_CHECKING:
    from collections.abc import Callable


def step(folder: Path, executor: str, name: str, job: str, before: int) -> int | None:
    """Leave a line, and do what the job's name says; return how many steps were done, None when the job has ended."""
    number = int(name.removeprefix("step "))
    assert before == number - 1
    with (folder / "log").open("a") as log:
        log.write(f"{executor} {job} {number}\n")
    if number == 3 and job.endswith("slow"):
        time.sleep(36_000)
    if number == 3 and job.endswith("held"):
        wait_until((folder / "go").exists)
    if number == 3 and job.endswith("shared"):
        wait_until(lambda: len({line.split()[0] for line in (folder / "log").read_text().splitlines()}) == 2)
    if number == 3 and job.endswith("poison"):
        os.kill(os.getpid(), signal.SIGKILL)
    if number == 3 and (folder / "break").exists():
        raise BrokenOff
    if number == 3 and job.endswith("raise"):
        raise ValueError(job)
    return None if job.endswith("two") and number == 2 else number


def recipe(job: str, do: Callable[[str, Any], Any]) -> str:
    """Do five steps, each given what the one before returned."""
    done = 0
    for name in NAMES:
        done = do(name, done)
        if done is None:
            return f"{job} ended in {name}"
    return "done"


def wait_until(true: Callable[[], bool]) -> None:
    """Wait for a condition."""
    while not true():
        time.sleep(0.02)


def answer(line: str) -> None:
    """Write a line."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> None:
    """Work until stdin ends: a line is "recover", "active", a job and its queue, or what to do and a job."""
    folder, executor, ttl_s = Path(sys.argv[1]), sys.argv[2], float(sys.argv[3])
    work = functools.partial(step, folder, executor)
    address = folder / "address"  # of a Postgres database, else SQLite
    url = address.read_text() if address.exists() else ""
    database = PostgresDatabase(url) if url else SqliteDatabase(folder / "leases.sqlite")
    lease = Lease(database, executor, ttl_s)
    url = url or f"sqlite:///{folder}/flows.sqlite"
    flows = Workflows(url, lease, Recipe(NAMES, recipe, work), int(sys.argv[4]), sys.argv[5:])
    flows.launch()
    answer("ready")
    for line in sys.stdin:
        match line.split():
            case ["recover"]:
                answer(" ".join(flows.recover()))
            case ["cancel", job]:
                flows.cancel(job)
                answer("")
            case ["take", job]:
                answer(" ".join(flows.take_up([job])))
            case ["active"]:
                answer(" ".join(flows.active()))
            case ["known", job]:
                known = flows.known([job]).get(job)
                answer(f"{known.status} {known.attempts}" if known else "unknown")
            case [job, *queue]:
                flows.enqueue(job, *queue)
                answer("")
    flows.close()


if __name__ == "__main__":
    main()
