"""A small context for the steps of videos: a voice that speaks at once, room for every cell, jobs for the store."""

from __future__ import annotations

import contextlib
import functools
import math
import shutil
import uuid
from array import array
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from halfgig.capacity.plan import make_plan
from halfgig.errors import CellDied
from halfgig.media.chunks import SAMPLE_RATE, Chunk, Phoneme, SpeechSegment, Word
from halfgig.requests import PORTRAIT, SpeechRequest, VideoRequest
from halfgig.resources.limits import Limit
from halfgig.server.job import NewJob
from halfgig.server.job_store import JobStore
from halfgig.server.paths import ServerPaths
from halfgig.server.worker.videos.context import StepContext
from halfgig.settings import Settings
from tests.support.jobs import load
from tests.support.measured_faces import share_faces
from tests.support.media import PRESENTER

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator
    from pathlib import Path

    from halfgig.capacity.plan import Plan
    from halfgig.server.worker.speech.stream import StreamRequest
    from halfgig.server.worker.videos.context import Admission

SECONDS = 1.0
"""How long one sentence of the voice sounds."""


class TestSpeech:
    """Speak each sentence, up to its full stop, as a second of sound."""

    __test__ = False

    def __init__(self) -> None:
        self.starts: list[int] = []
        """Where each request began."""
        self.someone_listens = False
        self.dies_at: int | None = None
        """The character at which it raises what a dead cell raises."""

    def segments(
        self, request: StreamRequest, is_wanted: Callable[[], bool] = lambda: True
    ) -> Generator[SpeechSegment]:
        """Yield the rest of a text."""
        self.starts.append(request.start)
        text, at = request.speech.text, request.start
        while is_wanted():
            if self.dies_at is not None and at >= self.dies_at:
                raise CellDied("speaking: its cell was killed")
            end = text.find(".", at) + 1
            following = end if end and text[end:].strip() else None
            chunks = (_chunk(text[at : end or None]),)
            yield SpeechSegment("tests, voice a", SECONDS, following, chunks=chunks, words=_WORDS)
            if following is None:
                return
            at = following

    def has_waiting_listener(self, client: str) -> bool:  # noqa: ARG002
        """Return what it was told."""
        return self.someone_listens


_WORDS = (Word("word", 0.1, 0.9),)


@functools.cache
def _pcm() -> bytes:
    samples = round(SECONDS * SAMPLE_RATE)
    return array("h", (round(6000 * math.sin(n / 20) * math.sin(n / 4000)) for n in range(samples))).tobytes()


def _chunk(text: str) -> Chunk:
    phonemes = (Phoneme("a", 0.0, 0.5, 2), Phoneme("m", 0.5, 0.7), Phoneme("o", 0.7, SECONDS))
    return Chunk(_pcm(), phonemes, (Word("word", 0.1, 0.9),), text)


class TestAdmission:
    """Have room for everyone, and remember how to ask them to leave."""

    __test__ = False

    def __init__(self) -> None:
        self.evict: Callable[[], None] | None = None
        self.held = 0

    @contextlib.contextmanager
    def hold(
        self,
        name: str,  # noqa: ARG002
        mb: int,  # noqa: ARG002
        evict: Callable[[], None] | None,
        stands_still: Callable[[], bool] = lambda: False,  # noqa: ARG002
        check: Callable[[], None] = lambda: None,  # noqa: ARG002
    ) -> Iterator[None]:
        """Return a reservation."""
        self.held += 1
        self.evict = evict
        yield
        self.evict = None

    @contextlib.contextmanager
    def hold_spare(self, name: str, mb: int, evict: Callable[[], None]) -> Iterator[bool]:  # noqa: ARG002
        """Return a reservation."""
        yield True


def plan(mb: int = 1024, cpus: float = 2.0) -> Plan:
    """Return a plan for a machine of a given size in MB."""
    return make_plan(Limit(mb * 2**20, "a test"), cpus, load())


def context(
    folder: Path, speech: TestSpeech | None = None, admission: Admission | None = None, **changes: Any
) -> StepContext:
    """Return a context whose data lie in a folder, and which signs nothing unless its settings say so."""
    settings = Settings(data_dir=folder, c2pa=False, stand_back=False)
    paths = ServerPaths.of(settings)
    made = StepContext(
        settings, plan(), admission or TestAdmission(), speech or TestSpeech(), JobStore(paths.job_store), paths
    )
    return replace(made, **changes)


def text(sentences: int) -> str:
    """Return a text that the voice speaks in the given number of seconds."""
    return " ".join(f"This is sentence {number}." for number in range(sentences))


def accept(
    folder: Path,
    sentences: int = 2,
    portrait: Path = PRESENTER,
    client: str = "",
    cost_s: float = 0.0,
    **request: Any,
) -> str:
    """Enter a job with a portrait of its own in the store; return its name."""
    paths = ServerPaths.of(Settings(data_dir=folder))
    job_id = f"video_{uuid.uuid4().hex[:24]}"
    paths.job(job_id).mkdir(parents=True)
    share_faces(paths.cache)
    shutil.copy(portrait, paths.job(job_id) / PORTRAIT)
    wanted = VideoRequest(**{"speech": SpeechRequest(text(sentences)), "portrait": PORTRAIT, "size": 128, **request})
    draft = NewJob(job_id, "", wanted, client=client, cost_s=cost_s)
    JobStore(paths.job_store).accept(draft, most_open=100)
    return job_id


def claimed(it: StepContext, job_id: str) -> int:
    """Begin to work on a job; return the fencing token, 0 if it has ended."""
    row = it.store.claim(job_id)
    return row.token if row else 0
