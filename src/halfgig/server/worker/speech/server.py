"""The speech server: one cell speaks for all streams, a slice of one, then a slice of another."""

from __future__ import annotations

import functools
import itertools
import threading
import time
from collections import deque
from enum import Enum, auto
from typing import TYPE_CHECKING, Any

from halfgig.errors import CellDied, HalfgigError, MemoryExceeded
from halfgig.log import WARNING, log
from halfgig.media.chunks import SpeechSegment
from halfgig.server.errors import Busy, Unavailable
from halfgig.server.paths import ServerPaths
from halfgig.server.worker.speech.cell import SpeechCell
from halfgig.server.worker.speech.pace import Paces
from halfgig.server.worker.speech.scheduler import SPARE_STREAMS, pick_next, to_activate
from halfgig.server.worker.speech.shares import SpeechShares
from halfgig.server.worker.speech.slice_files import SliceFiles
from halfgig.server.worker.speech.stream import MOST_CRASHES, Stream
from halfgig.text.script import read_script
from halfgig.tts.sentence_cache import SentenceCache
from halfgig.tts.voice_selection import check_voices, resolve_voice

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Sequence

    from halfgig.capacity.plan import Plan
    from halfgig.events import Event
    from halfgig.server.worker.admission import MemoryAdmission
    from halfgig.server.worker.speech.stream import StreamRequest
    from halfgig.settings import Settings
    from halfgig.tts.base import EngineSpec, Voice

POLL_S = 0.25
"""Seconds between checks whether a stream is still wanted and the cell still needed."""

EVICTED_AFTER_S = 30.0
"""Seconds that others wait for the cell's memory before it is closed even though clients are listening."""

CLOSE_S = 3.0
"""Seconds the current slice has to finish when the server closes."""


class _Step(Enum):
    END = auto()
    CLOSE_CELL = auto()


