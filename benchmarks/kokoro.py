"""Measure Kokoro on this machine: halfgig compared with the plain full graph, in one run.

python benchmarks/kokoro.py [PART ...] [--checkpoint DIR]    parts: speed, first, length, steady, texts (default: all)

All parts take about 40 minutes on two cores, half of it for the longest text. Without a checkpoint, random weights are
used: the sound is noise, but time and memory are realistic.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from report import table

ROOT = Path(__file__).parents[1]
THREADS = os.cpu_count() or 1
TOKENS_PER_S = 10.3
"""Of the network with random weights; speech has about 14."""
SHORT_S = 5.0
REPEATS = 7
LENGTHS = (5, 10, 20, 40)
PLAIN_LENGTHS = (5, 10, 20, 40)
TEXT_200 = (70, 65, 65)
"""Phonemes of the three sentences of a text of 200 characters."""
STEADY_CHUNKS = 300
CHARACTERS = (50, 500, 5_000, 50_000)
PROSE = (
    "The harbour was quiet. A pale morning light lay over the boats, and nobody spoke above a whisper; even the gulls, "
    "who had quarrelled all night, sat still on the wall. What would the day bring? Nobody knew, and nobody asked. "
)

Pieces = Iterator["np.ndarray[tuple[int, ...], np.dtype[np.float32]]"]


def random_ids(n: int, seed: int = 0) -> list[int]:
    """Return n phoneme ids between two pads."""
    return [0, *np.random.default_rng(seed).integers(1, 178, n).tolist(), 0]


def style() -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    """Return a row of a voice."""
    return np.random.default_rng(0).standard_normal((1, 256), np.float32) * np.float32(0.3)


def ours(models: Path) -> Callable[[list[int]], Pieces]:
    """Load Kokoro as halfgig does."""
    from halfgig.tts.kokoro.networks.model import Kokoro
    from halfgig.tts.kokoro.spec import NETWORKS_PRIVATE_MB

    voice = Kokoro(models / "built", THREADS, NETWORKS_PRIVATE_MB, models / "built")
    return lambda ids: voice.synthesise(ids, style(), 1.0, 1).pieces


def plain(models: Path) -> Callable[[list[int]], Pieces]:
    """Load the full graph with ONNX Runtime's defaults."""
    import onnxruntime

    session = onnxruntime.InferenceSession(str(models / "plain.onnx"), providers=["CPUExecutionProvider"])

    def speak(ids: list[int]) -> Pieces:
        inputs = {"input_ids": np.array([ids]), "style": style(), "speed": np.ones(1, np.float32)}
        yield session.run(["audio"], inputs)[0].ravel()

    return speak


class Watch:
    """Sample the private memory of this process or its children until the end."""

    def __init__(self, *, children: bool = False) -> None:
        self.peak_mb = 0.0
        self._children = children
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self) -> None:
        while True:
            self.peak_mb = max([self.peak_mb, *map(private_mb, child_pids() if self._children else ["self"])])
            time.sleep(0.005)


def private_mb(pid: str = "self") -> float:
    """Return the private memory of a process in MB; 0 if it ended."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("RssAnon")), 0.0)


def child_pids() -> list[str]:
    """Return the child processes of this process."""
    found: list[str] = []
    for task in Path("/proc/self/task").iterdir():
        with contextlib.suppress(OSError):  # the thread ended
            found += [pid for pid in (task / "children").read_text().split() if command(pid) != command("self")]
    return found


def command(pid: str) -> bytes:
    """Return the command line of a process; before exec a child has ours, and shares our memory."""
    return Path(f"/proc/{pid}/cmdline").read_bytes()


def child(way: str, models: Path, runs: list[list[int]]) -> None:
    """Synthesise chunks one after the other and print time and memory of each as JSON lines."""
    watch = Watch()
    start = time.perf_counter()
    speak = {"ours": ours, "plain": plain}[way](models)
    load_s = time.perf_counter() - start
    for tokens in runs:
        watch.peak_mb = 0.0
        start, start_cpu, first_s, samples = time.perf_counter(), time.process_time(), 0.0, 0
        for n, seed in zip(tokens, range(len(tokens)), strict=True):
            for piece in speak(random_ids(n, seed)):
                first_s = first_s or time.perf_counter() - start
                samples += len(piece)
        took = {"s": time.perf_counter() - start, "cpu_s": time.process_time() - start_cpu, "first_s": first_s}
        memory = {"peak_mb": watch.peak_mb, "now_mb": private_mb()}
        print(json.dumps({"load_s": load_s, "seconds": samples / 24_000, **took, **memory}), flush=True)


def measured(way: str, models: Path, runs: Sequence[Sequence[int]]) -> list[dict[str, float]]:
    """Run a child process and return its JSON lines; fewer than requested if it died."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    if way == "ours":
        environment |= {"MALLOC_ARENA_MAX": "1", "OPENBLAS_NUM_THREADS": "1"}
    argv = [sys.executable, __file__, "--child", way, json.dumps(runs), "--models", str(models)]
    done = subprocess.run(argv, env=environment, stdout=subprocess.PIPE, text=True, check=False)
    return [json.loads(line) for line in done.stdout.splitlines()]


