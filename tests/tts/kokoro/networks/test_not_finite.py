"""A network that computes NaN or infinity is an error with the name of its stage, never silence."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import numpy as np
import pytest

from halfgig.errors import NotFinite
from halfgig.nn.weights import read_table
from halfgig.tts.kokoro.assemble import try_out
from halfgig.tts.kokoro.networks.build import FORMAT, MANIFEST, WEIGHTS
from halfgig.tts.kokoro.networks.model import Kokoro
from tests.support.command import halfgig, plain_environment

if TYPE_CHECKING:
    from pathlib import Path

    from halfgig.models.installed import Installed

STAGES = {
    "language model": "bert_encoder.bias",
    "prosody": "predictor.duration.bias",
    "text encoder": "text_encoder.cnn.2.beta",
    "pitch": "predictor.F0_proj.bias",
    "loudness": "predictor.N_proj.bias",
    "decoder": "decoder.decode.3.conv2.bias",
    "vocoder": "generator.conv_post.bias",
}
"""A tensor of each stage that is stored in float32."""


def damage(installed: Installed, tensor: str, value: float, folder: Path) -> Path:
    """Copy a data folder with one number of a tensor replaced, and return the model's folder."""
    copy = folder / "data" / "models" / "kokoro"
    shutil.copytree(installed.folder, copy)
    place = read_table(copy / MANIFEST, FORMAT, "Kokoro")["tensors"][tensor]["offset"]
    with (copy / WEIGHTS).open("r+b") as file:
        file.seek(place)
        file.write(np.float32(value).tobytes())
    return copy


@pytest.mark.parametrize("stage", STAGES)
def test_a_trial_names_the_stage_that_computes_no_number(installed: Installed, tmp_path: Path, stage: str) -> None:
    folder = damage(installed, STAGES[stage], np.nan, tmp_path)
    with pytest.raises(NotFinite, match=rf"Kokoro's {stage} computed NaN or infinity"):
        list(try_out(folder))


def test_a_trial_of_a_good_build_passes(installed: Installed) -> None:
    assert len(list(try_out(installed.folder))) == 2


def test_weights_that_overflow_are_an_error_too(installed: Installed, tmp_path: Path) -> None:
    folder = damage(installed, STAGES["vocoder"], 1e38, tmp_path)  # a log magnitude
    style = np.zeros(256, np.float32)
    with np.errstate(over="ignore", invalid="ignore"), pytest.raises(NotFinite, match="vocoder"):
        list(Kokoro(folder, 1, 220).synthesise([0, 50, 83, 0], style, 1.0, seed=None).pieces)


def test_the_command_says_which_stage_failed_and_writes_no_file(installed: Installed, tmp_path: Path) -> None:
    folder = damage(installed, STAGES["decoder"], np.inf, tmp_path)
    environment = plain_environment(DATA_DIR=str(folder.parents[1]))
    ended = halfgig("say", "Hello.", "-o", tmp_path / "said.wav", "--json", env=environment)
    assert ended.code == 6
    assert json.loads(ended.out)["error"]["code"] == "not_finite"
    assert "Kokoro's decoder" in ended.err
    assert not (tmp_path / "said.wav").exists()
