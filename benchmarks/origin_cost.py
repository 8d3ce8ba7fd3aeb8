"""Print what origin costs: time and memory of files, streams and an idle server, with its layers off and on in turn.

python benchmarks/origin_cost.py [--rounds 5] [--layers c2pa] [--data DIR] [--voice NAME] [--before COMMAND]
    --layers are those that are off and on: "all" (C2PA and both marks) or one of c2pa, sound_mark and picture_mark
    DIR may hold models, as `halfgig pull` leaves them; with --voice one of theirs speaks, too
    COMMAND is the `halfgig` of an earlier version, which then makes the files in place of this one with its layers off

Processor time is that of all processes; the wall's depends on what else runs, and needs 20 rounds or more for what
takes less than a second. Differences are medians of pairs. Memory is what all processes of a command together hold
privately at their peak, sampled in runs of their own.
"""

import argparse
import contextlib
import functools
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import NamedTuple

import httpx
from report import table

sys.path.insert(0, str(Path(__file__).parents[1]))  # the server's runner is the tests' own

from halfgig.server.supervisor.processes import descendants, private_mb
from tests.support.command import COMMAND, plain_environment
from tests.support.serving import Server, serving

SENTENCE = (
    "The harbour was quiet, and a pale morning light lay over the boats at the pier; nobody spoke above a whisper. "
)
WAYS = ("off", "on")
LAYERS = ("c2pa", "sound_mark", "picture_mark")
PEAKS = 3
"""Runs in which memory is sampled."""
SAMPLE_S, ASK_S = 0.002, 0.05
"""Seconds between samples of memory, and between questions after a video."""


class Ways(NamedTuple):
    """How the files of both ways are made."""

    data: Path
    """The folder of models and keys."""
    layers: tuple[str, ...]
    """What is switched off."""
    before: str
    """The command of an earlier version, or ""."""

    def settings(self, way: str) -> dict[str, str]:
        """Return the settings of a way, on or off; all layers that are not compared are as a user has them."""
        given = {layer.upper(): "on" for layer in LAYERS}
        return given | {layer.upper(): way for layer in self.layers}

    def started(self, folder: Path, way: str, *arguments: str) -> subprocess.Popen[bytes]:
        """Start the command."""
        program = [self.before] if self.before and way == "off" else COMMAND
        environment = plain_environment(DATA_DIR=str(self.data), **self.settings(way))
        quiet = subprocess.DEVNULL
        return subprocess.Popen([*program, *arguments], cwd=folder, env=environment, stdout=quiet, stderr=quiet)


