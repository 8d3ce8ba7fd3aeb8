"""Print what one node on SQLite takes, and what one of another checkout takes, in turn: of an earlier version, say.

python benchmarks/one_node.py OTHER [--repeats 3] [--sentences 12] [--size 512]    OTHER: a checkout with its own .venv

Each run is a whole `halfgig serve` in a group of 512 MB with an empty data folder: seconds until it is ready, private
memory of all processes when nobody has asked for anything, and frames a second of one puppet's video from its
acceptance to its end.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

import httpx
from report import table

sys.path.insert(0, str(Path(__file__).parents[1]))  # the runner is the tests' own

from halfgig.resources.meter import process_memory
from halfgig.server.supervisor.processes import descendants
from tests.support.cgroup import Fence, fenced
from tests.support.command import plain_environment
from tests.support.serving import free_port

LIMIT_MB = 512
IDLE_S = 20.0
HOUR_S = 3600.0


class Run(NamedTuple):
    """What one server took."""

    ready_s: float
    idle_mb: float
    frames_per_s: float
    peak_mb: float
    """Highest private memory of all processes while the video was made."""


def private_mb(pid: int) -> float:
    """Return the private memory of a process and all below it."""
    found = [process_memory(each) for each in (pid, *descendants(pid))]
    return sum(each.private_mb for each in found if each)


def wait(check: object, url: str) -> float:
    """Wait until a server is ready; return the seconds."""
    begun = time.monotonic()
    while time.monotonic() - begun < HOUR_S:
        try:
            if httpx.get(f"{url}/readyz").status_code == 200:
                return time.monotonic() - begun
        except httpx.TransportError:
            pass
        time.sleep(0.05)
    raise SystemExit(f"{check} did not become ready")


def video(url: str, pid: int, asked: argparse.Namespace) -> tuple[float, float]:
    """Make a video; return frames a second and the highest private memory, in MB."""
    text = " ".join(f"This is sentence number {number} of the text." for number in range(asked.sentences))
    form = {"prompt": text, "model": "puppet", "size": f"{asked.size}x{asked.size}"}
    begun, peak = time.monotonic(), 0.0
    answer = httpx.post(f"{url}/v1/videos", files={name: (None, value) for name, value in form.items()}, timeout=60)
    assert answer.status_code == 202, answer.text
    while True:
        found = httpx.get(f"{url}/v1/videos/{answer.json()['id']}", timeout=60).json()
        if found["status"] == "completed":
            return found["frames"] / (time.monotonic() - begun), peak
        assert found["status"] != "failed", found
        peak = max(peak, private_mb(pid))
        time.sleep(0.2)


def run(checkout: Path, fence: Fence, data: Path, asked: argparse.Namespace) -> Run:
    """Run a server of a checkout."""
    port, python = free_port(), checkout / ".venv" / "bin" / "python"
    environment = plain_environment(DATA_DIR=str(data), PORT=str(port), C2PA="true")
    environment.pop("PYTHONPATH", None)
    command = fence.command([str(python), "-m", "halfgig", "serve"])
    with (data / "server.log").open("wb") as log:
        server = subprocess.Popen(
            command, env=environment, cwd=checkout, stdin=subprocess.DEVNULL, stdout=log, stderr=log
        )
    try:
        url = f"http://127.0.0.1:{port}"
        ready_s = wait(checkout, url)
        time.sleep(IDLE_S)
        idle_mb = private_mb(server.pid)
        return Run(ready_s, idle_mb, *video(url, server.pid, asked))
    finally:
        server.terminate()
        server.wait(60)


def main() -> None:
    """Run both in turn and print the medians."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("other", type=Path)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--sentences", type=int, default=12)
    parser.add_argument("--size", type=int, default=512)
    asked = parser.parse_args()
    checkouts = (asked.other.resolve(), Path(__file__).resolve().parents[1])
    runs: dict[Path, list[Run]] = {checkout: [] for checkout in checkouts}
    for _ in range(asked.repeats):
        for checkout in checkouts:
            with tempfile.TemporaryDirectory() as name, fenced(LIMIT_MB) as fence:
                runs[checkout].append(run(checkout, fence, Path(name), asked))
    load = os.getloadavg()[1]
    rows = [
        (checkout.name, *(statistics.median(figure) for figure in zip(*found, strict=True)))
        for checkout, found in runs.items()
    ]
    head = ("checkout", "ready after, s", "idle, private MB", "frames a second", "private MB at most")
    table(f"one node on SQLite, medians of {asked.repeats}, load {load:.1f}", head, rows)


if __name__ == "__main__":
    main()
