"""SadTalker is pulled from local files of the published layout within 512 MB, and computes what the original does."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import numpy as np
import pytest

from halfgig.animators.sadtalker.networks.assemble import assemble
from halfgig.animators.sadtalker.networks.audio_encoder import open_audio
from halfgig.animators.sadtalker.networks.model import Renderer
from halfgig.animators.sadtalker.networks.reconstruction import Reconstruction
from halfgig.models.installed import InstalledModels
from tests.animators.sadtalker.networks.world import REFERENCE, checkpoints
from tests.support.cgroup import run_in_cgroup
from tests.support.command import COMMAND, Ran, halfgig, plain_environment
from tests.support.once import linked

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

GOLDEN = REFERENCE / "golden"
LIMIT_MB, PRIVATE_MB = 512, 260


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Return a folder with the seeded files in "files", and a data folder with what was pulled from them."""
    folder = tmp_path_factory.mktemp("sadtalker")
    linked(checkpoints(tmp_path_factory), folder / "files")
    argv = [*COMMAND, "pull", "sadtalker", "--from", str(folder / "files"), "--json"]
    outcome = run_in_cgroup(LIMIT_MB, argv, env=environment(folder))
    assert (outcome.rc, outcome.oom_kills) == (0, 0), outcome.stderr
    (folder / "told").write_text(outcome.stdout)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


def environment(folder: Path) -> dict[str, str]:
    return plain_environment(DATA_DIR=str(folder / "data"), HF_ENDPOINT="http://127.0.0.1:9")


def golden_of_one_frame(folder: Path) -> Path:
    """Write the golden numbers with one frame to compare in place of three."""
    golden = shutil.copytree(GOLDEN, folder / "golden")
    with np.load(golden / "render_crop.npz") as file:
        numbers = dict(file)
    np.savez(golden / "render_crop.npz", **(numbers | {"frames": numbers["frames"][:1]}))
    return golden


def verified(folder: Path, *options: str | Path) -> Ran:
    return halfgig("models", "verify", "sadtalker", *options, env=environment(folder))


@pytest.mark.memory
def test_sadtalker_is_built_from_local_files_in_512_mb(world: Path) -> None:
    told = json.loads((world / "told").read_text())
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
def test_one_command_holds_every_network_against_the_original_in_512_mb(world: Path) -> None:
    argv = [*COMMAND, "models", "verify", "sadtalker", "--golden", str(GOLDEN)]
    outcome = run_in_cgroup(LIMIT_MB, argv, env=environment(world))
    assert (outcome.rc, outcome.oom_kills) == (0, 0), outcome.stderr
    lines = outcome.stdout.splitlines()
    for what in (
        "mel windows",
        "expression",
        "pose, style 45",
        "reconstruction",
        "deformation",
        "occlusion",
        "frame 3",
    ):
        assert sum(line.startswith(what) and line.endswith(" ok") for line in lines) == 1, what
    assert lines[-1] == "all 29 figures are as asked"


@pytest.mark.slow
def test_weights_in_float32_are_asked_for_80_decibels(world: Path, tmp_path: Path) -> None:
    library = InstalledModels(world / "wide")
    built = library.build_folder("sadtalker") / "sadtalker"
    assemble(world / "files", built, lambda _: None, narrow=False)
    library.install("sadtalker", built, json.loads((world / "told").read_text()))
    env = plain_environment(DATA_DIR=str(world / "wide"))
    golden = golden_of_one_frame(tmp_path)
    ran = halfgig("models", "verify", "sadtalker", "--json", "--golden", golden, env=env)
    shutil.rmtree(world / "wide")
    frames = [figure for figure in ran.json["figures"] if figure["unit"] == "dB"]
    assert [(figure["asked"], figure["ok"]) for figure in frames] == [(80, True)]


def test_a_model_that_computes_something_else_is_told_and_not_passed(world: Path, tmp_path: Path) -> None:
    golden = golden_of_one_frame(tmp_path)
    with np.load(golden / "coefficients.npz") as file:
        numbers = dict(file)
    np.savez(golden / "coefficients.npz", **(numbers | {"exp": numbers["exp"] + np.float32(0.01)}))
    ran = verified(world, "--golden", golden)
    assert ran.code == 6
    assert "1 of 27 figures are not as asked: expression 0.0" in ran.err
    assert sum(line.endswith("NOT") for line in ran.out.splitlines()) == 1


def test_published_weights_are_not_held_against_the_seeded_ones_numbers(world: Path) -> None:
    library = InstalledModels(world / "data")
    manifest = library.folder("sadtalker") / "manifest.json"
    kept = manifest.read_text()
    manifest.write_text(kept.replace('"published": false', '"published": true'))
    try:
        assert verified(world, "--golden", GOLDEN).refused(2, "published weights", "seeded_checkpoints.py")
    finally:
        manifest.write_text(kept)


def test_a_folder_without_golden_numbers_is_refused(world: Path, tmp_path: Path) -> None:
    assert verified(world, "--golden", tmp_path).refused(6, str(tmp_path), "mel.npz")


def test_without_golden_numbers_the_files_are_checked_alone(world: Path) -> None:
    ran = verified(world)
    assert ran.code == 0
    assert ran.out.startswith("sadtalker: 6 files, ")
    assert ran.out.count("\n") == 1
