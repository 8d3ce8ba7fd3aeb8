"""Measure a live avatar in a real browser: first sound and motion, lips against sound, stopping, sizes and memory.

python benchmarks/live.py [--data DIR --voice NAME] [--seconds 120] [--size 512] [--ahead]

With --ahead the server has spoken the text before, so that a network's speech does not take the cores from drawing.
A server runs in 512 MB; DIR is a data folder with a model of the voice. Chromium draws in software, so that frames are
few; what is measured is whether each shows the mouth of the sound that is heard when it is drawn.
"""

from __future__ import annotations

import argparse
import base64
import bisect
import contextlib
import itertools
import json
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from report import table

sys.path.insert(0, str(Path(__file__).parents[1]))  # servers and browsers as the tests start them

from halfgig.animators.base import PRESENTER
from halfgig.avatars.pack import read_pack
from halfgig.server.supervisor.processes import children_of
from halfgig.server.web.avatar_module import MODULES, joined
from tests.server.web.page.studio import browsing, until
from tests.support.avatars import SOFTWARE_GL
from tests.support.serving import serving

if TYPE_CHECKING:
    import httpx
    from playwright.sync_api import Page

    from tests.support.serving import Server

ORIGIN = "http://localhost:8999"
KEY = "a-key"
SENTENCE = "The harbour was quiet, and a pale morning light lay over the boats; nobody spoke above a whisper. "
SEARCH_S = 0.3
"""How far around the heard moment the shown one is looked for."""
GAP_S = 0.02
"""Silence between two pieces of sound from which on it is a gap."""


def text_of(seconds: float) -> str:
    """Return a text that takes about this long: a sentence is six seconds."""
    return "".join(f"It was day {number}. {SENTENCE}" for number in range(round(seconds / 7)))


class Jaws:
    """The opening of the jaw over a speech, as the server says it."""

    def __init__(self, client: httpx.Client, texts: list[str], voice: str) -> None:
        self._parts: list[tuple[float, float, list[float]]] = []
        self.seconds = 0.0
        for text in texts:
            rate, rows, seconds = rows_of(client, text, voice)
            self._parts.append((self.seconds, rate, rows))
            self.seconds += seconds

    def at(self, seconds: float) -> float:
        """Return the opening at a moment, between the two rows around it."""
        begin, rate, rows = next((part for part in reversed(self._parts) if part[0] <= seconds), self._parts[0])
        place = (seconds - begin) * rate - 0.5
        at = int(place)
        return rows[at] + (rows[at + 1] - rows[at]) * (place - at) if 0 <= at < len(rows) - 1 else 0.0


def rows_of(client: httpx.Client, text: str, voice: str) -> tuple[float, list[float], float]:
    """Return the rate of the poses of a text, the opening of the jaw in each row, and the seconds of its sound."""
    asked = {"model": "tts-1", "voice": voice, "input": text, "response_format": "pcm", "stream_format": "sse"}
    rows: list[float] = []
    names: list[str] = []
    rate, samples = 25.0, 0
    with client.stream("POST", "/v1/audio/speech", json=asked | {"include": ["poses"]}) as answer:
        for line in answer.iter_lines():
            event = json.loads(line.removeprefix("data: ") or "{}")
            if event.get("type") == "speech.audio.delta":
                samples += len(base64.b64decode(event["audio"])) // 2
            if event.get("type") == "speech.poses.delta":
                names, rate = event.get("names", names), event["rate"]
                weights = base64.b64decode(event["weights"])
                first = round(event["start"] * rate)
                rows[first:] = [each / 255 for each in weights[names.index("jawOpen") :: len(names)]]
    return rate, rows, samples / 24_000


