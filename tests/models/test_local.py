"""`halfgig pull --from` builds from local files, and says what they lack."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.models import fakes
from tests.models.command import gone_well, home, is_whole

if TYPE_CHECKING:
    from pathlib import Path


def test_local_files_are_built_without_a_network(tmp_path: Path) -> None:
    at, local = home(tmp_path), fakes.local_folder(tmp_path / "local")
    gone_well(at.run("pull", "tiny", "--from", str(local)))
    assert is_whole(at)
    assert "nothing to do" in gone_well(at.run("pull", "tiny", "--from", str(local))).err
    (local / "tiny.pth").write_bytes(b"trained by myself")
    assert "is not the published file" in gone_well(at.run("pull", "tiny", "--from", str(local))).err
    assert (at.model / "tiny.pth").read_bytes() == b"trained by myself"


def test_local_files_may_lack_voices_and_what_is_optional_and_it_is_said(tmp_path: Path) -> None:
    at, local = home(tmp_path), fakes.local_folder(tmp_path / "local", "words.json", "ben.pt")
    said = gone_well(at.run("pull", "tiny", "--from", str(local))).err
    assert is_whole(at, "words.json", "voices/ben.pt")
    assert "1 of 2 voices" in said
    assert "words are guessed" in said


@pytest.mark.parametrize(("left_out", "rc"), [(["tiny.pth"], 6), (["ann.pt", "ben.pt"], 6)])
def test_local_files_that_lack_what_is_needed_are_refused(tmp_path: Path, left_out: list[str], rc: int) -> None:
    local = fakes.local_folder(tmp_path / "local", *left_out)
    ended = home(tmp_path).run("pull", "tiny", "--from", str(local))
    assert ended.rc == rc
    assert str(local) in ended.err
