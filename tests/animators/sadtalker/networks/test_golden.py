"""The networks against what the original computes, as `halfgig models verify` measures it, and one frame end to end."""

from pathlib import Path

import pytest

from halfgig.animators.sadtalker.networks.mapping import mapped, rotated_points
from halfgig.animators.sadtalker.networks.model import Renderer
from tests.animators.sadtalker.networks.world import golden, image
from tools.golden.figures import of_scale

Measured = dict[str, dict[str, float]]
PRECISIONS = pytest.mark.parametrize("precision", ["narrow", "float32"])
KINDS = pytest.mark.parametrize("kind", ["crop", "full"])
SHARE = 1e-3
OF_SOUND = {"narrow": 1e-3, "float32": 2e-5}


@PRECISIONS
@pytest.mark.parametrize("what", ["appearance volume", "key points, canonical"])
def test_a_portraits_volume_and_key_points_are_the_originals(measured: Measured, precision: str, what: str) -> None:
    assert measured[precision][what] < SHARE


@PRECISIONS
@KINDS
def test_movements_are_the_originals(measured: Measured, precision: str, kind: str) -> None:
    assert measured[precision][f"movements, {kind}"] < SHARE


@PRECISIONS
@KINDS
@pytest.mark.parametrize("whose", ["of the portrait", "of frames"])
def test_key_points_of_the_portrait_and_of_every_frame_are_the_originals(
    measured: Measured, precision: str, kind: str, whose: str
) -> None:
    assert measured[precision][f"key points {whose}, {kind}"] < SHARE


@PRECISIONS
@KINDS
def test_forced_angles_stand_for_those_of_the_sound(measured: Measured, precision: str, kind: str) -> None:
    assert measured[precision][f"key points, forced angles, {kind}"] < SHARE


@PRECISIONS
@pytest.mark.parametrize("what", ["deformation", "occlusion"])
def test_movement_and_visibility_of_every_voxel_are_the_originals(
    measured: Measured, precision: str, what: str
) -> None:
    assert measured[precision][what] < SHARE


@pytest.mark.parametrize(("precision", "wanted_db"), [("narrow", 70), ("float32", 95)])
def test_frames_are_the_originals(measured: Measured, precision: str, wanted_db: float) -> None:
    assert measured[precision]["frame 1"] > wanted_db


@PRECISIONS
def test_expressions_are_the_originals(measured: Measured, precision: str) -> None:
    assert measured[precision]["expression"] < OF_SOUND[precision]


@PRECISIONS
@pytest.mark.parametrize("style", [0, 7, 45])
def test_poses_of_all_chunks_are_the_originals(measured: Measured, precision: str, style: int) -> None:
    assert measured[precision][f"pose, style {style}"] < OF_SOUND[precision]


@PRECISIONS
def test_rows_are_the_originals_from_the_sound_on(measured: Measured, precision: str) -> None:
    assert measured[precision]["coefficients from the sound on"] < SHARE


def test_from_a_picture_and_coefficients_to_key_points_nothing_is_lost(published_size: Path) -> None:
    numbers, own = golden("render_crop"), Renderer(published_size / "models" / "sadtalker", 2)
    portrait = own.portrait(image())
    source = own.points(portrait, "crop", numbers["source_semantics"][:, :, 0])
    driving = rotated_points(portrait.points, mapped(own.context, "crop", numbers["target_semantics"]))
    assert of_scale(numbers["kp_source"], source) < SHARE
    assert of_scale(numbers["kp_driving"], driving) < SHARE