class Sound:
    """When which second of a speech was heard: pieces that come too late begin later."""

    def __init__(self, pieces: list[tuple[float, float]]) -> None:
        """`pieces` are the start on the audio clock and the length of each, in seconds."""
        self._begins = [when for when, _ in pieces]
        self._lengths = [seconds for _, seconds in pieces]
        self._at = [0.0, *itertools.accumulate(self._lengths)]
        ends = [when + seconds for when, seconds in pieces]
        gaps = [begin - end for begin, end in zip(self._begins[1:], ends, strict=False)]
        self.gaps = [gap for gap in gaps if gap > GAP_S]
        """Seconds of silence before pieces that came too late."""

    def second(self, heard: float) -> float | None:
        """Return the second of the speech that is heard at a moment of the audio clock; None in silence."""
        piece = bisect.bisect_right(self._begins, heard) - 1
        within = heard - self._begins[piece]
        return self._at[piece] + within if piece >= 0 and within < self._lengths[piece] else None


def offsets(drawn: list[list[float]], sound: Sound, jaws: Jaws) -> list[float]:
    """Return, for each drawn frame whose mouth moves, how many seconds its mouth is ahead of the sound."""
    found = []
    for heard, shown, *_ in drawn:
        moment = sound.second(heard)
        if (
            moment is None or abs(jaws.at(moment + 0.04) - jaws.at(moment - 0.04)) < 0.1
        ):  # a jaw that rests tells no time
            continue
        steps = [step / 1000 for step in range(round(-1000 * SEARCH_S), round(1000 * SEARCH_S) + 1)]
        near = [step for step in steps if abs(jaws.at(moment + step) - shown) < 0.004]
        if near:
            found.append(min(near, key=abs))
    return found


def opened(page: Page, server: Server, attributes: dict[str, str]) -> None:
    """Open a page of another origin with the avatar."""
    given = " ".join(f'{name}="{value}"' for name, value in {"server": server.url, **attributes}.items())
    html = (
        '<!doctype html><title>live</title><script type="module" src="/page.js"></script>'
        f"<halfgig-avatar {given}></halfgig-avatar>"
    )
    script = (Path(__file__).parent / "live.js").read_text(encoding="utf-8").replace("SERVER", server.url)
    page.route(f"{ORIGIN}/", lambda route: route.fulfill(body=html, content_type="text/html"))
    page.route(f"{ORIGIN}/page.js", lambda route: route.fulfill(body=script, content_type="text/javascript"))
    page.goto(f"{ORIGIN}/")
    until(page, "window.isReady")


def bare_bytes(pack: bytes) -> int:
    """Return the size of a pack without the picture at the size asked for."""
    sections = read_pack(pack).sections
    return len(pack) - sum(len(sections[name].data) for name in ("person", "plate") if name in sections)


def idle_after(server: Server, client: httpx.Client) -> float:
    """Return the seconds until no stream is made and no process of the server works."""
    start = time.monotonic()
    while time.monotonic() - start < 30:
        before = cells_cpu_s(server)
        time.sleep(0.1)
        lines = client.get("/metrics").text.splitlines()
        streams = sum(float(each.split()[-1]) for each in lines if each.startswith("halfgig_streams_in_flight"))
        if not streams and cells_cpu_s(server) - before < 0.05:
            return time.monotonic() - start - 0.1
    return 30.0


def cells_cpu_s(server: Server) -> float:
    """Return the processor time that the worker's cells have used."""
    ticks = 0
    for pid in children_of(server.pids()["worker"]):
        with contextlib.suppress(OSError):
            stat = Path(f"/proc/{pid}/stat").read_text()
            ticks += sum(map(int, stat.rsplit(")", 1)[1].split()[11:13]))
    return ticks / os.sysconf("SC_CLK_TCK")


def private_mb(server: Server) -> str:
    """Return the private memory of the server's processes."""
    found = []
    for name, pid in sorted(server.pids().items()):
        status = Path(f"/proc/{pid}/status")
        if status.exists():
            lines = dict(line.split(":", 1) for line in status.read_text().splitlines())
            found.append(f"{name} {int(lines['RssAnon'].split()[0]) / 1024:.0f} MB")
    return ", ".join(found)


