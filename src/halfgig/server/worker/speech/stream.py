"""One speech on its way: where in the text it is, and what was made and waits to be taken.

Nothing here is locked; the speech server's lock is held by the caller.
"""

from __future__ import annotations

import time
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from halfgig.pipeline.speech_stream import SliceRequest
from halfgig.server.errors import TooSlow
from halfgig.tts.readers import SpeechJob

if TYPE_CHECKING:
    import threading
    from collections.abc import Mapping
    from pathlib import Path

    from halfgig.errors import HalfgigError
    from halfgig.media.chunks import SpeechSegment
    from halfgig.requests import SpeechRequest
    from halfgig.settings import Settings
    from halfgig.tts.registry import ResolvedVoice
    from halfgig.tts.sentence_cache import SentenceCache

AHEAD_S = 60.0
"""How much sound is made ahead of who listens, in seconds."""

AHEAD_BYTES = 2**20
"""How many bytes are made ahead of who listens."""

MOST_CRASHES = 3
"""How often a cell may die in the same sentence."""


@dataclass(frozen=True, slots=True)
class StreamRequest:
    """What is asked of the speech server: a speech, or the rest of one."""

    speech: SpeechRequest
    """What to say, all of it, and how."""
    sound_format: str | None = None
    """wav, mp3, opus, flac, aac or pcm, for the bytes of such a file; None: chunks, with their phonemes."""
    whole_file: Path | None = None
    """The file that all of the speech goes to, on disk; None: the bytes are given as they are made."""
    engine: str = ""
    """The engine that is asked for; empty: the voice decides."""
    start: int = 0
    """The character of the text to begin at; what stands before was spoken already."""
    wants_words: bool = False
    """True when the words' times are wanted."""
    is_background: bool = False
    """True when listeners go first."""


@dataclass(eq=False)
class Stream:
    """One speech between the cell that makes it and who takes it."""

    number: int
    """It is known by it in the cell."""
    asked: StreamRequest
    """What was asked for."""
    changed: threading.Condition
    """Is told when there is something to take."""
    voice: ResolvedVoice | None = None
    """Who speaks; None while that is being found out."""
    others: Mapping[str, ResolvedVoice] = field(default_factory=dict)
    """The voices that the text names, by their names in it."""
    is_active: bool = False
    """True once its turn in the queue has come."""
    is_begun: bool = False
    """True when something of it was made."""
    is_over: bool = False
    """True when nothing more will be made."""
    has_left: bool = False
    """True when nobody takes it any more."""
    error: HalfgigError | None = None
    """Why it ended early."""
    crashes: int = 0
    """How often a cell died in the sentence it is in."""
    began_at: float = field(default_factory=time.monotonic)
    """When it came, by the monotonic clock."""
    _start: int = 0
    _given: int = 0
    _made: deque[SpeechSegment] = field(default_factory=deque)
    _made_s: float = 0.0
    _made_bytes: int = 0
    _taken_at: float = 0.0

    def __post_init__(self) -> None:
        self._start = self.asked.start

    @property
    def is_background(self) -> bool:
        """Whether it gives way to those who listen."""
        return self.asked.is_background

    @property
    def is_full(self) -> bool:
        """Whether enough sound waits to be taken that no more is made."""
        return self._made_s >= AHEAD_S or self._made_bytes >= AHEAD_BYTES

    @property
    def is_ready(self) -> bool:
        """Whether a slice can be made for it."""
        return self.is_active and self.voice is not None and not (self.is_over or self.has_left or self.is_full)

    @property
    def waits_for_first_sound(self) -> bool:
        """Whether someone listens and has heard nothing yet."""
        return not (self.is_background or self.is_begun or self.is_over or self.has_left)

    @property
    def breaks_without_its_cell(self) -> bool:
        """Whether it could not go on in another cell, or would begin again there."""
        is_one_piece = self.asked.sound_format == "flac" or self.asked.whole_file is not None
        return is_one_piece and self.is_begun and not self.is_over

    def request(
        self, settings: Settings, cache: SentenceCache | None, alive: tuple[int, ...], stop: Path
    ) -> SliceRequest:
        """Return what the cell is to make next."""
        assert self.voice
        asked = self.asked
        job = SpeechJob(asked.speech, self.voice, settings.limits, asked.wants_words, self.others)
        return SliceRequest(
            self.number,
            job,
            asked.sound_format,
            start=self._start,
            given=self._given,
            is_begun=self.is_begun,
            alive=alive,
            cache=cache,
            stop=stop,
            whole_file=asked.whole_file,
        )

    def put(self, segment: SpeechSegment) -> None:
        """Take in what the cell has made."""
        if segment.next_start != self._start:
            self.crashes = 0
        if not self._made:
            self._taken_at = time.monotonic()
        self.is_begun = True
        self._start, self._given = segment.next_start or 0, segment.given
        self.is_over = segment.next_start is None
        if segment.seconds or segment.data or self.is_over:
            self._made.append(segment)
            self._made_s += segment.seconds
            self._made_bytes += segment.size
        self.changed.notify_all()

    def fail(self, error: HalfgigError) -> None:
        """End it; what was made before can still be taken."""
        self.error, self.is_over = error, True
        self.changed.notify_all()

    def take(self) -> SpeechSegment | None:
        """Return what was made first and not taken; None when there is nothing.  Raises, at its end, why it ended."""
        self._taken_at = time.monotonic()
        if not self._made:
            if self.error:
                raise self.error
            return None
        made = self._made.popleft()
        self._made_s -= made.seconds
        self._made_bytes -= made.size
        return made

    def end_if_slow(self, slow_s: float) -> None:
        """End it when nobody has taken the waiting sound for this many seconds."""
        if self.is_full and not self.is_over and time.monotonic() - self._taken_at > slow_s:
            self.fail(
                TooSlow(
                    f"{self._made_s:.0f} s of speech waited for {slow_s:g} s and were not taken, so the rest is not "
                    "made; read faster, or raise SLOW_CLIENT_SECONDS"
                )
            )
