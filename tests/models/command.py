"""`halfgig pull` and `halfgig models` for the small model, in a process of their own with nothing of ours in it.

Run as `python -m tests.models.command BUILD ARGUMENT...`.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from halfgig.cli.models import add_arguments, run
from halfgig.errors import HalfgigError
from halfgig.models.install_request import RetryPolicy
from tests.models import fakes
from tests.support.waiting import PATIENCE_S

if TYPE_CHECKING:
    from tests.support.upstream import Upstream

CHECKOUT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Home:
    """Where a test's models, caches and settings are."""

    folder: Path
    build: str = "copy"
    hub: str = "http://127.0.0.1:9"
    """The hub's address; by default one where nobody answers."""
    environment: tuple[tuple[str, str], ...] = ()

    @property
    def data(self) -> Path:
        """The data folder."""
        return self.folder / "data"

    @property
    def model(self) -> Path:
        """The folder of the model."""
        return self.data / "models" / "tiny"

    def env(self) -> dict[str, str]:
        """Return the environment, with nothing of ours in it."""
        base = {
            "PATH": "/usr/bin:/bin",
            "HOME": str(self.folder),
            "HF_HOME": str(self.folder / "hf"),
            "HF_ENDPOINT": self.hub,
            "GITHUB_MIRROR": self.hub,
            "DATA_DIR": str(self.data),
        }
        return base | dict(self.environment)

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Start the command."""
        argv = [sys.executable, "-m", "tests.models.command", self.build, *arguments]
        pipe = subprocess.PIPE
        return subprocess.Popen(argv, env=self.env(), cwd=CHECKOUT, stdout=pipe, stderr=pipe, text=True)

    def run(self, *arguments: str) -> Ended:
        """Run the command to its end."""
        with self.start(*arguments) as process:
            out, err = process.communicate(timeout=PATIENCE_S)
        return Ended(process.returncode, out, err)


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended."""

    rc: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """What was printed, as an object."""
        return json.loads(self.out)


def home(folder: Path, world: Upstream | None = None, build: str = "copy", **environment: str) -> Home:
    return Home(folder, build, world.url if world else "http://127.0.0.1:9", tuple(environment.items()))


def is_whole(at: Home, *left_out: str) -> bool:
    """Return whether the installed model has every file as published."""
    names = {"tiny.pth", "config.json", "words.json", "voices/ann.pt", "voices/ben.pt"} - set(left_out)
    contents = {name.split("/", 2)[2].replace("data/", ""): content for name, content in fakes.CONTENTS.items()}
    there = {str(path.relative_to(at.model)) for path in at.model.rglob("*") if path.is_file()} - {"manifest.json"}
    return there == names and all((at.model / name).read_bytes() == contents[name] for name in names)


def listed(at: Home) -> list[str]:
    """Return the names of the models that are there."""
    return [model["name"] for model in at.run("models", "--json").json["models"]]


def gone_well(ended: Ended) -> Ended:
    """Return a command's end back when it was a good one."""
    assert ended.rc == 0, ended.err
    return ended


def main() -> int:
    """Do as `halfgig` would."""
    parser = argparse.ArgumentParser()
    commands = parser.add_subparsers(dest="command", required=True)
    for name in ("pull", "models"):
        add_arguments(commands.add_parser(name), name)
    parser.add_argument("--limit-files-to", type=int)
    options = parser.parse_args(sys.argv[2:])
    if options.limit_files_to:
        resource.setrlimit(resource.RLIMIT_FSIZE, (options.limit_files_to, options.limit_files_to))
    try:
        return run(options, (fakes.model(sys.argv[1]),), RetryPolicy(attempts=3, pause_s=0.01))
    except HalfgigError as error:
        print(error, file=sys.stderr)  # noqa: T201
        return error.exit_code


if __name__ == "__main__":
    sys.exit(main())
