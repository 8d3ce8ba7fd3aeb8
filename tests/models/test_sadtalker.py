"""SadTalker is pulled from local files of the published layout within 512 MB, and computes what the original does."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pytest

from halfgig.animators.sadtalker.networks.audio_encoder import open_audio
from halfgig.animators.sadtalker.networks.model import Renderer
from halfgig.animators.sadtalker.networks.reconstruction import Reconstruction
from halfgig.models.installed import InstalledModels
from tests.animators.sadtalker.networks.installed import TOLD, environment, pulled, verified
from tests.animators.sadtalker.networks.world import GOLDEN, golden, golden_folder
from tests.support.command import Ran, halfgig
from tests.support.once import linked

if TYPE_CHECKING:
    from pathlib import Path

PRIVATE_MB = 260


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with what the command has pulled in "data"."""
    return linked(pulled(tmp_path_factory), tmp_path_factory.mktemp("sadtalker"))


def verify(home: Path, *options: str | Path) -> Ran:
    return halfgig("models", "verify", "sadtalker", *options, env=environment(home))


@pytest.mark.memory
def test_sadtalker_is_built_from_local_files_in_512_mb(world: Path) -> None:
    told = json.loads((world / TOLD).read_text())
    assert told["build_peak_mb"] < PRIVATE_MB
    assert told["footprint_mb"] < PRIVATE_MB
    parts = ("renderer", "audio", "reconstruction")
    assert set(told["files"]) == {f"{part}.{end}" for part in parts for end in ("weights", "json")}


def test_every_network_opens_from_the_one_folder(world: Path) -> None:
    folder = InstalledModels(world / "data").find("sadtalker").folder
    Renderer(folder, 1).close()
    Reconstruction(folder, 1)
    assert "expression.last" in open_audio(folder)


@pytest.mark.memory
@pytest.mark.slow
def test_one_command_holds_every_network_against_the_original_in_512_mb(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    lines = verified(tmp_path_factory, "narrow")
    for what in (
        "mel windows",
        "expression",
        "pose, style 45",
        "reconstruction",
        "deformation",
        "occlusion",
        "frame 1",
    ):
        assert sum(line.startswith(what) and line.endswith(" ok") for line in lines) == 1, what
    assert lines[-1] == "all 27 figures are as asked"


@pytest.mark.slow
def test_weights_in_float32_are_asked_for_80_decibels(tmp_path_factory: pytest.TempPathFactory) -> None:
    lines = verified(tmp_path_factory, "float32")
    assert sum(line.startswith("frame 1") and "asked >=   80.0 dB" in line for line in lines) == 1
    assert lines[-1] == "all 27 figures are as asked"


def test_a_model_that_computes_something_else_is_told_and_not_passed(world: Path, tmp_path: Path) -> None:
    changes = {
        "coefficients": {"exp": golden("coefficients")["exp"] + np.float32(0.01)},
        "render_crop": {"frames": golden("render_crop")["frames"][:0]},
    }
    ran = verify(world, "--golden", golden_folder(tmp_path / "golden", **changes))
    assert ran.code == 6
    assert "1 of 26 figures are not as asked: expression 0.0" in ran.err
    assert sum(line.endswith("NOT") for line in ran.out.splitlines()) == 1


def test_published_weights_are_not_held_against_the_seeded_ones_numbers(world: Path, tmp_path: Path) -> None:
    home = linked(world, tmp_path / "home")
    manifest = InstalledModels(home / "data").folder("sadtalker") / "manifest.json"
    told = manifest.read_text()
    manifest.unlink()  # its content is shared with the other tests
    manifest.write_text(told.replace('"published": false', '"published": true'))
    assert verify(home, "--golden", GOLDEN).refused(2, "published weights", "seeded_checkpoints.py")


def test_a_folder_without_golden_numbers_is_refused(world: Path, tmp_path: Path) -> None:
    assert verify(world, "--golden", tmp_path).refused(6, str(tmp_path), "mel.npz")


def test_without_golden_numbers_the_files_are_checked_alone(world: Path) -> None:
    ran = verify(world)
    assert ran.code == 0
    assert ran.out.startswith("sadtalker: 6 files, ")
    assert ran.out.count("\n") == 1
