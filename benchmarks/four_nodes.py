"""Order videos and speeches of four nodes while one after the other is killed, cut off, stopped or brought back.

python benchmarks/four_nodes.py [--videos 12] [--speeches 24] [--fault-every 10] [--minutes 60] [--seed 1] [--nodes 4]

Each node is `halfgig serve` in a control group of 512 MB and a network namespace of its own; Postgres, SeaweedFS and
this program are in a fifth namespace, and a relay stands before the two servers.  The database is restarted once.
Prints how each video ended, the fencing tokens, the writes that were refused, and the memory of each node.  Exits with
1 if an accepted video did not end, misses frames or has other frames than one node makes, or if the kernel killed a
process for memory.  Needs root, control groups, `ip`, `nsenter` and `unshare`.
"""

import argparse
import contextlib
import hashlib
import io
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import psycopg
from cluster import LIMIT_MB, PLAIN, Node, cluster
from report import table

from tests.support import postgres
from tests.support.serving import serving

IS_INSIDE = "HALFGIG_FIFTH_NAMESPACE"
WITH_SOUND = "200, with sound"
ENDED = ("completed", "failed", "cancelled")

ORDERS = tuple(
    {
        "prompt": " ".join(f"This is sentence {number} of order {order}." for number in range(sentences)),
        "size": f"{size}x{size}",
    }
    for order, (sentences, size) in enumerate(((1, 64), (3, 96), (2, 128), (4, 64)))
)
"""The videos that are ordered, in turn: small, of one group of frames or of two."""


@dataclass
class Storm:
    """What is ordered while nodes fail, and what came of it."""

    nodes: list[Node]
    database: postgres.Server
    chance: random.Random
    orders: list[tuple[str, int]] = field(default_factory=list)
    """Each accepted video and which of `ORDERS` it is."""
    speeches: Counter[str] = field(default_factory=Counter)
    """How many speeches ended how."""
    faults: Counter[str] = field(default_factory=Counter)
    """How often what was done to the nodes."""
    ended: set[str] = field(default_factory=set)
    _turn: int = 0
    _begun: float = field(default_factory=time.monotonic)

    def run(self, videos: int, speeches: int, every_s: float, until: float) -> None:
        """Order everything while faults happen, until all videos have ended or time is up."""
        next_fault = time.monotonic() + every_s
        while time.monotonic() < until and (
            len(self.orders) < videos or len(self.ended) < videos or self.speeches[WITH_SOUND] < speeches
        ):
            if len(self.orders) < videos:
                self._order(len(self.orders) % len(ORDERS))
            if self.speeches[WITH_SOUND] < speeches:
                self._speak()
            self._look()
            if time.monotonic() >= next_fault:
                self._fault()
                next_fault = time.monotonic() + every_s
            time.sleep(1)

    def mend(self) -> Node:
        """Bring back all nodes; return one that is ready."""
        for node in self.nodes:
            if node.state != "up":
                node.bring_back()
        self.nodes[0].server.wait_until_ready()
        return self.nodes[0]

    def _next(self) -> Node:
        up = [node for node in self.nodes if node.state == "up"]
        self._turn += 1
        return up[self._turn % len(up)]

    def _fault(self) -> None:
        """Break one of three nodes, in turn by kind, else bring one back; the third fault is the database's."""
        away = [node for node in self.nodes if node.state != "up" and node.back_at <= time.monotonic()]
        up = [node for node in self.nodes if node.state == "up"]
        kinds = ["bring back"] * bool(away)
        if len(up) > 2:
            kinds.append(min(("stop", "kill", "cut off"), key=lambda kind: self.faults[kind]))
        if self.faults.total() == 2:
            kind, name = "restart", "the database"
            self.database.stop()
            self.database.start()
        elif not kinds:
            kind, name = "wait", "two nodes are away"
        else:
            kind = self.chance.choice(kinds)
            node = self.chance.choice(away if kind == "bring back" else up)
            name = node.name
            {"bring back": node.bring_back, "kill": node.kill, "cut off": node.cut_off, "stop": node.stop}[kind]()
        self.faults[kind] += 1
        passed = time.monotonic() - self._begun
        print(f"{passed:5.0f} s {kind} {name}; ordered {len(self.orders)}, ended {len(self.ended)}", flush=True)

    def _order(self, kind: int) -> None:
        with contextlib.suppress(httpx.TransportError), self._next().client() as client:
            answer = client.post("/v1/videos", files={name: (None, value) for name, value in ORDERS[kind].items()})
            if answer.status_code in (200, 202):
                self.orders.append((str(answer.json()["id"]), kind))

    def _speak(self) -> None:
        node = self._next()
        try:
            with node.client() as client:
                asked = {"model": "tts-1", "voice": "alloy", "input": "One short speech.", "response_format": "wav"}
                answer = client.post("/v1/audio/speech", json=asked)
            has_sound = answer.status_code == 200 and len(answer.content) > 10_000
            self.speeches[WITH_SOUND if has_sound else f"{answer.status_code}, sent again"] += 1
        except httpx.TransportError as error:
            self.speeches[f"connection lost ({type(error).__name__}), sent again"] += 1

    def _look(self) -> None:
        with contextlib.suppress(httpx.TransportError), self._next().client() as client:
            after: dict[str, str] = {}
            while True:
                answer = client.get("/v1/videos", params={"limit": "100", **after})
                if answer.status_code != 200:
                    return
                page = answer.json()
                self.ended |= {each["id"] for each in page["data"] if each["status"] in ENDED}
                if not page["has_more"]:
                    return
                after = {"after": page["data"][-1]["id"]}