def speed(models: Path) -> None:
    """Compare the time for five seconds of speech, alternating; the first run of each child is a warm-up."""
    tokens = int(SHORT_S * TOKENS_PER_S)
    found: dict[str, list[dict[str, float]]] = {"plain": [], "ours": []}
    for _ in range(REPEATS):
        for way in found:
            found[way] += measured(way, models, [[tokens]] * 3)[1:]
    rows: list[tuple[Any, ...]] = []
    for way, runs in found.items():
        best = min(run["s"] for run in runs)
        middle, cpu = (statistics.median(run[key] for run in runs) for key in ("s", "cpu_s"))
        rows.append((way, runs[0]["seconds"], best, middle, cpu, runs[0]["seconds"] / middle))
    rows.append(("plain / ours", "", *(rows[0][i] / rows[1][i] for i in (2, 3, 4)), ""))
    head = ("way", "seconds made", "best s", "median s", "median processor s", "times real time")
    table(f"Five seconds of speech, {THREADS} threads", head, rows)


def first(models: Path) -> None:
    """Compare the time to the first sound of a text of 200 characters, in a loaded and in a new process."""
    rows: list[tuple[Any, ...]] = []
    for way, runs in (("plain", [sum(TEXT_200)]), ("ours", list(TEXT_200))):
        found = [measured(way, models, [runs] * 2) for _ in range(REPEATS)]
        new = statistics.median(both[0]["first_s"] + both[0]["load_s"] for both in found)
        rows.append((way, new, statistics.median(both[1]["first_s"] for both in found), found[0][0]["seconds"]))
    rows.append(("plain / ours", rows[0][1] / rows[1][1], rows[0][2] / rows[1][2], ""))
    table("First sound of 200 characters", ("way", "new process s", "loaded s", "seconds in all"), rows)


def length(models: Path) -> None:
    """Compare peak memory by chunk length, each in its own process."""
    rows = []
    for seconds in LENGTHS:
        row: list[Any] = [f"{seconds} s"]
        for way, lengths in (("plain", PLAIN_LENGTHS), ("ours", LENGTHS)):
            run = measured(way, models, [[int(seconds * TOKENS_PER_S)]]) if seconds in lengths else []
            row += [run[0]["peak_mb"], run[0]["s"]] if run else ["-", "-"]
        rows.append(row)
    longest = measured("ours", models, [[510]])
    rows.append([f"{longest[0]['seconds']:.0f} s, 510 tokens", "-", "-", longest[0]["peak_mb"], longest[0]["s"]])
    table("Private memory of one chunk", ("chunk", "plain MB", "plain s", "ours MB", "ours s"), rows)


def steady(models: Path) -> None:
    """Synthesise chunks of random length one after the other and measure the memory that remains."""
    lengths = np.random.default_rng(3).integers(3, 40, STEADY_CHUNKS).tolist()
    rows = []
    for way, count in (("ours", STEADY_CHUNKS), ("plain", STEADY_CHUNKS // 10)):
        runs = measured(way, models, [[n] for n in lengths[:count]])
        peaks, stays = ([run[key] for run in runs] for key in ("peak_mb", "now_mb"))
        rows.append((way, count, max(peaks[:10]), max(peaks[10:]), statistics.median(stays[:10]), max(stays[-10:])))
    head = ("way", "chunks", "peak MB of the first ten", "of the others", "stays after the first ten", "after the last")
    table("Chunks of 3 to 40 tokens one after the other", head, rows)
    print(f"\nOf ours, the others peak at {rows[0][3] / rows[0][2]:.3f} times the first ten.")


def texts(models: Path) -> None:
    """Speak texts of growing length with an installed Kokoro, from text to file."""
    import halfgig
    from halfgig.models.catalogue import find_model
    from halfgig.models.install import pull
    from halfgig.models.install_request import InstallRequest
    from halfgig.models.installed import InstalledModels
    from tests.tts.kokoro.g2p.worlds import VOCABULARY

    published = models / "kokoro"
    (published / "config.json").write_text(json.dumps({"vocab": VOCABULARY}))
    os.environ["DATA_DIR"] = str(models / "data")
    pull(InstallRequest(find_model("kokoro"), local=published), InstalledModels(models / "data"), lambda _: None)
    rows: list[tuple[Any, ...]] = []
    watch = Watch(children=True)
    for length in CHARACTERS:
        text = (PROSE * (length // len(PROSE) + 1))[:length]
        watch.peak_mb = 0.0
        made = halfgig.say(text, models / "said.wav", voice="af_heart")
        halfgig.close()
        rows.append((length, made.seconds, made.took_s, watch.peak_mb, made.peak_mb))
    head = ("characters", "seconds made", "took s", "peak private MB", "with mapped files MB")
    table("Texts", head, rows)
    for row in rows[2:]:
        print(f"\n{row[0]:,} characters take {row[3] / rows[1][3]:.3f} times the private memory of {rows[1][0]:,}.")


PARTS = {"speed": speed, "first": first, "length": length, "steady": steady, "texts": texts}


def prepare(checkpoint: Path | None, models: Path) -> None:
    """Build the models of both implementations."""
    from kokoro_plain import write_plain

    from halfgig.tts.kokoro.networks.build import CHECKPOINT, build

    if checkpoint is None:
        from tests.reference.seeded_checkpoints import write_all

        write_all(models, "kokoro")
        checkpoint = models / "kokoro"
    build(checkpoint, models / "built", lambda _: None)
    write_plain(checkpoint / CHECKPOINT, models)


def main() -> None:
    """Run the selected parts, or act as a measured child process."""
    parser = argparse.ArgumentParser(description="Measure Kokoro here beside the plain full graph.")
    parser.add_argument("parts", nargs="*", metavar="PART", help=", ".join(PARTS))
    parser.add_argument("--checkpoint", type=Path)
    parser.add_argument("--models", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--child", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        child(options.child[0], options.models, json.loads(options.child[1]))
        return
    with tempfile.TemporaryDirectory() as folder:
        prepare(options.checkpoint, Path(folder))
        for part in options.parts or PARTS:
            PARTS[part](Path(folder))


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    main()