def command(folder: Path, ways: Ways, way: str, *arguments: str) -> tuple[float, float]:
    """Run the command; return its wall time and all its processor time, in seconds."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    with ways.started(folder, way, *arguments) as running:
        assert running.wait() == 0, arguments
    wall_s, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall_s, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def peak_mb(folder: Path, ways: Ways, way: str, *arguments: str) -> float:
    """Run the command; return the peak of what all its processes hold privately, in MB."""
    peak = 0.0
    with ways.started(folder, way, *arguments) as running:
        while running.poll() is None:
            peak = max(peak, sum(map(private_mb, (running.pid, *descendants(running.pid)))))
            time.sleep(SAMPLE_S)
    return peak


def row(name: str, rounds: int, run: Callable[[str], tuple[float, ...]]) -> list[object]:
    """Return what a way of making something takes, off and on in turn."""
    for way in WAYS:  # two servers measure the face for the first video each
        run(way)
    pairs = [{way: run(way) for way in (WAYS if number % 2 else WAYS[::-1])} for number in range(rounds)]
    figures: list[object] = [name]
    for which in range(len(pairs[0]["on"])):
        off, on = (median(pair[way][which] for pair in pairs) for way in WAYS)
        more = median(pair["on"][which] - pair["off"][which] for pair in pairs)
        figures += [f"{off:.3f}", f"{on:.3f}", f"{100 * more / off:+.1f} %"]
    return figures


def files(folder: Path, ways: Ways, voice: str, rounds: int) -> None:
    """Print the cost for files of the command."""
    works = {
        "say, 6 s": ("say", "--voice", "en-us", SENTENCE, "-o", "a.wav"),
        "say, 10 minutes": ("say", "--voice", "en-us", SENTENCE * 100, "-o", "a.mp3"),
        "talk, 6 s, 512 pixels": ("talk", "--voice", "en-us", "portrait.png", SENTENCE, "-o", "a.mp4"),
    }
    if voice:
        works[f"say, 6 s, {voice}"] = ("say", SENTENCE, "--voice", voice, "-o", "a.wav")
        works[f"say, 30 s, {voice}"] = ("say", SENTENCE * 5, "--voice", voice, "-o", "a.wav")
    rows = []
    for name, work in works.items():
        times = row(name, rounds, functools.partial(_timed, folder, ways, work))
        peaks = [median(peak_mb(folder, ways, way, *work) for _ in range(PEAKS)) for way in WAYS]
        rows.append([*times, *(f"{peak:.0f}" for peak in peaks)])
    head = ("what", "wall off, s", "on, s", "more", "processor off, s", "on, s", "more", "private off, MB", "on, MB")
    off = "an earlier version" if ways.before else f"{' '.join(ways.layers)} off"
    table(f"files of the command; off: {off}", head, rows)


def _timed(folder: Path, ways: Ways, work: tuple[str, ...], way: str) -> tuple[float, float]:
    return command(folder, ways, way, *work)


def stream(client: httpx.Client) -> tuple[float, float]:
    """Return the first sound and the whole of a stream, in seconds."""
    asked = {"model": "tts-1", "input": SENTENCE * 5, "voice": "en-us"}
    start = time.perf_counter()
    with client.stream("POST", "/v1/audio/speech", json=asked) as answer:
        assert answer.status_code == 200, answer.status_code
        pieces = answer.iter_raw()
        next(pieces)
        first_s = time.perf_counter() - start
        for _ in pieces:
            pass
    return first_s, time.perf_counter() - start


def speech_file(client: httpx.Client) -> float:
    """Return how long a whole file of 30 s takes, in seconds."""
    start = time.perf_counter()
    asked = {"model": "tts-1", "input": SENTENCE * 5, "voice": "en-us", "stream": False}
    assert client.post("/v1/audio/speech", json=asked).status_code == 200
    return time.perf_counter() - start


def video(client: httpx.Client) -> float:
    """Return how long a video of 6 s takes, in seconds."""
    start = time.perf_counter()
    made = client.post("/v1/videos", files={"prompt": (None, SENTENCE)}).json()["id"]
    while (status := client.get(f"/v1/videos/{made}").json()["status"]) in ("queued", "in_progress"):
        time.sleep(ASK_S)
    assert status == "completed", status
    return time.perf_counter() - start


def served(servers: dict[str, Server], rounds: int) -> None:
    """Print what streams and files of two servers take, one signing and one not, and what memory they hold."""
    idle = {way: _private_mb(server) for way, server in servers.items()}
    with contextlib.ExitStack() as stack:
        clients = {way: stack.enter_context(server.client()) for way, server in servers.items()}
        rows = []
        for part, name in enumerate(("first sound of a stream", "whole stream, 30 s")):
            rows.append(row(name, rounds, lambda way, part=part: (stream(clients[way])[part],)))  # type: ignore[misc]
        rows.append(row("whole file of speech, 30 s", rounds, lambda way: (speech_file(clients[way]),)))
        rows.append(row("video, 6 s", max(rounds // 4, 2), lambda way: (video(clients[way]),)))
        busy = {way: _private_mb(server) for way, server in servers.items()}
    table("the server, in seconds", ("what", "off", "on", "more"), rows)
    found = [(f"web, {when}", "web", figures) for when, figures in (("idle", idle), ("afterwards", busy))]
    found += [(f"worker, {when}", "worker", figures) for when, figures in (("idle", idle), ("afterwards", busy))]
    rows = [[name, *(figures[way].get(who, 0.0) for way in WAYS)] for name, who, figures in found]
    table("private memory of the server, MB", ("process", "off", "on"), rows)


def _private_mb(server: Server) -> dict[str, float]:
    return {name: private_mb(pid) for name, pid in server.pids().items()}


def main() -> None:
    """Measure and print all tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--layers", choices=("all", *LAYERS), default="all")
    parser.add_argument("--before", default="")
    parser.add_argument("--data", type=Path)
    parser.add_argument("--voice", default="")
    parser.add_argument("--server-only", action="store_true", help="leave out the files of the command")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        layers = LAYERS if options.layers == "all" else (options.layers,)
        ways = Ways(options.data or folder / "data", layers, options.before)
        portrait = Path(__file__).parents[1] / "src" / "halfgig" / "assets" / "presenter.png"
        (folder / "portrait.png").write_bytes(portrait.read_bytes())
        command(folder, ways, "on", "say", "--voice", "en-us", "Once.", "-o", "a.mp3")  # makes the key
        if not options.server_only:
            files(folder, ways, options.voice, options.rounds)
        if options.before:
            return
        with contextlib.ExitStack() as stack:
            starting = ((way, serving(folder / f"server {way}", 512, **ways.settings(way))) for way in WAYS)
            served({way: stack.enter_context(each) for way, each in starting}, options.rounds)


if __name__ == "__main__":
    main()
