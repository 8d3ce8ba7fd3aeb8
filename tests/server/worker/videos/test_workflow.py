"""What halfgig needs of DBOS, held by tests because it is another's: killed, handed over, given up, cancelled."""

from __future__ import annotations

import contextlib
import sqlite3
import subprocess
import sys
from typing import TYPE_CHECKING

import psycopg

from halfgig.server.worker.videos.workflow import MOST_STARTED, QUEUE
from tests.support.command import plain_environment
from tests.support.media import ROOT
from tests.support.waiting import PATIENCE_S, soon

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.support.postgres import Server


class Flow:
    """Talk to a process that runs workflows."""

    def __init__(self, folder: Path, executor: str, ttl_s: float, most_attempts: int, queue: str) -> None:
        command = (
            sys.executable,
            "-m",
            "tests.server.worker.videos.flow",
            str(folder),
            executor,
            str(ttl_s),
            str(most_attempts),
            queue,
        )
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, cwd=ROOT, env=plain_environment())
        self.answer()

    def answer(self) -> str:
        """Read a line."""
        assert self.process.stdout
        return self.process.stdout.readline().strip()

    def ask(self, line: str) -> str:
        """Send a line and read the answer."""
        assert self.process.stdin
        self.process.stdin.write(f"{line}\n")
        self.process.stdin.flush()
        return self.answer()

    def kill(self) -> None:
        """End it at once."""
        self.process.kill()
        self.process.communicate()

    def end(self) -> int:
        """Wait for its end; return its exit code."""
        self.process.communicate(timeout=PATIENCE_S)
        return self.process.returncode


@contextlib.contextmanager
def flow(
    folder: Path, executor: str = "one", ttl_s: float = 60, most_attempts: int = 100, queue: str = QUEUE
) -> Iterator[Flow]:
    it = Flow(folder, executor, ttl_s, most_attempts, queue)
    try:
        yield it
    finally:
        it.kill()


def log(folder: Path) -> list[str]:
    path = folder / "log"
    return path.read_text().splitlines() if path.exists() else []


def test_a_job_goes_through_its_steps_in_order(tmp_path: Path) -> None:
    with flow(tmp_path) as it:
        it.ask("a")
        assert soon(lambda: it.ask("known a") == "SUCCESS 1")
        assert log(tmp_path) == [f"one a {step}" for step in range(1, 6)]
        assert it.end() == 0


def test_a_job_handed_over_twice_is_done_once(tmp_path: Path) -> None:
    with flow(tmp_path) as it:
        it.ask("a")
        it.ask("a")
        assert soon(lambda: it.ask("known a") == "SUCCESS 1")
        it.ask("a")
        it.ask("b")
        assert soon(lambda: it.ask("known b") == "SUCCESS 1")
    assert [line for line in log(tmp_path) if " a " in line] == [f"one a {step}" for step in range(1, 6)]


def test_a_step_that_says_no_ends_the_job(tmp_path: Path) -> None:
    with flow(tmp_path) as it:
        it.ask("two")
        assert soon(lambda: it.ask("known two") == "SUCCESS 1")
    assert log(tmp_path) == ["one two 1", "one two 2"]


def test_a_killed_executor_goes_on_at_the_step_it_was_in(tmp_path: Path) -> None:
    with flow(tmp_path) as it:
        it.ask("slow")
        assert soon(lambda: len(log(tmp_path)) == 3)
        it.kill()
    with flow(tmp_path):
        assert soon(lambda: len(log(tmp_path)) == 4)
    assert log(tmp_path) == ["one slow 1", "one slow 2", "one slow 3", "one slow 3"]


def test_another_executor_takes_over_what_a_dead_one_left_and_not_before_it_counts_as_dead(tmp_path: Path) -> None:
    with flow(tmp_path, "one") as it, flow(tmp_path, "two") as other:
        it.ask("slow")
        assert soon(lambda: len(log(tmp_path)) == 3)
        owner, heir = (it, other) if log(tmp_path)[0].startswith("one") else (other, it)
        owner.kill()
        assert heir.ask("recover") == ""
        dead = "one" if owner is it else "two"
        with sqlite3.connect(tmp_path / "leases.sqlite") as database:
            database.execute("UPDATE executor_lease SET beat = beat - 60 WHERE id = ?", (dead,))
        assert heir.ask("recover") == dead
        assert soon(lambda: len(log(tmp_path)) == 4)
    assert log(tmp_path)[-1] == f"{'two' if owner is it else 'one'} slow 3"


def test_another_executor_takes_over_what_a_dead_one_left_in_postgres(tmp_path: Path, postgres: Server) -> None:
    url = postgres.new()
    (tmp_path / "address").write_text(url)
    with flow(tmp_path, "one") as it, flow(tmp_path, "two") as other:
        it.ask("slow")
        assert soon(lambda: len(log(tmp_path)) == 3)
        owner, heir = (it, other) if log(tmp_path)[0].startswith("one") else (other, it)
        owner.kill()
        assert heir.ask("recover") == ""
        dead = "one" if owner is it else "two"
        with psycopg.connect(url) as connection:
            connection.execute("UPDATE executor_lease SET beat = beat - 60 WHERE id = %s", (dead,))
        assert heir.ask("recover") == dead
        assert soon(lambda: len(log(tmp_path)) == 4)
    assert log(tmp_path)[-1] == f"{'two' if owner is it else 'one'} slow 3"


