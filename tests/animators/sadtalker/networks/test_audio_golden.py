"""The nets that hear against what the original computes (tests/reference/golden/coefficients.npz)."""

import json
from pathlib import Path

import numpy as np
import pytest

from halfgig.animators.sadtalker.networks import audio_encoder
from halfgig.animators.sadtalker.networks.audio_encoder import MANIFEST, build_audio, open_audio
from halfgig.errors import BadCheckpoint
from tests.animators.sadtalker.networks.hearing import built_hearing
from tests.animators.sadtalker.networks.world import golden
from tools.golden.figures import of_scale
from tools.golden.sound import of_expressions, of_poses

PRECISIONS = pytest.mark.parametrize("precision", ["narrow", "float32"])
TOLERANCE = {"narrow": 1e-3, "float32": 2e-5}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Return the folders of the builds by precision."""
    return {precision: built_hearing(tmp_path_factory, precision) for precision in TOLERANCE}


@PRECISIONS
def test_expressions_are_the_originals(built: dict[str, Path], precision: str) -> None:
    (figure,) = of_expressions(open_audio(built[precision]), golden("coefficients"))
    assert figure.measured < TOLERANCE[precision] <= figure.asked


@PRECISIONS
def test_poses_of_all_chunks_are_the_originals(built: dict[str, Path], precision: str) -> None:
    figures = list(of_poses(open_audio(built[precision]), golden("coefficients")))
    assert len(figures) == 3
    assert max(figure.measured for figure in figures) < TOLERANCE[precision] <= figures[0].asked


def test_what_is_heard_does_not_depend_on_how_many_windows_come_at_once(built: dict[str, Path]) -> None:
    windows, weights = golden("coefficients")["windows"][:9], open_audio(built["float32"])
    one_by_one = [audio_encoder.encode_audio(weights, "pose.encoder", windows[i : i + 1]) for i in range(9)]
    together = audio_encoder.encode_audio(weights, "pose.encoder", windows)
    assert of_scale(together, np.concatenate(one_by_one)) < 1e-5


def test_no_window_gives_nothing_heard(built: dict[str, Path]) -> None:
    windows = np.empty((0, 80, 16), np.float32)
    assert audio_encoder.encode_audio(open_audio(built["narrow"]), "pose.encoder", windows).shape == (0, 512)


def test_a_folder_without_a_checkpoint_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadCheckpoint, match="halfgig pull sadtalker"):
        build_audio(tmp_path, tmp_path)


def test_a_folder_without_a_build_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadCheckpoint, match="no built SadTalker"):
        open_audio(tmp_path)


def test_a_build_of_another_version_is_refused(tmp_path: Path) -> None:
    (tmp_path / MANIFEST).write_text(json.dumps({"format": -1, "tensors": {}}))
    with pytest.raises(BadCheckpoint, match="another version"):
        open_audio(tmp_path)
