"""Print how the server holds: eight clients at once, chaos, idle, leaks; in a real 512 MB group where one may be made.

python benchmarks/service.py [PART ...] [--minutes 5] [--data DIR] [--workers 4]
    parts: idle, page, load, chaos, leak (default: all); DIR may hold models, as `halfgig pull` leaves them
"""

import argparse
import collections
import contextlib
import io
import os
import random
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Mapping
from pathlib import Path

import httpx
from clients import SENTENCE, Load, Tally
from report import table

sys.path.insert(0, str(Path(__file__).parents[1]))  # the server's runner is the tests' own

from halfgig.resources.meter import process_memory, shared_out_mb
from halfgig.server.supervisor.processes import children_of
from halfgig.server.web.static import PAGE
from tests.support.serving import Server, serving

KILL_EVERY_S = 10.0
PATIENCE_S = 1800.0
"""How long accepted work may take to finish after the load has ended."""


def _finished(server: Server, tally: Tally) -> collections.Counter[str]:
    """Wait until every accepted video is done; say how they ended, and whether all frames are there."""
    ends: collections.Counter[str] = collections.Counter()
    until = time.monotonic() + PATIENCE_S
    with server.client() as client:
        for video, _ in tally.accepted:
            found = {"status": "never answered"}
            while time.monotonic() < until:
                with contextlib.suppress(httpx.TransportError):
                    found = client.get(f"/v1/videos/{video}").json()
                    if found.get("status") in ("completed", "failed"):
                        break
                time.sleep(0.5)
            end = str(found["status"])
            if end == "completed":
                content = client.get(f"/v1/videos/{video}/content").content
                end += ", whole" if _is_whole(content, found) else ", NOT WHOLE"
            if end == "failed":
                end += f": {found.get('error')}"
            ends[end] += 1
    return ends


def _is_whole(content: bytes, found: Mapping[str, object]) -> bool:
    import av

    with av.open(io.BytesIO(content), "r") as file:
        stamps = [packet.pts for packet in file.demux(video=0) if packet.pts is not None]
    with av.open(io.BytesIO(content), "r") as file:
        frames = sum(1 for _ in file.decode(video=0))
    return frames > 0 and frames == len(set(stamps)) == found["frames"]


