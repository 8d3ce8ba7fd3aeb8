"""Signs speeches that are sent as whole files, one after the other; each waits for the memory of its cells."""

from __future__ import annotations

import contextlib
import threading
import time
from typing import TYPE_CHECKING

from halfgig.log import WARNING, log
from halfgig.origin.manifest import MEDIA_TYPES
from halfgig.pipeline.signing import speech_making
from halfgig.server.worker.file_signing import FileSigning
from halfgig.tts.registry import source_type_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from halfgig.server.worker.admission import MemoryAdmission
    from halfgig.settings import Settings

SIGNED, STREAM, FORMAT, OFF, FAILED = "signed", "stream", "format", "off", "failed"
"""Whether a speech is signed, or why not: it is streamed, its format has no place for it, C2PA is off, or it failed."""

SOON_S = 3.0
"""Seconds before the end of a speech, as far as that is known, at which its cells may start. They take 0.2."""

_SENTENCE = 150
"""Characters that count as spoken during the first sentence, which is a usual one."""


class SoundSigner:
    """Signs sound files; may be called from any thread."""

    def __init__(
        self, settings: Settings, admission: MemoryAdmission, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._settings, self._admission, self._clock = settings, admission, clock
        self._lock = threading.Lock()

    @contextlib.contextmanager
    def signing(self, sound_format: str, characters: int) -> Iterator[SoundSigning]:
        """Yield the signing of a file that is still to be made from a text of `characters` characters."""
        reason = self._reason(sound_format)
        with contextlib.ExitStack() as stack:
            file = None
            if reason == SIGNED:
                file = stack.enter_context(FileSigning(self._settings, self._admission, ingredients=False))
            yield SoundSigning(sound_format, reason, file, SpeechEnd(characters, self._clock), self._lock)

    def _reason(self, sound_format: str) -> str:
        if not self._settings.c2pa:
            return OFF
        return SIGNED if sound_format in MEDIA_TYPES else FORMAT


class SpeechEnd:
    """The time at which a speech will be complete, by what of it was spoken since it was asked for."""

    def __init__(self, characters: int, clock: Callable[[], float]) -> None:
        self._characters, self._clock = characters, clock
        self._began_at = clock()

    def is_soon(self, spoken: int) -> bool:
        """Return whether it is at most `SOON_S` away when `spoken` characters are spoken."""
        pace = (self._clock() - self._began_at) / max(spoken, _SENTENCE)
        return pace * (self._characters - spoken) <= SOON_S


class SoundSigning:
    """The signing of one sound file, or the reason why it is not signed."""

    def __init__(
        self, sound_format: str, reason: str, file: FileSigning | None, end: SpeechEnd, lock: threading.Lock
    ) -> None:
        self._format, self._reason, self._file, self._end, self._lock = sound_format, reason, file, end, lock

    def on_spoken(self, characters: int) -> None:
        """Start what can be started while the rest is spoken, if that is short and there is memory to spare."""
        if self._file and self._end.is_soon(characters):
            self._file.begin()

    def sign(self, path: Path, maker: str) -> str:
        """Sign the complete file; return whether that was done, or why not. Raises `Unavailable` if the worker ends."""
        if self._file is None:
            return self._reason
        ending, making = self._format, speech_making(maker, source_type_of(maker))
        with self._lock:
            failed = self._file.sign(path, ending, making)
        if said := failed or self._file.remark:
            log("worker", f"a speech: {said}", WARNING)
        return FAILED if failed else SIGNED
