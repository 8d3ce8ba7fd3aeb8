"""The renderer against what the original computes (tests/reference/golden/render_*.npz)."""

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest

from halfgig.animators.sadtalker.networks.mapping import mapped, rotated_points
from halfgig.animators.sadtalker.networks.model import Portrait, Renderer
from tests.animators.sadtalker.networks.world import Built, golden, image
from tools.golden import renderer as golden_renderer
from tools.golden.figures import Figure, psnr
from tools.golden.renderer import Kind

PRECISIONS = pytest.mark.parametrize("precision", ["narrow", "float32"])
KINDS = pytest.mark.parametrize("kind", ["crop", "full"])


def renderer(built: Built, precision: str) -> Renderer:
    return Renderer(getattr(built, precision), 2)


def not_met(figures: Iterator[Figure]) -> list[str]:
    """Return the lines of the figures beyond their limit."""
    return [figure.line() for figure in figures if not figure.is_met]


@PRECISIONS
def test_a_portraits_volume_and_key_points_are_the_originals(built: Built, precision: str) -> None:
    portrait = renderer(built, precision).portrait(image())
    assert not_met(golden_renderer.of_portrait(portrait, golden("render_crop"))) == []


@PRECISIONS
@KINDS
def test_movements_are_the_originals(built: Built, precision: str, kind: Kind) -> None:
    own = renderer(built, precision)
    assert not_met(golden_renderer.of_movements(own, kind, golden(f"render_{kind}"))) == []


@PRECISIONS
@KINDS
def test_key_points_of_the_portrait_and_of_every_frame_are_the_originals(
    built: Built, precision: str, kind: Kind
) -> None:
    own = renderer(built, precision)
    assert not_met(golden_renderer.of_key_points(own, kind, golden(f"render_{kind}"))) == []


@KINDS
def test_forced_angles_stand_for_those_of_the_sound(built: Built, kind: Kind) -> None:
    own = renderer(built, "narrow")
    assert not_met(golden_renderer.of_forced_angles(own, kind, golden(f"render_{kind}"))) == []


@PRECISIONS
def test_movement_and_visibility_of_every_voxel_are_the_originals(built: Built, precision: str) -> None:
    own = renderer(built, precision)
    assert not_met(golden_renderer.of_voxels(own, own.portrait(image()), golden("render_crop"))) == []


@pytest.mark.parametrize(("precision", "wanted_db"), [("narrow", 70), ("float32", 95)])
def test_frames_are_the_originals(built: Built, precision: str, wanted_db: float) -> None:
    own = renderer(built, precision)
    frames = golden_renderer.of_frames(own, own.portrait(image()), golden("render_crop"), wanted_db)
    assert not_met(itertools.islice(frames, 1)) == []  # `halfgig models verify` has all of them


def test_from_coefficients_to_a_frame_nothing_is_lost(built: Built) -> None:
    numbers, own = golden("render_crop"), renderer(built, "narrow")
    portrait = own.portrait(image())
    source = own.points(portrait, "crop", numbers["source_semantics"][:, :, 0])[0]
    driving = rotated_points(portrait.points, mapped(own.context, "crop", numbers["target_semantics"]))
    found = own.frame(portrait, source, driving[1])
    assert psnr(numbers["frames"][1].transpose(1, 2, 0), found) > 60


def test_a_portrait_kept_on_disk_is_the_same(built: Built, tmp_path: Path) -> None:
    portrait = renderer(built, "narrow").portrait(image())
    portrait.save(tmp_path / "portrait")
    kept = Portrait.load(tmp_path / "portrait")
    assert (kept.volume == portrait.volume).all()
    assert (kept.points == portrait.points).all()
