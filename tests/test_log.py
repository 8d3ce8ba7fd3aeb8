"""The log keeps important lines in bounded files, and lines of several processes do not mix."""

from __future__ import annotations

import logging
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from halfgig import log as logs
from halfgig.log import ERROR, HALF_BYTES, NEWER, OLDER, ROUTINE, WARNING, configure, log, read_log

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

WRITER = """
import sys
from pathlib import Path
from halfgig.log import configure, log
configure(Path(sys.argv[1]))
for number in range(int(sys.argv[3])):
    log("worker", f"{sys.argv[2]} {number} " + "x" * 200)
"""


@pytest.fixture(autouse=True)
def kept(tmp_path: Path) -> Iterator[None]:
    """Keep the lines of this process for one test."""
    configure(tmp_path)
    yield
    logging.getLogger("halfgig").handlers.clear()


def texts(folder: Path, most: int = 10_000) -> list[str]:
    return [line.text for line in read_log(folder, most)]


def test_what_matters_is_kept_with_who_said_it_and_how_bad_it_is(tmp_path: Path) -> None:
    log("supervisor", "web ended", WARNING)
    log("web", "GET / 200", ROUTINE)
    log("worker", "a video failed: no_face", ERROR, ": no face in what was sent\nTraceback")
    found = read_log(tmp_path, 10)
    assert [tuple(line[1:]) for line in found] == [
        ("warning", "supervisor", "web ended"),
        ("error", "worker", "a video failed: no_face"),
    ]
    assert found[0].at <= found[1].at


def test_all_of_it_is_told_on_stderr(capfd: pytest.CaptureFixture[str]) -> None:
    log("web", "GET / 200", ROUTINE)
    log("worker", "it failed", ERROR, ": because")
    assert capfd.readouterr().err == "halfgig.web: GET / 200\nhalfgig.worker: it failed: because\n"


def test_the_last_lines_are_read_the_newest_last(tmp_path: Path) -> None:
    for number in range(5):
        log("worker", f"line {number}")
    assert texts(tmp_path, 2) == ["line 3", "line 4"]
    assert texts(tmp_path / "nowhere") == []


def test_the_file_stays_small_and_has_the_newest_half_at_least(tmp_path: Path) -> None:
    for number in range(2000):
        log("worker", f"{number} " + "y" * 300)
    sizes = [(tmp_path / name).stat().st_size for name in (NEWER, OLDER)]
    assert sum(sizes) < 2 * HALF_BYTES + 4096
    found = [int(text.split()[0]) for text in texts(tmp_path)]
    assert found == list(range(found[0], 2000))
    assert len(found) > 300


def test_no_line_is_lost_between_processes(tmp_path: Path) -> None:
    count = 150
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path), name, str(count)], stderr=subprocess.DEVNULL)
        for name in ("one", "two", "three")
    ]
    assert [writer.wait() for writer in writers] == [0, 0, 0]
    found = [text.split()[:2] for text in texts(tmp_path)]
    assert {tuple(each) for each in found} == {(name, str(n)) for name in ("one", "two", "three") for n in range(count)}


def test_a_half_that_two_processes_find_full_is_turned_over_once(tmp_path: Path) -> None:
    log("worker", "an old line " + "z" * 100)
    with (tmp_path / NEWER).open("rb") as second:
        with (tmp_path / NEWER).open("rb") as first:
            logs._turn_over(tmp_path, first.fileno())
        log("worker", "a new line")
        logs._turn_over(tmp_path, second.fileno())
    assert [text.split()[1] for text in texts(tmp_path)] == ["old", "new"]


def test_a_line_that_was_cut_off_costs_no_other(tmp_path: Path) -> None:
    log("worker", "before")
    with (tmp_path / NEWER).open("a") as file:
        file.write('\n[12.5, "info", "wor')
    log("worker", "after")
    assert texts(tmp_path) == ["before", "after"]


def test_a_disk_that_takes_nothing_ends_nothing(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / NEWER).symlink_to("/dev/full")
    log("worker", "it goes on")
    assert capfd.readouterr().err == "halfgig.worker: it goes on\n"


def test_a_program_that_embeds_halfgig_routes_its_lines(caplog: pytest.LogCaptureFixture) -> None:
    logger = logging.getLogger("halfgig")
    logger.handlers.clear()
    logger.propagate = True
    with caplog.at_level(logging.INFO):
        log("worker", "it listens")
    assert [(each.name, each.getMessage()) for each in caplog.records] == [("halfgig.worker", "it listens")]
