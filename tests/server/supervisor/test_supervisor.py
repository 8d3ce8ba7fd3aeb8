"""The supervisor starts the other processes, restarts crashed ones, loses nothing, and ends in time."""

from __future__ import annotations

import os
import signal
import socket
import stat
from typing import TYPE_CHECKING

import pytest

from halfgig.errors import BadSetting, PlanDoesNotFit
from halfgig.log import read_log
from halfgig.resources.limits import MB
from halfgig.resources.meter import process_memory
from halfgig.server.memory_state import read_state
from halfgig.server.supervisor.listener import check_port
from halfgig.server.supervisor.main_loop import serve
from halfgig.server.supervisor.processes import children_of
from halfgig.settings import Settings
from tests.capacity.hosts import linux
from tests.server.supervisor.servers import WEB, WORK, ready_server, server
from tests.support.command import halfgig, plain_environment
from tests.support.serving import free_port
from tests.support.waiting import gone, soon

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = linux

DIES = "import sys; sys.exit(3)"

FORKS = f"""
import os, time
if os.fork() == 0:
    time.sleep(36_000)
{WEB}
"""

STUBBORN = f"""
import signal
signal.signal(signal.SIGTERM, signal.SIG_IGN)
{WEB}
"""

ORPHANING = f"""
import os
middle = os.fork()
if middle == 0:
    if os.fork() == 0:
        os._exit(0)
    os._exit(0)
os.waitpid(middle, 0)
print("orphaned", file=__import__("sys").stderr, flush=True)
{WEB}
"""

DRAINS = """
import os, signal, sys, time
def end(*_):
    time.sleep(0.3)
    print("NAME has drained", file=sys.stderr, flush=True)
    sys.exit(0)
signal.signal(signal.SIGTERM, end)
"""


def test_work_is_not_started_before_somebody_asks(tmp_path: Path) -> None:
    with ready_server(tmp_path) as running:
        assert set(state_of(running.run_dir)) == {"web"}
        running.ask()
        assert soon(lambda: set(state_of(running.run_dir)) == {"web", "worker"})


def test_work_is_started_at_once_where_the_book_has_jobs(tmp_path: Path) -> None:
    (tmp_path / "server").mkdir()
    (tmp_path / "server" / "jobs.sqlite").touch()
    with server(tmp_path) as running:
        assert soon(lambda: "worker" in state_of(running.run_dir))


def test_a_connection_made_while_work_is_dead_is_answered_by_the_next(tmp_path: Path) -> None:
    with ready_server(tmp_path) as running:
        first = running.ask()
        os.kill(int(first), signal.SIGKILL)
        assert soon(lambda: process_memory(int(first)) is None)  # what it had accepted itself would be lost
        assert running.ask() != first


def test_work_that_ended_well_is_started_again_only_when_it_is_asked(tmp_path: Path) -> None:
    with ready_server(tmp_path) as running:
        running.ask(b"end")
        assert running.says("it was idle")
        assert soon(lambda: "worker" not in state_of(running.run_dir))
        assert running.ask().isdigit()


def test_work_that_ends_well_without_taking_a_connection_is_started_with_patience(tmp_path: Path) -> None:
    with ready_server(tmp_path, work="") as running, socket.socket(socket.AF_UNIX) as client:
        client.connect(str(running.run_dir / "work.sock"))
        assert running.says("starting it again in 0.4 s")


def test_web_is_restarted_and_each_time_later(tmp_path: Path) -> None:
    with ready_server(tmp_path) as running:
        for times, wait in enumerate(("0.1", "0.2"), start=1):
            assert running.says("web is ready", times)
            os.kill(state_of(running.run_dir)["web"], signal.SIGKILL)
            assert running.says(f"starting it again in {wait} s")
        assert running.says("web is ready", 3)


