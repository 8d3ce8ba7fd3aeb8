"""The doctor finds what would stop a server, prints how to fix it, and exits with a code for scripts."""

from __future__ import annotations

import errno
import json
import socket
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from halfgig.capacity.plan import make_plan
from halfgig.errors import BadSetting, PlanDoesNotFit
from halfgig.resources.limits import MB, Limit
from halfgig.server.doctor.checks import (
    HOSTS,
    OK,
    WARNING,
    WRONG,
    Check,
    of_access,
    of_disk,
    of_faces,
    of_files,
    of_host,
    of_kills,
    of_meeting,
    of_memory,
    of_models,
    of_origin,
    of_parts,
    of_plan,
    of_port,
    of_workers,
)
from halfgig.server.doctor.probes import (
    file_system_of,
    is_running,
    missing_parts,
    probe_store,
    why_no_listening,
    why_not_writable,
)
from halfgig.server.doctor.report import page, run, verdict
from halfgig.server.memory_state import MemoryState, write_state
from halfgig.server.paths import LONGEST_SOCKET_PATH, ServerPaths
from halfgig.server.plan import server_plan
from halfgig.settings import Settings
from tests.capacity.hosts import host
from tests.support.command import halfgig, plain_environment
from tests.support.jobs import load

if TYPE_CHECKING:
    from collections.abc import Iterator

KEY = "0123456789abcdef"


def disk(free_mb: int = 50_000, file_system: str = "ext4", refusal: str = "", avatars_mb: float = 0) -> Check:
    bounds_mb = {"KEEP_MB": 1024.0, "AVATARS_MB": avatars_mb}
    return of_disk(Path("/data"), free_mb * MB, file_system, bounds_mb, refusal)


def refused(number: int) -> OSError:
    return OSError(number, "what the system says")


@pytest.fixture
def taken() -> Iterator[int]:
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        yield server.getsockname()[1]


def graded(finding: Check, grade: str, *parts: str) -> bool:
    """Return whether a check has a grade and parts, and a fix unless its grade is OK."""
    whole = f"{finding.said} -> {finding.mend}"
    assert finding.grade == grade, whole
    assert [part for part in parts if part not in whole] == []
    return grade == OK or bool(finding.mend)


def test_the_limit_is_told_with_who_says_so() -> None:
    finding = of_memory(Limit(512 * MB, "cgroup v2 memory.max"), None, 40 * MB)
    assert graded(finding, OK, "512 MB (cgroup v2 memory.max); 40 MB of it in use now")


def test_a_setting_above_the_limit_is_told() -> None:
    finding = of_memory(Limit(512 * MB, "cgroup v1"), 1024 * MB, None)
    assert graded(finding, WARNING, "MEMORY_LIMIT is 1,024 MB", "512M at most")


@pytest.mark.parametrize(("kills", "grade"), [(None, OK), (0, OK), (3, WARNING)])
def test_kills_for_memory_are_told(kills: int | None, grade: str) -> None:
    assert graded(of_kills(kills), grade, str(kills or ""))


def test_workers_that_a_host_asks_for_are_named_by_their_variable() -> None:
    assert graded(of_workers(2, 2, {"WEB_CONCURRENCY": "2"}), OK, "2 (WEB_CONCURRENCY)")


def test_more_workers_than_processors_can_keep_busy_are_a_warning() -> None:
    assert graded(of_workers(4, 0.1, {"WORKERS": "4"}), WARNING, "4 (WORKERS)", "WORKERS=1")


def test_without_models_espeak_and_the_puppet_run() -> None:
    assert graded(of_models([], [], []), OK, "espeak-ng speaks", "halfgig pull kokoro")


def test_a_damaged_model_is_to_be_fetched_again() -> None:
    assert graded(of_models([], ["kokoro"], []), WARNING, "kokoro cannot be read", "halfgig pull kokoro")


def test_a_model_that_is_to_be_warm_must_be_there() -> None:
    assert graded(of_models([], [], ["kokoro"]), WARNING, "WARM names kokoro", "halfgig pull kokoro")
    assert graded(of_models(["kokoro"], [], ["kokoro"]), OK, "kokoro")


@pytest.mark.parametrize("bind", ["127.0.0.1", "localhost", "::1", "[::1]"])
def test_no_keys_are_needed_where_only_this_machine_asks(bind: str) -> None:
    assert graded(of_access(Settings(bind=bind)), OK, bind)


