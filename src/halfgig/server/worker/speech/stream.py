"""A speech stream: its position in the text, and the queue of segments between the cell and the client.

Streams have no lock of their own; callers must hold the speech server's lock.
"""

from __future__ import annotations

import time
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from halfgig.media.chunks import SAMPLE_RATE
from halfgig.pipeline.speech_stream import SliceRequest
from halfgig.server.errors import TooSlow
from halfgig.server.worker.speech.head_start import MOST_HELD_S, head_start_s, lengths_of
from halfgig.tts.readers import SpeechJob

if TYPE_CHECKING:
    import threading
    from collections.abc import Mapping
    from pathlib import Path

    from halfgig.errors import HalfgigError
    from halfgig.media.chunks import SpeechSegment
    from halfgig.requests import SpeechRequest
    from halfgig.server.worker.speech.slice_files import SliceFiles
    from halfgig.settings import Settings
    from halfgig.tts.registry import ResolvedVoice
    from halfgig.tts.sentence_cache import SentenceCache

AHEAD_S = 60.0
"""Most seconds of sound made ahead of the client."""

AHEAD_BYTES = 2**20
"""Most bytes made ahead of the client."""

LEAD_S = 5.0
"""Seconds of sound beyond what could be heard by now from which on a listener can wait."""

MOST_WAYS = 3
"""How often the same sentence is given up for other streams; then it is made to its end."""

MOST_CRASHES = 3
"""Crashes of the cell in the same sentence after which the stream fails."""


@dataclass(frozen=True, slots=True)
class StreamRequest:
    """A request for a speech, or for the rest of one."""

    speech: SpeechRequest
    """The whole text, the voice and the speed."""
    sound_format: str | None = None
    """wav, mp3, opus, flac, aac or pcm: segments contain bytes of such a file; None: chunks with their phonemes."""
    whole_file: Path | None = None
    """The file on disk that receives the whole speech; None: segments contain its bytes."""
    engine: str = ""
    """Name of the requested engine; empty: the voice decides."""
    start: int = 0
    """Index of the character to start at; the text before it was spoken already."""
    wants_words: bool = False
    """Whether segments contain the words' times."""
    wants_poses: bool = False
    """Whether they contain the poses of a face that speaks them."""
    is_background: bool = False
    """Whether streams with a listener come first."""
    client: str = ""
    """Who shares the speech cell with others: a key's digest, or without keys an address's."""
    unheard_s: float = 0.0
    """Seconds of an earlier speech that the listener hears before this one."""


