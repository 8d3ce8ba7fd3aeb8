"""Print what one client waits for while another one orders all that it may: ratios to its time alone, in turn.

python benchmarks/fairness.py [KIND ...] [--rounds 3] [--data DIR] [--voice en-us] [--animator puppet]
    kinds of greed: long, new, short, large (default: all); DIR may hold models, as `halfgig pull` leaves them

Each round measures alone, then next to a client that has a dozen twenty-minute videos and thirty speeches.
"""

import argparse
import contextlib
import itertools
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import NamedTuple

import httpx
from report import table

sys.path.insert(0, str(Path(__file__).parents[1]))  # the server's runner is the tests' own

from tests.support.serving import Server, serving

VIDEOS, SPEECHES = 12, 30


class Greed(NamedTuple):
    """What the greedy client orders."""

    head_start_s: float = 20.0
    """Seconds that it is alone; in 20 all that it ordered is in progress."""
    sentences: int = 240
    """Length of each speech, which is followed by the next."""
    size: int = 512
    """Pixels of each video."""
    length: int = 240
    """Sentences of each video."""


KINDS = {"long": Greed(), "new": Greed(3.0), "short": Greed(sentences=1), "large": Greed(size=1536, length=60)}

WORDS = "Good morning to all of you, it is a day {}."
"""Ten words, each time others."""

FIVE_S = "The harbour was quiet, and a pale morning light lay over the {} boats at the long pier."
"""About five seconds of speech."""


class Client:
    """One key's client; what it sends is never said twice, so that no cache has it."""

    numbers = itertools.count(100)

    def __init__(self, server: Server, key: str, voice: str) -> None:
        self.http = server.client(headers={"Authorization": f"Bearer {key}"})
        self._voice = voice

    def first_sound_s(self, text: str, over: threading.Event | None = None) -> float:
        """Ask for a speech; return the seconds to its first sound. Reads on until `over` is set."""
        said = {"model": "tts-1", "voice": self._voice, "input": text, "response_format": "pcm"}
        start, first = time.monotonic(), 0.0
        with self.http.stream("POST", "/v1/audio/speech", json=said) as answer:
            answer.raise_for_status()
            for _ in answer.iter_bytes():
                first = first or time.monotonic() - start
                if over and over.is_set():
                    break
        return first

    def video(self, text: str, **form: str) -> str:
        """Order a video; return its id."""
        form = {"prompt": text, "voice": self._voice, **form}
        answer = self.http.post("/v1/videos", files={name: (None, value) for name, value in form.items()})
        assert answer.is_success, answer.text
        return str(answer.json()["id"])

    def video_s(self, text: str) -> float:
        """Order a video; return the seconds until it is there."""
        start, video = time.monotonic(), self.video(text)
        while (found := self.http.get(f"/v1/videos/{video}").json())["status"] != "completed":
            assert found["status"] in ("queued", "in_progress"), found
            time.sleep(0.05)
        return time.monotonic() - start


@contextlib.contextmanager
def _greedy(server: Server, voice: str, greed: Greed, animator: str) -> Iterator[None]:
    """Order all that one client may until the block ends."""
    over, client = threading.Event(), Client(server, "greedy", voice)

    def listen() -> None:
        while not over.is_set():
            with contextlib.suppress(httpx.HTTPError):
                client.first_sound_s(_text(greed.sentences), over)
            over.wait(0.05)

    threads = [threading.Thread(target=listen) for _ in range(SPEECHES)]
    for thread in threads:
        thread.start()
    videos: list[str] = []
    try:
        videos.extend(client.video(_text(greed.length), size=str(greed.size), model=animator) for _ in range(VIDEOS))
        time.sleep(greed.head_start_s)
        yield
    finally:
        over.set()
        for video in videos:
            client.http.delete(f"/v1/videos/{video}")
        for thread in threads:
            thread.join()


def _text(sentences: int) -> str:
    return "".join(FIVE_S.format(f"{next(Client.numbers)} old") for _ in range(sentences))


def _measured(client: Client) -> tuple[float, float]:
    number = next(client.numbers)
    return client.first_sound_s(WORDS.format(number)), client.video_s(FIVE_S.format(number))


def main() -> None:
    """Measure in turn, alone and next to the greedy client."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kinds", nargs="*", choices=[[], *KINDS])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--voice", default="en-us")
    parser.add_argument("--animator", default="puppet")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        if options.data:
            (Path(folder) / "models").symlink_to((options.data / "models").resolve())
        with serving(Path(folder), API_KEYS="modest,greedy") as server:
            modest = Client(server, "modest", options.voice)
            _measured(modest)
            for kind in options.kinds or KINDS:
                rows = []
                for number in range(options.rounds):
                    alone = _measured(modest)
                    with _greedy(server, options.voice, KINDS[kind], options.animator):
                        together = _measured(modest)
                    rows.append((number, alone[0], together[0], alone[1], together[1], together[1] / alone[1]))
                head = ("round", "first sound alone, s", "together, s", "5 s video alone, s", "together, s", "ratio")
                means = [median(column) for column in zip(*(row[1:] for row in rows), strict=True)]
                table(f"Next to a greedy client: {kind} ({server.fence.how})", head, [*rows, ("median", *means)])


if __name__ == "__main__":
    main()