def test_what_happened_stands_in_the_log_and_outlives_the_server(tmp_path: Path) -> None:
    with ready_server(tmp_path) as running:
        web = state_of(running.run_dir)["web"]
        os.kill(web, signal.SIGKILL)
        assert running.says("starting it again")
        running.process.terminate()
        assert running.ended() == 0
        lines = read_log(running.run_dir, 100)
    (killed,) = [line for line in lines if f"process {web}" in line.text]
    assert (killed.level, killed.source, "by SIGKILL" in killed.text) == ("warning", "supervisor", True)
    assert lines[0].text.startswith("halfgig ")
    assert lines[-1].text == "ended"
    assert not any(line.text.startswith("memory used") for line in lines)


def test_what_web_leaves_behind_ends_with_it(tmp_path: Path) -> None:
    with ready_server(tmp_path, web=FORKS) as running:
        before = set(running.left_running())
        os.kill(state_of(running.run_dir)["web"], signal.SIGKILL)
        assert running.says("web is ready", 2)
        assert set(running.left_running()) & before == {running.process.pid}


def test_a_crash_loop_of_web_ends_with_a_sentence(tmp_path: Path) -> None:
    with server(tmp_path, web=DIES) as running:
        assert running.ended() == 1
        assert "giving up: web (process" in running.said()
        assert "with exit code 3" in running.said()
        assert running.left_running() == []


def test_a_crash_loop_of_work_leaves_web_alone(tmp_path: Path) -> None:
    with ready_server(tmp_path, work=DIES) as running, socket.socket(socket.AF_UNIX) as client:
        client.connect(str(running.run_dir / "work.sock"))
        assert running.says("every 30 s")
        assert set(state_of(running.run_dir)) == {"web"}


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=["SIGTERM", "SIGINT"])
def test_the_end_is_a_good_one(number: signal.Signals, tmp_path: Path) -> None:
    with ready_server(tmp_path) as running:
        running.ask()
        running.process.send_signal(number)
        assert running.ended() == 0
        assert running.left_running() == []
        assert not (running.run_dir / "work.sock").exists()


def test_web_drains_before_work(tmp_path: Path) -> None:
    web, work = DRAINS.replace("NAME", "web") + WEB, DRAINS.replace("NAME", "worker") + WORK
    with ready_server(tmp_path, web=web, work=work) as running:
        running.ask()
        running.process.send_signal(signal.SIGTERM)
        assert running.ended() == 0
        said = running.said()
        assert 0 < said.index("web has drained") < said.index("worker has drained")


def test_work_still_answers_while_web_drains(tmp_path: Path) -> None:
    with ready_server(tmp_path, web=STUBBORN, DRAIN_SECONDS="3600") as running:
        running.process.send_signal(signal.SIGTERM)
        assert running.says("SIGTERM: ending")
        assert running.ask().isdigit()


def test_what_does_not_drain_is_killed_in_time(tmp_path: Path) -> None:
    with ready_server(tmp_path, web=STUBBORN, DRAIN_SECONDS="0.5") as running:
        running.process.send_signal(signal.SIGTERM)
        assert running.ended() == 0
        assert "web did not end in time" in running.said()
        assert running.left_running() == []


def test_nothing_outlives_a_supervisor_that_is_killed(tmp_path: Path) -> None:
    with ready_server(tmp_path) as running:
        running.ask()
        running.process.kill()
        running.ended()
        assert soon(lambda: running.left_running() == [])


def test_a_new_supervisor_takes_over_after_one_that_was_killed(tmp_path: Path) -> None:
    with ready_server(tmp_path) as first:
        first.process.kill()
        first.ended()
        with ready_server(tmp_path) as second:
            assert second.ask().isdigit()
            assert "the last run did not end normally" in second.said()


def test_a_good_end_is_not_reported_at_the_next_start(tmp_path: Path) -> None:
    with ready_server(tmp_path) as first:
        first.process.terminate()
        assert first.ended() == 0
        with ready_server(tmp_path) as second:
            assert "did not end normally" not in second.said()


def test_orphans_are_reaped(tmp_path: Path) -> None:
    with ready_server(tmp_path, web=ORPHANING) as running:
        web = state_of(running.run_dir)["web"]
        assert running.says("orphaned")
        assert soon(lambda: children_of(running.process.pid) == [web])


