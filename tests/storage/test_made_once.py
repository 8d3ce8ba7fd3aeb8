"""Files that are made once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from halfgig.storage.made_once import made_once

if TYPE_CHECKING:
    from pathlib import Path


def test_the_first_data_stay_and_nothing_else_is_left(tmp_path: Path) -> None:
    path = tmp_path / "folder" / "secret"
    assert made_once(path, b"first") == b"first"
    assert made_once(path, b"second") == b"first"
    assert [each.name for each in path.parent.iterdir()] == ["secret"]
    assert path.stat().st_mode & 0o777 == 0o600
