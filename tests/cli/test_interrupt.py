"""Stopping: at once, with nothing half-made left under any name and nothing left running."""

from __future__ import annotations

import os
import signal
import sys
from typing import TYPE_CHECKING

import pytest

from halfgig.server.supervisor.processes import children_of
from tests.support.media import PRESENTER
from tests.support.processes import own_cells, running
from tests.support.waiting import soon

if TYPE_CHECKING:
    from contextlib import AbstractContextManager
    from pathlib import Path

    from tests.support.processes import Running

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks on through /proc")

TALK = ("talk", str(PRESENTER))
SAY = ("say",)
COMMANDS = pytest.mark.parametrize(("command", "output"), [(TALK, "a.mp4"), (SAY, "a.opus")], ids=["talk", "say"])


def long_work(command: tuple[str, ...], output: Path, temporary: Path) -> AbstractContextManager[Running]:
    temporary.mkdir()
    return running(*command, "Bob may buy a map. " * 5000, "-o", output, TMPDIR=str(temporary))


def writing(folder: Path) -> bool:
    """Return whether something has been written below a folder."""
    return any(path.stat().st_size > 0 for path in folder.glob(".*.part"))


def nothing_left(run: Running, folder: Path) -> bool:
    assert list((folder / "tmp").iterdir()) == []
    assert [path.name for path in folder.iterdir()] == ["tmp"]
    # A child that was only just forked may first have to see that its parent is gone.
    assert soon(lambda: not run.left_running())
    return True


@COMMANDS
@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)], ids=["int", "term", "hup"]
)
def test_a_signal_stops_at_once_and_leaves_nothing(
    number: int, code: int, command: tuple[str, ...], output: str, tmp_path: Path
) -> None:
    with long_work(command, tmp_path / output, tmp_path / "tmp") as run:
        assert soon(lambda: writing(tmp_path))
        run.send(number)
        assert run.ended().code == code
        assert nothing_left(run, tmp_path)


@COMMANDS
def test_a_signal_before_the_work_has_begun_leaves_nothing(
    command: tuple[str, ...], output: str, tmp_path: Path
) -> None:
    with long_work(command, tmp_path / output, tmp_path / "tmp") as run:
        run.cell()
        run.send(signal.SIGINT)
        assert run.ended().code == 130
        assert nothing_left(run, tmp_path)


def test_ctrl_c_is_answered_in_one_line(tmp_path: Path) -> None:
    with long_work(SAY, tmp_path / "a.opus", tmp_path / "tmp") as run:
        assert soon(lambda: writing(tmp_path))
        run.send(signal.SIGINT)
        assert run.ended().err == "halfgig: stopped; nothing was written\n"


@COMMANDS
def test_a_killed_cell_is_told_in_one_sentence(command: tuple[str, ...], output: str, tmp_path: Path) -> None:
    with long_work(command, tmp_path / output, tmp_path / "tmp") as run:
        assert soon(lambda: writing(tmp_path))
        os.kill(run.cell(), signal.SIGKILL)
        assert run.ended().refused(4, "its cell was killed by SIGKILL", "try again")
        assert nothing_left(run, tmp_path)


def test_a_file_that_was_there_is_untouched_when_its_successor_is_stopped(tmp_path: Path) -> None:
    (tmp_path / "a.opus").write_bytes(b"the old one")
    with long_work(SAY, tmp_path / "a.opus", tmp_path / "tmp") as run:
        assert soon(lambda: writing(tmp_path))
        assert (tmp_path / "a.opus").read_bytes() == b"the old one"
        run.send(signal.SIGINT)
        run.ended()
    assert (tmp_path / "a.opus").read_bytes() == b"the old one"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.opus", "tmp"]


def test_a_command_under_nohup_outlives_its_terminal(tmp_path: Path) -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)  # inherited, as from nohup
    try:
        with long_work(SAY, tmp_path / "a.opus", tmp_path / "tmp") as run:
            assert soon(lambda: writing(tmp_path))
            run.send(signal.SIGHUP)
            assert run.process.poll() is None
            assert children_of(run.process.pid)
            run.send(signal.SIGTERM)
            assert run.ended().code == 143
    finally:
        signal.signal(signal.SIGHUP, before)


def test_leaving_the_library_early_ends_the_work() -> None:
    import halfgig

    before = own_cells()
    chunks = halfgig.speak("Bob may buy a map. " * 5000)
    assert next(chunks).pcm
    assert len(own_cells()) == len(before) + 1
    chunks.close()  # type: ignore[attr-defined]
    assert own_cells() == before
