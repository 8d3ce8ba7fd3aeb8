"""The demo: what a stranger sees first."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.support.command import halfgig
from tests.support.media import ROOT, frames, seconds_of

if TYPE_CHECKING:
    from pathlib import Path


def test_the_demo_needs_nothing_and_tells_where_it_is_and_what_it_took(tmp_path: Path) -> None:
    ran = halfgig("demo", cwd=tmp_path)
    assert (ran.code, [path.name for path in tmp_path.iterdir()]) == (0, ["demo.mp4"])
    assert re.match(r"demo\.mp4: \d+\.\d s of video, 512 x 512 pixels, \d+ frames", ran.out)
    assert re.search(r"made in \d+\.\d s .*peak memory \d+ MB", ran.out)
    assert "note:" not in ran.err


def test_the_demo_is_a_video_with_sound_of_the_same_length(tmp_path: Path) -> None:
    ran = halfgig("demo", "--size", "64", "-o", tmp_path / "a.mp4", "--json")
    shown = sum(1 for _ in frames(tmp_path / "a.mp4")) / 25
    assert seconds_of(tmp_path / "a.mp4") == pytest.approx(shown, abs=1024 / 24_000)
    assert ran.json["seconds"] == pytest.approx(shown, abs=0.001)
    assert 5 < shown < 30


def test_the_demo_can_be_made_otherwise(tmp_path: Path) -> None:
    ran = halfgig(
        "demo", "--voice", "en-gb", "--speed", "2", "--size", "64", "--fps", "10", "-o", tmp_path / "b.mp4", "--json"
    )
    assert "voice en-gb" in ran.json["maker"]
    assert ran.json["size"] == [64, 64]
    assert ran.json["frames"] == round(ran.json["seconds"] * 10)


def test_make_demo_runs_the_demo() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    recipe = makefile.partition("\ndemo:")[2].partition("\n\n")[0]
    assert "halfgig demo --output demo.mp4" in recipe
