"""Files for tests that are too large, or not ours, to be in the project."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

# Renamed: halfgig refuses variables with its prefix that are no settings; and handed on, to the tests' other processes.
if given := os.environ.pop("HALFGIG_SHARED", ""):
    os.environ["TESTS_SHARED"] = given
FOLDER = Path(os.environ.get("TESTS_SHARED", "") or Path(__file__).parents[3] / "shared")


def shared(path: str) -> Path:
    """Return a file or folder below the shared folder; skip the test where it is not there."""
    found = FOLDER / path
    if not found.exists():
        pytest.skip(f"needs {path} of the shared folder; set HALFGIG_SHARED to where that is")
    return found
