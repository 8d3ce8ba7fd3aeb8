"""Clients of a server, all at once: short and long speech, videos, uploads, lists, and health checks."""

from __future__ import annotations

import collections
import contextlib
import io
import itertools
import random
import threading
import time
import wave
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import httpx

import halfgig

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.support.serving import Server

PRESENTER = Path(halfgig.__file__).parent / "assets" / "presenter.png"
SENTENCE = "The harbour was quiet, and a pale morning light lay over the boats; nobody spoke above a whisper. "


def sentences(number: int, characters: int) -> str:
    """Write a text that nobody has asked for before, so that no cache has it."""
    text = "".join(f"On day {number} the boat with the number {part} came home. {SENTENCE}" for part in range(60))
    return text[:characters]


@dataclass
class Tally:
    """Count what clients saw."""

    answers: collections.Counter[str] = field(default_factory=collections.Counter)
    accepted: list[tuple[str, float]] = field(default_factory=list)
    """Videos: id, and when they were accepted."""
    health_ms: list[float] = field(default_factory=list)
    curve: list[tuple[float, float]] = field(default_factory=list)
    """Seconds, and MB that must stay."""
    killed: collections.Counter[str] = field(default_factory=collections.Counter)


class Load:
    """Ask a server for everything at once until `stop` is set."""

    def __init__(self, server: Server, voice: str) -> None:
        self.server = server
        self.voice = voice
        self.tally = Tally()
        self.stop = threading.Event()
        self._start = time.monotonic()
        self._numbers = itertools.count(1000)

    def short_speech(self, client: httpx.Client) -> None:
        """Ask for a sentence."""
        self._speech(client, 100, "mp3")

    def long_speech(self, client: httpx.Client) -> None:
        """Ask for five thousand characters."""
        self._speech(client, 5000, "opus")

    def video(self, client: httpx.Client) -> None:
        """Ask for a video of the presenter, and look after it until it is there."""
        self._video(client, {"prompt": sentences(self._number(), 200), "size": "320x320"}, {})

    def upload(self, client: httpx.Client) -> None:
        """Upload a portrait and a recording."""
        files = {"input_reference": ("me.png", PRESENTER.read_bytes()), "audio": ("a.wav", recording(4.0))}
        self._video(client, {"size": "320"}, files)

    def polls(self, client: httpx.Client) -> None:
        """Look at lists, voices, models, memory."""
        for path in ("/v1/videos?limit=5", "/v1/models", "/v1/audio/voices", "/v1/memory", "/metrics"):
            with self._counted(f"GET {path.partition('?')[0]}") as note:
                note(client.get(path).status_code)
        self.stop.wait(1)

    def health(self, client: httpx.Client) -> None:
        """Ask whether it is well."""
        with self._counted("GET /healthz") as note:
            start = time.monotonic()
            note(client.get("/healthz", timeout=5).status_code)
            self.tally.health_ms.append(1000 * (time.monotonic() - start))
        self.stop.wait(0.5)

    def run(self, *jobs: Callable[[httpx.Client], None]) -> list[threading.Thread]:
        """Start one client for each job."""
        threads = [threading.Thread(target=self._again, args=[job], daemon=True) for job in (*jobs, self.health)]
        threads.append(threading.Thread(target=self._sample, daemon=True))
        for thread in threads:
            thread.start()
        return threads

    def _number(self) -> int:
        return next(self._numbers)

    def _again(self, job: Callable[[httpx.Client], None]) -> None:
        with self.server.client() as client:
            while not self.stop.is_set():
                job(client)

    @contextlib.contextmanager
    def _counted(self, name: str) -> Iterator[Callable[[object], None]]:
        """Count an answer, or how the connection failed."""
        try:
            yield lambda status: self.tally.answers.update([f"{name}: {status}"])
        except httpx.TransportError as error:
            self.tally.answers[f"{name}: {type(error).__name__}"] += 1
            self.stop.wait(0.5)

    def _speech(self, client: httpx.Client, characters: int, sound_format: str) -> None:
        text = sentences(self._number(), characters)
        body = {"model": "tts-1", "voice": self.voice, "input": text, "response_format": sound_format}
        name = f"speech of {characters}"
        with self._counted(name) as note, client.stream("POST", "/v1/audio/speech", json=body) as answer:
            taken = sum(len(data) for data in answer.iter_bytes())
            note(answer.status_code if taken else "nothing")
            if answer.status_code == 429:
                self.stop.wait(float(answer.headers["retry-after"]))

    def _video(self, client: httpx.Client, fields: dict[str, str], files: dict[str, tuple[str, bytes]]) -> None:
        fields = {"voice": self.voice} | fields
        form = {name: (None, value) for name, value in fields.items()} | files
        with self._counted("POST /v1/videos") as note:
            answer = client.post("/v1/videos", files=form)
            note(answer.status_code)
            if answer.status_code == 429:
                self.stop.wait(float(answer.headers["retry-after"]))
            if answer.status_code == 202:
                self.tally.accepted.append((answer.json()["id"], time.monotonic() - self._start))
                self._follow(client, answer.json()["id"])

    def _follow(self, client: httpx.Client, video: str) -> None:
        while not self.stop.is_set():
            with self._counted("GET /v1/videos/{id}") as note:
                answer = client.get(f"/v1/videos/{video}")
                note(answer.status_code)
                if answer.status_code == 200 and answer.json()["status"] in ("completed", "failed"):
                    return
            self.stop.wait(1)

    def _sample(self) -> None:
        while not self.stop.is_set():
            self.tally.curve.append((time.monotonic() - self._start, self.server.fence.must_stay_mb))
            self.stop.wait(0.25)


def recording(seconds: float) -> bytes:
    """Make a wav of hums, as loud and quiet as speech."""
    noise = random.Random(1)
    samples = bytearray()
    for step in range(int(seconds * 16000)):
        loud = 6000 if (step // 3200) % 3 else 300
        samples += int(noise.uniform(-loud, loud)).to_bytes(2, "little", signed=True)
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setparams((1, 2, 16000, 0, "NONE", ""))
        out.writeframes(bytes(samples))
    return file.getvalue()