class SpeechServer:
    """Makes several speeches at once in one cell; methods may be called from any thread.

    `video_client` returns the client whose video is being made.
    """

    def __init__(
        self,
        settings: Settings,
        plan: Plan,
        admission: MemoryAdmission,
        video_client: Callable[[], str | None] = lambda: None,
    ) -> None:
        places = ServerPaths.of(settings)
        self._settings = settings
        self._plan = plan
        places.root.mkdir(parents=True, exist_ok=True)
        self._files = SliceFiles(places.run)
        self._shares = SpeechShares(video_client)
        self._paces = Paces(plan.cpus)
        self._cell = SpeechCell(plan, admission, self._on_evict, places.root)
        most_bytes = int(settings.cache_mb * 1e6 / 2)
        self._cache = SentenceCache(places.cache / "speech", most_bytes) if most_bytes else None
        self._lock = threading.Lock()
        self._work = threading.Condition(self._lock)
        self._streams: list[Stream] = []  # sorted by last turn, the longest ago first
        self._current: Stream | None = None
        self._numbers = itertools.count()
        self._passed_over = 0
        self._took_s: deque[float] = deque([5.0], maxlen=16)
        self._deaths = 0
        self._idle_since = time.monotonic()
        self._asked_at: float | None = None
        self._ends_soon = False
        self._is_closing = False
        self._is_warm = not settings.warm
        self._thread = threading.Thread(target=self._run, name="speech", daemon=True)
        self._thread.start()

    def segments(
        self, request: StreamRequest, is_wanted: Callable[[], bool] = lambda: True
    ) -> Generator[SpeechSegment]:
        """Yield a speech as it is made, until `is_wanted` returns False; closing the generator cancels it, too.

        Before the first segment, raises `Busy` if the queue is full and the errors of an invalid request; later, any
        error that prevents the rest.
        """
        stream = self._enter(request)
        try:
            resolve = functools.partial(
                resolve_voice, settings=self._settings, on_event=_ignored, fits=self._fits, engine=request.engine
            )
            script = read_script(request.speech.text)
            stream.text, stream.others = script.text, {name: resolve(name) for name in script.voices}
            stream.voice = resolve(request.speech.voice)  # may fetch a voice, as may each of the others
            with self._lock:
                self._make_way_locked(stream)
                self._work.notify_all()
            while (made := self._next_segment(stream, is_wanted)) is not None:
                yield made
        finally:
            self._leave(stream)

    def check_voices(self, names: Iterable[str], listed: Callable[[], Sequence[Voice]]) -> None:
        """Raise `UnknownVoice` or `ModelMissing` for a name of no voice, as `voice_selection.check_voices` does."""
        check_voices(names, self._settings, listed, self._fits)

    def _fits(self, spec: EngineSpec) -> bool:
        """Return whether an engine fits into the planned speech cell."""
        return spec.cost.private_mb <= self._plan.speech.private_mb

    def has_waiting_listener(self, client: str) -> bool:
        """Return whether a foreground stream has no sound yet, and `client`'s video should pause for it."""
        with self._lock:
            return any(self._shares.may_pause(each.client, client) for each in self._streams if each.is_awaited)

    def is_busy(self) -> bool:
        """Return whether any stream is open."""
        with self._lock:
            return bool(self._streams)

    def is_alive(self) -> bool:
        """Return whether the server's thread runs; if not, only a new process can speak."""
        return self._thread.is_alive()

    def close_idle(self) -> None:
        """Close the cell now if no stream needs it."""
        with self._lock:
            self._ends_soon = True
            self._work.notify_all()

    def close(self) -> None:
        """Stop the server: the current slice may finish briefly, then all streams fail with `Unavailable`."""
        with self._lock:
            self._is_closing = True
            self._stop_current_locked()
            self._work.notify_all()
        self._thread.join(CLOSE_S)
        self._end_all()

    def status(self) -> dict[str, Any]:
        """Return numbers of streams and crashes, and the state of the cell."""
        with self._lock:
            return {
                "streams": sum(stream.is_active and not stream.is_over for stream in self._streams),
                "waiting": sum(not stream.is_active for stream in self._streams),
                "cell_mb": self._cell.budget_mb if self._cell.is_open else 0,
                "deaths": self._deaths,
                "warm": self._is_warm,
            }

    def _enter(self, request: StreamRequest) -> Stream:
        with self._lock:
            if self._is_closing:
                raise _closing()
            others = [stream for stream in self._streams if not stream.is_background and not stream.is_over]
            most = self._settings.max_streams + self._settings.max_queue
            own = sum(stream.client == request.client for stream in others)
            if not request.is_background and len(others) >= most + (0 if own else SPARE_STREAMS):
                raise self._busy_locked(len(others), most)
            self._shares.enter(request.client, self._streams)
            stream = Stream(next(self._numbers), request, threading.Condition(self._lock))
            self._streams.append(stream)
            self._ends_soon = False
            return stream

    def _busy_locked(self, there: int, most: int) -> Busy:
        pace_s = sum(self._took_s) / len(self._took_s)
        after_s = min(max(pace_s * (self._settings.max_queue + 1) / self._settings.max_streams, 1.0), 120.0)
        return Busy(
            f"{there} speeches are being made or wait, and {most} may; "
            f"come back in {after_s:.0f} s, or raise MAX_STREAMS or MAX_QUEUE",
            after_s,
        )

    def _next_segment(self, stream: Stream, is_wanted: Callable[[], bool]) -> SpeechSegment | None:
        while True:
            with self._lock:
                made = stream.take()
                if made is not None or stream.is_over:
                    self._work.notify_all()
                    return made
                stream.changed.wait(min(POLL_S, stream.held_s or POLL_S))
            if not is_wanted():
                return None

    def _leave(self, stream: Stream) -> None:
        with self._lock:
            stream.has_left = True
            self._streams.remove(stream)
            self._took_s.append(time.monotonic() - stream.began_at)
            if not self._streams:
                self._idle_since = time.monotonic()
            if self._current is stream:
                self._stop_current_locked()
            self._work.notify_all()

    def _on_evict(self) -> None:
        with self._lock:
            self._asked_at = self._asked_at or time.monotonic()
            self._work.notify_all()

    def _stop_current_locked(self) -> None:
        """Make the current slice end as soon as it can."""
        if self._current:
            self._files.write(self._files.stop(self._current.number))

    def _make_way_locked(self, stream: Stream) -> None:
        """Make the current slice give way to a new stream, if its client had much more of the cell."""
        self._tidy_locked()
        current = self._current
        if current and self._shares.gives_way(current, stream, self._streams):
            current.note_way_given()
            self._files.write(self._files.give_way(current.number))

    def _run(self) -> None:
        """Make slices until the server closes; only this thread uses the cell."""
        try:
            self._cell.warm_up(self._settings)
            self._is_warm = True
            while (step := self._next_step()) is not _Step.END:
                if isinstance(step, Stream):
                    began_at = time.monotonic()
                    self._speak(step)
                    self._after_turn(step, time.monotonic() - began_at)
                else:
                    self._cell.close()
        finally:
            self._cell.close(kill=True)
            self._end_all()

    def _next_step(self) -> Stream | _Step:
        with self._lock:
            while not self._is_closing:
                self._tidy_locked()
                if self._cell.is_open and self._should_close_cell_locked():
                    self._asked_at = None
                    return _Step.CLOSE_CELL
                ready = [each for each in self._streams if each.is_ready]
                stream = pick_next(ready, self._passed_over, self._shares.used_s)
                if stream and self._shares.rest_s(stream, self._streams) <= 0:
                    self._current = stream
                    return stream
                self._work.wait(POLL_S if self._streams or self._cell.is_open else None)
            return _Step.END

    def _tidy_locked(self) -> None:
        """Activate the next streams of the queue, and end those whose clients do not read."""
        foreground = [stream for stream in self._streams if not (stream.is_background or stream.is_over)]
        background = [stream for stream in self._streams if stream.is_background]
        for stream in [*to_activate(foreground, self._settings.max_streams), *background]:
            stream.is_active = True
        for stream in self._streams:
            stream.end_if_slow(self._settings.slow_client_seconds)

    def _should_close_cell_locked(self) -> bool:
        """Return whether the cell must be closed: another cell waits for its memory, or it is idle or worn."""
        now = time.monotonic()
        if self._asked_at is not None and not any(stream.is_tied_to_cell for stream in self._streams):
            has_listener = any(stream.is_ready and not stream.is_background for stream in self._streams)
            return not has_listener or now - self._asked_at > EVICTED_AFTER_S
        is_idle_too_long = now - self._idle_since >= self._settings.idle_seconds
        return not self._streams and (is_idle_too_long or self._ends_soon or self._cell.is_worn)

    def _speak(self, stream: Stream) -> None:
        """Make one slice of a stream."""
        with self._lock:
            alive = tuple(each.number for each in self._streams if not each.is_over)
            self._paces.begin(stream, is_open=self._cell.is_open)
        request = stream.request(self._settings, self._cache, alive, self._files)
        try:
            for part in self._cell.watched(self._may_wait, "halfgig.pipeline.speech_stream:speak_slice", request):
                assert isinstance(part, SpeechSegment)
                with self._lock:
                    turns = sum(each.is_ready and not each.is_background for each in self._streams)
                    pace = self._paces.add(part.seconds) * max(1, turns)
                    if not stream.has_left:
                        stream.put(part, pace)
        except HalfgigError as error:
            if not self._should_retry(stream, error):
                with self._lock:
                    stream.fail(error)
        except OSError as error:  # no process or thread can be started
            with self._lock:
                stream.fail(Unavailable(f"speech could not be started: {error.strerror or error}; try again", 5))

    def _may_wait(self) -> bool:
        with self._lock:
            return self._shares.may_wait(self._streams)

    def _should_retry(self, stream: Stream, error: HalfgigError) -> bool:
        """Return whether to try a slice again after an error; enlarges the cell if it ran out of memory."""
        if isinstance(error, MemoryExceeded):
            return self._cell.grow()
        if not isinstance(error, CellDied):
            return False
        log("cell", str(error), WARNING)
        with self._lock:
            self._deaths += 1
            stream.crashes += 1
            return stream.crashes < MOST_CRASHES

    def _after_turn(self, stream: Stream, took_s: float) -> None:
        with self._lock:
            self._current = None
            self._shares.charge(stream, took_s)
            self._paces.end()
            self._files.remove(stream.number)
            if stream in self._streams:
                self._streams.remove(stream)
                self._streams.append(stream)
            is_background_ready = any(each.is_background and each.is_ready for each in self._streams)
            self._passed_over = self._passed_over + 1 if is_background_ready and not stream.is_background else 0
            self._idle_since = time.monotonic()

    def _end_all(self) -> None:
        with self._lock:
            self._is_closing = True
            for stream in self._streams:
                if not stream.is_over:
                    stream.fail(_closing())


def _ignored(_event: Event) -> None:
    """Ignore the progress of a download."""


def _closing() -> Unavailable:
    return Unavailable("the program that speaks is ending; send the request again in a moment", 5)
