"""The renderer against what the original computes (tests/reference/golden/render_*.npz)."""

import math
from pathlib import Path

import numpy as np
import pytest

from halfgig.models.sadtalker.encoder import compressed
from halfgig.models.sadtalker.mapping import mapped
from halfgig.models.sadtalker.model import Portrait, Renderer
from halfgig.models.sadtalker.motion import dense_motion
from halfgig.models.sadtalker.pose import turned
from tests.models.noise import of_scale
from tests.models.sadtalker.world import Built, golden, image

PRECISIONS = pytest.mark.parametrize("precision", ["narrow", "float32"])
KINDS = pytest.mark.parametrize("kind", ["crop", "full"])
SCALE = 1e-3


def renderer(built: Built, precision: str) -> Renderer:
    return Renderer(getattr(built, precision), 2)


@PRECISIONS
def test_a_portraits_volume_and_key_points_are_the_originals(built: Built, precision: str) -> None:
    numbers, portrait = golden("render_crop"), renderer(built, precision).portrait(image())
    every_fourth = portrait.volume[::4, ::4, ::4].transpose(3, 2, 0, 1)
    assert of_scale(numbers["feature_3d_every_4th"][0], every_fourth) < SCALE
    assert of_scale(numbers["kp_canonical"][0], portrait.points) < SCALE


@PRECISIONS
@KINDS
def test_movements_are_the_originals(built: Built, precision: str, kind: str) -> None:
    numbers = golden(f"render_{kind}")
    heads = mapped(renderer(built, precision).bench, kind, numbers["target_semantics"])
    for name in ("yaw", "pitch", "roll"):
        assert of_scale(numbers[f"mapping_{name}"], getattr(heads, name)) < SCALE
    assert of_scale(numbers["mapping_t"], heads.place) < SCALE
    assert of_scale(numbers["mapping_exp"], heads.expression.reshape(-1, 45)) < SCALE


@PRECISIONS
@KINDS
def test_key_points_of_the_portrait_and_of_every_frame_are_the_originals(
    built: Built, precision: str, kind: str
) -> None:
    numbers, bench = golden(f"render_{kind}"), renderer(built, precision).bench
    for what in ("source", "driving"):
        semantics = numbers[f"{'source' if what == 'source' else 'target'}_semantics"]
        points = turned(numbers["kp_canonical"][0], mapped(bench, kind, semantics))
        assert of_scale(numbers[f"kp_{what}"], points) < SCALE


@KINDS
def test_forced_angles_stand_for_those_of_the_sound(built: Built, kind: str) -> None:
    numbers = golden(f"render_{kind}")
    heads = mapped(renderer(built, "narrow").bench, kind, numbers["target_semantics"][:1])
    forced = [np.array([degrees], np.float32) for degrees in (10, -5, 3)]
    assert of_scale(numbers["kp_forced_10_m5_3"], turned(numbers["kp_canonical"][0], heads, *forced)) < SCALE


@PRECISIONS
def test_movement_and_visibility_of_every_voxel_are_the_originals(built: Built, precision: str) -> None:
    numbers, own = golden("render_crop"), renderer(built, precision)
    small = compressed(own.bench, own.portrait(image()).volume)
    places, visible = dense_motion(own.bench, small, numbers["kp_source"][0], numbers["kp_driving"][1])
    assert of_scale(numbers["deformation_1"][0], places[::4, ::4, ::4].transpose(2, 0, 1, 3)) < SCALE
    assert of_scale(numbers["occlusion_1"][0, 0], visible) < SCALE


@pytest.mark.parametrize(("precision", "wanted_db"), [("narrow", 70), ("float32", 95)])
def test_frames_are_the_originals(built: Built, precision: str, wanted_db: float) -> None:
    numbers, own = golden("render_crop"), renderer(built, precision)
    portrait = own.portrait(image())
    for driving, wanted in zip(numbers["kp_driving"], numbers["frames"], strict=True):
        found = own.frame(portrait, numbers["kp_source"][0], driving)
        assert psnr(wanted.transpose(1, 2, 0), found) > wanted_db


def test_from_coefficients_to_a_frame_nothing_is_lost(built: Built) -> None:
    numbers, own = golden("render_crop"), renderer(built, "narrow")
    portrait = own.portrait(image())
    source = own.points(portrait, "crop", numbers["source_semantics"][:, :, 0])[0]
    driving = turned(portrait.points, mapped(own.bench, "crop", numbers["target_semantics"]))
    found = own.frame(portrait, source, driving[1])
    assert psnr(numbers["frames"][1].transpose(1, 2, 0), found) > 60


def test_a_portrait_kept_on_disk_is_the_same(built: Built, tmp_path: Path) -> None:
    portrait = renderer(built, "narrow").portrait(image())
    portrait.save(tmp_path / "portrait")
    kept = Portrait.load(tmp_path / "portrait")
    assert (kept.volume == portrait.volume).all()
    assert (kept.points == portrait.points).all()


def psnr(wanted: np.ndarray, found: np.ndarray) -> float:
    return -10 * math.log10(float(np.square(wanted.astype(np.float64) - found).mean()))
