from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from halfgig.animators.puppet.blendshapes import Mouth, Pose
from halfgig.animators.puppet.portrait import make_portrait, rig_of
from halfgig.errors import BadLandmarks, NoFace
from halfgig.face.crop import frame_size
from halfgig.face.detect import turned_points
from tests.support.faces import drawn_face, presenter
from tests.support.jobs import render_job

if TYPE_CHECKING:
    from pathlib import Path

    from halfgig.animators.base import RenderJob
    from halfgig.animators.puppet.portrait import Portrait
    from halfgig.face.rig import Rig


def asked(folder: Path, rgb: np.ndarray, size: int = 128, landmarks: str = "") -> RenderJob:
    from PIL import Image

    path = folder / "portrait.png"
    Image.fromarray(rgb).save(path)
    return render_job(folder, path, idle=1.0, size=size, landmarks=landmarks)


def measured(job: RenderJob) -> Rig:
    return rig_of(job, job.folder / "rig.json")


def made(job: RenderJob) -> Portrait:
    return make_portrait(job, measured(job))


def drawn_landmarks() -> str:
    return " ".join(f"{x:g},{y:g}" for x, y in drawn_face()[1].as_tuple())


@pytest.mark.parametrize(
    ("picture", "longest", "expected"),
    [
        ((1024, 1024), 512, (512, 512)),
        ((1000, 1500), 512, (342, 512)),
        ((1500, 1001), 511, (512, 342)),
        ((4000, 33), 512, (512, 4)),
        ((33, 9000), 512, (2, 512)),
        ((100, 100), 2160, (2160, 2160)),
    ],
)
def test_frames_have_even_sides_in_the_pictures_proportions(
    picture: tuple[int, int], longest: int, expected: tuple[int, int]
) -> None:
    assert frame_size(*picture, longest) == expected


def test_a_portrait_is_found_and_moves(tmp_path: Path) -> None:
    portrait = made(asked(tmp_path, presenter(512)[0]))
    assert portrait.size == (128, 128)
    closed, opened = (portrait.puppet.render(Pose(Mouth(jaw_open=jaw))) for jaw in (0.0, 1.0))
    assert np.abs(closed.astype(int) - opened).max() > 40


def test_a_picture_without_a_face_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NoFace, match="--landmarks"):
        made(asked(tmp_path, np.full((200, 160, 3), 128, np.uint8)))


def test_landmarks_place_a_face_no_detector_finds(tmp_path: Path) -> None:
    portrait = made(asked(tmp_path, drawn_face()[0], 160, drawn_landmarks()))
    assert portrait.size == (128, 160)


def test_landmarks_are_pixels_of_the_file_however_large(tmp_path: Path) -> None:
    rgb, points = drawn_face(1280, 1600, 320, 640, 600)
    landmarks = " ".join(f"{x:g},{y:g}" for x, y in points.as_tuple())
    large = made(asked(tmp_path, rgb, 160, landmarks)).puppet
    small = made(asked(tmp_path, drawn_face()[0], 160, drawn_landmarks())).puppet
    pose = Pose(Mouth(jaw_open=1))
    assert np.abs(large.render(pose).astype(int) - small.render(pose)).mean() < 4


def test_landmarks_outside_the_picture_are_refused(tmp_path: Path) -> None:
    with pytest.raises(BadLandmarks, match="outside the picture"):
        made(asked(tmp_path, drawn_face()[0], 160, drawn_landmarks().replace("200,150", "700,150")))


def test_a_small_face_is_pointed_out(tmp_path: Path) -> None:
    rgb, points = drawn_face(640, 800, 40, 320, 400)
    landmarks = " ".join(f"{x:g},{y:g}" for x, y in points.as_tuple())
    (notice,) = measured(asked(tmp_path, rgb, 160, landmarks)).notices
    assert "8 pixels between the eyes" in notice


def test_of_several_faces_the_largest_is_used_and_that_is_said(tmp_path: Path) -> None:
    large, _ = presenter(512)
    small = np.full_like(large, 150)
    small[100:460, 76:436] = presenter(360)[0]
    job = asked(tmp_path, np.hstack([small, large]), 512)
    assert any("2 faces" in notice for notice in measured(job).notices)
    portrait = made(job)
    changed = np.abs(portrait.puppet.render(Pose(Mouth(jaw_open=1))).astype(int) - portrait.puppet.render(Pose()))
    columns = np.flatnonzero(changed.max(axis=(0, 2)) > 10)
    assert columns.min() > 256


@pytest.mark.parametrize("turns", [1, 2, 3])
def test_a_picture_that_lies_or_stands_on_its_head_is_turned_upright(tmp_path: Path, turns: int) -> None:
    upright = presenter(512)[0][:, 60:460]
    frames = []
    for name, picture in (("upright", upright), ("turned", np.rot90(upright, turns))):
        (tmp_path / name).mkdir()
        portrait = made(asked(tmp_path / name, np.ascontiguousarray(picture), 256))
        assert portrait.size == (200, 256)
        frames.append(portrait.puppet.render(Pose(Mouth(jaw_open=1))).astype(int))
    assert np.abs(frames[0] - frames[1]).mean() < 1


def test_landmarks_on_a_picture_that_lies_on_its_side_turn_it(tmp_path: Path) -> None:
    rgb, points = drawn_face()
    lying = turned_points(points, 1, 320, 400)
    landmarks = " ".join(f"{x:g},{y:g}" for x, y in lying.as_tuple())
    job = asked(tmp_path, np.ascontiguousarray(np.rot90(rgb)), 160, landmarks)
    assert measured(job).turns == 3
    assert made(job).size == (128, 160)
