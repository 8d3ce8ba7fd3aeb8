"""Jobs for the cells of these tests; they yield early so that a test can inspect a running job."""

from __future__ import annotations

import ctypes
import hashlib
import importlib
import mmap
import os
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

from halfgig.errors import HalfgigError, UnknownVoice

if TYPE_CHECKING:
    from collections.abc import Iterator

MB = 2**20

FOR_EVER_S = 36_000
"""Longer than any test waits."""

TO_BE_SAMPLED_S = 1.0
"""Long enough for a busy parent to sample a job's memory several times."""


class OddError(HalfgigError):
    """An error that cannot be unpickled, because its arguments do not match its constructor."""

    def __init__(self, first: str, second: str) -> None:
        super().__init__(first + second)


def count(n: int) -> Iterator[int]:
    yield from range(n)


def pid() -> Iterator[int]:
    yield os.getpid()


def echo(*values: object) -> list[object]:
    return list(values)


def wait_for(path: Path) -> Iterator[str]:
    yield "waiting"
    while not path.exists():
        time.sleep(0.01)
    yield "seen"


def blocks(log: Path, n: int) -> Iterator[bytes]:
    for done in range(n):
        log.write_text(str(done))
        yield bytes(MB)


def hog(mb: int) -> Iterator[int]:
    yield len(bytearray(mb * MB))


def hold(mb: int) -> Iterator[int]:
    block = bytearray(b"x") * (mb * MB)
    time.sleep(TO_BE_SAMPLED_S)
    yield len(block)


def entangle(mb: int) -> Iterator[int]:
    held: list[object] = [bytearray(b"x") * (mb * MB)]
    held.append(held)
    yield len(held)


def hoard() -> Iterator[int]:
    held: list[object] = []
    while True:
        held.append([len(held)] * 3)
        if not held:
            yield 0


def read_mapped(path: Path) -> Iterator[int]:
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
        yield sum(mapped[at] for at in range(0, len(mapped), mmap.PAGESIZE))
        time.sleep(TO_BE_SAMPLED_S)


def refuse() -> Iterator[int]:
    yield 0
    raise UnknownVoice("no voice is called 'x'")


def refuse_oddly() -> Iterator[int]:
    yield 0
    raise OddError("a", "b")


def stumble() -> Iterator[float]:
    yield 1 / int("0")


def leave(code: int) -> Iterator[int]:
    yield 0
    sys.exit(code)


def abort(fill_mb: int, words: str = "") -> Iterator[int]:
    block = bytearray(b"x") * (fill_mb * MB)
    yield len(block)
    time.sleep(TO_BE_SAMPLED_S)
    os.write(2, words.encode())
    os.abort()


def fault() -> Iterator[int]:
    yield ctypes.string_at(0)[0]


def chatter(n: int) -> Iterator[int]:
    sys.stdout.write("spoken\n")
    sys.stdout.flush()
    for _ in range(n):
        os.write(2, b"muttered " * 100 + b"\n")
    yield n
    os.abort()


def tidy(log: Path, native: bool) -> Iterator[int]:
    try:
        yield os.getpid()
        log.write_text("at work")
        if native:
            hashlib.pbkdf2_hmac("sha256", b"", b"", 2**31 - 1)  # half an hour in OpenSSL, deaf to signals
        time.sleep(FOR_EVER_S)
    finally:
        log.write_text("tidied")


def load(*names: str) -> Iterator[int]:
    for name in names:
        importlib.import_module(name)
    yield os.getpid()


def surroundings() -> Iterator[dict[str, object]]:
    import resource

    yield {
        "data_mb": resource.getrlimit(resource.RLIMIT_DATA)[0] / MB,
        "score": int(Path("/proc/self/oom_score_adj").read_text()),
        "session": os.getsid(0),
        "core": resource.getrlimit(resource.RLIMIT_CORE)[0],
        "modules": sorted(sys.modules),
        "stdin": sys.stdin.read(),
    }


def enlarge_with_opencv(px: int) -> Iterator[tuple[int, ...]]:
    import cv2
    import numpy as np

    yield cv2.resize(np.zeros((100, 100, 3), np.uint8), (px, px)).shape


def fill_with_numpy(mb: int) -> Iterator[int]:
    import numpy as np

    yield int(np.ones(mb * MB, np.uint8).nbytes)


def enlarge_with_pillow(px: int) -> Iterator[tuple[int, int]]:
    from PIL import Image

    yield Image.new("RGB", (px, px)).size


def detect_with_onnxruntime(px: int) -> Iterator[int]:
    import numpy as np

    from halfgig.face.detect import MODEL
    from halfgig.face.yunet import YuNet

    yield len(YuNet(MODEL).rows(np.zeros((px, px, 3), np.uint8)))


def encode_with_x264(px: int) -> Iterator[int]:
    import io

    import av

    with av.open(io.BytesIO(), "w", "mp4") as file:
        stream = file.add_stream("libx264", rate=25, options={"preset": "veryfast"})
        stream.width = stream.height = px
        stream.pix_fmt = "yuv420p"
        for at in range(40):
            for packet in stream.encode(av.VideoFrame(px, px, "yuv420p")):
                file.mux(packet)
            yield at


def with_threads(n: int) -> Iterator[int]:
    """Yield how many threads were started; they end when the job goes on."""
    over = threading.Event()
    threads = [threading.Thread(target=over.wait, daemon=True) for _ in range(n)]
    for thread in threads:
        thread.start()
    yield len(threads)
    over.set()
