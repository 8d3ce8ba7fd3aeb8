"""Portraits of avatars, measured in a cell."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from halfgig.animators.puppet.spec import RIG
from halfgig.avatars.pack import Section, read_pack, write_pack
from halfgig.face.rig import read_rig
from halfgig.server.avatar_store import Avatar, AvatarStore, pack_name
from halfgig.server.errors import BadRequest, NotFound, Relayed
from halfgig.server.paths import ServerPaths
from halfgig.server.worker.admission import MemoryAdmission
from halfgig.server.worker.avatar_maker import AvatarMaker
from halfgig.server.worker.upload_cells import UploadCells
from halfgig.settings import Settings
from tests.server.worker.videos.contexts import plan
from tests.support.media import PRESENTER, noise

if TYPE_CHECKING:
    from pathlib import Path

UPLOAD = f"avatar_{'0' * 24}"


def maker(folder: Path) -> AvatarMaker:
    settings = Settings(data_dir=folder)
    return AvatarMaker(settings, UploadCells(plan(), MemoryAdmission(plan().cells_mb)))


def place(folder: Path, picture: Path) -> Path:
    """Put a portrait into an upload's folder, and return the folder."""
    upload = ServerPaths.of(Settings(data_dir=folder)).uploads / UPLOAD
    upload.mkdir(parents=True)
    (upload / "portrait").write_bytes(picture.read_bytes())
    return upload


def test_a_portrait_is_measured_into_its_folder(tmp_path: Path) -> None:
    upload = place(tmp_path, PRESENTER)
    made = maker(tmp_path).measure(UPLOAD, {"voice": "en-gb", "speed": 1.5}, lambda: True)
    usual = {"name": "", "mood": "neutral", "landmarks": ""}
    assert made == {"settings": {**usual, "voice": "en-gb", "speed": 1.5}, "notices": []}
    rig = read_rig(upload / RIG)
    assert rig
    assert rig.mesh.score > 0.5
    pack = read_pack((upload / pack_name(512)).read_bytes())
    assert (pack.settings["voice"], pack.drawing["size"]) == ("en-gb", [512, 512])


def test_a_pack_of_another_size_or_background_is_written_once_for_a_saved_avatar(tmp_path: Path) -> None:
    upload = place(tmp_path, PRESENTER)
    at, store = maker(tmp_path), AvatarStore(Settings(data_dir=tmp_path))
    avatar = Avatar(UPLOAD, "", 1.0, **at.measure(UPLOAD, {}, lambda: True)["settings"])
    store.save(avatar, upload)
    at.draw(UPLOAD, 256, lambda: True)
    path = ServerPaths.of(Settings(data_dir=tmp_path)).avatar(UPLOAD) / pack_name(256)
    assert read_pack(path.read_bytes()).drawing["size"] == [256, 256]
    path.write_bytes(b"written before")
    at.draw(UPLOAD, 256, lambda: True)
    assert path.read_bytes() == b"written before"
    at.draw(UPLOAD, 256, lambda: True, transparent=True)
    before_nothing = read_pack(path.with_name(pack_name(256, transparent=True)).read_bytes())
    assert "alpha" in before_nothing.sections
    assert "plate" not in before_nothing.sections
    with pytest.raises(BadRequest):
        at.draw(UPLOAD, 300, lambda: True)
    with pytest.raises(NotFound):
        at.draw(f"avatar_{'1' * 24}", 256, lambda: True)


def test_an_avatars_file_may_be_uploaded_and_settings_that_are_given_go_first(tmp_path: Path) -> None:
    rig, portrait = {"version": 0}, Section("portrait", "image/png", (1024, 1024), PRESENTER.read_bytes())
    settings = {"name": "Ann", "voice": "en-gb", "mood": "happy"}
    (tmp_path / "ann.avatar").write_bytes(write_pack(rig, settings, (portrait,)))
    upload = place(tmp_path, tmp_path / "ann.avatar")
    made = maker(tmp_path).measure(UPLOAD, {"mood": "serious"}, lambda: True)["settings"]
    assert (made["name"], made["voice"], made["mood"]) == ("Ann", "en-gb", "serious")
    assert (upload / "portrait").read_bytes() == PRESENTER.read_bytes()


def test_a_picture_without_a_face_is_refused_without_our_paths(tmp_path: Path) -> None:
    place(tmp_path, noise(tmp_path / "noise.png"))
    with pytest.raises(Relayed) as caught:
        maker(tmp_path).measure(UPLOAD, {}, lambda: True)
    assert (caught.value.code, caught.value.status, str(tmp_path) in str(caught.value)) == ("no_face", 400, False)


@pytest.mark.parametrize("upload", ["", f"faces_{'0' * 24}", f"{UPLOAD}/..", None])
def test_names_never_become_paths(tmp_path: Path, upload: object) -> None:
    with pytest.raises(BadRequest):
        maker(tmp_path).measure(upload, {}, lambda: True)