@pytest.mark.parametrize("bind", ["0.0.0.0", "::", "10.0.0.7", "box.example"])
def test_a_public_address_without_keys_is_a_warning(bind: str) -> None:
    assert graded(of_access(Settings(bind=bind)), WARNING, bind, "API_KEYS")


def test_keys_are_counted_and_never_told() -> None:
    finding = of_access(Settings(bind="0.0.0.0", api_keys=(KEY, KEY[::-1])))
    assert graded(finding, OK, "2 API keys")
    assert KEY not in finding.said


def test_a_key_that_may_be_guessed_is_a_warning() -> None:
    finding = of_access(Settings(api_keys=(KEY, "secret")))
    assert graded(finding, WARNING, "fewer than 16 characters")
    assert "secret" not in finding.said


@pytest.mark.parametrize("variable", HOSTS)
def test_a_host_whose_visitors_cannot_reach_the_server_is_a_warning(variable: str) -> None:
    assert graded(of_host(Settings(), {variable: "1"}), WARNING, HOSTS[variable], "BIND=0.0.0.0")
    assert graded(of_host(Settings(bind="0.0.0.0"), {variable: "1"}), OK, HOSTS[variable])


@pytest.mark.parametrize(
    ("finding", "grade", "part"),
    [
        pytest.param(disk(), OK, "50,000 MB free", id="room enough"),
        pytest.param(disk(refusal="Permission denied"), WRONG, "Permission denied", id="not writable"),
        pytest.param(disk(free_mb=10), WRONG, "64 MB are the least", id="full"),
        pytest.param(disk(free_mb=500), WARNING, "KEEP_MB=250", id="less than may be kept"),
        pytest.param(disk(free_mb=1200, avatars_mb=512), WARNING, "AVATARS_MB=200", id="avatars take room, too"),
        pytest.param(disk(file_system="tmpfs"), WARNING, "files there count as memory", id="no disk"),
    ],
)
def test_the_disk_is_judged(finding: Check, grade: str, part: str) -> None:
    assert graded(finding, grade, part)


@pytest.mark.parametrize(
    ("error", "running", "grade", "part"),
    [
        pytest.param(None, False, OK, "127.0.0.1:8000 is free", id="free"),
        pytest.param(refused(errno.EADDRINUSE), False, WRONG, "PORT=8001", id="taken"),
        pytest.param(refused(errno.EADDRINUSE), True, OK, "held by the server", id="taken by us"),
        pytest.param(refused(errno.EACCES), False, WRONG, "may not be used", id="not allowed"),
        pytest.param(refused(errno.EADDRNOTAVAIL), False, WRONG, "set BIND", id="no address of ours"),
    ],
)
def test_the_port_is_judged(error: OSError | None, running: bool, grade: str, part: str) -> None:
    assert graded(of_port(Settings(), error, running), grade, part)


def test_a_port_that_is_taken_is_seen(taken: int) -> None:
    refusal = why_no_listening("127.0.0.1", taken)
    assert refusal
    assert refusal.errno == errno.EADDRINUSE


def test_trying_a_port_leaves_it_free() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        port = server.getsockname()[1]
    assert why_no_listening("127.0.0.1", port) is None
    assert why_no_listening("127.0.0.1", port) is None


def test_an_address_of_another_machine_is_refused() -> None:
    assert why_no_listening("192.0.2.1", 8000)


def test_a_socket_path_too_long_for_the_kernel_is_wrong(tmp_path: Path) -> None:
    long = ServerPaths.of(Settings(run_dir=tmp_path / ("x" * LONGEST_SOCKET_PATH)))
    assert graded(of_meeting(long), WRONG, "RUN_DIR")
    assert graded(of_meeting(ServerPaths.of(Settings(run_dir=Path("/tmp/halfgig")))), OK)


def test_a_missing_package_is_wrong() -> None:
    assert graded(of_parts(["dbos"], 16), WRONG, "dbos", "pip install")
    assert graded(of_parts([], 16), OK, "16")


def test_here_no_package_is_missing() -> None:
    assert missing_parts() == []


def test_a_folder_that_is_not_there_yet_is_written_where_it_would_be(tmp_path: Path) -> None:
    assert why_not_writable(tmp_path / "a" / "b") == ""
    assert list(tmp_path.iterdir()) == []


