from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

from halfgig.face.mesh import MODEL as MESH
from halfgig.face.segmentation import MODEL as SEGMENTATION

CACHE = Path(os.environ.get("XDG_CACHE_HOME", "") or "~/.cache").expanduser() / "halfgig-tests" / "mediapipe"
PACKAGE = "mediapipe==0.10.14"
PATIENCE_S = 600


def published() -> Path:
    """Return the wheel that the network is published in; skip the test where it cannot be fetched."""
    if not (found := sorted(CACHE.glob("mediapipe-*.whl"))):
        fetch: list[str | Path] = [sys.executable, "-m", "pip", "download", "--no-deps", "--dest", CACHE, PACKAGE]
        fetched = subprocess.run(fetch, capture_output=True, text=True, check=False, timeout=PATIENCE_S)
        if fetched.returncode:
            pytest.skip(f"needs {PACKAGE}: {fetched.stderr.strip().splitlines()[-1]}")
        found = sorted(CACHE.glob("mediapipe-*.whl"))
    return found[0]


@pytest.mark.real
def test_the_shipped_networks_are_what_the_converter_makes_of_the_published_ones(tmp_path: Path) -> None:
    for needed in ("tflite", "flatbuffers", "onnx"):
        pytest.importorskip(needed)
    convert: list[str | Path] = [sys.executable, "-m", "tools.face_networks", published(), tmp_path]
    subprocess.run(convert, check=True, timeout=PATIENCE_S)
    for shipped in (MESH, SEGMENTATION):
        made = (tmp_path / shipped.name).read_bytes()
        assert hashlib.sha256(made).hexdigest() == hashlib.sha256(shipped.read_bytes()).hexdigest()
