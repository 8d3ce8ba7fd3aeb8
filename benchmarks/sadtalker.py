"""Print what SadTalker's renderer takes here, halfgig's and the plain full graph's, in one run.

python benchmarks/sadtalker.py [PART ...] [--checkpoint DIR] [--threads N]    parts: speed, shares, memory, precision

Without a checkpoint the seeded one is made: its faces are noise, its time and memory are the real one's.
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as in a cell; read when NumPy is first imported

import argparse
import math
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from report import table

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))
REPEATS = 3
PARTS = ("speed", "shares", "memory", "precision")

Frame = Callable[[], "np.ndarray[tuple[int, ...], np.dtype[np.float32]]"]


def golden() -> dict[str, Any]:
    """Return the numbers of the original: a picture, key points, frames."""
    with np.load(ROOT / "tests" / "reference" / "golden" / "render_crop.npz") as file:
        return dict(file)


def ours(model: Path, threads: int) -> Frame:
    """Start halfgig's way, its portrait taken."""
    from halfgig.animators.sadtalker.networks.model import Renderer

    renderer, numbers = Renderer(model, threads), golden()
    portrait = renderer.portrait(numbers["image"])
    return lambda: renderer.frame(portrait, numbers["kp_source"][0], numbers["kp_driving"][1])


def plain(model: Path, threads: int) -> Frame:
    """Start the usual way, with ONNX Runtime's defaults."""
    import onnxruntime
    from sadtalker_plain import MODEL

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    session = onnxruntime.InferenceSession(str(model / MODEL), options, providers=["CPUExecutionProvider"])
    numbers = golden()
    feed = {
        "image": np.ascontiguousarray((numbers["image"] / np.float32(255)).transpose(2, 0, 1)[None], np.float32),
        "source": numbers["kp_source"][0],
        "driving": numbers["kp_driving"][1],
    }
    return lambda: np.asarray(session.run(None, feed)[0][0].transpose(1, 2, 0))


def psnr(frame: np.ndarray[Any, Any]) -> float:
    """Return how near a frame is to the original's, in dB."""
    wanted = golden()["frames"][1].transpose(1, 2, 0)
    return -10 * math.log10(float(np.square(wanted.astype(np.float64) - frame).mean()))


def timed(frame: Frame) -> tuple[float, float]:
    """Return a frame's processor seconds and wall seconds."""
    processor, wall = time.process_time(), time.perf_counter()
    frame()
    return time.process_time() - processor, time.perf_counter() - wall


def speed(models: dict[str, Path], threads: int) -> None:
    """Print a frame's time both ways, turn by turn."""
    ways = {"plain": plain(models["plain"], threads), "ours": ours(models["narrow"], threads)}
    for frame in ways.values():
        frame()
    turns: dict[str, list[tuple[float, float]]] = {name: [] for name in ways}
    for _ in range(REPEATS):
        for name, frame in ways.items():
            turns[name].append(timed(frame))
    best = {name: [min(column) for column in zip(*found, strict=True)] for name, found in turns.items()}
    rows = [[name, *found] for name, found in best.items()]
    rows.append(["plain / ours", *(a / b for a, b in zip(best["plain"], best["ours"], strict=True))])
    table(f"A frame, {threads} threads, best of {REPEATS}", ["way", "processor s", "wall s"], rows)


@contextmanager
def watched(modules: dict[Any, tuple[str, ...]], seconds: dict[str, float]) -> Iterator[None]:
    """Add up the wall time within some functions of modules."""
    kept = [(module, name, getattr(module, name)) for module, names in modules.items() for name in names]

    def counting(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*args: Any, **kwargs: Any) -> Any:
            start = time.perf_counter()
            try:
                return function(*args, **kwargs)
            finally:
                seconds[name] = seconds.get(name, 0.0) + time.perf_counter() - start

        return counted

    for module, name, function in kept:
        setattr(module, name, counting(name, function))
    try:
        yield
    finally:
        for module, name, function in kept:
            setattr(module, name, function)


