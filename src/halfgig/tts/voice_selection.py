"""Which engine and voice speak: those asked for, or the best installed; a voice that is missing is fetched."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import TYPE_CHECKING

from halfgig.errors import ModelMissing
from halfgig.models.installed import Installed, InstalledModels
from halfgig.tts.registry import ResolvedVoice, engines
from halfgig.tts.voices import OPENAI_NAMES, find_voice, unknown_voice

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from halfgig.events import Event
    from halfgig.models.install_request import InstallRequest
    from halfgig.settings import Settings
    from halfgig.tts.base import EngineSpec, Voice

Listener = Callable[["Event"], None]


Fetch = Callable[["InstallRequest", InstalledModels, Listener], Installed]
"""Fetches what a request names and installs it."""


def _pulled(request: InstallRequest, models: InstalledModels, on_event: Listener) -> Installed:
    from halfgig.models.install import pull

    return pull(request, models, on_event)


def resolve_voice(
    name: str,
    settings: Settings,
    on_event: Listener,
    fetch: Fetch = _pulled,
    fits: Callable[[EngineSpec], bool] = lambda _spec: True,
    engine: str = "",
) -> ResolvedVoice:
    """Choose who speaks: the first engine that claims the name, or that has a default voice where there is no name.

    `on_event` is told the progress when a voice is fetched.  An engine for which `fits` says no is treated as if its
    model were not installed.  `engine` is the one that was asked for: if it has a model, a voice of another engine is
    refused, so that a short name is never taken for a language; names of OpenAI's are anybody's.  Raises `UnknownVoice`
    for such a voice, `ModelMissing` for a voice whose model is missing, and what a failed download raises.
    """
    models = InstalledModels(settings.data_dir)
    likelier: dict[str, None] = {}
    has_model = any(spec.model and spec.name == engine for spec in engines())
    for spec in engines():
        found = models.get(spec.model) if spec.model and fits(spec) else None
        parts = None if found is None else found.parts
        asked = name or spec.default_voice(parts)
        if not asked or not spec.claims(asked, parts):
            likelier |= dict.fromkeys(spec.suggest(asked, parts, spec.name == engine))
            continue
        if not spec.model:
            if has_model and asked.strip().lower() not in OPENAI_NAMES:
                raise unknown_voice(asked, tuple(likelier))
            return ResolvedVoice(spec, asked, likelier=tuple(likelier))
        if found is not None:
            missing = tuple(voice for voice in spec.voices_of(asked) if voice not in found.parts)
            if missing:
                found = fetch(_request(spec.model, missing, settings), models, on_event)
            return ResolvedVoice(spec, asked, found.folder)
    raise ModelMissing(f'no engine that is installed has the voice "{name:.80}"; list them with: halfgig voices')


def check_voices(
    names: Iterable[str],
    settings: Settings,
    listed: Callable[[], Sequence[Voice]],
    fits: Callable[[EngineSpec], bool] = lambda _spec: True,
) -> None:
    """Raise `UnknownVoice` or `ModelMissing` for a name of no voice; nothing is fetched, and no engine loaded.

    `listed` returns the voices of the engines without a model.
    """
    for name in names:
        found = resolve_voice(name, settings, lambda _: None, _as_installed, fits)
        if not found.spec.model:
            plain = [voice for voice in listed() if voice.engine == found.spec.name]
            found.found(functools.partial(find_voice, voices=plain))


def _as_installed(request: InstallRequest, models: InstalledModels, _on_event: Listener) -> Installed:
    return models.find(request.model.name)


def _request(model: str, voices: tuple[str, ...], settings: Settings) -> InstallRequest:
    from halfgig.models.catalogue import find_model
    from halfgig.models.install_request import InstallRequest, Mirrors

    mirrors = Mirrors(hub=settings.hub_mirror, revision=settings.hub_revision, github=settings.github_mirror)
    return InstallRequest(find_model(model), voices, mirrors=mirrors, memory_limit=settings.memory_limit)


def listed_voices(settings: Settings) -> list[Voice]:
    """Return the voices of installed models, which are known without loading an engine."""
    models = InstalledModels(settings.data_dir)
    installed = [(spec, models.get(spec.model)) for spec in engines() if spec.model]
    return [voice for spec, found in installed if found for voice in spec.listed(found.parts)]
