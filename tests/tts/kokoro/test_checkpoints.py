"""Community checkpoints for Kokoro's networks: pulled, listed, spoken and removed as Kokoro itself is."""
# ruff: noqa: RUF001 - letters of the IPA look like others

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from halfgig.errors import ModelMissing, UnknownVoice
from halfgig.models.catalogue import GERMAN, MODELS, find_model
from halfgig.models.install import pull
from halfgig.models.install_request import InstallRequest
from halfgig.models.installed import InstalledModels
from halfgig.settings import Settings
from halfgig.text.sentences import sentences
from halfgig.tts.kokoro.g2p.front_end import FrontEnd
from halfgig.tts.kokoro.spec import SPEC
from halfgig.tts.kokoro.voices import checkpoints, parse_mix, parse_name, voices
from halfgig.tts.registry import engines, kinds_of_engines
from halfgig.tts.speech import speech_from_text
from halfgig.tts.voice_selection import listed_voices, resolve_voice
from tests.support.jobs import installed_speech_job
from tests.tts.kokoro.networks.installed import thin_checkpoint

if TYPE_CHECKING:
    from halfgig.models.catalogue import Model


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a data folder with the German checkpoint alone: seeded weights, under the names its makers publish."""
    published, data = tmp_path_factory.mktemp("published"), tmp_path_factory.mktemp("data")
    (published / "voices").mkdir()
    seeded = thin_checkpoint(tmp_path_factory)
    for place, source in (
        ("model.pth", "kokoro-v1_0.pth"),
        ("config.json", "config.json"),
        ("voices/thorsten.pt", "voices/am_michael.pt"),
    ):
        (published / place).symlink_to(
            next(path for path in (seeded / source, seeded / Path(source).name) if path.exists())
        )
    pull(InstallRequest(find_model("kokoro-german"), local=published), InstalledModels(data), lambda _: None)
    return data


def test_a_voice_of_a_checkpoint_speaks_with_its_weights(data_dir: Path) -> None:
    chosen = resolve_voice("dm_thorsten", Settings(data_dir=data_dir), print)
    assert (chosen.folder, chosen.spec.name) == (data_dir / "models" / "kokoro-german", "kokoro-german")
    assert chosen.voice().language == "de"
    speech = speech_from_text(installed_speech_job(data_dir, "Guten Tag.", "dm_thorsten"))
    assert speech.maker == "kokoro kokoro-german, voice dm_thorsten"
    assert next(iter(speech)).pcm


def test_the_only_checkpoint_there_is_has_the_default_voice(data_dir: Path) -> None:
    assert resolve_voice("", Settings(data_dir=data_dir), print).name == "dm_thorsten"


def test_the_voices_of_an_installed_checkpoint_are_listed(data_dir: Path) -> None:
    assert [(each.name, each.language) for each in listed_voices(Settings(data_dir=data_dir))] == [
        ("dm_thorsten", "de")
    ]


def test_a_checkpoint_is_removed_alone(data_dir: Path, tmp_path: Path) -> None:
    models = InstalledModels(data_dir)
    assert [model.name for model in models.all()] == ["kokoro-german"]
    with pytest.raises(ModelMissing):
        InstalledModels(tmp_path).remove("kokoro-german")


@pytest.mark.parametrize("model", [model for model in MODELS if model.engine == "kokoro"], ids=lambda model: model.name)
def test_an_entry_of_the_catalogue_is_all_that_a_checkpoint_takes(model: Model) -> None:
    (spec,) = (spec for spec in engines() if spec.model == model.name)
    named = {voice.name: voice for voice in voices()}
    for part in model.parts:
        assert re.fullmatch(r"[a-z][fm]_[a-z]+", part)
        assert parse_name(part).language == named[part].language
        assert spec.claims(part, {part})
        assert [each.name for each in engines() if each.model and each.claims(part, {part})] == [spec.name]


def test_community_checkpoints_are_pinned_and_have_checksums() -> None:
    for model in GERMAN:
        assert model.licence == "Apache-2.0"
        assert {source.place for source in model.sources} >= {"kokoro-v1_0.pth", "config.json"}
        for source in model.sources:
            assert re.fullmatch("[0-9a-f]{40}", source.repository.revision)
            assert re.fullmatch("[0-9a-f]{64}", source.sha256)


def test_a_voice_of_a_missing_checkpoint_names_the_command_that_fetches_it(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing, match="halfgig pull kokoro-german-victoria"):
        resolve_voice("df_victoria", Settings(data_dir=tmp_path), print)


def test_voices_of_two_checkpoints_are_not_mixed() -> None:
    with pytest.raises(
        UnknownVoice, match="different checkpoints, dm_martin to kokoro-german-martin and af_heart to kokoro"
    ):
        parse_mix("dm_martin+af_heart")


def test_checkpoints_of_one_network_count_as_one_engine_where_costs_are_told() -> None:
    assert [spec.name for spec in kinds_of_engines() if spec.title == SPEC.title] == ["kokoro"]
    assert {model.name for model in checkpoints().values()} == {
        spec.model for spec in engines() if spec.title == SPEC.title
    }


def test_german_is_read_by_espeak_in_kokoros_alphabet() -> None:
    phonemes = "ʃˈøːnə ɡɾˈyːsə, mIn frˈɔønt."
    (sentence,) = sentences("Schöne Grüße, mein Freund.", "de")
    (chunk,) = FrontEnd(set(phonemes), Path("none")).chunks(sentence, "de")
    assert chunk.phonemes == phonemes
