"""SadTalker with seeded weights, installed as a user does from files at hand: thin, and at its published size."""

from __future__ import annotations

import json
import re
import shutil
from typing import TYPE_CHECKING

from halfgig.animators.sadtalker.networks.assemble import assemble
from halfgig.models.catalogue import find_model
from halfgig.models.install import pull
from halfgig.models.install_request import InstallRequest
from halfgig.models.installed import InstalledModels
from tests.animators.sadtalker.networks.thin import thin_checkpoints
from tests.animators.sadtalker.networks.world import checkpoints, golden, golden_folder, write_checkpoints
from tests.support.cgroup import run_in_cgroup
from tests.support.command import COMMAND, plain_environment
from tests.support.once import linked, once

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

LIMIT_MB = 512
TOLD = "told.json"
"""What the command that pulled the model printed, next to the data folder."""
LINE = re.compile(r"(?P<what>.+?) +(?P<measured>\S+) (dB|px|  )  asked ")


def installed(factory: pytest.TempPathFactory) -> Path:
    """Return a data folder with a thin SadTalker in it."""
    source = thin_checkpoints(factory)
    return linked(once(factory, "sadtalker-thin-data", lambda data: _pull(source, data)), factory.mktemp("data"))


def pulled(factory: pytest.TempPathFactory) -> Path:
    """Return the folder with the data folder "data" that the command pulled the whole SadTalker into, in 512 MB."""
    source = checkpoints(factory)

    def make(folder: Path) -> None:
        argv = [*COMMAND, "pull", "sadtalker", "--from", str(source), "--json"]
        outcome = run_in_cgroup(LIMIT_MB, argv, env=environment(folder))
        assert (outcome.rc, outcome.oom_kills) == (0, 0), outcome.stderr
        (folder / TOLD).write_text(outcome.stdout)

    return once(factory, "sadtalker-pulled", make)


def pulled_in_float32(factory: pytest.TempPathFactory) -> Path:
    """Return a folder like that of `pulled`, with weights in float32."""
    source, narrow = checkpoints(factory), pulled(factory)

    def make(folder: Path) -> None:
        library = InstalledModels(folder / "data")
        built = library.build_folder("sadtalker") / "sadtalker"
        assemble(source, built, lambda _: None, narrow=False)
        library.install("sadtalker", built, json.loads((narrow / TOLD).read_text()))

    return once(factory, "sadtalker-float32", make)


def figures(factory: pytest.TempPathFactory, precision: str) -> dict[str, float]:
    """Return what `halfgig models verify` measures of every network, with weights "narrow" or in "float32"."""
    return {line["what"]: float(line["measured"]) for line in map(LINE.match, verified(factory, precision)) if line}


def verified(factory: pytest.TempPathFactory, precision: str) -> list[str]:
    """Return the lines that `halfgig models verify` prints in 512 MB; of three golden frames it renders the first."""
    home = pulled(factory) if precision == "narrow" else pulled_in_float32(factory)

    def make(folder: Path) -> None:
        numbers = golden_folder(folder / "golden", render_crop={"frames": golden("render_crop")["frames"][:1]})
        argv = [*COMMAND, "models", "verify", "sadtalker", "--golden", str(numbers)]
        outcome = run_in_cgroup(LIMIT_MB, argv, env=environment(home))
        assert (outcome.rc, outcome.oom_kills) == (0, 0), outcome.stderr
        (folder / "lines").write_text(outcome.stdout)

    return (once(factory, f"sadtalker-verified-{precision}", make) / "lines").read_text().splitlines()


def install(folder: Path) -> Path:
    """Install the model at its published size in a folder, for a caller without pytest."""
    _pull(write_checkpoints(folder / "upstream"), folder)
    shutil.rmtree(folder / "upstream")
    return folder


def environment(home: Path) -> dict[str, str]:
    """Return the environment of commands for a folder of `pulled`; they can reach no hub."""
    return plain_environment(DATA_DIR=str(home / "data"), HF_ENDPOINT="http://127.0.0.1:9")


def _pull(checkpoint: Path, data: Path) -> None:
    pull(InstallRequest(find_model("sadtalker"), local=checkpoint), InstalledModels(data), lambda _: None)
