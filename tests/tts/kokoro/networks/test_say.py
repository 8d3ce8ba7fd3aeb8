"""Speech and videos by an installed Kokoro, through the command."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.command import Ran, halfgig, plain_environment
from tests.support.media import portrait, seconds_of

if TYPE_CHECKING:
    from pathlib import Path

    from halfgig.models.installed import Installed

TEXT = "We wait in the pipe, and I read it. An apple!"


def ran(installed: Installed, *arguments: str | Path) -> Ran:
    done = halfgig(*arguments, "--json", env=plain_environment(DATA_DIR=str(installed.folder.parents[1])))
    assert done.code == 0, done.err
    return done


def test_kokoro_speaks_where_it_is_installed_and_it_is_said(installed: Installed, tmp_path: Path) -> None:
    told = ran(installed, "say", TEXT, "-o", tmp_path / "said.wav").json
    assert told["maker"] == "kokoro 82M v1.0, voice af_heart"
    assert seconds_of(tmp_path / "said.wav") == pytest.approx(told["seconds"], abs=1e-3)


def test_a_voice_of_espeaks_is_had_beside_kokoro(installed: Installed, tmp_path: Path) -> None:
    told = ran(installed, "say", TEXT, "--voice", "en-gb", "-o", tmp_path / "said.wav").json
    assert told["maker"].startswith("espeak ")


@pytest.mark.memory
def test_the_cell_that_speaks_keeps_to_220_mb(published_size: Installed, tmp_path: Path) -> None:
    told = ran(published_size, "say", TEXT * 2, "--speed", "4", "-o", tmp_path / "said.opus").json
    assert told["private_mb"] < 220
    assert told["notices"] == []


def test_a_portrait_speaks_with_kokoros_voice_and_leaves_no_file_but_its_own(
    installed: Installed, tmp_path: Path
) -> None:
    face = portrait(tmp_path / "face.png")
    out = tmp_path / "out"
    out.mkdir()
    told = ran(installed, "talk", face, TEXT, "--size", "128", "-o", out / "talk.mp4", "--subtitles", out / "talk.srt")
    assert told.json["maker"].startswith("kokoro ")
    assert told.json["frames"] == round(told.json["seconds"] * 25)
    assert sorted(path.name for path in out.iterdir()) == ["talk.mp4", "talk.srt"]


def test_a_mix_of_voices_speaks_under_its_name(installed: Installed, tmp_path: Path) -> None:
    told = ran(installed, "say", "We wait.", "--voice", "af_heart(3)+bf_emma", "-o", tmp_path / "said.wav").json
    assert told["maker"].endswith("voice af_heart(0.7500)+bf_emma(0.2500)")


def test_voices_lists_kokoros_that_are_here_beside_espeaks(installed: Installed) -> None:
    engines = {voice["name"]: voice["engine"] for voice in ran(installed, "voices").json}
    assert engines["af_heart"] == engines["sage"] == "kokoro"
    assert engines["fr"] == engines["alloy"] == "espeak"
    assert "af_bella" not in engines
