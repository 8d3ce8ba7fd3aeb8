"""Kokoro is pulled from local files of the published size and layout, within its budget."""

from __future__ import annotations

import importlib.util
import json
import os
import struct
import subprocess
import sys
from pathlib import Path

import pytest

from halfgig.errors import BadCheckpoint, ModelMissing
from halfgig.models.catalogue import VOICE_SHA256, find_model
from halfgig.models.install import pull
from halfgig.models.install_request import InstallRequest
from halfgig.models.installed import InstalledModels
from halfgig.tts.kokoro.assemble import assemble
from halfgig.tts.kokoro.g2p.dictionary import Dictionary
from halfgig.tts.kokoro.voices import voices
from tests.support.waiting import PATIENCE_S

CHECKOUT = Path(__file__).parents[2]


def halfgig(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    env = {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "DATA_DIR": str(home / "data"),
        "HF_ENDPOINT": "http://127.0.0.1:9",
    }
    argv = [sys.executable, "-m", "halfgig", *arguments]
    return subprocess.run(argv, env=env, cwd=CHECKOUT, capture_output=True, text=True, check=False, timeout=PATIENCE_S)


def seeded_files(folder: Path) -> Path:
    """Write the seeded checkpoint and voices, and lists of two words each in place of misaki's."""
    spec = importlib.util.spec_from_file_location("seeded", CHECKOUT / "tests/reference/seeded_checkpoints.py")
    assert spec
    assert spec.loader
    seeded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(seeded)
    seeded.write_all(folder, "kokoro/")
    for name in ("us_gold", "us_silver", "gb_gold", "gb_silver"):
        (folder / "kokoro" / f"{name}.json").write_text(json.dumps({f"{name[:2]}": "w", "word": "wɜɹd"}))
    (folder / "kokoro" / "config.json").write_text(json.dumps({"vocab": {"w": 1}}))
    return folder / "kokoro"


@pytest.mark.memory
def test_kokoro_is_built_from_local_files_and_verified(tmp_path: Path) -> None:
    ended = halfgig(tmp_path, "pull", "kokoro", "--from", str(seeded_files(tmp_path)), "--json")
    assert ended.returncode == 0, ended.stderr
    told = json.loads(ended.stdout)
    assert told["voices"] == ["af_heart", "am_michael", "bf_emma"]
    assert told["build_peak_mb"] < 260
    folder = Path(told["folder"])
    assert {path.name for path in folder.iterdir()} == {
        "kokoro.weights",
        "manifest.json",
        "config.json",
        "voices",
        "dictionary",
    }
    numbers = (folder / "voices" / "af_heart.f32").read_bytes()
    assert len(numbers) == 510 * 256 * 4
    assert all(-10 < number < 10 for number in struct.unpack("<256f", numbers[:1024]))
    assert sorted(Dictionary(folder / "dictionary" / "en-gb")) == ["gb", "word"]
    assert halfgig(tmp_path, "models", "verify", "kokoro").returncode == 0


def test_every_voice_that_is_listed_can_be_pulled() -> None:
    assert set(VOICE_SHA256) == set(find_model("kokoro").parts) <= {voice.name for voice in voices()}
    assert len(VOICE_SHA256) == 54


def test_a_folder_without_the_vocabulary_is_refused_at_once(tmp_path: Path) -> None:
    published = tmp_path / "published"
    (published / "voices").mkdir(parents=True)
    for name in ("kokoro-v1_0.pth", "voices/af_heart.pt"):
        (published / name).write_bytes(b"")
    request = InstallRequest(find_model("kokoro"), local=published)
    with pytest.raises(ModelMissing, match=r"has no config\.json; put there"):
        pull(request, InstalledModels(tmp_path / "data"), lambda _: None)


@pytest.mark.parametrize("config", ["", "[]", "{}", '{"vocab": {"a": "b"}}', '{"vocab": 7}'])
def test_a_vocabulary_that_cannot_be_read_is_refused_before_the_networks_are_built(tmp_path: Path, config: str) -> None:
    (tmp_path / "config.json").write_text(config)
    with pytest.raises(BadCheckpoint, match=r"config\.json"):
        assemble(tmp_path, tmp_path / "built", lambda _: None)