def _frames(content: bytes) -> tuple[int, str]:
    """Return a video's number of frames, and a checksum of their pixels."""
    import av

    checksum, count = hashlib.sha256(), 0
    with av.open(io.BytesIO(content), "r") as file:
        for frame in file.decode(video=0):
            checksum.update(frame.to_ndarray(format="yuv420p").tobytes())
            count += 1
    return count, checksum.hexdigest()


def _alone(folder: Path) -> list[tuple[int, str]]:
    """Return the frames of each order as one node with SQLite and a folder makes them."""
    with serving(folder, LIMIT_MB, **PLAIN) as server, server.client() as client:
        made = []
        for order in ORDERS:
            video = client.post("/v1/videos", files={name: (None, value) for name, value in order.items()}).json()["id"]
            while client.get(f"/v1/videos/{video}").json()["status"] not in ENDED:
                time.sleep(0.5)
            made.append(_frames(client.get(f"/v1/videos/{video}/content").content))
            print(f"one node alone: {order['size']}, {made[-1][0]} frames", flush=True)
        return made


def _end(client: httpx.Client, video: str, alone: tuple[int, str]) -> str:
    """Return how a video ended."""
    found = client.get(f"/v1/videos/{video}").json()
    if found.get("status") == "failed":
        return f"FAILED: {found.get('error')}"
    if found.get("status") != "completed":
        return f"DID NOT END: {found.get('status')}, {found.get('progress')} %"
    frames = _frames(client.get(f"/v1/videos/{video}/content").content)
    if frames[0] != alone[0]:
        return f"NOT WHOLE: {frames[0]} of {alone[0]} frames"
    return "completed, frames of one node" if frames == alone else "OTHER FRAMES than one node"


def _report(storm: Storm, ends: Counter[str], url: str) -> bool:
    """Print what came of it; return whether all is well."""
    table("Accepted videos", ("end", "videos"), sorted(ends.items()))
    table("Speeches", ("answer", "speeches"), sorted(storm.speeches.items()))
    table("What was done", ("fault", "times"), sorted(storm.faults.items()))
    with psycopg.connect(url) as connection:
        tokens = connection.execute("SELECT fence, count(*) FROM videos GROUP BY fence ORDER BY fence").fetchall()
        refused = connection.execute("SELECT kind, number FROM refused_writes ORDER BY kind").fetchall()
    table("Fencing tokens: how often a node began to work on a video", ("token", "videos"), tokens)
    table("Writes that were refused, for their process had lost the video", ("to", "writes"), refused)
    rows = [
        (
            number,
            node.server.fence.max_usage_mb,
            node.server.fence.oom_kills,
            "ENDED BY ITSELF" if node.ended_alone() else node.state,
        )
        for number, node in enumerate(storm.nodes, 1)
    ]
    table("Nodes", ("node", "highest usage with page cache, MB", "killed for memory", "at the end"), rows)
    is_well = all(end == "completed, frames of one node" for end in ends)
    return is_well and not any(row[2] or row[3] != "up" for row in rows)


def main() -> int:
    """Run the storm and print what came of it."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that whatever was started is ended, too
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--videos", type=int, default=12)
    parser.add_argument("--speeches", type=int, default=24)
    parser.add_argument("--fault-every", type=float, default=10.0, help="seconds")
    parser.add_argument("--minutes", type=float, default=60.0, help="longest time until all have ended")
    parser.add_argument("--nodes", type=int, default=4)
    parser.add_argument("--seed", type=int, default=1, help="of the faults")
    parser.add_argument("--keep-logs", type=Path, help="folder that receives the nodes' logs")
    asked = parser.parse_args()
    if IS_INSIDE not in os.environ:
        os.environ[IS_INSIDE] = "1"
        os.execvp("unshare", ["unshare", "--net", sys.executable, *sys.argv])
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
        alone = _alone(folder / "alone")
        with cluster(folder, asked.nodes) as (nodes, database, url):
            storm = Storm(nodes, database, random.Random(asked.seed))
            until = time.monotonic() + 60 * asked.minutes
            storm.run(asked.videos, asked.speeches, asked.fault_every, until)
            with storm.mend().client() as client:
                ends = Counter(_end(client, video, alone[kind]) for video, kind in storm.orders)
            if asked.keep_logs:
                asked.keep_logs.mkdir(parents=True, exist_ok=True)
                for number, node in enumerate(nodes, 1):
                    (asked.keep_logs / f"node{number}.log").write_text(node.server.said())
            return 0 if _report(storm, ends, url) and len(storm.orders) == asked.videos else 1


if __name__ == "__main__":
    raise SystemExit(main())
