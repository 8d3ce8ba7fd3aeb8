from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from halfgig.errors import ModelMissing, UnknownVoice
from halfgig.models.installed import Installed, InstalledModels
from halfgig.settings import Settings
from halfgig.tts.kokoro.spec import SPEC
from halfgig.tts.registry import default_engine
from halfgig.tts.voice_selection import resolve_voice

if TYPE_CHECKING:
    from halfgig.models.install_request import InstallRequest


def kokoro(*voices: str) -> Installed:
    sources = [{"part": voice, "place": voice, "sha256": ""} for voice in voices]
    return Installed("kokoro", Path("/models/kokoro"), {"installed": {"sources": sources, "files": {}}})


@pytest.mark.parametrize(
    ("there", "voice"),
    [(None, "en-us"), (kokoro("af_heart", "bf_emma"), "af_heart"), (kokoro("bf_emma"), "en-us")],
    ids=["without Kokoro", "with its best voice", "with another voice alone"],
)
def test_the_best_voice_there_is_speaks_when_none_is_asked_for(there: Installed | None, voice: str) -> None:
    parts = None if there is None else there.parts
    assert (SPEC.default_voice(parts) or default_engine().default_voice(None)) == voice


@pytest.mark.parametrize("voice", ["af_heart", "AF_Heart", "af_bella", "af_heart(2)+bf_emma"])
def test_kokoros_voices_are_kokoros(voice: str) -> None:
    assert SPEC.claims(voice, kokoro("af_heart").parts)


@pytest.mark.parametrize("voice", ["en-us", "fr", "en-us+f3", "no-such-voice"])
def test_all_other_voices_are_espeaks(voice: str) -> None:
    assert not SPEC.claims(voice, kokoro("af_heart").parts)
    assert not SPEC.claims(voice, None)


def test_a_name_of_openais_is_kokoros_where_it_has_the_voice() -> None:
    assert SPEC.claims("alloy", kokoro("af_alloy").parts)
    assert not SPEC.claims("alloy", kokoro("af_heart").parts)
    assert not SPEC.claims("alloy", None)


def test_a_voice_of_kokoros_without_kokoro_is_refused_with_the_way_to_fetch_it() -> None:
    with pytest.raises(ModelMissing, match=r'"af_bella".*halfgig pull kokoro'):
        SPEC.claims("af_bella", None)


def test_a_mix_that_cannot_be_read_is_refused_and_not_taken_for_espeaks() -> None:
    with pytest.raises(UnknownVoice, match="mix of voices"):
        SPEC.claims("af_bella(two)", kokoro("af_bella").parts)


def test_a_voice_that_is_not_here_yet_is_fetched_on_first_use(tmp_path: Path) -> None:
    folder = tmp_path / "models" / "kokoro"
    folder.mkdir(parents=True)
    (folder / "manifest.json").write_text(
        '{"installed": {"sources": [{"part": "af_heart", "place": "x", "sha256": ""}], "files": {"x": {"size": 1}}}}'
    )
    orders: list[InstallRequest] = []

    def fetch(order: InstallRequest, _library: InstalledModels, _tell: object) -> Installed:
        orders.append(order)
        return kokoro("af_heart", *order.voices)

    settings = Settings(data_dir=tmp_path)
    assert resolve_voice("af_heart", settings, print, fetch).folder == folder
    assert orders == []
    chosen = resolve_voice("af_heart+bf_emma", settings, print, fetch)
    assert [order.voices for order in orders] == [("bf_emma",)]
    assert chosen.folder == Path("/models/kokoro")


def installed(data_dir: Path, *voices: str) -> Settings:
    """Return settings of a folder with a Kokoro that has these voices."""
    folder = data_dir / "models" / "kokoro"
    folder.mkdir(parents=True)
    sources = [{"part": voice, "place": voice, "sha256": ""} for voice in voices]
    (folder / "manifest.json").write_text(json.dumps({"installed": {"sources": sources, "files": {"x": {"size": 1}}}}))
    return Settings(data_dir=data_dir)


@pytest.mark.parametrize(
    ("asked", "nearest"),
    [
        ("af_hart", "af_heart"),
        ("bella", "af_bella"),
        ("bf_bella", "af_bella"),
        ("Emma", "bf_emma"),
        ("micheal", "am_michael"),
        ("xiaobai", "zf_xiaobei"),
        ("af", "af_heart"),
        ("am", "am_fenrir"),
        ("hf", "hf_alpha"),
        ("fr", "ff_siwis"),
        ("en-us", "af_heart"),
        ("zork", "af_heart"),
        ("af_bella+af_hart", "af_heart"),
        ("af_bela:0.7,af_sky", "af_bella"),
    ],
)
def test_a_name_that_kokoro_does_not_have_is_refused_with_the_nearest_it_has(
    tmp_path: Path, asked: str, nearest: str
) -> None:
    for settings in (installed(tmp_path, "af_heart"), Settings(data_dir=tmp_path / "without")):
        with pytest.raises(UnknownVoice, match=f'the nearest are "{nearest}"'):
            resolve_voice(asked, settings, print, engine="kokoro")


@pytest.mark.parametrize("asked", ["alloy", "NOVA"])
def test_a_name_of_openais_is_taken_with_any_engine(tmp_path: Path, asked: str) -> None:
    assert resolve_voice(asked, Settings(data_dir=tmp_path), print, engine="kokoro").spec is default_engine()


@pytest.mark.parametrize("engine", ["", "espeak"])
@pytest.mark.parametrize("asked", ["af", "en-us", "am+f2"])
def test_a_language_is_espeaks_where_kokoro_is_not_asked_for(tmp_path: Path, asked: str, engine: str) -> None:
    assert resolve_voice(asked, installed(tmp_path, "af_heart"), print, engine=engine).spec is default_engine()


@pytest.mark.parametrize(("asked", "nearest"), [("bella", "af_bella"), ("af-hart", "af_heart"), ("germany", "de")])
def test_suggestions_begin_with_the_voices_of_an_installed_kokoro(tmp_path: Path, asked: str, nearest: str) -> None:
    chosen = resolve_voice(asked, installed(tmp_path, "af_heart"), print)
    with pytest.raises(UnknownVoice, match=f'"{asked}"; the nearest are "{nearest}"'):
        chosen.voice()


def test_a_name_like_kokoros_is_answered_with_its_voices_although_it_is_not_here(tmp_path: Path) -> None:
    with pytest.raises(UnknownVoice, match='the nearest are "af_heart"'):
        resolve_voice("af_hart", Settings(data_dir=tmp_path), print).voice()
