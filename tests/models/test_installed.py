"""What is installed is listed, checked and removed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from halfgig.errors import ChecksumMismatch, ModelMissing, UnknownModel
from halfgig.models.installed import InstalledModels, verify
from halfgig.settings import default_data_dir
from tests.models.command import home

if TYPE_CHECKING:
    from pathlib import Path

    from halfgig.models.installed import Installed


def silent(_done: float, _total: float) -> None:
    """Read nothing."""


def installed(data: Path, content: bytes = b"weights" * 1000, name: str = "tiny") -> Installed:
    built = data / "built"
    (built / "voices").mkdir(parents=True)
    (built / "weights").write_bytes(content)
    (built / "voices" / "ann").write_bytes(b"ann")
    (built / "manifest.json").write_text(json.dumps({"format": 1, "footprint": {"private_mb": 12}}))
    with InstalledModels(data).locked(name, lambda _: None):
        return InstalledModels(data).install(name, built, {"sources": [{"place": "w", "sha256": "", "part": ""}]})


def test_an_intact_model_is_read_to_the_end(tmp_path: Path) -> None:
    heard: list[tuple[float, float]] = []
    assert verify(installed(tmp_path), lambda done, total: heard.append((done, total))) == 2
    assert heard[-1] == (7003, 7003)


@pytest.mark.parametrize("byte", [0, 3500, 6999])
def test_one_flipped_bit_is_found(tmp_path: Path, byte: int) -> None:
    model = installed(tmp_path)
    content = bytearray((model.folder / "weights").read_bytes())
    content[byte] ^= 1
    (model.folder / "weights").write_bytes(content)
    with pytest.raises(ChecksumMismatch, match="weights has another content"):
        verify(model, silent)


def test_missing_and_shortened_files_are_all_named(tmp_path: Path) -> None:
    model = installed(tmp_path)
    (model.folder / "weights").write_bytes(b"short")
    (model.folder / "voices" / "ann").unlink()
    with pytest.raises(ChecksumMismatch, match=r"voices/ann is missing; weights has 5 bytes instead of 7,000"):
        verify(model, silent)


def test_the_builders_own_manifest_is_kept(tmp_path: Path) -> None:
    model = installed(tmp_path)
    assert model.manifest["format"] == 1
    assert model.footprint_mb == 12


def test_a_newer_build_takes_the_place_of_the_older(tmp_path: Path) -> None:
    installed(tmp_path)
    model = installed(tmp_path, b"newer")
    assert (model.folder / "weights").read_bytes() == b"newer"
    assert {path.name for path in (tmp_path / "models").iterdir()} == {"tiny", ".tiny.lock"}


@pytest.mark.parametrize("manifest", ["", "{", "[]", "{}", '{"installed": {}}', '{"installed": null}', "\x00"])
def test_a_folder_without_a_whole_manifest_is_no_model(tmp_path: Path, manifest: str) -> None:
    model = installed(tmp_path)
    (model.folder / "manifest.json").write_text(manifest)
    assert InstalledModels(tmp_path).all() == []
    with pytest.raises(ModelMissing, match="halfgig pull tiny"):
        InstalledModels(tmp_path).find("tiny")


def test_a_replacement_killed_between_its_two_steps_leaves_the_older_model(tmp_path: Path) -> None:
    model = installed(tmp_path)
    model.folder.rename(tmp_path / "models" / ".tiny.old")
    assert InstalledModels(tmp_path).all() == []
    with InstalledModels(tmp_path).locked("tiny", lambda _: None):
        assert verify(InstalledModels(tmp_path).find("tiny"), silent) == 2


def test_remove_frees_the_room_and_says_how_much(tmp_path: Path) -> None:
    model = installed(tmp_path)
    (tmp_path / "downloads/tiny/hub").mkdir(parents=True)
    (tmp_path / "downloads/tiny/hub/file").write_bytes(bytes(1000))
    manifest = (model.folder / "manifest.json").stat().st_size
    with InstalledModels(tmp_path).locked("tiny", lambda _: None):
        assert InstalledModels(tmp_path).remove("tiny") == 7003 + 1000 + manifest
    assert not model.folder.exists()
    assert not (tmp_path / "downloads/tiny").exists()


@pytest.mark.parametrize("name", ["../tiny", "", ".tiny.lock", "a/b", "/etc", "Tiny", "a" * 65])
def test_a_name_that_leads_elsewhere_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(UnknownModel):
        InstalledModels(tmp_path).find(name)


def test_data_goes_where_the_desktop_keeps_it(tmp_path: Path) -> None:
    assert default_data_dir({"XDG_DATA_HOME": str(tmp_path)}) == tmp_path / "halfgig"
    assert default_data_dir({"XDG_DATA_HOME": "relative"}).parts[-3:] == (".local", "share", "halfgig")


def test_the_commands_list_check_and_remove(tmp_path: Path) -> None:
    at = home(tmp_path)
    assert "no model" in at.run("models").out
    installed(at.data)
    library_facts = {"title": "Tiny", "licence": "MIT", "from": "here", "revision": "", "built": "now", "halfgig": "0"}
    manifest = json.loads((at.model / "manifest.json").read_text())
    manifest["installed"] |= library_facts
    manifest["installed"]["sources"][0]["published"] = True
    (at.model / "manifest.json").write_text(json.dumps(manifest))
    assert "Tiny" in at.run("models", "list").out
    assert at.run("models", "verify", "tiny", "--json").json["intact"] is True
    (at.model / "weights").write_bytes(b"")
    assert at.run("models", "verify", "tiny").rc == 6
    assert at.run("models", "remove", "tiny").rc == 0
    assert at.run("models", "remove", "tiny").rc == 6
