from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

from tests.support.command import plain_environment

if TYPE_CHECKING:
    from pathlib import Path

CODE = """
import os
from halfgig.nn.onnx_runtime import onnx_runtime
before = dict(os.environ)
assert onnx_runtime().InferenceSession and onnx_runtime() is onnx_runtime()
assert dict(os.environ) == before
"""


def test_the_runtime_leaves_nothing_in_the_folder_for_temporary_files(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-c", CODE], env=plain_environment(TMPDIR=str(tmp_path)), check=True)
    assert list(tmp_path.iterdir()) == []
