"""The encoder of audio windows, and builds of the audio networks that are refused."""

import json
from pathlib import Path

import numpy as np
import pytest

from halfgig.animators.sadtalker.networks.audio_encoder import MANIFEST, build_audio, encode_audio, open_audio
from halfgig.errors import BadCheckpoint
from tests.animators.sadtalker.networks.world import golden
from tools.golden.figures import of_scale


def test_what_is_heard_does_not_depend_on_how_many_windows_come_at_once(thin: Path) -> None:
    windows, weights = golden("coefficients")["windows"][:9], open_audio(thin)
    one_by_one = [encode_audio(weights, "pose.encoder", windows[i : i + 1]) for i in range(9)]
    together = encode_audio(weights, "pose.encoder", windows)
    assert of_scale(together, np.concatenate(one_by_one)) < 1e-5


def test_no_window_gives_nothing_heard(thin: Path) -> None:
    windows = np.empty((0, 80, 16), np.float32)
    assert encode_audio(open_audio(thin), "pose.encoder", windows).shape == (0, 64)


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