def _report(server: Server, tally: Tally, title: str, ends: collections.Counter[str]) -> None:
    table(f"{title}: what clients saw", ("answer", "times"), sorted(tally.answers.items()))
    table(f"{title}: accepted videos", ("end", "videos"), sorted(ends.items()))
    if tally.killed:
        table(f"{title}: killed", ("process", "times"), sorted(tally.killed.items()))
    peak = max((used for _, used in tally.curve), default=0.0)
    health = sorted(tally.health_ms) or [0.0]
    table(
        f"{title}: the server ({server.fence.how})",
        ("fact", "figure"),
        [
            ("private memory of all processes, highest, MB", peak),
            ("usage with page cache, highest, MB", server.fence.max_usage_mb),
            ("out-of-memory kills", server.fence.oom_kills),
            ("/healthz median, ms", health[len(health) // 2]),
            ("/healthz slowest of a hundred, ms", health[int(len(health) * 0.99)]),
        ],
    )
    print("\nPrivate memory over time, MB (each row a twentieth of the time):\n")
    for part in range(20):
        some = [used for _, used in tally.curve[part * len(tally.curve) // 20 : (part + 1) * len(tally.curve) // 20]]
        if some:
            print(f"    {'#' * int(max(some) / 8):<56} {min(some):.0f}-{max(some):.0f}")


def _voice(server: Server) -> str:
    """Choose Kokoro's first voice where it is installed."""
    with server.client() as client:
        voices = client.get("/v1/audio/voices").json()["voices"]
    return next((voice["id"] for voice in voices if voice["engine"] == "kokoro"), "alloy")


def _mixed(load: Load) -> list[threading.Thread]:
    return load.run(
        load.short_speech,
        load.short_speech,
        load.long_speech,
        load.long_speech,
        load.video,
        load.video,
        load.upload,
        load.polls,
    )


def load(server: Server, minutes: float) -> None:
    """Mix everything for some minutes."""
    clients = Load(server, _voice(server))
    threads = _mixed(clients)
    time.sleep(60 * minutes)
    clients.stop.set()
    for thread in threads:
        thread.join(600)
    _report(server, clients.tally, f"Eight clients, {minutes:g} minutes", _finished(server, clients.tally))


def chaos(server: Server, minutes: float) -> None:
    """Kill a process of the tree every ten seconds under the same load."""
    clients = Load(server, _voice(server))
    threads = _mixed(clients)
    dice = random.Random(7)
    until = time.monotonic() + 60 * minutes
    while time.monotonic() < until:
        time.sleep(KILL_EVERY_S)
        names = {pid: name for name, pid in server.pids().items()}
        victim = dice.choice(_descendants(server.supervisor.pid))
        clients.tally.killed[names.get(victim) or _kind(victim)] += 1
        with contextlib.suppress(ProcessLookupError):
            os.kill(victim, signal.SIGKILL)
    clients.stop.set()
    for thread in threads:
        thread.join(600)
    _report(server, clients.tally, f"Chaos, {minutes:g} minutes", _finished(server, clients.tally))


def _descendants(pid: int) -> list[int]:
    found = []
    for child in children_of(pid):
        found += [child, *_descendants(child)]
    return found


def _kind(pid: int) -> str:
    with contextlib.suppress(OSError):
        words = Path(f"/proc/{pid}/cmdline").read_text().split("\0")
        return next((word for word in words if word.startswith("halfgig.")), words[0])
    return "gone"


def idle(server: Server, _minutes: float) -> None:
    """Show what it takes to do nothing, and to answer while a video is made."""
    rows: list[tuple[object, ...]] = [("start to ready, s", server.ready_s), ("at rest, private MB", _private(server))]
    with server.client() as client:
        form = {"prompt": (None, SENTENCE * 10)}
        video = client.post("/v1/videos", files=form).json()["id"]
        slowest = []
        while client.get(f"/v1/videos/{video}").json()["status"] in ("queued", "in_progress"):
            start = time.monotonic()
            client.get("/healthz")
            slowest.append(1000 * (time.monotonic() - start))
            time.sleep(0.05)
    rows.append(("/healthz while a video is made, median ms", sorted(slowest)[len(slowest) // 2]))
    rows.append(("/healthz while a video is made, slowest ms", max(slowest)))
    rows.append(("after a video, work still there, private MB", _private(server)))
    rows += [
        (f"  of it {_kind(pid)}, its share of what it shares with others counted, MB", shared_out_mb(pid) or 0.0)
        for pid in (server.supervisor.pid, *_descendants(server.supervisor.pid))
    ]
    table(f"Idle ({server.fence.how})", ("fact", "figure"), rows)


def _private(server: Server) -> float:
    return server.fence.must_stay_mb


def leak(server: Server, _minutes: float) -> None:
    """Ask for five hundred sentences; show each process's memory after every fifty."""
    rows: list[tuple[object, ...]] = []
    body = {"model": "tts-1", "voice": _voice(server), "response_format": "mp3"}
    with server.client() as client:
        for number in range(1, 501):
            client.post("/v1/audio/speech", json=body | {"input": f"Sentence number {number}."}).raise_for_status()
            if number == 1 or number % 50 == 0:
                tree = [server.supervisor.pid, *_descendants(server.supervisor.pid)]
                memories = [process_memory(pid) for pid in tree]
                rows.append((number, *(round(memory.private_mb, 1) for memory in memories if memory)))
    names = [_kind(pid) for pid in (server.supervisor.pid, *_descendants(server.supervisor.pid))]
    table(f"Five hundred speeches ({server.fence.how})", ("speeches", *names), rows)


def page(server: Server, _minutes: float) -> None:
    """Load the page with all its files fifty times; show what that leaves in a web worker."""
    files = ["/", *(f"/page/{path.name}" for path in sorted(PAGE.iterdir()))]
    with server.client() as client:
        for _ in range(10):
            client.get("/healthz").raise_for_status()
        (worker,) = _descendants(server.pids()["web"])
        before = process_memory(worker)
        size = sum(len(client.get(path).raise_for_status().content) for _ in range(50) for path in files) / 50
        after = process_memory(worker)
    assert before
    assert after
    rows = [
        ("files", len(files)),
        ("KB of a load", size / 1024),
        ("a web worker before, private MB", before.private_mb),
        ("after fifty loads, private MB", after.private_mb),
    ]
    table(f"The page ({server.fence.how})", ("fact", "figure"), rows)


PARTS = {"idle": idle, "page": page, "load": load, "chaos": chaos, "leak": leak}


def main() -> None:
    """Run the parts that are asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", choices=[[], *PARTS])
    parser.add_argument("--minutes", type=float, default=5.0)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--workers", default="4")
    options = parser.parse_args()
    for part in options.parts or PARTS:
        with tempfile.TemporaryDirectory() as folder:
            data = Path(folder) / "data"
            data.mkdir()
            if options.data:
                (data / "models").symlink_to((options.data / "models").resolve())
            workers = "1" if part in ("idle", "page") else options.workers
            with serving(data, WORKERS=workers) as server:
                PARTS[part](server, options.minutes)


if __name__ == "__main__":
    main()