def measure(server: Server, page: Page, wanted: argparse.Namespace) -> None:
    """Print what a conversation is like."""
    voice = wanted.voice
    with server.client(headers={"authorization": f"Bearer {KEY}"}) as client:
        with PRESENTER.open("rb") as portrait:
            avatar = client.post(
                "/v1/avatars", files={"portrait": portrait}, data={"name": "Ada", "voice": voice}
            ).json()
        session = client.post(f"/v1/avatars/{avatar['id']}/sessions", json={}).json()
        pack = client.get(f"/v1/avatars/{avatar['id']}/pack?size={wanted.size}").content
        attributes = {
            "src": f"/v1/avatars/{avatar['id']}/pack?size={wanted.size}",
            "token": session["token"],
            "voice": voice,
        }
        opened(page, server, attributes)
        until(page, "document.querySelector('halfgig-avatar').shadowRoot.querySelector('canvas').width !== 300")
        text, asked = text_of(wanted.seconds), list[str]()
        page.on("request", lambda request: asked.append(json.loads(request.post_data or "{}").get("input", "")))
        if wanted.ahead:
            rows_of(client, text, voice)
        said = page.evaluate("(text) => say(text)", text)
        jaws = Jaws(client, [each for each in asked if each and each != "Yes."], voice)
        sound = Sound(said["pieces"])
        apart = offsets(said["drawn"], sound, jaws)
        memory = private_mb(server)
        silent_s = page.evaluate("(text) => stopInTheMiddle(text)", text)
        idle_s = idle_after(server, client)
        frames = len(said["drawn"]) / max(1.0, said["drawn"][-1][0] - said["drawn"][0][0])
        modules = ", ".join(f"{path[1:]} {len(joined(name).encode())}" for path, name in MODULES.items())
        most = sorted(map(abs, apart))[int(0.95 * len(apart))]
        told = f"{1000 * statistics.median(apart):.0f}, {1000 * most:.0f} ms"
        rows: list[list[object]] = [
            ["modules, bytes", modules],
            [f"pack of {wanted.size} pixels, bytes, and those without the picture", f"{len(pack)}, {bare_bytes(pack)}"],
            ["first sound after it was asked for", f"{1000 * said['first_sound_s']:.0f} ms"],
            ["first motion after the first sound", f"{1000 * said['motion_after_sound_s']:.0f} ms"],
            ["lips before the sound, median, and 95 % of frames within", told],
            ["frames that were compared, and all a second", f"{len(apart)}, {frames:.0f}"],
            ["length of the speech", f"{jaws.seconds:.0f} s"],
            ["pieces that came too late, and seconds of silence", f"{len(sound.gaps)}, {sum(sound.gaps):.1f} s"],
            ["breaks of the audio clock", said["breaks"]],
            ["sound after stop()", f"{1000 * silent_s:.0f} ms"],
            ["server idle after stop()", f"{1000 * idle_s:.0f} ms"],
            ["private memory while it speaks", memory],
        ]
        table(f"A live avatar, voice {voice}", ["what", "figure"], rows)


def main() -> None:
    """Run the measurement."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, help="a data folder with models")
    parser.add_argument("--voice", default="en-us")
    parser.add_argument("--seconds", type=float, default=120)
    parser.add_argument("--size", type=int, default=512)
    parser.add_argument("--ahead", action="store_true")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        if asked.data:
            (data / "models").symlink_to(asked.data.resolve() / "models")
        flags = (*SOFTWARE_GL, "--disable-features=LocalNetworkAccessChecks")
        with serving(data, API_KEYS=KEY, AVATAR_ORIGINS=ORIGIN) as server, browsing(*flags) as browser:
            page = browser.new_page(viewport={"width": 400, "height": 500})
            page.on("console", lambda message: print(message.text, file=sys.stderr))
            measure(server, page, asked)


if __name__ == "__main__":
    main()
