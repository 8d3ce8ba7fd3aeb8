"""Who speaks: the voice that was asked for, or the best there is; a voice that is not here yet is fetched."""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from halfgig.events import Event
from halfgig.models.catalogue import find_model
from halfgig.models.install import pull
from halfgig.models.install_request import InstallRequest, Mirrors
from halfgig.models.installed import Installed, InstalledModels
from halfgig.settings import Settings
from halfgig.tts.base import Voice
from halfgig.tts.engines import default_voice, is_kokoros
from halfgig.tts.kokoro.mixes import parse_mix
from halfgig.tts.kokoro.voices import voices_among

Listener = Callable[[Event], None]


class ResolvedVoice(NamedTuple):
    """Say who speaks."""

    voice: str
    """A voice's name, or a mix of names."""
    kokoro: Path | None
    """The folder of the Kokoro that has it; None: espeak-ng has."""


Fetch = Callable[[InstallRequest, InstalledModels, Listener], Installed]
"""Fetches what an order names into a library."""


def resolve_voice(
    voice: str | None, settings: Settings, tell: Listener, fetch: Fetch = pull, *, has_room: bool = True
) -> ResolvedVoice:
    """Choose who speaks; `tell` hears how far it is when a voice is fetched.

    Without room for it Kokoro is treated as if it were not here. Raises `ModelMissing` for a voice of Kokoro's
    where Kokoro is not, and what a failed download raises.
    """
    library = InstalledModels(settings.data_dir)
    kokoro = library.get("kokoro") if has_room else None
    name = voice or default_voice(kokoro)
    if not is_kokoros(name, kokoro) or kokoro is None:
        return ResolvedVoice(name, None)
    missing = tuple(share.voice for share in parse_mix(name) if share.voice not in kokoro.parts)
    if missing:
        mirrors = Mirrors(hub=settings.hub_mirror, revision=settings.hub_revision, github=settings.github_mirror)
        order = InstallRequest(find_model("kokoro"), missing, mirrors=mirrors, memory_limit=settings.memory_limit)
        kokoro = fetch(order, library, tell)
    return ResolvedVoice(name, kokoro.folder)


def kokoro_voices(settings: Settings) -> list[Voice]:
    """List the voices of the Kokoro that is here; none where it is not."""
    kokoro = InstalledModels(settings.data_dir).get("kokoro")
    return voices_among(kokoro.parts) if kokoro else []


def sadtalker_folder(settings: Settings) -> Path:
    """Give the folder of the SadTalker that is here.  Raises `ModelMissing` with the command that fetches it."""
    return InstalledModels(settings.data_dir).find("sadtalker").folder
