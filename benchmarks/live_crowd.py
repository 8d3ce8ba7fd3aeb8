"""Measure live speech where little is given: a tenth of a processor, and a crowd of listeners.

python benchmarks/live_crowd.py tenth [--cpus 0.1] [--seconds 60]
python benchmarks/live_crowd.py crowd [--same 50] [--different 8] [--streams 8] [--seconds 60]
    [--data DIR --voice NAME]

A server runs in 512 MB.  Listeners hear events with poses, as the element does, in one light process: a gap is a time
at which a listener has played everything that came, before the speech is over.  DIR is a data folder with a model.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import itertools
import json
import os
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
from report import table

sys.path.insert(0, str(Path(__file__).parents[1]))  # servers and control groups as the tests start them

from halfgig.animators.base import PRESENTER
from halfgig.resources import cgroup
from halfgig.server.supervisor.processes import children_of
from tests.support.cgroup import fenced
from tests.support.serving import free_port, start

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.cgroup import Fence
    from tests.support.serving import Server

KEY = "a-key"
SENTENCE = "The harbour was quiet, and a pale morning light lay over the boats; nobody spoke above a whisper. "
BYTES_A_SECOND = 48_000
"""Of sound as it comes: 24,000 samples of two bytes."""

PERIOD_US = 100_000
SHORTEST_GAP_S = 0.02


def text_of(number: int, seconds: float) -> str:
    """Return a text that takes about this long; texts of two numbers share no sentence."""
    return "".join(f"It was day {number} and {part}. {SENTENCE}" for part in range(max(1, round(seconds / 8))))


@contextlib.contextmanager
def throttled(fence: Fence, cpus: float) -> Iterator[str]:
    """Bound the processor time of what is started in the block, and of all that it starts; yield how."""
    if not cpus:
        yield "all processors"
    elif fence.group is not None and fence.group.version == 2:
        (fence.group.path / "cpu.max").write_text(f"{cpus * PERIOD_US:.0f} {PERIOD_US}")
        yield f"cpu.max of {cpus:g}"
    else:
        parent = next(level.path for level in cgroup.levels("cpu") if (level.path / "cpu.cfs_quota_us").exists())
        path = parent / f"halfgig-crowd-{os.getpid()}"
        path.mkdir()
        (path / "cpu.cfs_period_us").write_text(str(PERIOD_US))
        (path / "cpu.cfs_quota_us").write_text(f"{cpus * PERIOD_US:.0f}")
        (path / "cgroup.procs").write_text(str(os.getpid()))  # children are born where their parent is
        try:
            yield f"cfs_quota of {cpus:g}"
        finally:
            (parent / "cgroup.procs").write_text(str(os.getpid()))


@contextlib.contextmanager
def narrow(folder: Path, cpus: float, **settings: str) -> Iterator[tuple[Server, str]]:
    """Run a server in 512 MB and a share of a processor; yield it when it is ready, and how it is bounded."""
    with fenced(512) as fence:
        with throttled(fence, cpus) as how:
            server = start(fence, folder, free_port(), API_KEYS=KEY, **settings)
        try:
            server.ready_s = server.wait_until_ready()
            yield server, f"{fence.how}, {how}"
        finally:
            server.stop()
    for path in Path("/sys/fs/cgroup").glob(f"cpu*/halfgig-crowd-{os.getpid()}"):
        path.rmdir()


@dataclass
class Heard:
    """What one listener heard."""

    first_s: float = 0.0
    """Seconds until the first sound."""
    sound_s: float = 0.0
    gaps: list[tuple[float, float]] = field(default_factory=list)
    """Second of the speech, and how long it paused there."""
    refusals: int = 0
    """Times that it was told to come back later."""
    ended: bool = False

    def take(self, seconds: float, since_s: float) -> None:
        """Note sound that came, so long after it was asked for."""
        self.first_s = self.first_s or since_s
        paused_s = sum(length for _, length in self.gaps)
        late_s = since_s - (self.first_s + self.sound_s + paused_s)
        if self.sound_s and late_s > SHORTEST_GAP_S:
            self.gaps.append((self.sound_s, late_s))
        self.sound_s += seconds


async def listen(client: httpx.AsyncClient, text: str, voice: str) -> Heard:
    """Receive the speech of a text as the element does, and return what a listener hears."""
    asked = {"model": "tts-1", "voice": voice, "input": text, "response_format": "pcm", "stream_format": "sse"}
    heard, begin = Heard(), time.monotonic()
    while True:
        async with client.stream("POST", "/v1/audio/speech", json=asked | {"include": ["poses", "words"]}) as answer:
            if answer.status_code == 429:  # as a page does: come back when it was said
                heard.refusals += 1
                await answer.aread()
                await asyncio.sleep(float(answer.headers.get("retry-after", 1)))
                continue
            async for line in answer.aiter_lines():
                if line.startswith('data: {"type":"speech.audio.delta"'):
                    data = json.loads(line[6:])["audio"]
                    heard.take((len(data) * 3 // 4 - data.count("=")) / BYTES_A_SECOND, time.monotonic() - begin)
                heard.ended = heard.ended or '"speech.audio.done"' in line
            return heard


async def fetch(client: httpx.AsyncClient, paths: list[str], took: list[tuple[str, float, int]]) -> None:
    """Fetch paths, one after the other, until cancelled; note the seconds and the status of each."""
    for path in itertools.cycle(paths):
        begin = time.monotonic()
        answer = await client.get(path)
        took.append((path, time.monotonic() - begin, answer.status_code))
        await asyncio.sleep(0.5)


def connected(server: Server) -> httpx.AsyncClient:
    """Return a client that waits as long as it takes."""
    limits = httpx.Limits(max_connections=None)
    return httpx.AsyncClient(
        base_url=server.url, headers={"authorization": f"Bearer {KEY}"}, timeout=600, limits=limits, trust_env=False
    )


async def tenth(server: Server, wanted: argparse.Namespace) -> list[list[object]]:
    """Measure one session that speaks while its pack and the page are fetched again and again."""
    async with connected(server) as client:
        begin = time.monotonic()
        with PRESENTER.open("rb") as portrait:
            answer = await client.post("/v1/avatars", files={"portrait": portrait}, data={"name": "Ada"})
        measured_s, avatar = time.monotonic() - begin, answer.json()["id"]
        session = (await client.post(f"/v1/avatars/{avatar}/sessions", json={"characters": 100_000})).json()
        took: list[tuple[str, float, int]] = []
        paths = [f"/v1/avatars/{avatar}/pack", "/halfgig-avatar.js", "/", "/page/studio.css", "/page/main.js"]
        async with connected(server) as page:
            page.headers["authorization"] = f"Bearer {session['token']}"
            await listen(page, "Yes.", wanted.voice)  # the voice is loaded
            fetching = asyncio.create_task(fetch(client, paths, took))
            heard = await listen(page, text_of(1, wanted.seconds), wanted.voice)
            fetching.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await fetching
    slowest = {
        path: max(each[1] for each in took if each[0] == path) for path in dict.fromkeys(each[0] for each in took)
    }
    told = ", ".join(f"{path.rpartition('/')[2] or 'page'} {seconds:.1f} s" for path, seconds in slowest.items())
    return [
        ["start to ready", f"{server.ready_s:.0f} s"],
        ["a portrait saved and measured", f"{measured_s:.0f} s"],
        *rows_of([heard]),
        ["files fetched meanwhile, and refused", f"{len(took)}, {sum(each[2] != 200 for each in took)}"],
        ["slowest of each", told],
    ]


async def crowd(server: Server, wanted: argparse.Namespace) -> list[list[object]]:
    """Measure many listeners of the same text, and some of a text of their own."""
    texts = [text_of(0, wanted.seconds)] * wanted.same
    texts += [text_of(number, wanted.seconds) for number in range(1, wanted.different + 1)]
    async with connected(server) as client:
        await listen(client, "Yes.", wanted.voice)
        heard = await asyncio.gather(*(listen(client, text, wanted.voice) for text in texts))
    same, different = heard[: wanted.same], heard[wanted.same :]
    found: list[list[object]] = []
    for name, each in ((f"{wanted.same} of the same text", same), (f"{wanted.different} different ones", different)):
        found += [[f"{name}: {what}", figure] for what, figure in rows_of(each)]
    return found


def used_by(server: Server) -> str:
    """Return the processor time of the server's processes and of the cells, ended ones too."""
    told = []
    for name, pid in sorted(server.pids().items()):
        own, of_children = cpu_s(pid)
        cells = of_children + sum(sum(cpu_s(child)) for child in children_of(pid))
        told.append(f"{name} {own:.1f} s" + (f", its cells {cells:.1f} s" if cells > 0.05 else ""))
    return "; ".join(told)


