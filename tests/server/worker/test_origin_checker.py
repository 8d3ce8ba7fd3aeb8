"""Where an uploaded file comes from: checked in a cell of the worker."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import halfgig
from halfgig.server.errors import BadRequest, Relayed
from halfgig.server.paths import ServerPaths
from halfgig.server.worker.admission import MemoryAdmission
from halfgig.server.worker.origin_checker import OriginChecker
from halfgig.server.worker.upload_cells import UploadCells
from halfgig.settings import Settings
from tests.server.worker.videos.contexts import plan

if TYPE_CHECKING:
    from pathlib import Path

UPLOAD = f"origin_{'0' * 24}"


def checker(folder: Path) -> OriginChecker:
    settings = Settings(data_dir=folder)
    return OriginChecker(settings, UploadCells(plan(), MemoryAdmission(plan().cells_mb)))


def place(folder: Path) -> Path:
    """Return the path at which an uploaded file lies."""
    path = ServerPaths.of(Settings(data_dir=folder)).uploads / UPLOAD / "file"
    path.parent.mkdir(parents=True)
    return path


def test_the_mark_in_speech_is_found_in_a_file_of_any_name(tmp_path: Path) -> None:
    speech = tmp_path / "speech.wav"
    halfgig.say("The mark that nobody hears is found again in this file, whatever it is called. " * 2, speech)
    place(tmp_path / "data").write_bytes(speech.read_bytes())
    found = checker(tmp_path / "data").check(UPLOAD, lambda: True)
    assert found["synthetic"]
    assert found["mark"]["chance"] < 1e-6
    assert found["words"][0] == "file: synthetic"


def test_what_is_neither_sound_nor_picture_is_refused_without_its_path(tmp_path: Path) -> None:
    place(tmp_path).write_bytes(b"nothing of the kind" * 10)
    with pytest.raises(Relayed) as caught:
        checker(tmp_path).check(UPLOAD, lambda: True)
    assert caught.value.status == 400
    assert str(tmp_path) not in str(caught.value)
    with pytest.raises(BadRequest, match="is no upload"):
        checker(tmp_path).check("../../etc", lambda: True)
