"""Print what videos by SadTalker take in a real 512 MB control group, and that kills change no frame of them.

python benchmarks/sadtalker_videos.py [PART ...] [--data DIR] [--portraits DIR] [--frames N]    parts: memory, kill

memory: `halfgig talk --animator sadtalker` with 10 and with N (250) frames, a picture after the other.
kill: a server makes N (100) frames twice; the second time its cell, its worker and all of it are killed.
Without a data folder SadTalker is installed with seeded weights: its faces are noise, its time and memory are real.
Without a folder of portraits the shipped presenter is the portrait.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from report import table

sys.path.insert(0, str(Path(__file__).parents[1]))  # the server's runner is the tests' own

from halfgig.resources.meter import process_memory
from halfgig.server.supervisor.processes import children_of
from tests.animators.sadtalker.networks.installed import install
from tests.end_to_end.test_survival import frames_of, kill, state
from tests.support.cgroup import Fence, fenced
from tests.support.command import COMMAND, plain_environment
from tests.support.media import PRESENTER
from tests.support.serving import free_port, start
from tests.support.waiting import soon

if TYPE_CHECKING:
    from tests.support.serving import Server

LIMIT_MB = 512
FRAME_S = 0.04
HOUR_S = 3600


class Sampler:
    """Look at a process and all below it until it is told to stop; keep the most private memory seen, in MB."""

    def __init__(self, pid: int) -> None:
        self.largest = self.together = 0.0
        self._pid = pid
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the looking."""
        self._over.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._over.wait(0.05):
            found = [memory.private_mb for pid in family(self._pid) if (memory := process_memory(pid))]
            self.largest = max([self.largest, *found])
            self.together = max(self.together, sum(found))


def family(pid: int) -> list[int]:
    """Return a process and all below it."""
    return [pid, *(each for child in children_of(pid) for each in family(child))]


def talk(portrait: Path, n_frames: int, data: Path, fence: Fence) -> tuple[object, ...]:
    """Make a video in a control group and give a row of figures."""
    with tempfile.TemporaryDirectory() as folder:
        argv = [*COMMAND, "talk", str(portrait), "--idle", f"{n_frames * FRAME_S:.2f}", "--animator", "sadtalker"]
        argv += ["--json", "-o", f"{folder}/video.mp4"]
        environment = plain_environment(DATA_DIR=str(data))
        begin = time.monotonic()
        process = subprocess.Popen(fence.command(argv), env=environment, stdout=subprocess.PIPE, text=True)
        sampler = Sampler(process.pid)
        out, _ = process.communicate()
        sampler.stop()
        took = time.monotonic() - begin
    made: dict[str, Any] = json.loads(out)
    assert made["frames"] == n_frames, made
    return portrait.name, n_frames, took / n_frames, sampler.largest, sampler.together, fence.oom_kills


def memory(asked: argparse.Namespace, data: Path) -> None:
    """Print the private memory of short and long videos."""
    found = sorted(asked.portraits.glob("full*")) if asked.portraits else [PRESENTER]
    rows = []
    for portrait in found:
        for n_frames in (10, asked.frames or 250):
            with fenced(LIMIT_MB) as fence:
                rows.append(talk(portrait, n_frames, data, fence))
                how = fence.how
    head = ("portrait", "frames", "s a frame", "largest process, private MB", "all, private MB", "kills for memory")
    table(f"SadTalker, full pictures of 512 pixels, in {LIMIT_MB} MB under {how}", head, rows)


def ask(server: Server, n_frames: int) -> str:
    """Ask for a video and give its name."""
    form = {"model": "sadtalker", "idle": f"{n_frames * FRAME_S:.2f}", "seed": "3"}
    with server.client() as client:
        answer = client.post("/v1/videos", files={name: (None, value) for name, value in form.items()})
    name: str = answer.json()["id"]
    return name


def wait_for(server: Server, video: str, frames: int) -> None:
    """Wait until this many frames are there."""
    assert soon(lambda: (state(server, video).get("frame") or 0) >= frames, within_s=HOUR_S)


def finished(server: Server, video: str) -> None:
    """Wait until a video is done."""
    assert soon(lambda: state(server, video).get("status") in ("completed", "failed"), within_s=HOUR_S)


def kills(asked: argparse.Namespace, data: Path) -> None:
    """Print that a video whose makers are killed has the frames of one whose makers are not."""
    n_frames = asked.frames or 100
    with tempfile.TemporaryDirectory() as folder, fenced(LIMIT_MB) as fence:
        (Path(folder) / "models").symlink_to(data / "models")
        port = free_port()
        first = start(fence, Path(folder), port)
        first.wait_until_ready()
        whole, hurt = ask(first, n_frames), ask(first, n_frames)
        wait_for(first, hurt, n_frames // 5)
        for pid in children_of(first.pids()["worker"]):
            kill(pid)
        wait_for(first, hurt, 2 * n_frames // 5)
        kill(first.pids()["worker"])
        wait_for(first, hurt, 3 * n_frames // 5)
        kill(first.supervisor.pid)
        first.supervisor.wait()
        second = start(fence, Path(folder), port)
        second.wait_until_ready()
        finished(second, hurt)
        ends, one, two = state(second, hurt), frames_of(second, whole), frames_of(second, hurt)
        rows = [
            ("ended", ends["status"]),
            ("frames", len(two)),
            ("frames equal to the undisturbed video's", sum(a == b for a, b in zip(one, two, strict=True))),
            ("the cell's private MB, highest", ends["peak_private_mb"]),
            ("kills for memory", fence.oom_kills),
        ]
        second.stop()
    table(
        f"{n_frames} frames; its cell, its work process and its supervisor killed on the way", ("what", "found"), rows
    )


def main() -> None:
    """Run the parts that were asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", metavar="PART", help="memory, kill")
    parser.add_argument("--data", type=Path, help="a data folder in which SadTalker is installed")
    parser.add_argument("--portraits", type=Path, help="a folder of portraits; those named full... are taken")
    parser.add_argument("--frames", type=int, default=0, help="frames of the long video, and of the killed one")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        data = asked.data or install(Path(folder))
        for part in asked.parts or ("memory", "kill"):
            {"memory": memory, "kill": kills}[part](asked, data)


if __name__ == "__main__":
    main()
