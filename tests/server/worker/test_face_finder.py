"""Faces in an uploaded picture: found in a cell, in pixels of the upright picture, by few at a time."""

from __future__ import annotations

import math
import os
import signal
import threading
from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image

from halfgig.capacity.memory_costs import FACES
from halfgig.cells.cell import Cell
from halfgig.face.points import check_five_points, parse_five_points
from halfgig.server.errors import BadRequest, Busy, Relayed
from halfgig.server.paths import ServerPaths
from halfgig.server.supervisor import processes
from halfgig.server.supervisor.processes import descendants
from halfgig.server.worker import face_finder
from halfgig.server.worker.admission import MemoryAdmission
from halfgig.server.worker.face_finder import FaceFinder
from halfgig.server.worker.upload_cells import MOST_WAITING, UploadCells
from halfgig.settings import Settings
from tests.server.worker.videos.contexts import plan
from tests.support.faces import PRESENTER
from tests.support.media import PRESENTER as PICTURE
from tests.support.media import noise, portrait, two_faces
from tests.support.waiting import soon

if TYPE_CHECKING:
    from pathlib import Path

UPLOAD = f"faces_{'0' * 24}"


def finder(folder: Path, admission: MemoryAdmission | None = None, **settings: Any) -> FaceFinder:
    cells = UploadCells(plan(), admission or MemoryAdmission(plan().cells_mb))
    return FaceFinder(Settings(data_dir=folder, **settings), cells)


def place(folder: Path) -> Path:
    """Return the path at which an uploaded picture lies."""
    upload = ServerPaths.of(Settings(data_dir=folder)).uploads / UPLOAD / "portrait"
    upload.parent.mkdir(parents=True)
    return upload


def found(folder: Path, **settings: Any) -> dict[str, Any]:
    return finder(folder, **settings).find(UPLOAD, lambda: True)


def test_a_face_is_found_where_it_is_and_can_be_handed_on(tmp_path: Path) -> None:
    place(tmp_path).write_bytes(PICTURE.read_bytes())
    told = found(tmp_path)
    (face,) = told["faces"]
    assert (told["detector"], told["width"], told["height"]) == ("yunet", 1024, 1024)
    for name, point in face["points"].items():
        assert math.dist(point, getattr(PRESENTER, name)) < 40, name
    points = parse_five_points(face["landmarks"])
    check_five_points(points, 1024, 1024)
    assert [list(point) for point in points.as_tuple()] == list(face["points"].values())
    left, top, width, height = face["box"]
    assert left < face["points"]["nose"][0] < left + width
    assert top < face["points"]["nose"][1] < top + height
    assert face["size"] == max(width, height)


