"""Portraits of avatars, measured in a cell."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from halfgig.animators.puppet.spec import RIG
from halfgig.face.rig import read_rig
from halfgig.server.errors import BadRequest, Relayed
from halfgig.server.paths import ServerPaths
from halfgig.server.worker.admission import MemoryAdmission
from halfgig.server.worker.avatar_maker import AvatarMaker
from halfgig.server.worker.face_finder import FaceFinder
from halfgig.settings import Settings
from tests.server.worker.videos.contexts import plan
from tests.support.media import PRESENTER, noise

if TYPE_CHECKING:
    from pathlib import Path

UPLOAD = f"avatar_{'0' * 24}"


def maker(folder: Path) -> AvatarMaker:
    settings = Settings(data_dir=folder)
    return AvatarMaker(settings, FaceFinder(settings, plan(), MemoryAdmission(plan().cells_mb)))


def place(folder: Path, picture: Path) -> Path:
    """Put a portrait into an upload's folder, and return the folder."""
    upload = ServerPaths.of(Settings(data_dir=folder)).uploads / UPLOAD
    upload.mkdir(parents=True)
    (upload / "portrait").write_bytes(picture.read_bytes())
    return upload


def test_a_portrait_is_measured_into_its_folder(tmp_path: Path) -> None:
    upload = place(tmp_path, PRESENTER)
    assert maker(tmp_path).measure(UPLOAD, "", lambda: True) == {"notices": []}
    rig = read_rig(upload / RIG)
    assert rig
    assert rig.mesh.score > 0.5


def test_a_picture_without_a_face_is_refused_without_our_paths(tmp_path: Path) -> None:
    place(tmp_path, noise(tmp_path / "noise.png"))
    with pytest.raises(Relayed) as caught:
        maker(tmp_path).measure(UPLOAD, "", lambda: True)
    assert (caught.value.code, caught.value.status, str(tmp_path) in str(caught.value)) == ("no_face", 400, False)


@pytest.mark.parametrize("upload", ["", f"faces_{'0' * 24}", f"{UPLOAD}/..", None])
def test_names_never_become_paths(tmp_path: Path, upload: object) -> None:
    with pytest.raises(BadRequest):
        maker(tmp_path).measure(upload, "", lambda: True)
