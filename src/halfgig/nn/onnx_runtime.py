"""ONNX Runtime, imported so that it reports nothing to its makers and leaves no file behind."""

from __future__ import annotations

import os
import sys
import tempfile
from typing import Any


def onnx_runtime() -> Any:
    """Return the module `onnxruntime`.

    Its Linux wheels report events since 1.32, and write a session's identity to `.ses` in the folder for temporary
    files when they are imported, before the reports can be turned off.
    """
    if "onnxruntime" in sys.modules:
        return sys.modules["onnxruntime"]
    previous = os.environ.get("TMPDIR")
    with tempfile.TemporaryDirectory() as folder:
        os.environ["TMPDIR"] = folder
        try:
            import onnxruntime
        finally:
            if previous is None:
                del os.environ["TMPDIR"]
            else:
                os.environ["TMPDIR"] = previous
    onnxruntime.disable_telemetry_events()
    return onnxruntime


def session_options(threads: int = 1) -> Any:
    """Return options for a session without per-length memory plans and without a pool of freed memory."""
    options = onnx_runtime().SessionOptions()
    options.intra_op_num_threads = threads
    options.enable_mem_pattern = False
    options.enable_cpu_mem_arena = False
    return options
