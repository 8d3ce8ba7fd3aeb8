"""No error that a client reads names a path of the server."""

from __future__ import annotations

import sys
import tempfile

import pytest

from halfgig.errors import BadCheckpoint
from halfgig.server import ipc
from halfgig.server.public_text import public_text
from halfgig.server.web.errors import body_of
from halfgig.settings import read_settings

DATA, TEMPORARY = str(read_settings().data_dir), tempfile.gettempdir()


@pytest.mark.parametrize(
    ("message", "public"),
    [
        (
            f"there is no built kokoro in {DATA}/models/kokoro (gone); pull it",
            "there is no built kokoro in kokoro (gone); pull it",
        ),
        (f"kokoro is not in '{DATA}/models'; fetch it", "kokoro is not in 'models'; fetch it"),
        (f'cannot write "{TEMPORARY}/a b/x.wav": full', 'cannot write "a b/x.wav": full'),
        (f"[Errno 2] No such file: '{sys.prefix}/lib/x.so'", "[Errno 2] No such file: 'x.so'"),
        (f"{TEMPORARY} is full", f"{TEMPORARY.rpartition('/')[2]} is full"),
        ('"/opt/models/x.onnx" is damaged', '"x.onnx" is damaged'),
        ("[Errno 5] /proc/self/task: input or output", "[Errno 5] task: input or output"),
        ("GET /v1/videos lists them; /docs has more", "GET /v1/videos lists them; /docs has more"),
        (f"http://host{TEMPORARY}/x stays", f"http://host{TEMPORARY}/x stays"),
        (f"{TEMPORARY}s/x is another folder", f"{TEMPORARY}s/x is another folder"),
    ],
)
def test_paths_of_this_machine_become_names_and_all_else_stays(message: str, public: str) -> None:
    assert public_text(message) == public


def test_both_exits_of_an_error_leave_paths_out() -> None:
    error = BadCheckpoint(f"{DATA}/models/kokoro/config.json cannot be read; pull it again")
    assert ipc.refusal(error)["message"] == "config.json cannot be read; pull it again"
    assert body_of(error)["error"]["message"] == "config.json cannot be read; pull it again"
    assert DATA in str(error)
