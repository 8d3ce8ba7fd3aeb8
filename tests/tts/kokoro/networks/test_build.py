import json
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest

from halfgig.errors import BadCheckpoint, TextTooLong
from halfgig.events import Event, Progress
from halfgig.nn.weights import read_table
from halfgig.tts.kokoro.networks.build import CHECKPOINT, FORMAT, MANIFEST, WEIGHTS, build, checksum
from halfgig.tts.kokoro.networks.model import Kokoro
from tests.nn.torch_files import checkpoint
from tests.support.cgroup import run_in_cgroup
from tests.tts.kokoro.networks.world import Built

ROOT = Path(__file__).parents[4]


def test_a_manifest_says_what_the_model_was_made_of(built: Built) -> None:
    manifest = read_table(built.narrow / MANIFEST, FORMAT, "Kokoro")
    assert manifest["source"]["sha256"] == checksum(built.checkpoint / CHECKPOINT)
    assert manifest["weights"]["sha256"] == checksum(built.narrow / WEIGHTS)
    assert manifest["weights"]["bytes"] < 0.65 * manifest["source"]["bytes"]


def test_a_model_built_twice_is_the_same_file(thin: Built, tmp_path: Path) -> None:
    build(thin.checkpoint, tmp_path / "again", lambda _: None)
    assert (tmp_path / "again" / MANIFEST).read_text() == (thin.narrow / MANIFEST).read_text()
    shutil.rmtree(tmp_path / "again")


def test_building_tells_how_far_it_is(thin: Built, tmp_path: Path) -> None:
    told: list[Event] = []
    build(thin.checkpoint, tmp_path / "out", told.append)
    shutil.rmtree(tmp_path / "out")
    shares = [event.done for event in told if isinstance(event, Progress)]
    assert shares == sorted(shares)
    assert shares[0] == 0


def test_a_failed_build_leaves_the_old_model_and_nothing_else(thin: Built, tmp_path: Path) -> None:
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "kept").touch()

    def interrupt(event: Event) -> None:
        if isinstance(event, Progress) and event.done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        build(thin.checkpoint, tmp_path / "model", interrupt)
    assert [path.name for path in tmp_path.rglob("*")] == ["model", "kept"]


def test_a_folder_without_a_checkpoint_is_refused_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(BadCheckpoint, match="halfgig pull kokoro"):
        build(tmp_path, tmp_path / "out", lambda _: None)


def test_another_models_checkpoint_is_refused(tmp_path: Path) -> None:
    checkpoint(tmp_path, {"net": {"a": np.zeros(3, np.float32)}}).rename(tmp_path / CHECKPOINT)
    with pytest.raises(BadCheckpoint, match="another model"):
        build(tmp_path, tmp_path / "out", lambda _: None)


def test_a_model_of_another_version_is_refused(thin: Built, tmp_path: Path) -> None:
    manifest = json.loads((thin.narrow / MANIFEST).read_text())
    (tmp_path / MANIFEST).write_text(json.dumps(manifest | {"format": 0}))
    with pytest.raises(BadCheckpoint, match="another version"):
        Kokoro(tmp_path, 1, 220)


def test_more_tokens_than_the_model_has_places_are_refused(thin: Built) -> None:
    with pytest.raises(TextTooLong, match="513 ids"):
        Kokoro(thin.narrow, 1, 220).durations([0] * 513, np.zeros(256, np.float32), 1.0)


@pytest.mark.memory
def test_building_lives_in_a_group_of_512_mb(built: Built, tmp_path: Path) -> None:
    job = "from tests.tts.kokoro.networks.jobs import build_model; import sys; print(*build_model(*sys.argv[1:]))"
    argv = [sys.executable, "-c", job, str(built.checkpoint), str(tmp_path / "out")]
    done = run_in_cgroup(512, argv, cwd=ROOT)
    assert (done.rc, done.oom_kills, done.stdout.strip()) == (0, 0, "built"), done.stderr
    shutil.rmtree(tmp_path / "out")
