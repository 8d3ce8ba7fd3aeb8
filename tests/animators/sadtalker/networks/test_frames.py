from pathlib import Path

import pytest

from halfgig.animators.sadtalker.networks.build import CHECKPOINT, MANIFEST, build
from halfgig.animators.sadtalker.networks.model import Angles, Portrait, Renderer
from halfgig.errors import BadCheckpoint
from tests.animators.sadtalker.networks.small import noise
from tests.animators.sadtalker.networks.world import golden, image
from tests.nn.noise import floats


def test_a_frame_rendered_again_in_another_order_is_the_same_to_the_last_bit(thin: Path) -> None:
    numbers = golden("render_crop")
    first, again = Renderer(thin, 2), Renderer(thin, 2)
    portrait = first.portrait(image())
    frames = [first.frame(portrait, numbers["kp_source"][0], points) for points in numbers["kp_driving"][:2]]
    assert (again.frame(again.portrait(image()), numbers["kp_source"][0], numbers["kp_driving"][1]) == frames[1]).all()


def test_a_renderer_has_the_widths_of_its_weights(thin: Path) -> None:
    assert Renderer(thin, 1).portrait(image()).volume.shape == (64, 64, 16, 4)


def test_a_portrait_kept_on_disk_is_the_same(thin: Path, tmp_path: Path) -> None:
    portrait = Renderer(thin, 2).portrait(image())
    portrait.save(tmp_path / "portrait")
    kept = Portrait.load(tmp_path / "portrait")
    assert (kept.volume == portrait.volume).all()
    assert (kept.points == portrait.points).all()


def test_forced_angles_reach_the_key_points(thin: Path) -> None:
    renderer, portrait = Renderer(thin, 1), Portrait(noise(1), noise(15, 3))
    coefficients = noise(2, 70)
    free = renderer.points(portrait, "crop", coefficients)
    forced = renderer.points(portrait, "crop", coefficients, Angles(yaw=floats([0, 90])))
    assert free.shape == forced.shape == (2, 15, 3)
    assert abs(forced - free).max() > 0.1


def test_a_folder_without_a_checkpoint_is_refused_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(BadCheckpoint, match=f"no {CHECKPOINT}.*halfgig pull sadtalker"):
        build(tmp_path, tmp_path, lambda _: None)


def test_a_renderer_that_is_not_built_or_by_another_version_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadCheckpoint, match="no built SadTalker"):
        Renderer(tmp_path, 1)
    (tmp_path / MANIFEST).write_text('{"format": 0}')
    (tmp_path / "renderer.weights").write_bytes(b"0")
    with pytest.raises(BadCheckpoint, match="another version"):
        Renderer(tmp_path, 1)
