from __future__ import annotations

import io
import os
import pty
import re
import select
import subprocess
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from halfgig.cli.progress import Bar, Lines, Silence, bar, choose_display, format_progress, format_time
from halfgig.events import Notice, Progress
from tests.support.command import COMMAND, plain_environment, without_progress
from tests.support.media import PRESENTER
from tests.support.waiting import PATIENCE_S

if TYPE_CHECKING:
    from pathlib import Path


class Terminal(io.StringIO):
    """A terminal that records its input."""

    def isatty(self) -> bool:
        """Return True: this is a terminal."""
        return True


class Clock:
    """A clock that stands still until it is set."""

    now = 100.0

    def __call__(self) -> float:
        """Return the time."""
        return self.now


def rendered(done: float, total: float | None = 200) -> Progress:
    return Progress("rendering", done, total, "frames")


@pytest.mark.parametrize(
    ("seconds", "told"), [(0.4, "0 s"), (59.4, "59 s"), (59.6, "1:00"), (185, "3:05"), (3729, "1:02:09")]
)
def test_a_time_is_told_as_people_read_it(seconds: float, told: str) -> None:
    assert format_time(seconds) == told


def test_progress_tells_how_far_how_fast_and_how_long_still() -> None:
    assert format_progress(rendered(50), 2.0) == "50 of 200 frames, 25 frames/s, 6 s left"


def test_no_rate_is_told_before_it_means_something() -> None:
    assert format_progress(rendered(5), 0.1) == "5 of 200 frames"


def test_without_a_total_no_time_left_is_told() -> None:
    assert format_progress(rendered(50, None), 2.0) == "50 frames, 25 frames/s"


@given(st.floats(-1, 3), st.integers(0, 60))
def test_a_bar_is_as_wide_as_asked_whatever_its_share(share: float, width: int) -> None:
    assert len(bar(share, width)) == width


def test_a_terminal_gets_a_bar_a_log_lines_and_quiet_nothing() -> None:
    kinds = [type(choose_display(quiet, out)) for quiet in (False, True) for out in (Terminal(), io.StringIO())]
    assert kinds == [Bar, Lines, Silence, Silence]


def test_a_bar_shows_the_stage_its_share_its_rate_and_the_time_left() -> None:
    out, clock = Terminal(), Clock()
    tell = Bar(out, clock)
    tell(rendered(0))
    clock.now += 2
    tell(rendered(50))
    last = out.getvalue().rpartition("\x1b[2K")[2]
    assert re.fullmatch(r"rendering █+░+  25 %  50 of 200 frames, 25 frames/s, 6 s left", last)


def test_a_bar_is_wiped_at_the_end() -> None:
    out = Terminal()
    tell = Bar(out, Clock())
    tell(rendered(50))
    tell.close()
    assert out.getvalue().endswith("\r\x1b[2K")


def test_a_notice_stands_on_a_line_of_its_own_above_the_bar() -> None:
    out = Terminal()
    tell = Bar(out, Clock())
    tell(rendered(50))
    tell(Notice("two faces were found"))
    tell(rendered(60))
    assert "\r\x1b[2Knote: two faces were found\n\r\x1b[2Krendering" in out.getvalue()


def test_a_bar_never_wraps_in_a_narrow_terminal() -> None:
    out = Terminal()
    Bar(out, Clock())(Progress("rendering" * 20, 1, 2, "frames"))
    assert len(out.getvalue().rpartition("\x1b[2K")[2]) < 80


def test_a_log_gets_a_line_every_five_seconds() -> None:
    out, clock = io.StringIO(), Clock()
    tell = Lines(out, clock)
    for _ in range(120):
        clock.now += 0.1
        tell(rendered(10 * (clock.now - 100)))
    lines = out.getvalue().splitlines()
    assert len(lines) == 2
    assert re.fullmatch(r"rendering: \d+ of 200 frames, [\d.]+ frames/s, \d+ s left", lines[0])


def test_tests_leave_out_lines_of_progress_and_nothing_else() -> None:
    out, clock = io.StringIO(), Clock()
    tell = Lines(out, clock)
    for total in (None, 200):
        for done in (0, 50):
            clock.now += 6
            tell(rendered(done, total))
    said = "note: the face is small: 13 pixels between the eyes\nhalfgig: 'a.txt' has no text\n"
    assert len(out.getvalue().splitlines()) == 4
    assert without_progress(out.getvalue() + said) == said


def test_a_log_gets_notices_at_once() -> None:
    out = io.StringIO()
    Lines(out, Clock())(Notice("two faces were found"))
    assert out.getvalue() == "note: two faces were found\n"


def test_each_stage_has_a_rate_of_its_own() -> None:
    out, clock = Terminal(), Clock()
    tell = Bar(out, clock)
    tell(Progress("reading", 5, 10, "s"))
    clock.now += 100
    tell(rendered(0))
    clock.now += 2
    tell(rendered(50))
    assert "25 frames/s" in out.getvalue()


def on_a_terminal(*arguments: str | Path) -> tuple[int, str]:
    """Run the command with a pseudo-terminal as stderr; return its exit code and the terminal's input."""
    ours, theirs = pty.openpty()
    env = plain_environment(COLUMNS="100")
    with subprocess.Popen(
        [*COMMAND, *map(str, arguments)], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=theirs, env=env
    ) as process:
        os.close(theirs)
        heard = b""
        while select.select([ours], [], [], PATIENCE_S)[0]:
            try:
                heard += os.read(ours, 4096)
            except OSError:  # EIO: the other end is closed
                break
    os.close(ours)
    return process.returncode, heard.decode()


def test_the_command_draws_a_bar_on_a_terminal_and_wipes_it(tmp_path: Path) -> None:
    text = "Bob may buy a map of Papua, and Mabel may buy a map of Peru. " * 3
    code, seen = on_a_terminal("talk", PRESENTER, text, "--size", "256", "-o", tmp_path / "a.mp4")
    assert code == 0
    assert re.search(r"rendering █*░*  +\d+ %  \d+ of \d+ frames", seen)
    assert seen.endswith("\r\x1b[2K")


def test_the_command_draws_no_bar_for_scripts(tmp_path: Path) -> None:
    assert on_a_terminal("say", "Hello.", "-o", tmp_path / "a.wav", "--json") == (0, "")
    assert on_a_terminal("say", "Hello.", "-o", tmp_path / "a.wav", "--quiet") == (0, "")