def cpu_s(pid: int) -> tuple[float, float]:
    """Return the processor time of a process and of its children that ended; 0 for one that is gone."""
    with contextlib.suppress(OSError):
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
        ticks = [int(each) / os.sysconf("SC_CLK_TCK") for each in fields[11:15]]
        return ticks[0] + ticks[1], ticks[2] + ticks[3]
    return 0.0, 0.0


def rows_of(heard: list[Heard]) -> list[list[object]]:
    """Return rows of what listeners heard."""
    gaps = [gap for each in heard for gap in each.gaps]
    firsts = sorted(each.first_s for each in heard)
    longest = max(gaps, key=lambda gap: gap[1], default=(0.0, 0.0))
    told = f"{len(gaps)} for {sum(bool(each.gaps) for each in heard)} of {len(heard)} listeners"
    return [
        [
            "speech for each",
            f"{min(each.sound_s for each in heard):.0f} to {max(each.sound_s for each in heard):.0f} s",
        ],
        ["heard to the end", sum(each.ended for each in heard)],
        ["told to come back later", sum(bool(each.refusals) for each in heard)],
        ["first sound, median and latest", f"{firsts[len(firsts) // 2]:.1f}, {firsts[-1]:.1f} s"],
        ["gaps", told],
        ["longest gap, and where", f"{longest[1]:.2f} s, at {longest[0]:.0f} s" if gaps else "none"],
    ]


