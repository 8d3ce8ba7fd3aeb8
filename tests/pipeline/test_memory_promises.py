"""The promises of the name: all of it in half a gigabyte, and one sentence where that does not do."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

import halfgig
from halfgig.errors import MemoryExceeded
from tests.support.cgroup import run_in_cgroup
from tests.support.command import COMMAND, plain_environment
from tests.support.media import PRESENTER, frames
from tests.support.processes import own_cells, running

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [
    pytest.mark.memory,
    pytest.mark.skipif(sys.platform != "linux", reason="only Linux keeps to RLIMIT_DATA and has control groups"),
]

SENTENCE = "Bob may buy a map of Papua, and Mabel may buy a map of Peru. "
"""3.5 seconds."""


@pytest.mark.parametrize("limit", [512, 256])
def test_the_whole_demo_fits(
    limit: int, tmp_path: Path, capsys: pytest.CaptureFixture[str], request: pytest.FixtureRequest
) -> None:
    video = tmp_path / "demo.mp4"
    outcome = run_in_cgroup(limit, [*COMMAND, "demo", "-o", str(video)], env=plain_environment())
    told = f"demo in {limit} MB under {outcome.how}: at most {outcome.max_usage_mb:.0f} MB, page cache included"
    with capsys.disabled():
        request.config.get_terminal_writer().line(f" [{told}] ")
    assert (outcome.rc, outcome.oom_kills) == (0, 0), outcome.stderr
    assert "trying again" not in outcome.stderr
    assert sum(1 for _ in frames(video)) > 200


@pytest.mark.parametrize(
    ("command", "memory", "told"),
    [
        (("say",), "10M", ("given 10 MB", "less 16 MB for itself", "the least that work can start in is 16 MB")),
        (("say",), "40M", ("speaking needs more than the 19 MB its cell may use",)),
        (("talk", str(PRESENTER)), "40M", ("speaking needs more than the 19 MB its cell may use",)),
        (("talk", str(PRESENTER)), "100M", ("rendering needs more than the 72 MB", "ask for a smaller --size")),
        (
            ("talk", str(PRESENTER), "--size", "2000"),
            "256M",
            ("rendering needs more than the 208 MB", "smaller --size"),
        ),
        (("voices",), "30M", ("allow more with --memory",)),
    ],
    ids=lambda value: value if isinstance(value, str) else value[0],
)
def test_too_little_memory_is_one_sentence_with_the_figures_and_leaves_nothing(
    command: tuple[str, ...], memory: str, told: tuple[str, ...], tmp_path: Path
) -> None:
    (tmp_path / "tmp").mkdir()
    output = (
        () if command == ("voices",) else (SENTENCE, "-o", tmp_path / ("a.wav" if command == ("say",) else "a.mp4"))
    )
    with running(*command, *output, "--memory", memory, TMPDIR=str(tmp_path / "tmp")) as run:
        assert run.ended().refused(3, *told, "allow more with --memory")
        assert run.left_running() == []
    assert list((tmp_path / "tmp").iterdir()) == []
    assert [path.name for path in tmp_path.iterdir()] == ["tmp"]


def test_a_refused_library_call_leaves_no_child_not_even_a_zombie(tmp_path: Path) -> None:
    before = own_cells()
    with pytest.raises(MemoryExceeded) as refused:
        halfgig.talk(PRESENTER, SENTENCE, tmp_path / "a.mp4", memory="100M")
    assert refused.value.budget_mb == 72
    assert own_cells() == before
    assert list(tmp_path.iterdir()) == []


def test_ten_seconds_at_512_pixels_stay_under_160_mb_at_the_first_try(tmp_path: Path) -> None:
    result = halfgig.talk(PRESENTER, SENTENCE * 3, tmp_path / "a.mp4")
    assert result.seconds > 9
    assert result.budget_mb == 160
    assert result.peak_mb < 160
    assert result.notices == ()


def test_a_minute_takes_the_memory_of_ten_seconds(tmp_path: Path) -> None:
    short, long = (halfgig.talk(PRESENTER, SENTENCE * times, tmp_path / "a.mp4", size=128, fps=5) for times in (3, 18))
    assert long.seconds > 5.5 * short.seconds
    assert long.private_mb < 1.1 * short.private_mb


def test_what_does_not_fit_at_first_is_tried_once_more_with_all_there_is(tmp_path: Path) -> None:
    odd = tmp_path / "odd.png"
    from PIL import Image

    with Image.open(PRESENTER) as image:
        image.resize((6200, 6200), Image.Resampling.NEAREST).save(odd, compress_level=1)  # 115 MB when decoded
    result = halfgig.talk(odd, "My map.", tmp_path / "a.mp4", size=64, memory="1G")
    assert result.budget_mb > 160
    assert any("trying again" in notice for notice in result.notices)
