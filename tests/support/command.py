"""The command as a user runs it: another process, with an environment in which nothing of ours is set."""

from __future__ import annotations

import json
import os
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


@dataclass(frozen=True, slots=True)
class Ran:
    """Tell how a command ended."""

    code: int
    """Its exit code; negative for a signal."""
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Read what it printed as the one JSON object it must be."""
        return json.loads(self.out)

    def refused(self, code: int, *parts: str) -> bool:
        """Tell whether it ended with `code` and one sentence on stderr that has all of `parts` and nothing else."""
        assert self.err.startswith("halfgig: "), self.err
        assert self.err.count("\n") == 1, self.err
        assert "Traceback" not in self.err
        missing = [part for part in parts if part not in self.err]
        assert (self.code, missing) == (code, []), self.err
        return True


def plain_environment(**settings: str) -> dict[str, str]:
    """Give our environment without anything halfgig reads, but with `settings`."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX) and name not in SETTINGS}
    return kept | settings


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
    return Ran(done.returncode, done.stdout.decode(), done.stderr.decode())