def main() -> None:
    """Run one measurement."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=("tenth", "crowd"))
    parser.add_argument("--cpus", type=float, help="share of a processor; default: 0.1 for tenth, all for crowd")
    parser.add_argument("--workers", type=int, help="web workers; default: 1 for tenth, 2 for crowd")
    parser.add_argument("--streams", type=int, help="MAX_STREAMS; default: the server's")
    parser.add_argument("--same", type=int, default=50)
    parser.add_argument("--different", type=int, default=8)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--data", type=Path, help="a data folder with models")
    parser.add_argument("--voice", default="en-us")
    wanted = parser.parse_args()
    is_tenth = wanted.what == "tenth"
    cpus = wanted.cpus if wanted.cpus is not None else 0.1 if is_tenth else 0
    settings = {"WORKERS": str(wanted.workers or (1 if is_tenth else 2))}
    settings |= {"MAX_STREAMS": str(wanted.streams)} if wanted.streams else {}
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        if wanted.data:
            (data / "models").symlink_to(wanted.data.resolve() / "models")
        with narrow(data, cpus, **settings) as (server, how):
            rows = asyncio.run((tenth if is_tenth else crowd)(server, wanted))
            rows.append(["processor time since the start", used_by(server)])
            rows.append(["memory of the group at most, page cache included", f"{server.fence.max_usage_mb:.0f} MB"])
            rows.append(["memory that must stay, at the end", f"{server.fence.must_stay_mb:.0f} MB"])
            rows.append(["processes killed for memory", server.fence.oom_kills])
            load = os.getloadavg()[0]
            table(f"Live speech, {wanted.what}: {how}, load {load:.0f}, voice {wanted.voice}", ["what", "figure"], rows)


if __name__ == "__main__":
    main()
