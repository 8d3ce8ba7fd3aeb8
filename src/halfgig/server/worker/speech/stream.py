"""One speech on its way: where in the text it is, and what was made and waits to be taken.

Nothing here is locked; the speech server's lock is held by whoever calls.
"""

from __future__ import annotations

import time
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from halfgig.pipeline.speech_stream import Part, SliceRequest
from halfgig.requests import SpeechRequest
from halfgig.server.errors import TooSlow
from halfgig.server.worker.speech.slices import Slice, SpeechOrder

if TYPE_CHECKING:
    import threading
    from pathlib import Path

    from halfgig.errors import HalfgigError
    from halfgig.settings import Settings
    from halfgig.tts.sentence_cache import SentenceCache
    from halfgig.tts.voice_selection import ResolvedVoice

AHEAD_S = 60.0
"""How much sound is made ahead of who listens, in seconds."""

AHEAD_BYTES = 2**20
"""How many bytes are made ahead of who listens."""

MOST_DEATHS = 3
"""How often a cell may die in the same sentence."""


@dataclass(eq=False)
class Stream:
    """Hold one speech between the cell that makes it and who takes it."""

    number: int
    """It is known by it in the cell."""
    wish: SpeechOrder
    """What was asked for."""
    changed: threading.Condition
    """Is told when there is something to take."""
    cast: ResolvedVoice | None = None
    """Who speaks; None while that is being found out."""
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
    deaths: int = 0
    """How often a cell died in the sentence it is in."""
    began_at: float = field(default_factory=time.monotonic)
    """When it came, by the monotonic clock."""
    _start: int = 0
    _given: int = 0
    _made: deque[Slice] = field(default_factory=deque)
    _made_s: float = 0.0
    _made_bytes: int = 0
    _taken_at: float = 0.0

    def __post_init__(self) -> None:
        self._start = self.wish.start

    @property
    def is_patient(self) -> bool:
        """Tell whether it gives way to those who listen."""
        return self.wish.is_patient

    @property
    def is_full(self) -> bool:
        """Tell whether so much waits to be taken that no more is made."""
        return self._made_s >= AHEAD_S or self._made_bytes >= AHEAD_BYTES

    @property
    def is_ready(self) -> bool:
        """Tell whether a slice can be made for it."""
        return self.is_active and self.cast is not None and not (self.is_over or self.has_left or self.is_full)

    @property
    def waits_for_first_sound(self) -> bool:
        """Tell whether someone listens and has heard nothing yet."""
        return not (self.is_patient or self.is_begun or self.is_over or self.has_left)

    @property
    def breaks_without_its_cell(self) -> bool:
        """Tell whether it could not go on in another cell."""
        return self.wish.sound_format == "flac" and self.is_begun and not self.is_over

    def request(
        self, settings: Settings, cache: SentenceCache | None, alive: tuple[int, ...], stop: Path
    ) -> SliceRequest:
        """Say what the cell is to make next."""
        assert self.cast
        wish = self.wish
        speech = SpeechRequest(wish.text, self.cast.voice, wish.speed, settings, self.cast.kokoro, wish.wants_words)
        return SliceRequest(
            self.number,
            speech,
            wish.sound_format,
            start=self._start,
            given=self._given,
            is_begun=self.is_begun,
            alive=alive,
            cache=cache,
            stop=stop,
        )

    def put(self, part: Part) -> None:
        """Take in what the cell has made."""
        if part.next_start != self._start:
            self.deaths = 0
        if not self._made:
            self._taken_at = time.monotonic()
        self.is_begun = True
        self._start, self._given = part.next_start or 0, part.given
        self.is_over = part.next_start is None
        if part.seconds or part.data or self.is_over:
            self._made.append(Slice(part.maker, part.seconds, part.next_start, part.data, part.chunks, part.words))
            self._made_s += part.seconds
            self._made_bytes += len(part.data) + sum(len(chunk.pcm) for chunk in part.chunks)
        self.changed.notify_all()

    def fail(self, error: HalfgigError) -> None:
        """End it; what was made before can still be taken."""
        self.error, self.is_over = error, True
        self.changed.notify_all()

    def take(self) -> Slice | None:
        """Give what was made first and not taken; None when there is nothing.  Raises, at its end, why it ended."""
        self._taken_at = time.monotonic()
        if not self._made:
            if self.error:
                raise self.error
            return None
        made = self._made.popleft()
        self._made_s -= made.seconds
        self._made_bytes -= len(made.data) + sum(len(chunk.pcm) for chunk in made.chunks)
        return made

    def end_if_slow(self, slow_s: float) -> None:
        """End it when nobody has taken what is there for so many seconds."""
        if self.is_full and not self.is_over and time.monotonic() - self._taken_at > slow_s:
            self.fail(
                TooSlow(
                    f"{self._made_s:.0f} s of speech waited for {slow_s:g} s and were not taken, so the rest is not "
                    "made; read faster, or raise SLOW_CLIENT_SECONDS"
                )
            )
