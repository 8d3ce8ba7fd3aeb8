"""The command as a user runs it: another process, with an environment in which nothing of ours is set."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from halfgig.settings import PREFIX, STAND_INS, Settings
from tests.support.waiting import PATIENCE_S

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

COMMAND = (sys.executable, "-m", "halfgig")
SETTINGS = {field.name.upper() for field in fields(Settings)} | set(STAND_INS.values())

PROGRESS = re.compile(r"(?!halfgig|note|warning)[\w ]+: \d+( of \d+)? \S+(, [^,]+/s)?(, .+ left)?$")


@dataclass(frozen=True, slots=True)
class Ran:
    """How a command ended."""

    code: int
    """Its exit code; negative for a signal."""
    out: str
    err: str
    """What it wrote to stderr, without lines of progress: how many come depends on how long it took."""

    @property
    def json(self) -> Any:
        """Read what it printed as the one JSON object it must be."""
        return json.loads(self.out)

    def refused(self, code: int, *parts: str) -> bool:
        """Return whether it ended with `code` and one sentence on stderr that has all of `parts` and nothing else."""
        assert self.err.startswith("halfgig: "), self.err
        assert self.err.count("\n") == 1, self.err
        assert "Traceback" not in self.err
        missing = [part for part in parts if part not in self.err]
        assert (self.code, missing) == (code, []), self.err
        return True


def without_progress(said: str) -> str:
    """Drop the lines that tell how far the work is, as in "rendering: 5 of 200 frames"."""
    return "".join(line for line in said.splitlines(keepends=True) if not PROGRESS.match(line))


def plain_environment(**settings: str) -> dict[str, str]:
    """Return our environment without anything halfgig reads, but with `settings`.

    Unless C2PA is among them files are not signed, which takes two processes for each and makes them differ; unless
    STAND_BACK is, cells that render compete as equals with what else keeps the machine busy.
    """
    kept = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX) and name not in SETTINGS}
    return kept | {"C2PA": "off", "STAND_BACK": "false"} | settings


def halfgig(
    *arguments: str | Path,
    stdin: bytes = b"",
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    timeout_s: float = PATIENCE_S,
) -> Ran:
    """Run the command and wait for its end."""
    done = subprocess.run(
        [*COMMAND, *map(str, arguments)],
        input=stdin,
        env=plain_environment() if env is None else env,
        cwd=cwd,
        timeout=timeout_s,
        capture_output=True,
        check=False,
    )
    return Ran(done.returncode, done.stdout.decode(), without_progress(done.stderr.decode()))
