"""What one call writes appears together, or not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from halfgig.errors import NoFace
from halfgig.events import Words
from halfgig.pipeline.local_runner import LocalRunner, Stage
from halfgig.pipeline.recipes import StageResult
from halfgig.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def tell_words() -> Iterator[Words | StageResult]:
    """Say two words, in a cell."""
    yield Words((("Good", 0.0, 0.4), ("morning.", 0.4, 1.0)))
    yield StageResult(1.0, "tests")


def find_no_face() -> Iterator[StageResult]:
    """Fail in a cell."""
    yield StageResult(1.0, "tests")
    raise NoFace("no face was found")


def make(folder: Path, *targets: str) -> None:
    shift = LocalRunner(Settings(), None, folder / "a.vtt")
    with shift.output(folder / "a.mp4") as part:
        for target in targets:
            shift.do(
                Stage(
                    "speaking", 64, f"tests.pipeline.test_local_runner:{target}", (), tells_words=target == "tell_words"
                )
            )
        part.write_bytes(b"a film")


def test_subtitles_appear_with_the_file_they_belong_to(tmp_path: Path) -> None:
    make(tmp_path, "tell_words")
    assert (tmp_path / "a.vtt").read_text() == "WEBVTT\n\n00:00:00.000 --> 00:00:01.000\nGood morning.\n\n"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.mp4", "a.vtt"]


def test_subtitles_do_not_appear_without_it(tmp_path: Path) -> None:
    (tmp_path / "a.vtt").write_text("the old ones")
    with pytest.raises(NoFace):
        make(tmp_path, "tell_words", "find_no_face")
    assert [path.name for path in tmp_path.iterdir()] == ["a.vtt"]
    assert (tmp_path / "a.vtt").read_text() == "the old ones"