def test_web_is_told_to_reload(tmp_path: Path) -> None:
    web = "import signal, sys\nsignal.signal(signal.SIGHUP, lambda *_: sys.stderr.write('reloaded\\n'))\n" + WEB
    with ready_server(tmp_path, web=web) as running:
        running.process.send_signal(signal.SIGHUP)
        assert running.says("reloaded")


def test_two_servers_do_not_share_their_data(tmp_path: Path) -> None:
    with ready_server(tmp_path) as running, pytest.raises(BadSetting, match=rf"process {running.process.pid}\b"):
        serve(Settings(data_dir=tmp_path))


def test_only_the_owner_reaches_the_socket(tmp_path: Path) -> None:
    with ready_server(tmp_path) as running:
        assert stat.S_IMODE(running.run_dir.stat().st_mode) == 0o700
        assert stat.S_IMODE((running.run_dir / "work.sock").stat().st_mode) == 0o600


def test_a_socket_path_that_is_too_long_names_the_setting(tmp_path: Path) -> None:
    with pytest.raises(BadSetting, match="RUN_DIR"):
        serve(Settings(data_dir=tmp_path, run_dir=tmp_path / ("long" * 25)))


def test_what_cannot_fit_is_refused_before_anything_starts(tmp_path: Path) -> None:
    with pytest.raises(PlanDoesNotFit, match="64 x"):
        serve(Settings(data_dir=tmp_path, workers=64, memory_limit=512 * MB))
    assert list(tmp_path.iterdir()) == []


def test_it_says_what_it_starts_with_and_what_is_unwise(tmp_path: Path) -> None:
    with ready_server(tmp_path, BIND="0.0.0.0") as running:
        assert "limit 512 MB (--memory)" in running.said()
        assert "warning: anyone who reaches 0.0.0.0" in running.said()


def state_of(run_dir: Path) -> dict[str, int]:
    """Return the ids of the running processes by name, from the supervisor's state file."""
    state = read_state(run_dir)
    return {} if state is None else {name: pid for name, pid in state.pids.items() if not gone(pid)}


def test_a_port_that_is_taken_is_refused_at_once_and_by_the_name_of_its_setting(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as busy:
        port = str(busy.getsockname()[1])
        ran = halfgig("serve", "--port", port, env=plain_environment(DATA_DIR=str(tmp_path)))
    assert ran.refused(2, port, "set PORT", "in use")


def test_an_address_that_is_not_ours_is_refused() -> None:
    with pytest.raises(BadSetting, match="BIND"):
        check_port("192.0.2.1", free_port())


def test_what_the_supervisor_refuses_is_one_sentence(tmp_path: Path) -> None:
    environ = plain_environment(DATA_DIR=str(tmp_path), RUN_DIR=str(tmp_path / ("long" * 25)))
    assert halfgig("serve", env=environ).refused(2, "RUN_DIR", "100")


def test_what_other_users_could_read_is_closed_and_said(tmp_path: Path) -> None:
    root = tmp_path / "server"
    root.mkdir()
    (root / "jobs.sqlite").write_bytes(b"")
    root.chmod(0o755)
    (root / "jobs.sqlite").chmod(0o644)
    with ready_server(tmp_path) as running:
        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (root, *root.iterdir())}
        said = running.said()
    assert {name: mode for name, mode in modes.items() if mode & 0o077} == {}
    assert "jobs.sqlite was open to other users (mode 0644), and is not any more" in said


def test_an_address_of_ipv6_is_written_as_browsers_read_it() -> None:
    from halfgig.server.plan import server_plan
    from halfgig.server.supervisor.main_loop import start_lines

    settings = Settings(bind="::", memory_limit=512 * MB)
    lines = start_lines(settings, server_plan(settings).plan)
    assert "http://[::]:8000," in lines[0]
    assert "reaches [::]:8000 may" in lines[-1]
