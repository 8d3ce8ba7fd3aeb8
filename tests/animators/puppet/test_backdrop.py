from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image

from halfgig.animators.puppet.backdrop import blurred, covering, foreground
from halfgig.animators.puppet.blendshapes import Head, Pose
from halfgig.animators.puppet.portrait import make_portrait, rig_of
from tests.support.faces import presenter
from tests.support.jobs import render_job

if TYPE_CHECKING:
    from pathlib import Path

GREEN = (0, 200, 60)


def frame(folder: Path, pose: Pose | None = None, portrait: Image.Image | None = None, **asked: Any) -> np.ndarray:
    """Render a frame of the presenter, or of another portrait, with options."""
    path = folder / "portrait.png"
    (portrait or Image.fromarray(presenter(256)[0])).save(path)
    job = render_job(folder, path, idle=1.0, size=128)
    job = replace(job, request=replace(job.request, **asked))
    return make_portrait(job, rig_of(job, folder / "rig.json")).puppet.render(pose or Pose())


def test_a_colour_is_behind_her_and_she_stays_as_she_was(tmp_path: Path) -> None:
    before, after = frame(tmp_path), frame(tmp_path, background="#00c83c")
    assert after[5, 5].tolist() == after[60, 120].tolist() == list(GREEN)
    face = np.s_[45:75, 50:80]
    assert np.abs(after[face].astype(int) - before[face]).max() <= 1


def test_the_edge_has_none_of_the_old_background() -> None:
    wall, coat = np.array([200, 40, 40]), np.array([20, 20, 90])
    alpha = np.zeros((40, 80), np.uint8)
    alpha[:, 44:], alpha[:, 38:44] = 255, np.linspace(0, 255, 6, dtype=np.uint8)
    share = alpha[..., None] / 255
    rgb = (share * coat + (1 - share) * wall).astype(np.uint8)
    clean = foreground(rgb, alpha)[:, 39:]
    assert np.abs(clean.astype(int) - coat).max() < 12


def test_her_outline_moves_with_her_and_the_background_stays(tmp_path: Path) -> None:
    still = frame(tmp_path, background="#00c83c")
    moved = frame(tmp_path, Pose(head=Head(x=0.1)), background="#00c83c")
    is_green = [(each == GREEN).all(axis=2) for each in (still, moved)]
    assert (is_green[0] != is_green[1]).sum() > 20
    assert is_green[1][:8].all()


def test_a_picture_behind_her_fills_the_frame(tmp_path: Path) -> None:
    behind = np.zeros((50, 200, 3), np.uint8)
    behind[:, 100:] = 255
    Image.fromarray(behind).save(tmp_path / "behind.png")
    after = frame(tmp_path, background_picture="behind.png")
    assert after[4, 4].max() < 20
    assert after[4, -4].min() > 220


def test_blur_keeps_the_light_of_the_background_and_nothing_of_her() -> None:
    rgb, _ = presenter(256)
    alpha = np.zeros((256, 256), np.uint8)
    alpha[40:, 60:200] = 255
    rgb[40:, 60:200] = (255, 0, 0)
    behind = blurred(rgb, alpha, (128, 128)).astype(int)
    assert (behind[..., 0] - behind[..., 2]).max() < 20
    assert np.abs(behind[5, 5] - rgb[10, 10]).max() < 12


@pytest.mark.parametrize("size", [(60, 20), (20, 60)])
def test_covering_shows_the_middle(size: tuple[int, int]) -> None:
    picture = np.zeros((30, 30, 3), np.uint8)
    picture[10:20, 10:20] = 255
    found = covering(picture, size)
    assert found.shape == (size[1], size[0], 3)
    assert found[size[1] // 2, size[0] // 2].min() == 255


def test_a_portraits_own_transparency_is_what_is_replaced(tmp_path: Path) -> None:
    picture = Image.fromarray(presenter(256)[0]).convert("RGBA")
    picture.putalpha(Image.fromarray(np.repeat(np.array([[0] * 40 + [255] * 216], np.uint8), 256, axis=0)))
    after = frame(tmp_path, portrait=picture, background="#00c83c")
    assert after[5, 5].tolist() == list(GREEN)
    assert after[5, 100].tolist() != list(GREEN)


@pytest.mark.parametrize(("aspect", "size"), [("9:16", (72, 128)), ("16:9", (128, 72)), ("4:5", (102, 128))])
def test_frames_have_the_aspect_ratio(tmp_path: Path, aspect: str, size: tuple[int, int]) -> None:
    found = frame(tmp_path, aspect=aspect)
    assert (found.shape[1], found.shape[0]) == size


def test_what_the_picture_lacks_is_made_up_and_said(tmp_path: Path) -> None:
    close = presenter(256)[0][70:180, 60:200]
    Image.fromarray(close).save(tmp_path / "close.png")
    job = render_job(tmp_path, tmp_path / "close.png", idle=1.0, size=128)
    job = replace(job, request=replace(job.request, aspect="16:9"))
    assert any("made up" in notice for notice in rig_of(job, tmp_path / "rig.json").notices)
