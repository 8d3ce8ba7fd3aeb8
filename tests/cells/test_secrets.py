"""A cell decodes files of strangers: it knows no secret, and nothing but the pipe's own pickles is ever loaded."""

from __future__ import annotations

import ast
import os
from dataclasses import fields
from typing import TYPE_CHECKING

from halfgig.cells.cell import Cell
from halfgig.settings import Limits, Settings
from tests.support.jobs import speech_job
from tests.support.source import modules

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pytest

    from halfgig.tts.readers import SpeechJob

SECRETS = {
    "API_KEYS": "sk-secret",
    "HALFGIG_API_KEYS": "sk-secret",
    "HF_TOKEN": "hf_secret",
    "DATABASE_URL": "postgresql://secret@host/db",
    "AWS_SECRET_ACCESS_KEY": "secret",
    "SIGNING_KEY": "secret",
    "SIGNING_COMMAND": "sign --pin secret",
    "SOME_PASSWORD": "secret",
}

UNPICKLERS = {"halfgig.cells.protocol", "halfgig.cells.main", "halfgig.nn.torch_checkpoint"}
"""Both ends of the pipe between parent and cell, and the reader of checkpoints, whose unpickler knows tensors alone."""


def knowledge(job: SpeechJob) -> Iterator[tuple[dict[str, str], str]]:
    """Yield what a cell knows: its environment, and what it was given."""
    yield dict(os.environ), repr(job)


def test_no_key_token_or_address_reaches_a_cell(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)
    with Cell("testing", 64, 1) as cell:
        (known,) = cell.run("tests.cells.test_secrets:knowledge", speech_job())
    assert isinstance(known, tuple)
    environment, given = known
    assert SECRETS.keys().isdisjoint(environment)
    assert "secret" not in " ".join(environment.values())
    assert "secret" not in given


def test_a_cell_inherits_further_variables_only_when_it_is_started_with_their_names(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    monkeypatch.setenv("API_KEYS", "sk-secret")
    with Cell("testing", 64, 1, inherited=("HF_",)) as cell:
        (known,) = cell.run("tests.cells.test_secrets:knowledge", speech_job())
    assert isinstance(known, tuple)
    assert known[0]["HF_TOKEN"] == "hf_secret"
    assert "API_KEYS" not in known[0]


def test_limits_have_no_secret_of_the_settings() -> None:
    shared = {each.name for each in fields(Limits)} & {each.name for each in fields(Settings)}
    assert shared == {"lexicon", "max_text_mb", "max_picture_mb", "max_picture_megapixels", "max_sound_minutes"}


def test_settings_do_not_travel_into_cells() -> None:
    inside = ("halfgig.animators", "halfgig.face", "halfgig.media", "halfgig.nn", "halfgig.tts.espeak", "halfgig.text")
    for module in modules():
        if module.name.startswith(inside):
            assert "halfgig.settings.Settings" not in set(module.imported()), module.name


def test_nothing_is_unpickled_but_what_comes_through_a_cells_pipe() -> None:
    for module in modules():
        loads = {
            node.attr
            for node in ast.walk(module.tree)
            if isinstance(node, ast.Attribute)
            and isinstance(node.value, ast.Name)
            and node.value.id in ("pickle", "_pickle", "marshal", "shelve", "joblib")
            and node.attr in ("load", "loads", "Unpickler", "open")
        }
        assert not loads or module.name in UNPICKLERS, f"{module.name} uses pickle.{loads}"
