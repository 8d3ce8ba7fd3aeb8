"""The list of voices: read in a cell once, then cached until the installed models change."""

from __future__ import annotations

import json
import os
import threading
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from halfgig import __version__
from halfgig.cells.cell import Cell
from halfgig.models.installed import InstalledModels
from halfgig.server.paths import ServerPaths
from halfgig.tts.base import Voice
from halfgig.tts.registry import default_engine, engines
from halfgig.tts.voice_selection import listed_voices

if TYPE_CHECKING:
    from halfgig.server.worker.admission import MemoryAdmission
    from halfgig.settings import Settings

NAME = "voices.json"
"""File name of the cached list in the server's run folder."""

STAGE = "listing voices"


class VoiceList:
    """Lists the voices; may be called from any thread."""

    def __init__(self, settings: Settings, admission: MemoryAdmission) -> None:
        self._settings = settings
        self._admission = admission
        self._path = ServerPaths.of(settings).run / NAME
        self._lock = threading.Lock()
        self._known: dict[str, Any] = {}

    def voices(self) -> list[dict[str, str]]:
        """Return name, language, description and engine of each voice, sorted by name."""
        key = self._key()
        with self._lock:
            if self._known.get("key") != key:
                self._known = self._read()
            if self._known.get("key") != key:
                self._known = {"key": key, "voices": self._voices_from_cell()}
                self._write()
            found: list[dict[str, str]] = self._known["voices"]
            return found

    def _key(self) -> str:
        models = InstalledModels(self._settings.data_dir)
        installed = [models.get(spec.model) for spec in engines() if spec.model]
        names = [spec.name for spec in engines()]
        return " ".join([__version__, *names, *(part for found in installed if found for part in sorted(found.parts))])

    def _voices_from_cell(self) -> list[dict[str, str]]:
        plain, cost = tuple(spec for spec in engines() if not spec.model), default_engine().cost
        with self._admission.hold(STAGE, cost.private_mb), Cell(STAGE, cost.budget_mb) as cell:
            found = [voice for voice in cell.run("halfgig.pipeline.speech:voices", plain) if isinstance(voice, Voice)]
        # OpenAI's names are Kokoro's where it is installed.
        own = {voice.name: voice for voice in (*found, *listed_voices(self._settings))}
        return [asdict(own[name]) for name in sorted(own)]

    def _read(self) -> dict[str, Any]:
        try:
            found = json.loads(self._path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return found if isinstance(found, dict) and isinstance(found.get("voices"), list) else {}

    def _write(self) -> None:
        part = self._path.with_name(f".{NAME}.{os.getpid()}.part")
        part.write_text(json.dumps(self._known), encoding="utf-8")
        part.replace(self._path)