def test_an_executor_that_ends_well_signs_off_so_that_others_go_on_at_once(tmp_path: Path) -> None:
    (tmp_path / "break").touch()
    with flow(tmp_path, "one") as it:
        it.ask("a")
        assert soon(lambda: len(log(tmp_path)) == 3)
        assert it.end() == 0
    (tmp_path / "break").unlink()
    with flow(tmp_path, "two") as it:
        assert it.ask("recover") == "one"
        assert soon(lambda: it.ask("known a") == "SUCCESS 2")
    assert log(tmp_path)[3:] == ["two a 3", "two a 4", "two a 5"]


def test_what_is_broken_off_goes_on_at_the_next_start(tmp_path: Path) -> None:
    (tmp_path / "break").touch()
    with flow(tmp_path) as it:
        it.ask("a")
        assert soon(lambda: len(log(tmp_path)) == 3)
        assert it.end() == 0
    (tmp_path / "break").unlink()
    with flow(tmp_path) as it:
        assert soon(lambda: it.ask("known a") == "SUCCESS 2")
    assert log(tmp_path)[3:] == ["one a 3", "one a 4", "one a 5"]


def test_what_was_left_goes_on_beside_another_job_that_takes_long(tmp_path: Path) -> None:
    with flow(tmp_path) as it:
        it.ask("held")
        assert soon(lambda: len(log(tmp_path)) == 3)
        (tmp_path / "break").touch()
        it.ask("a")
        assert soon(lambda: "one a 3" in log(tmp_path))
        (tmp_path / "break").unlink()
        assert soon(lambda: it.ask("take a") == "a")
        assert soon(lambda: it.ask("known a") == "SUCCESS 2")
        assert it.ask("take held") == ""  # a thread works on it
    assert log(tmp_path).count("one held 3") == 1


def test_two_executors_share_a_queue_and_do_nothing_twice(tmp_path: Path) -> None:
    jobs = [f"{number}shared" for number in range(MOST_STARTED + 2)]  # more than one takes
    with flow(tmp_path, "one") as it, flow(tmp_path, "two") as other:
        for job in jobs:
            it.ask(job)
        assert soon(lambda: all(other.ask(f"known {job}") == "SUCCESS 1" for job in jobs))
    lines = log(tmp_path)
    assert sorted(line.partition(" ")[2] for line in lines) == sorted(f"{job} {n}" for job in jobs for n in range(1, 6))
    assert {line.partition(" ")[0] for line in lines} == {"one", "two"}


def test_a_job_is_taken_by_an_executor_of_its_queue_alone(tmp_path: Path) -> None:
    with flow(tmp_path, "one", queue="puppets") as it, flow(tmp_path, "two", queue="heads") as other:
        it.ask("a heads")
        other.ask("b puppets")
        it.ask("c heads")
        assert soon(lambda: all(it.ask(f"known {job}") == "SUCCESS 1" for job in "abc"))
    assert {line.rpartition(" ")[0] for line in log(tmp_path)} == {"two a", "one b", "two c"}


def test_a_job_that_kills_its_executor_again_and_again_is_given_up(tmp_path: Path) -> None:
    for start in range(1, 4):
        with flow(tmp_path, most_attempts=2) as it:
            if start == 1:
                it.ask("poison")
            it.process.wait(timeout=PATIENCE_S)
    with flow(tmp_path, most_attempts=2) as it:
        assert soon(lambda: it.ask("known poison").startswith("MAX_RECOVERY_ATTEMPTS_EXCEEDED"))
        it.ask("a")
        assert soon(lambda: it.ask("known a") == "SUCCESS 1")


def test_an_error_nobody_foresaw_is_known_afterwards(tmp_path: Path) -> None:
    with flow(tmp_path) as it:
        it.ask("raise")
        assert soon(lambda: it.ask("known raise") == "ERROR 1")


def test_a_cancelled_job_does_not_go_on_and_the_next_one_does(tmp_path: Path) -> None:
    with flow(tmp_path) as it:
        it.ask("held")
        assert soon(lambda: len(log(tmp_path)) == 3)
        it.ask("cancel held")
        (tmp_path / "go").touch()
        it.ask("a")
        assert soon(lambda: it.ask("known a") == "SUCCESS 1")
        assert it.ask("known held") == "CANCELLED 1"
    assert "one held 4" not in log(tmp_path)


def test_a_cancelled_job_is_active_until_its_thread_ends_so_that_it_is_not_forgotten_before(tmp_path: Path) -> None:
    with flow(tmp_path) as it:
        it.ask("held")
        assert soon(lambda: len(log(tmp_path)) == 3)
        it.ask("cancel held")
        assert it.ask("known held") == "CANCELLED 1"
        assert it.ask("active") == "held"
        (tmp_path / "go").touch()
        assert soon(lambda: not it.ask("active"))