def test_what_stands_in_the_way_of_a_folder_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert why_not_writable(tmp_path / "file") != ""


def test_the_file_system_is_the_one_mounted_nearest(tmp_path: Path) -> None:
    mounts = (
        "22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/root rw\n"
        "31 22 0:27 / /data rw,relatime shared:7 master:2 - tmpfs tmpfs rw\n"
        "32 22 0:28 / /data\\040two rw - xfs /dev/sdb rw\n"
        "a line that is none\n"
    )
    root = host(tmp_path, {"proc/self/mountinfo": mounts})
    found = [file_system_of(Path(path), root) for path in ("/data/x", "/database", "/data two/x")]
    assert found == ["tmpfs", "ext4", "xfs"]


def test_a_system_that_does_not_tell_its_file_systems_is_no_trouble(tmp_path: Path) -> None:
    assert file_system_of(Path("/data"), tmp_path) == ""


def test_a_server_runs_while_its_figures_are_fresh() -> None:
    assert is_running(MemoryState(at=1000), now=1003)
    assert not is_running(MemoryState(at=1000), now=1060)
    assert not is_running(None, now=1000)


def test_what_is_wrong_stands_last_and_decides() -> None:
    found = [
        Check("disk", WRONG, "full", "make room"),
        Check("port", OK, "free"),
        Check("kills", WARNING, "3", "-"),
    ]
    told = page(found).splitlines()
    assert [line.split()[0] for line in told if line and line[0] != " "] == ["ok", "warning", "wrong", "halfgig"]
    assert verdict(found).startswith("halfgig serve will not run here")
    assert verdict(found[1:]) == "halfgig serve will run here, with 1 warning."


def test_a_bad_setting_is_a_finding_too(capsys: pytest.CaptureFixture[str]) -> None:
    def read() -> Settings:
        raise BadSetting("PORT is 'x'; it must be a number from 1 to 65535")

    assert run(read, as_json=True, environment={}) == 1
    assert json.loads(capsys.readouterr().out)["findings"][0]["said"].startswith("PORT is 'x'")


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
def test_the_command_says_that_a_server_will_run_here(tmp_path: Path) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        port = server.getsockname()[1]
    ran = halfgig("doctor", "--port", str(port), env=plain_environment(DATA_DIR=str(tmp_path / "d")))
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.splitlines()[-1].startswith("halfgig serve will run here")
    assert max(map(len, ran.out.splitlines())) <= 100
    assert list(tmp_path.iterdir()) == []


def test_the_command_says_that_none_will_run_and_why(taken: int, tmp_path: Path) -> None:
    ran = halfgig("doctor", "--port", str(taken), "--json", env=plain_environment(DATA_DIR=str(tmp_path)))
    assert ran.code == 1
    assert ran.json["runs"] is False
    (wrong,) = [finding for finding in ran.json["findings"] if finding["grade"] == WRONG]
    assert wrong["topic"] == "port"


def test_the_command_knows_the_server_that_runs_here(taken: int, tmp_path: Path) -> None:
    run_dir = Path(tmp_path / "r")
    run_dir.mkdir()
    write_state(MemoryState(at=time.time()), run_dir)
    environment = plain_environment(DATA_DIR=str(tmp_path), RUN_DIR=str(run_dir))
    ran = halfgig("doctor", "--port", str(taken), env=environment)
    assert "held by the server that runs on this DATA_DIR" in ran.out


def test_a_kokoro_that_does_not_fit_is_left_out_with_a_warning(tmp_path: Path) -> None:
    (tmp_path / "models" / "kokoro").mkdir(parents=True)
    (tmp_path / "models" / "kokoro" / "manifest.json").write_text("{}")
    found, refusals = server_plan(Settings(data_dir=tmp_path, memory_limit=250 * MB))
    assert found.workload
    assert found.workload.speech.name == "espeak"
    assert graded(
        of_plan(found, refusals), WARNING, "espeak-ng and video", "the model kokoro is installed but does not fit"
    )


def test_a_sadtalker_that_does_not_fit_is_left_out_and_the_rest_stays(tmp_path: Path) -> None:
    for name in ("kokoro", "sadtalker"):
        (tmp_path / "models" / name).mkdir(parents=True)
        (tmp_path / "models" / name / "manifest.json").write_text("{}")
    found, refusals = server_plan(Settings(data_dir=tmp_path, memory_limit=360 * MB))
    assert found.workload
    assert found.workload == load(1, "kokoro")
    assert graded(
        of_plan(found, refusals), WARNING, "Kokoro and video", "the model sadtalker is installed but does not fit"
    )
    assert server_plan(Settings(data_dir=tmp_path, memory_limit=250 * MB)).plan.workload == load()