def shares(models: dict[str, Path], threads: int) -> None:
    """Print what part of a frame each stage takes."""
    from halfgig.animators.sadtalker.networks import decoder, model, motion

    frame, seconds = ours(models["narrow"], threads), dict[str, float]()
    frame()
    functions = {
        motion: ("_candidates", "_hourglass", "seven_conv", "_visible"),
        model: ("dense_motion", "warped", "decoded"),
        decoder: ("_features", "_middle", "_enlarging_block", "_picture"),
    }
    start = time.perf_counter()
    with watched(functions, seconds):
        frame()
    total = time.perf_counter() - start
    rows = [
        [name.strip("_").replace("_", " "), spent, f"{100 * spent / total:.0f} %"] for name, spent in seconds.items()
    ]
    table("Shares of a frame", ["part", "s", "share"], [*rows, ["all", total, "100 %"]])


def peak_of(way: str, model: Path, threads: int, frames: int) -> float:
    """Return the most private memory of a process that renders, in MB."""
    argv = [sys.executable, __file__, "peak", "--way", way, "--model", str(model)]
    argv += ["--threads", str(threads), "--frames", str(frames)]
    done = subprocess.run(argv, check=True, capture_output=True, text=True)
    return float(done.stdout.split()[-1])


def peak(way: str, model: Path, threads: int, frames: int) -> None:
    """Render and print the most private memory seen, looking every 5 ms."""
    seen = [0]
    ended = threading.Event()

    def watch() -> None:
        while not ended.wait(0.005):
            status = Path("/proc/self/status").read_text().partition("RssAnon:")[2]
            seen.append(int(status.split()[0]))

    watcher = threading.Thread(target=watch)
    watcher.start()
    frame = (plain if way == "plain" else ours)(model, threads)
    for _ in range(frames):
        frame()
    ended.set()
    watcher.join()
    print(max(seen) / 1024)


def memory(models: dict[str, Path], threads: int) -> None:
    """Print the private memory of both ways."""
    rows = [
        [way, frames, round(peak_of(way, models["plain" if way == "plain" else "narrow"], threads, frames))]
        for way, frames in (("plain", 1), ("plain", 3), ("ours", 1), ("ours", 3), ("ours", 10))
    ]
    table(f"Private memory, {threads} threads", ["way", "frames", "peak MB"], rows)


def precision(models: dict[str, Path], threads: int) -> None:
    """Print how near frames are to the original's, by how weights are kept."""
    rows = [["plain", psnr(plain(models["plain"], threads)())]]
    rows += [[name, psnr(ours(models[name], threads)())] for name in ("float32", "narrow")]
    table("Against the original's frame", ["weights", "PSNR dB"], rows)


def made(checkpoint: Path | None, folder: Path) -> dict[str, Path]:
    """Build every model that is compared."""
    from sadtalker_plain import write_plain

    from halfgig.animators.sadtalker.networks.build import build
    from tests.animators.sadtalker.networks.world import write_checkpoints

    checkpoint = checkpoint or write_checkpoints(folder)
    models = {name: folder / name for name in ("plain", "narrow", "float32")}
    for name, place in models.items():
        place.mkdir()
        if name == "plain":
            write_plain(checkpoint, place)
        else:
            build(checkpoint, place, lambda _: None, narrow=name == "narrow")
    return models


def main() -> None:
    """Run the parts that were asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", metavar="PART", help=", ".join(PARTS))
    parser.add_argument("--checkpoint", type=Path)
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--way", default="ours", help=argparse.SUPPRESS)
    parser.add_argument("--model", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--frames", type=int, default=1, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if "peak" in asked.parts:
        peak(asked.way, asked.model, asked.threads, asked.frames)
        return
    with tempfile.TemporaryDirectory() as folder:
        models = made(asked.checkpoint, Path(folder))
        for part in asked.parts or PARTS:
            globals()[part](models, asked.threads)


if __name__ == "__main__":
    main()
