"""`halfgig models verify kokoro --golden DIR` prints what was measured and what was asked."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from tests.support.command import Ran, halfgig, plain_environment
from tests.support.real_kokoro import REFERENCE
from tests.tts.kokoro.networks.installed import install_kokoro

if TYPE_CHECKING:
    from pathlib import Path

GOLDEN = REFERENCE / "golden"


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return install_kokoro(tmp_path_factory, thin=False)


def verify(data: Path, golden: Path, *options: str) -> Ran:
    environment = plain_environment(DATA_DIR=str(data))
    return halfgig("models", "verify", "kokoro", "--golden", golden, *options, env=environment)


def numbers_of_one_case() -> dict[str, Any]:
    with np.load(GOLDEN / "kokoro.npz") as file:
        return {name: values for name, values in file.items() if name.startswith("5_1.0/")}


def test_seeded_weights_are_as_asked_figure_by_figure(data: Path, tmp_path: Path) -> None:
    np.savez(tmp_path / "kokoro.npz", **numbers_of_one_case())
    ended = verify(data, tmp_path)
    assert ended.code == 0, ended.err
    lines = ended.out.splitlines()
    assert sum(line.endswith(" ok") for line in lines) == len(lines) - 2
    assert {line.partition(",")[0] for line in lines[1:-1]} == {
        *("durations", "text", "pitch", "loudness", "features", "source", "spectrum", "waveform", "log-mel in dB"),
    }


def test_other_numbers_than_the_originals_are_an_error_that_names_them(data: Path, tmp_path: Path) -> None:
    numbers = numbers_of_one_case()
    numbers["5_1.0/f0"] = numbers["5_1.0/f0"] * 1.01
    np.savez(tmp_path / "kokoro.npz", **numbers)
    ended = verify(data, tmp_path, "--json")
    assert ended.code == 6
    assert "pitch, 5_1.0" in json.loads(ended.out)["error"]["message"]


def test_a_folder_without_the_numbers_is_refused_with_their_name(data: Path, tmp_path: Path) -> None:
    assert verify(data, tmp_path).refused(6, "kokoro.npz")
