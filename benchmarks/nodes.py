"""Print how much sooner several nodes render one video than one node does, with frames that are equal to the bit.

python benchmarks/nodes.py [--nodes 1 2 4] [--frames 500] [--frame-seconds 0.5]

Each node is a whole `halfgig serve` in a group of 512 MB, next to one Postgres and a folder as the store. Its animator
waits instead of computing, in groups of 25 frames, so that few processors are enough for many nodes.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import re
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from report import table

sys.path.insert(0, str(Path(__file__).parents[1]))  # the server's runner is the tests' own

from halfgig.settings import INSTALLATION
from tests.end_to_end.test_survival import frames_of, state
from tests.support import http, postgres
from tests.support.serving import Server, serving
from tests.support.waiting import soon

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

FPS = 25
LIMIT_MB = 512
HOUR_S = 3600.0
WARM_UP_FRAMES = 50


class Run(NamedTuple):
    """One video."""

    nodes: int
    seconds: float
    """From its acceptance to its end."""
    frames: list[bytes]
    shares: list[int]
    """Groups that each node rendered for another one."""


@contextlib.contextmanager
def running(count: int, folder: Path, database: str) -> Iterator[list[Server]]:
    """Run nodes that share a database and a store."""
    path = os.pathsep.join((str(Path(__file__).parent), str(Path(__file__).parents[1])))
    shared = {"DATABASE_URL": database, "STORE_URL": f"file://{folder}/store"}
    with contextlib.ExitStack() as stack:
        servers = []
        for number in range(count):
            data = folder / f"node{number}"
            data.mkdir()
            (data / INSTALLATION).write_text("7\n", encoding="ascii")  # frames of all runs are marked with it
            node = serving(data, LIMIT_MB, PLUGINS="waiting", PYTHONPATH=path, **shared)
            servers.append(stack.enter_context(node))
        yield servers


def video(server: Server, frames: int, frame_s: float) -> str:
    """Order a video, wait for its end, and return its id."""
    form = {"model": "waits", "idle": f"{frames / FPS:.2f}", "size": "64x64", "frame_s": str(frame_s)}
    answer = http.post(f"{server.url}/v1/videos", files={name: (None, value) for name, value in form.items()})
    assert answer.status_code == 202, answer.text
    name = str(answer.json()["id"])
    assert soon(lambda: state(server, name).get("status") in ("completed", "failed"), within_s=HOUR_S)
    assert state(server, name)["status"] == "completed", state(server, name)
    return name


def rendered_for_others(server: Server) -> int:
    """Return how many groups a node has rendered for others."""
    found = re.search(r"^halfgig_groups_for_others_total (\S+)", http.get(f"{server.url}/metrics").text, re.MULTILINE)
    assert found
    return int(float(found[1]))


def rendered(count: int, asked: argparse.Namespace, folder: Path, database: str) -> Run:
    """Render a video by a number of nodes, after a short one that starts what they keep running."""
    with running(count, folder, database) as servers:
        video(servers[0], WARM_UP_FRAMES, 0.0)
        before, start = [rendered_for_others(server) for server in servers], time.monotonic()
        made = video(servers[0], asked.frames, asked.frame_seconds)
        seconds = time.monotonic() - start
        shares = [rendered_for_others(server) - groups for server, groups in zip(servers, before, strict=True)]
        return Run(count, seconds, frames_of(servers[0], made), shares)


def report(asked: argparse.Namespace, runs: Sequence[Run]) -> None:
    """Print what each number of nodes took."""
    first = runs[0]
    rows = [
        (
            run.nodes,
            run.seconds,
            asked.frames / run.seconds,
            first.seconds / run.seconds,
            " ".join(map(str, run.shares)),
            "yes" if run.frames == first.frames else "NO",
        )
        for run in runs
    ]
    head = ("nodes", "seconds", "frames a second", f"times {first.nodes}", "groups for others, by node", "frames equal")
    table(f"a video of {asked.frames} frames that wait {asked.frame_seconds:g} s each, in groups of 25", head, rows)


def main() -> None:
    """Render the video by each number of nodes."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--nodes", type=int, nargs="+", default=[1, 4])
    parser.add_argument("--frames", type=int, default=500)
    parser.add_argument("--frame-seconds", type=float, default=0.5)
    asked = parser.parse_args()
    runs = []
    with postgres.server() as database:
        for count in asked.nodes:
            with tempfile.TemporaryDirectory() as folder:
                runs.append(rendered(count, asked, Path(folder), database.new()))
    report(asked, runs)


if __name__ == "__main__":
    main()
