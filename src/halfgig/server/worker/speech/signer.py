"""Signs speeches that are sent as whole files, one after the other; each waits for the memory of its cells."""

from __future__ import annotations

import functools
import threading
from typing import TYPE_CHECKING

from halfgig.log import WARNING, log
from halfgig.origin.manifest import MEDIA_TYPES
from halfgig.pipeline.signing import STAGE, SigningCells, sign, speech_making
from halfgig.tts.registry import source_type_of

if TYPE_CHECKING:
    from pathlib import Path

    from halfgig.server.worker.admission import MemoryAdmission
    from halfgig.settings import Settings

SIGNED, STREAM, FORMAT, OFF, FAILED = "signed", "stream", "format", "off", "failed"
"""Whether a speech is signed, or why not: it is streamed, its format has no place for it, C2PA is off, or it failed."""


class SoundSigner:
    """Signs sound files; may be called from any thread."""

    def __init__(self, settings: Settings, admission: MemoryAdmission) -> None:
        self._settings, self._admission = settings, admission
        self._lock = threading.Lock()

    def sign(self, path: Path, sound_format: str, maker: str) -> str:
        """Sign a file; return whether that was done, or why not. Raises `Unavailable` when the program ends."""
        if (reason := self._reason(sound_format)) != SIGNED:
            return reason
        making = speech_making(maker, source_type_of(maker))
        with self._lock, SigningCells(self._settings, ingredients=False) as cells:
            failed = sign(path, sound_format, making, cells, functools.partial(self._admission.hold, STAGE))
        if said := failed or cells.remark:
            log("worker", f"a speech: {said}", WARNING)
        return FAILED if failed else SIGNED

    def _reason(self, sound_format: str) -> str:
        if not self._settings.c2pa:
            return OFF
        return SIGNED if sound_format in MEDIA_TYPES else FORMAT
