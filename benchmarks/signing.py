"""Print what signing costs: time and memory of files, streams and an idle server, with C2PA on and off in turn.

python benchmarks/signing.py [--rounds 5] [--data DIR] [--voice NAME]
    DIR may hold models, as `halfgig pull` leaves them; with --voice one of theirs speaks, too

Processor time is that of all processes; the wall's depends on what else runs. Ratios are medians of pairs.
"""

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

from report import table

sys.path.insert(0, str(Path(__file__).parents[1]))  # the server's runner is the tests' own

from halfgig.resources.meter import process_memory
from tests.support.command import COMMAND, plain_environment
from tests.support.serving import Server, serving

SENTENCE = "The harbour was quiet, and a pale morning light lay over the boats at the long pier. "
WAYS = ("off", "on")


def command(folder: Path, data: Path, c2pa: str, *arguments: str) -> tuple[float, float]:
    """Run the command; return its wall time and all its processor time, in seconds."""
    environment = plain_environment(DATA_DIR=str(data), C2PA=c2pa)
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run([*COMMAND, *arguments], cwd=folder, env=environment, capture_output=True, check=True)
    wall_s, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall_s, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def row(name: str, rounds: int, run: Callable[[str], tuple[float, float]]) -> list[object]:
    """Return what a way of making something takes, off and on in turn."""
    pairs = [{way: run(way) for way in (WAYS if number % 2 else WAYS[::-1])} for number in range(rounds)]
    figures: list[object] = [name]
    for which in range(2):
        off, on = (median(pair[way][which] for pair in pairs) for way in WAYS)
        more = median(pair["on"][which] - pair["off"][which] for pair in pairs)
        figures += [off, on, f"{100 * more / off:+.0f} %"]
    return figures


def files(folder: Path, data: Path, voice: str, rounds: int) -> None:
    """Print the cost for files of the command."""
    works = {
        "say, 6 s": ("say", SENTENCE, "-o", "a.mp3"),
        "say, 10 minutes": ("say", SENTENCE * 100, "-o", "a.mp3"),
        "talk, 6 s, 512 pixels": ("talk", "--size", "512", "portrait.png", SENTENCE, "-o", "a.mp4"),
    }
    if voice:
        works[f"say, 6 s, {voice}"] = ("say", SENTENCE, "--voice", voice, "-o", "a.mp3")
        works[f"say, 30 s, {voice}"] = ("say", SENTENCE * 5, "--voice", voice, "-o", "a.mp3")
    rows = [row(name, rounds, lambda way, w=work: command(folder, data, way, *w)) for name, work in works.items()]  # type: ignore[misc]
    head = ("what", "wall off, s", "on, s", "more", "processor off, s", "on, s", "more")
    table("files of the command", head, rows)


def served(server: Server, rounds: int) -> list[object]:
    """Return the first sound and the whole of a stream in seconds, and the private memory of web and worker in MB."""
    idle, asked = _private_mb(server)["web"], {"model": "tts-1", "input": SENTENCE * 5, "voice": "en-us"}
    firsts, wholes = [], []
    with server.client() as client:
        for _ in range(rounds):
            start = time.perf_counter()
            with client.stream("POST", "/v1/audio/speech", json=asked) as answer:
                assert answer.status_code == 200, answer.status_code
                pieces = answer.iter_raw()
                next(pieces)
                firsts.append(time.perf_counter() - start)
                for _ in pieces:
                    pass
            wholes.append(time.perf_counter() - start)
    busy = _private_mb(server)
    return [median(firsts), median(wholes), idle, busy["web"], busy.get("worker", 0.0)]


def _private_mb(server: Server) -> dict[str, float]:
    found = {name: process_memory(pid) for name, pid in server.pids().items()}
    return {name: memory.private_mb for name, memory in found.items() if memory}


def main() -> None:
    """Measure and print all tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--voice", default="")
    parser.add_argument("--server-only", action="store_true", help="leave out the files of the command")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        data = options.data or folder / "data"
        portrait = Path(__file__).parents[1] / "src" / "halfgig" / "assets" / "presenter.png"
        (folder / "portrait.png").write_bytes(portrait.read_bytes())
        command(folder, data, "on", "say", "Once.", "-o", "a.mp3")  # makes the key
        if not options.server_only:
            files(folder, data, options.voice, options.rounds)
        rows = []
        for way in WAYS:
            with serving(folder / f"server {way}", C2PA=way) as server:
                rows.append([f"C2PA {way}", *served(server, options.rounds)])
        table("the server", ("", "first sound, s", "whole stream, s", "web idle, MB", "web, MB", "worker, MB"), rows)


if __name__ == "__main__":
    main()