def test_a_sadtalker_that_fits_is_told_with_its_largest_frames() -> None:
    made = make_plan(Limit(512 * MB, "--memory"), 2, load(1, "sadtalker"))
    assert graded(of_plan(made), OK, "SadTalker with frames of up to 1,")


def test_faces_are_looked_for_with_the_best_there_is(tmp_path: Path) -> None:
    assert graded(of_faces(Settings(data_dir=tmp_path)), OK, "YuNet, as shipped")
    own = Settings(data_dir=tmp_path, face_detector=tmp_path / "mine.onnx")
    assert graded(of_faces(own), OK, "mine.onnx (FACE_DETECTOR)")


def test_a_mark_that_is_switched_off_is_told_with_what_the_law_asks() -> None:
    assert graded(of_origin(Settings()), OK, "speech is marked", "video is marked")
    assert graded(of_origin(Settings(sound_mark=False)), WARNING, "SOUND_MARK", "AI Act")
    assert graded(of_origin(Settings(picture_mark=False)), WARNING, "video is not marked", "PICTURE_MARK", "AI Act")
    assert graded(of_origin(Settings(c2pa=False)), WARNING, "not signed", "C2PA", "AI Act")


def test_who_signs_is_told_and_a_key_without_its_certificate_is_wrong() -> None:
    assert graded(of_origin(Settings()), OK, "this installation's own key", "others do not know")
    assert graded(of_origin(Settings(signing_cert="pem", signing_key="pem")), OK, "by SIGNING_CERT")
    assert graded(of_origin(Settings(signing_cert="pem")), WRONG, "SIGNING_KEY")


def test_the_service_of_time_stamps_is_told() -> None:
    assert graded(of_origin(Settings(timestamp_url="http://tsa.example")), OK, "time stamps of http://tsa.example")
    assert "time stamps" not in of_origin(Settings()).said


def test_a_kokoro_that_is_asked_for_and_does_not_fit_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PlanDoesNotFit):
        server_plan(Settings(data_dir=tmp_path, memory_limit=250 * MB, warm=("kokoro",)))


def test_a_plan_that_does_not_fit_is_wrong(tmp_path: Path) -> None:
    ran = halfgig("doctor", "--memory", "200M", "--json", env=plain_environment(DATA_DIR=str(tmp_path)))
    (plan,) = [finding for finding in ran.json["findings"] if finding["topic"] == "plan"]
    assert plan["grade"] == WRONG
    assert plan["said"].endswith("of 200 MB (--memory)")


@pytest.mark.parametrize(
    ("refusal", "mend"),
    [
        ("it answered 403 Forbidden (AccessDenied)", "rights to list, read, write and delete"),
        ("it answered 404 Not Found (NoSuchBucket)", "make the bucket"),
        ("it cannot be reached", "compare STORE_URL, AWS_ENDPOINT_URL"),
    ],
)
def test_a_store_that_cannot_be_used_is_told_with_what_to_do(refusal: str, mend: str) -> None:
    found = of_files("s3://a-bucket/prefix", 0.0, refusal)
    assert found.grade == WRONG
    assert refusal in found.said
    assert mend in found.mend
    assert "a-bucket" not in str(found)


@pytest.mark.parametrize(("took_s", "grade"), [(0.05, OK), (9.0, WARNING)])
def test_how_long_a_store_takes_is_told(took_s: float, grade: str) -> None:
    found = of_files("s3://bucket", took_s, "")
    assert (found.grade, f"in {took_s * 1000:.0f} ms" in found.said) == (grade, True)


def test_a_store_is_written_to_and_left_empty(tmp_path: Path) -> None:
    took_s, refusal = probe_store(Settings(store_url=f"file://{tmp_path / 'store'}"))
    assert (took_s > 0, refusal) == (True, "")
    assert [path for path in (tmp_path / "store").rglob("*") if path.is_file()] == []


def test_without_a_store_files_are_said_to_be_in_the_data_folder() -> None:
    assert probe_store(Settings()) == (0.0, "")
    assert "DATA_DIR" in of_files("", 0.0, "").said
