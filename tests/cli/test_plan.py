"""`halfgig plan` fits one screen and prints what fits, how much memory it takes and how long."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from halfgig.capacity.measured_peaks import record
from halfgig.capacity.plan import Plan, make_plan
from halfgig.cli.main import make_parser
from halfgig.cli.server import settings_with
from halfgig.resources.limits import MB, Limit
from halfgig.server.plan_report import as_object, page
from halfgig.settings import Settings
from tests.support.command import halfgig, plain_environment
from tests.support.jobs import load

if TYPE_CHECKING:
    from pathlib import Path

FREE_HOST = ("--memory", "512M", "--cpus", "0.1")


def plan(limit_mb: int = 512, cpus: float = 0.1, workers: int = 4, size: int = 512, *, sadtalker: bool = False) -> Plan:
    models = ("kokoro", "sadtalker") if sadtalker else ("kokoro",)
    return make_plan(Limit(limit_mb * MB, "--memory"), cpus, load(workers, *models, size=size))


@pytest.mark.parametrize(("limit_mb", "size"), [(340, 512), (512, 512), (24_000, 2160)])
@pytest.mark.parametrize("workers", [1, 4])
def test_the_page_fits_one_screen(limit_mb: int, size: int, workers: int) -> None:
    made = plan(limit_mb, 1 / 16, workers, size, sadtalker=limit_mb > 400)
    lines = page(made, ("why " * 45,), size).splitlines()
    assert len(lines) <= 40
    assert max(map(len, lines)) <= 100


def test_the_processes_add_up() -> None:
    made, found = plan(), as_object(plan())
    cells_mb = sum(cell["private_mb"] for cell in found["cells"].values())
    assert sum(found["processes"].values()) + cells_mb == found["used_mb"] == made.used_mb
    assert made.used_mb + made.reserve_mb <= made.limit.mb


def test_cells_that_take_turns_count_once() -> None:
    made = plan(256, workers=1)
    shares_mb = sum(share.mb for share in made.shares)
    assert made.used_mb == shares_mb + max(made.speech.private_mb, made.render.private_mb)
    assert "one cell at a time" in page(made)


def test_a_tenth_of_a_processor_takes_ten_times_as_long_as_a_whole_one() -> None:
    slow, fast = (as_object(plan(cpus=cpus))["seconds"]["kokoro"]["video"] for cpus in (0.1, 1))
    assert slow == pytest.approx(10 * fast)


def test_cells_side_by_side_are_told_with_their_memory_and_time() -> None:
    small, large = (as_object(plan(mb, 4, 1, sadtalker=True)) for mb in (512, 4096))
    assert (small["render_cells"], large["render_cells"]) == (
        {"puppet": 1, "sadtalker": 1},
        {"puppet": 4, "sadtalker": 4},
    )
    assert large["used_mb"] >= 4 * 200 + small["cells"]["speech"]["private_mb"]
    assert large["video_seconds"]["sadtalker"] < 0.6 * small["video_seconds"]["sadtalker"]
    assert "in 4 cells of" in page(plan(4096, 4, 1, sadtalker=True))


def test_larger_frames_take_longer() -> None:
    small, large = (as_object(plan(size=size), size)["seconds"]["espeak"]["video"] for size in (512, 1024))
    assert 2 * small < large < 4 * small


def test_sadtalker_is_told_with_its_time_and_without_praise_where_that_is_absurd() -> None:
    slow, fast = page(plan(cpus=0.1, sadtalker=True)), page(plan(cpus=2, sadtalker=True))
    assert re.search(r"Kokoro, sadtalker +2\.8 h   too slow here: use the puppet", slow)
    assert re.search(r"Kokoro, sadtalker +8\.4 min$", fast)


def test_sadtalker_is_planned_next_to_the_puppet_where_it_fits() -> None:
    made, found = plan(sadtalker=True), as_object(plan(sadtalker=True))
    assert found["cells"]["sadtalker"] == {"private_mb": 250, "budget_mb": 430}
    assert found["used_mb"] == sum(found["processes"].values()) + 250
    assert "not together with speech" in page(made)
    assert re.search(r"Kokoro, sadtalker +does not fit", page(plan(340, workers=1)))


def test_the_command_prints_the_plan_of_another_machine(tmp_path: Path) -> None:
    ran = halfgig("plan", *FREE_HOST, "--workers", "4", env=plain_environment(DATA_DIR=str(tmp_path)))
    assert ran.code == 0
    assert ran.out.startswith("halfgig in 512 MB (--memory) on 0.1 CPU: 4 workers, Kokoro speaks\n")
    assert "halfgig pull kokoro" in ran.out
    assert re.search(r"sadtalker cell +250 MB", ran.out)
    assert list(tmp_path.iterdir()) == []


def test_the_command_gives_the_plan_to_a_program(tmp_path: Path) -> None:
    found = halfgig("plan", *FREE_HOST, "--json", env=plain_environment(DATA_DIR=str(tmp_path))).json
    assert (found["limit_mb"], found["cpus"], found["workers"]) == (512, 0.1, 1)


def test_workers_come_from_the_environment_where_none_are_given() -> None:
    assert halfgig("plan", *FREE_HOST, "--json", env=plain_environment(WEB_CONCURRENCY="3")).json["workers"] == 3


def test_without_options_the_plan_is_for_this_machine() -> None:
    found = halfgig("plan", "--json", env=plain_environment(MEMORY_LIMIT="400M")).json
    assert found["limit_mb"] <= 400


def test_espeak_is_planned_where_kokoro_does_not_fit() -> None:
    ran = halfgig("plan", "--memory", "250M")
    assert ran.code == 0
    assert "espeak-ng speaks" in ran.out
    assert "the model kokoro does not fit: 14 (supervisor)" in ran.out


def test_what_was_measured_here_is_planned_with(tmp_path: Path) -> None:
    (tmp_path / "server").mkdir()
    record(tmp_path / "server", "rendering puppet 512", 131.5, 200)
    ran = halfgig("plan", *FREE_HOST, "--json", env=plain_environment(DATA_DIR=str(tmp_path)))
    assert ran.json["cells"]["puppet"] == {"private_mb": 132, "budget_mb": 200}


@pytest.mark.parametrize(
    ("options", "code", "part"),
    [
        pytest.param(("--memory", "128M"), 3, "= 233 MB of 128 MB", id="too little memory"),
        pytest.param(("--memory", "250M", "--speaker", "kokoro"), 3, "of 250 MB", id="Kokoro, where it does not fit"),
        pytest.param(("--memory", "lots"), 2, "--memory is 'lots'", id="no size of memory"),
        pytest.param(("--cpus", "none"), 2, "--cpus is 'none'", id="no number of processors"),
        pytest.param(("--cpus", "nan"), 2, "--cpus is 'nan'", id="not a number of processors"),
        pytest.param(("--workers", "0"), 2, "--workers is '0'", id="no workers"),
        pytest.param(("--size", "9999"), 2, "--size is '9999'", id="too large a frame"),
    ],
)
def test_what_cannot_be_planned_is_refused_in_a_sentence(options: tuple[str, ...], code: int, part: str) -> None:
    assert halfgig("plan", *options).refused(code, part)


def test_options_go_before_settings() -> None:
    options = make_parser().parse_args(
        ["serve", "--port", "9000", "--bind", "0.0.0.0", "--memory", "300M", "--roles", "puppet"]
    )
    found = settings_with(options, Settings(port=80, workers=3))
    assert (found.port, found.bind, found.workers, found.memory_limit) == (9000, "0.0.0.0", 3, 300 * MB)
    assert found.roles == ("puppet",)


def test_a_server_that_cannot_fit_is_refused_before_it_starts(tmp_path: Path) -> None:
    ran = halfgig("serve", "--memory", "256M", "--workers", "9", env=plain_environment(DATA_DIR=str(tmp_path)))
    assert ran.refused(3, "226 (web 37 and 9 x 21)", "of 256 MB")
    assert re.search(r"with WORKERS=1 it fits$", ran.err)