def test_points_are_in_pixels_of_the_upright_picture(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # it lies on its left side
    with Image.open(PICTURE) as image:
        upright = image.convert("RGB").resize((3000, 3000)).crop((0, 0, 3000, 2400))
        upright.transpose(Image.Transpose.ROTATE_90).save(path := place(tmp_path), "JPEG", exif=exif)
    with Image.open(path) as stored:
        assert stored.size == (2400, 3000)
    told = found(tmp_path)
    assert (told["width"], told["height"]) == (3000, 2400)
    nose = told["faces"][0]["points"]["nose"]
    assert math.dist(nose, PRESENTER.scaled(3000 / 1024).nose) < 120


def test_the_largest_face_comes_first(tmp_path: Path) -> None:
    drawn = two_faces(tmp_path / "two.png")
    place(tmp_path).write_bytes(drawn.read_bytes())
    large, small = found(tmp_path)["faces"]
    assert large["size"] > small["size"]
    assert large["points"]["nose"][0] < 384 < small["points"]["nose"][0]


def test_a_picture_without_a_face_has_none(tmp_path: Path) -> None:
    place(tmp_path).write_bytes(noise(tmp_path / "noise.png").read_bytes())
    assert found(tmp_path)["faces"] == ()


@pytest.mark.parametrize(
    ("data", "settings", "code", "status"),
    [
        (b"\x89PNG\r\n\x1a\n no picture", {}, "picture_unreadable", 400),
        (PICTURE.read_bytes(), {"max_picture_megapixels": 0.5}, "picture_too_large", 413),
    ],
)
def test_what_cannot_be_looked_at_is_refused_without_our_paths(
    tmp_path: Path, data: bytes, settings: dict[str, Any], code: str, status: int
) -> None:
    place(tmp_path).write_bytes(data)
    with pytest.raises(Relayed) as caught:
        found(tmp_path, **settings)
    assert (caught.value.code, caught.value.status, str(tmp_path) in str(caught.value)) == (code, status, False)


@pytest.mark.parametrize("upload", ["", "../../etc", f"video_{'0' * 24}", f"{UPLOAD}/..", None, 7])
def test_names_never_become_paths(tmp_path: Path, upload: object) -> None:
    with pytest.raises(BadRequest):
        finder(tmp_path).find(upload, lambda: True)


def test_only_so_many_wait_and_each_gets_its_turn(tmp_path: Path) -> None:
    portrait(place(tmp_path).with_suffix(".png"), 64).rename(tmp_path / "server" / "uploads" / UPLOAD / "portrait")
    admission = MemoryAdmission(plan().cells_mb)
    cells = UploadCells(plan(), admission)
    at = FaceFinder(Settings(data_dir=tmp_path), cells)
    answers: list[dict[str, Any]] = []
    asking = [
        threading.Thread(target=lambda: answers.append(at.find(UPLOAD, lambda: True))) for _ in range(1 + MOST_WAITING)
    ]
    with admission.hold("all of it", admission.room_mb):
        for thread in asking:
            thread.start()
        assert soon(lambda: sum(cells._line.counts().values()) == 1 + MOST_WAITING)
        with pytest.raises(Busy, match="come back"):
            at.find(UPLOAD, lambda: True)
    for thread in asking:
        thread.join()
    assert len(answers) == 1 + MOST_WAITING
    assert admission.status() == {"held": [], "waiting": []}


def test_who_is_gone_has_nothing_looked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place(tmp_path).write_bytes(PICTURE.read_bytes())
    at = finder(tmp_path)
    with pytest.raises(Relayed, match="not wanted any more"):
        at.find(UPLOAD, lambda: False)
    monkeypatch.setattr(face_finder, "MOST_CPU_S", -1.0)
    with pytest.raises(Relayed, match="was ended"):
        at.find(UPLOAD, lambda: True)


def test_a_picture_from_a_phone_is_looked_at_in_what_is_planned_for_it(tmp_path: Path) -> None:
    with Image.open(PICTURE) as image:
        image.convert("RGB").resize((4000, 3000)).save(path := tmp_path / "phone.jpg")
    with Cell("finding faces", FACES.budget_mb, 1) as cell:
        (told,) = cell.run("halfgig.face.find:find", path, Settings().limits)
        assert (told.width, told.height) == (4000, 3000)  # type: ignore[attr-defined]
        assert cell.peak.private_mb <= FACES.private_mb


def test_a_picture_that_needs_more_memory_gets_what_there_is(tmp_path: Path) -> None:
    with Image.open(PICTURE) as image:
        image.convert("RGB").resize((6000, 5000)).save(place(tmp_path), "PNG", compress_level=1)
    assert len(found(tmp_path)["faces"]) == 1


def test_a_cell_that_is_killed_is_followed_by_another_one(tmp_path: Path) -> None:
    place(tmp_path).write_bytes(PICTURE.read_bytes())
    killed: list[int] = []

    def is_wanted() -> bool:
        for pid in processes.cells(descendants(os.getpid())) if not killed else ():
            killed.append(pid.pid)
            os.kill(pid.pid, signal.SIGKILL)
        return True

    assert len(finder(tmp_path).find(UPLOAD, is_wanted)["faces"]) == 1
    assert len(killed) == 1
