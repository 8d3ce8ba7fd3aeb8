"""Pictures of every kind: what can be used is used, what cannot is refused in one sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from halfgig.events import Notice
from halfgig.pipeline.video import VIDEO
from tests.support.command import halfgig
from tests.support.jobs import STAGES, render_job, run_stage
from tests.support.media import bomb, frames, noise, portrait, presenter, two_faces

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.command import Ran


def talked(picture: Path, *options: str) -> Ran:
    return halfgig("talk", picture, "My map.", "--size", "96", *options, "-o", picture.parent / "out.mp4")


def first_frame_of_talk(picture: Path) -> np.ndarray:
    """Make a video of a picture at rest; give its frame, in which nothing has moved yet."""
    job = render_job(picture.parent, picture, idle=0.04, size=96)
    told = [each.text for stage in STAGES for each in run_stage(stage, job) if isinstance(each, Notice)]
    assert told == ["the face is small: 13 pixels between the eyes; cut the picture closer, or raise --size"]
    return next(frames(picture.parent / VIDEO)).astype(float)


def looks_like_the_presenter(frame: np.ndarray, within: float = 6.0) -> bool:
    difference = np.abs(frame - np.asarray(presenter(96), dtype=float))
    assert difference.mean() < within
    return True


def test_a_picture_without_a_face_is_refused(tmp_path: Path) -> None:
    assert talked(noise(tmp_path / "noise.png")).refused(2, "noise.png", "seen from the front", "--landmarks")


def test_of_several_faces_the_largest_is_taken_and_that_is_said(tmp_path: Path) -> None:
    picture = two_faces(tmp_path / "two.png")
    ran = talked(picture, "--size", "288")
    assert ran.code == 0
    assert "note: 2 faces were found; the largest is used\n" in ran.err
    moved = np.stack(list(frames(tmp_path / "out.mp4"))).astype(float).std(axis=0).max(axis=-1)
    assert moved[:, :192].max() > 20  # the large one is left
    assert moved[:, 200:].max() < 8


def test_a_script_is_told_of_several_faces_too(tmp_path: Path) -> None:
    ran = talked(two_faces(tmp_path / "two.png"), "--size", "288", "--json")
    assert ran.json["notices"] == ["2 faces were found; the largest is used"]


def test_a_file_that_is_no_picture_is_refused(tmp_path: Path) -> None:
    (tmp_path / "letter.png").write_text("Dear Sir or Madam, " * 20)
    assert talked(tmp_path / "letter.png").refused(2, "letter.png", "not a picture", "give a JPEG, PNG, WEBP or GIF")


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "empty.jpg").touch()
    assert talked(tmp_path / "empty.jpg").refused(2, "empty.jpg", "not a picture")


def test_a_portrait_that_is_not_there_is_named(tmp_path: Path) -> None:
    assert talked(tmp_path / "me.png").refused(2, "me.png", "there is no file", "give the path of a portrait")


def test_a_folder_is_no_portrait(tmp_path: Path) -> None:
    (tmp_path / "album").mkdir()
    assert talked(tmp_path / "album").refused(2, "album", "give the path of a portrait")


@pytest.mark.parametrize("share", [0.1, 0.5, 0.95])
def test_a_picture_that_ends_too_early_is_refused(share: float, tmp_path: Path) -> None:
    whole = portrait(tmp_path / "cut.png").read_bytes()
    (tmp_path / "cut.png").write_bytes(whole[: int(len(whole) * share)])
    assert talked(tmp_path / "cut.png").refused(2, "cut.png", "cannot be read", "save the picture again")


def test_a_bomb_of_30000_by_30000_pixels_is_refused_unopened(tmp_path: Path) -> None:
    picture = bomb(tmp_path / "bomb.png")
    assert picture.stat().st_size < 1_000_000
    assert talked(picture).refused(2, "30000 x 30000", "900 megapixels", "40 megapixels", "make it smaller")


def test_a_picture_of_a_few_pixels_is_refused(tmp_path: Path) -> None:
    assert talked(portrait(tmp_path / "dot.png", 16)).refused(2, "16 x 16 pixels", "at least 32")


@pytest.mark.parametrize("ending", ["jpg", "png", "webp", "bmp", "tiff", "gif", "ppm"])
def test_a_portrait_may_be_in_any_common_format(ending: str, tmp_path: Path) -> None:
    assert looks_like_the_presenter(first_frame_of_talk(portrait(tmp_path / f"me.{ending}")))


def test_of_an_animation_the_first_picture_is_used(tmp_path: Path) -> None:
    presenter().save(tmp_path / "me.gif", save_all=True, append_images=[presenter().rotate(180)], duration=100)
    assert looks_like_the_presenter(first_frame_of_talk(tmp_path / "me.gif"))


def test_printers_colours_work(tmp_path: Path) -> None:
    presenter().convert("CMYK").save(tmp_path / "me.jpg")
    assert looks_like_the_presenter(first_frame_of_talk(tmp_path / "me.jpg"))


def test_sixteen_bits_a_colour_work(tmp_path: Path) -> None:
    import cv2

    deep = np.asarray(presenter()).astype(np.uint16)[..., ::-1] * 257
    assert cv2.imwrite(str(tmp_path / "me.png"), deep)
    assert looks_like_the_presenter(first_frame_of_talk(tmp_path / "me.png"))


def test_sixteen_bits_of_grey_work(tmp_path: Path) -> None:
    from PIL import Image

    grey = np.asarray(presenter().convert("L"))
    Image.fromarray(grey.astype(np.uint16) * 257).save(tmp_path / "me.png")
    frame = first_frame_of_talk(tmp_path / "me.png")
    assert np.abs(frame.mean(axis=-1) - np.asarray(presenter(96).convert("L"))).mean() < 6


def test_transparency_is_laid_on_white(tmp_path: Path) -> None:
    image = presenter()
    image.putalpha(presenter().convert("L").point(lambda _: 255))
    image.paste((0, 0, 0, 0), (0, 0, 256, 24))
    image.save(tmp_path / "me.png")
    frame = first_frame_of_talk(tmp_path / "me.png")
    assert frame[:6].min() > 220
    assert np.abs(frame[16:] - np.asarray(presenter(96), dtype=float)[16:]).mean() < 6


def test_a_palette_works(tmp_path: Path) -> None:
    presenter().quantize(128).save(tmp_path / "me.png")
    assert looks_like_the_presenter(first_frame_of_talk(tmp_path / "me.png"))


def test_a_picture_taken_sideways_is_set_upright(tmp_path: Path) -> None:
    from PIL import Image

    tall = presenter().crop((32, 0, 224, 256))
    exif = Image.Exif()
    exif[0x0112] = 6  # "turn me clockwise"
    tall.rotate(90, expand=True).save(tmp_path / "me.jpg", exif=exif, quality=95)
    ran = talked(tmp_path / "me.jpg", "--json")
    assert ran.json["size"] == [72, 96]
    upright = np.asarray(tall.resize((72, 96)), dtype=float)
    assert np.abs(next(frames(tmp_path / "out.mp4")) - upright).mean() < 6
