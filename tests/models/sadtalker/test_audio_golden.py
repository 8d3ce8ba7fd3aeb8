"""The nets that hear against what the original computes (tests/reference/golden/coefficients.npz)."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from halfgig.errors import BadCheckpoint
from halfgig.models.sadtalker import audio_encoder
from halfgig.models.sadtalker.audio_build import MANIFEST, build_audio, open_audio
from halfgig.models.sadtalker.expression import expressions
from halfgig.models.sadtalker.head_pose import listened, motion
from tests.models.noise import of_scale
from tests.models.sadtalker.hearing import build_hearing, write_hearing
from tests.models.sadtalker.world import golden

PRECISIONS = pytest.mark.parametrize("precision", ["narrow", "float32"])
TOLERANCE = {"narrow": 1e-3, "float32": 2e-5}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Give a folder with a checkpoint and its builds by precision."""
    folder = write_hearing(tmp_path_factory.mktemp("hearing"))
    for precision in TOLERANCE:
        build_hearing(folder, precision)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@PRECISIONS
def test_expressions_are_the_originals(built: Path, precision: str) -> None:
    numbers, weights = golden("coefficients"), open_audio(built / precision)
    resting = np.repeat(numbers["ref"][:, :64], 55, axis=0)
    found = expressions(weights, numbers["windows"], resting, numbers["blink"][:, 0])
    assert np.abs(found - numbers["exp"][0]).max() < TOLERANCE[precision]


@PRECISIONS
@pytest.mark.parametrize("style", [0, 7, 45])
def test_a_chunk_of_poses_is_the_originals(built: Path, precision: str, style: int) -> None:
    numbers, weights = golden("coefficients"), open_audio(built / precision)
    reference = numbers["ref"][0, 64:70]
    sound = listened(weights, numbers["windows"][1:33])
    found = reference + motion(weights, sound, numbers["z"][0], style, reference)
    assert np.abs(found - numbers[f"pose_{style}"][0, 1:33]).max() < TOLERANCE[precision]


def test_what_is_heard_does_not_depend_on_how_many_windows_come_at_once(built: Path) -> None:
    windows, weights = golden("coefficients")["windows"][:9], open_audio(built / "float32")
    one_by_one = [audio_encoder.heard(weights, "pose.encoder", windows[i : i + 1]) for i in range(9)]
    together = audio_encoder.heard(weights, "pose.encoder", windows)
    assert of_scale(together, np.concatenate(one_by_one)) < 1e-5


def test_no_window_gives_nothing_heard(built: Path) -> None:
    windows = np.empty((0, 80, 16), np.float32)
    assert audio_encoder.heard(open_audio(built / "narrow"), "pose.encoder", windows).shape == (0, 512)


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
