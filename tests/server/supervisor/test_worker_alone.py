"""`halfgig work`: a supervisor over the worker alone, without web processes."""

from __future__ import annotations

import os
import signal
import sys
from typing import TYPE_CHECKING

from halfgig.log import read_log
from halfgig.server.memory_state import read_state
from tests.capacity.hosts import linux
from tests.server.supervisor.servers import Server, supervised
from tests.support.processes import catches
from tests.support.waiting import gone, soon

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = linux


WORK = [sys.executable, "-m", "halfgig", "work"]


def worker_of(running: Server) -> int | None:
    """Return the process id of the worker; None while there is none."""
    state = read_state(running.run_dir)
    return state.pids.get("worker") if state else None


def test_a_worker_that_dies_is_started_again_without_web_processes(tmp_path: Path) -> None:
    with supervised(WORK, tmp_path) as running:
        assert soon(lambda: worker_of(running) is not None), running.said()
        first = worker_of(running)
        assert first
        os.kill(first, signal.SIGKILL)
        assert soon(lambda: worker_of(running) not in (None, first)), running.said()
        state = read_state(running.run_dir)
        assert state
        assert set(state.pids) == {"worker"}
        assert not (running.run_dir / "work.sock").exists()
        assert any("by SIGKILL" in line.text for line in read_log(running.run_dir, 100))


def test_a_worker_that_was_asked_to_end_by_somebody_else_is_started_again(tmp_path: Path) -> None:
    with supervised(WORK, tmp_path) as running:
        assert soon(lambda: worker_of(running) is not None), running.said()
        first = worker_of(running)
        assert first
        assert soon(lambda: catches(first, signal.SIGTERM))
        os.kill(first, signal.SIGTERM)
        assert soon(lambda: worker_of(running) not in (None, first)), running.said()
        assert "with exit code 0" in running.said()


def test_a_signal_ends_the_worker_and_its_supervisor(tmp_path: Path) -> None:
    with supervised(WORK, tmp_path) as running:
        assert soon(lambda: worker_of(running) is not None), running.said()
        worker = worker_of(running)
        assert worker
        assert soon(lambda: catches(worker, signal.SIGTERM))
        running.process.terminate()
        assert running.ended() == 0
        assert gone(worker)
        assert "did not end in time" not in running.said()
        assert running.left_running() == []