@dataclass(eq=False)
class Stream:
    """One speech between the cell that makes it and the client that reads it."""

    number: int
    """Identifies the stream in the cell."""
    asked: StreamRequest
    """The request."""
    changed: threading.Condition
    """Notified when a segment is added or the stream ends."""
    voice: ResolvedVoice | None = None
    """The voice; None until it is resolved."""
    others: Mapping[str, ResolvedVoice] = field(default_factory=dict)
    """The voices named in the text, by those names."""
    text: str = ""
    """The text without its markup, once that is read."""
    is_active: bool = False
    """Whether the stream has left the waiting queue."""
    is_begun: bool = False
    """Whether a segment was made."""
    is_over: bool = False
    """Whether no further segment will be made."""
    has_left: bool = False
    """Whether the client is gone."""
    error: HalfgigError | None = None
    """The error that ended the stream early."""
    crashes: int = 0
    """Crashes of the cell in the current sentence."""
    began_at: float = field(default_factory=time.monotonic)
    """Time of the request, by the monotonic clock."""
    _ways_given: tuple[int, int] = (0, 0)
    _start: int = 0
    _given: int = 0
    _passed: int = 0
    _made: deque[SpeechSegment] = field(default_factory=deque)
    _made_s: float = 0.0
    _made_bytes: int = 0
    _taken_at: float = 0.0
    _all_s: float = 0.0
    _heard_from: float = 0.0
    _is_taken: bool = False
    _held_until: float = 0.0
    _begun_at: float = 0.0

    def __post_init__(self) -> None:
        self._start = self.asked.start
        self._heard_from = self.began_at + self.asked.unheard_s

    @property
    def is_background(self) -> bool:
        """Whether streams with a listener come first."""
        return self.asked.is_background

    @property
    def client(self) -> str:
        """Who shares the speech cell with others."""
        return self.asked.client

    @property
    def lead_s(self) -> float:
        """Seconds of sound made beyond what could be heard by now, and what the listener hears before it."""
        return self._all_s - (time.monotonic() - self._heard_from)

    @property
    def held_s(self) -> float:
        """Seconds for which its first sound is still held back, so that no gap follows it."""
        return 0.0 if self.is_over or self._is_taken else max(0.0, self._held_until - time.monotonic())

    @property
    def is_full(self) -> bool:
        """Whether enough sound is queued, and no more is made for now."""
        return self._made_s >= AHEAD_S or self._made_bytes >= AHEAD_BYTES

    @property
    def is_ready(self) -> bool:
        """Whether a slice can be made."""
        return self.is_active and self.voice is not None and not (self.is_over or self.has_left or self.is_full)

    @property
    def is_awaited(self) -> bool:
        """Whether a client listens and has nothing to hear; one that waits for a place waits without it, too."""
        is_heard = self.is_begun and not self.held_s
        is_made = self.is_background or is_heard or self.is_over or self.has_left
        return self.is_active and not is_made and self.lead_s < LEAD_S

    @property
    def is_tied_to_cell(self) -> bool:
        """Whether the stream cannot continue in another cell: it would start again there, or lose its encoder."""
        is_one_piece = self.asked.sound_format == "flac" or self.asked.whole_file is not None
        return is_one_piece and self.is_begun and not self.is_over

    @property
    def may_give_way(self) -> bool:
        """Whether the sentence in progress may be given up for another stream: the same one only a few times."""
        return self._times_given_up < MOST_WAYS

    def note_way_given(self) -> None:
        """Note that the sentence in progress is given up."""
        self._ways_given = (self._start, self._times_given_up + 1)

    @property
    def _times_given_up(self) -> int:
        start, times = self._ways_given
        return times if start == self._start else 0

    def request(
        self, settings: Settings, cache: SentenceCache | None, alive: tuple[int, ...], files: SliceFiles
    ) -> SliceRequest:
        """Return the request for the cell's next slice."""
        assert self.voice
        asked = self.asked
        job = SpeechJob(asked.speech, self.voice, settings.limits, asked.wants_words, self.others)
        return SliceRequest(
            self.number,
            job,
            asked.sound_format,
            start=self._start,
            given=self._given,
            passed=self._passed,
            is_begun=self.is_begun,
            alive=alive,
            cache=cache,
            stop=files.stop(self.number),
            give_way=files.give_way(self.number),
            whole_file=asked.whole_file,
            wants_poses=asked.wants_poses,
        )

    def put(self, segment: SpeechSegment, pace: float = 0.0) -> None:
        """Queue a segment from the cell, which needs `pace` seconds for a second of this stream."""
        if segment.next_start != self._start:
            self.crashes = 0
        if not self._made:
            self._taken_at = time.monotonic()
        if not self.is_begun:
            self._begun_at = time.monotonic()
            self._heard_from = max(self._heard_from, self._begun_at)
        self._all_s += segment.seconds
        self.is_begun = True
        self._start, self._given = segment.next_start or 0, segment.given
        self._passed += round(segment.seconds * SAMPLE_RATE)
        self.is_over = segment.next_start is None
        if segment.seconds or segment.data or self.is_over or self.asked.whole_file:  # whose progress is told
            self._made.append(segment)
            self._made_s += segment.seconds
            self._made_bytes += segment.size
        self._hold(pace)
        self.changed.notify_all()

    def _hold(self, pace: float) -> None:
        """Delay the first sound until the next sentences will be there in time at a pace."""
        asked = self.asked
        if not pace or self._is_taken or self.is_background or asked.unheard_s or asked.whole_file:
            return
        following = lengths_of(self.text, self._start, self._given / SAMPLE_RATE, asked.speech.speed)
        needed_s = head_start_s(self._all_s, following, pace)
        self._held_until = min(self._begun_at + MOST_HELD_S, time.monotonic() + needed_s)

    def fail(self, error: HalfgigError) -> None:
        """End the stream with an error; queued segments can still be taken."""
        self.error, self.is_over = error, True
        self.changed.notify_all()

    def take(self) -> SpeechSegment | None:
        """Remove and return the oldest queued segment, or None; once the queue is empty, raise the stream's error."""
        self._taken_at = time.monotonic()
        if self.held_s:
            return None
        if not self._made:
            if self.error:
                raise self.error
            return None
        if not self._is_taken:
            self._is_taken, self._heard_from = True, max(self._heard_from, self._taken_at)
        made = self._made.popleft()
        self._made_s -= made.seconds
        self._made_bytes -= made.size
        return made

    def end_if_slow(self, slow_s: float) -> None:
        """End a full stream with `TooSlow` if nothing was taken from it for `slow_s` seconds."""
        if self.is_full and not self.is_over and time.monotonic() - self._taken_at > slow_s:
            self.fail(
                TooSlow(
                    f"{self._made_s:.0f} s of speech waited for {slow_s:g} s and were not taken, so the rest is not "
                    "made; read faster, or raise SLOW_CLIENT_SECONDS"
                )
            )
