from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image

from halfgig import api
from halfgig.animators.puppet import portrait as puppet_portrait
from halfgig.animators.puppet.portrait import rig_of
from halfgig.animators.puppet.spec import KNOWN_RIG, RIG
from halfgig.avatars.pack import Section, read_pack, write_pack
from halfgig.avatars.saved import AvatarSettings, is_pack, save, settings_of, unpack
from halfgig.errors import BadPack, UnknownVoice
from halfgig.face.rig import read_rig, rig_from
from tests.support.jobs import render_job
from tests.support.media import PRESENTER

if TYPE_CHECKING:
    from pathlib import Path

    from halfgig.animators.base import RenderJob

HAPPY = AvatarSettings("Ann", "en-gb", 1.25, "happy")


def saved(folder: Path, portrait: Path = PRESENTER) -> Path:
    """Write the avatar of a portrait in a folder of its own, and return its path."""
    folder.mkdir()
    job = render_job(folder, portrait, idle=1.0, size=128)
    list(save(job, HAPPY, folder / "ann.avatar"))
    return folder / "ann.avatar"


def unpacked_job(avatar: Path, folder: Path, **request: Any) -> RenderJob:
    """Return a job for the portrait of an avatar, which was unpacked into the job's folder."""
    folder.mkdir()
    unpack(avatar, folder)
    return render_job(folder, folder / "portrait", idle=1.0, **request)


def test_an_avatar_has_the_portrait_as_it_was_given_its_rig_and_its_settings(tmp_path: Path) -> None:
    path = saved(tmp_path / "saved")
    pack = read_pack(path.read_bytes())
    assert is_pack(path)
    assert not is_pack(PRESENTER)
    assert pack.sections["portrait"] == Section("portrait", "image/png", (1024, 1024), PRESENTER.read_bytes())
    assert rig_from(pack.rig)
    assert settings_of(path) == HAPPY
    assert pack.settings == {"name": "Ann", "voice": "en-gb", "speed": 1.25, "mood": "happy"}
    assert str(tmp_path).encode() not in path.read_bytes()


def test_a_face_is_not_looked_for_again_in_an_avatar(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = saved(tmp_path / "saved")
    own = rig_of(render_job(tmp_path, PRESENTER, idle=1.0, size=256), tmp_path / RIG)
    monkeypatch.delattr(puppet_portrait, "locate_face")
    job = unpacked_job(path, tmp_path / "job", size=256)
    rig = rig_of(job, job.folder / RIG)
    assert rig.size == own.size
    assert np.abs(rig.mesh.points[:, :2] - own.mesh.points[:, :2]).max() < 0.02 * own.size[0]
    framed = unpacked_job(path, tmp_path / "framed", size=256, aspect="9:16")
    assert rig_of(framed, framed.folder / RIG).part


def test_a_rig_of_another_picture_is_not_used(tmp_path: Path) -> None:
    path = saved(tmp_path / "saved")
    job = unpacked_job(path, tmp_path / "job", size=128)
    with Image.open(PRESENTER) as image:
        image.crop((0, 0, 1024, 900)).save(job.portrait, "PNG")
    known, rig = read_rig(job.folder / KNOWN_RIG), rig_of(job, job.folder / RIG)
    assert known
    assert known.size != rig.size
    assert rig.size == (256, 224)


def test_a_picture_of_another_format_is_kept_as_one_that_browsers_know(tmp_path: Path) -> None:
    with Image.open(PRESENTER) as image:
        image.resize((256, 256)).save(tmp_path / "me.bmp")
    section = read_pack(saved(tmp_path / "saved", tmp_path / "me.bmp").read_bytes()).sections["portrait"]
    assert (section.type, section.shape) == ("image/jpeg", (256, 256))


def test_where_a_picture_was_taken_is_not_in_the_avatar_made_of_it(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif.get_ifd(0x8825)[29] = "2026:11:28 at home"
    with Image.open(PRESENTER) as image:
        image.convert("RGB").resize((256, 256)).save(tmp_path / "me.jpg", exif=exif)
    assert b"at home" in (tmp_path / "me.jpg").read_bytes()
    section = read_pack(saved(tmp_path / "saved", tmp_path / "me.jpg").read_bytes()).sections["portrait"]
    assert section.type == "image/jpeg"
    assert b"Exif" not in section.data
    assert b"Exif" in (tmp_path / "me.jpg").read_bytes()  # the user's own file stays


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"voice": 7}, "voice is 7"),
        ({"voice": "x" * 401}, "400 letters"),
        ({"name": "a\nb"}, "name is"),
        ({"speed": True}, "no number"),
        ({"speed": 99.0}, "out of range"),
        ({"mood": "grumpy"}, "grumpy"),
    ],
)
def test_settings_that_cannot_be_used_are_refused(tmp_path: Path, settings: dict[str, Any], told: str) -> None:
    (tmp_path / "bad.avatar").write_bytes(write_pack({}, settings, ()))
    with pytest.raises(BadPack, match=told):
        settings_of(tmp_path / "bad.avatar")


def test_a_pack_for_a_browser_alone_makes_no_video(tmp_path: Path) -> None:
    (tmp_path / "drawn.avatar").write_bytes(write_pack({}, {}, ()))
    with pytest.raises(BadPack, match="no portrait"):
        unpack(tmp_path / "drawn.avatar", tmp_path)


def test_talk_takes_an_avatar_whose_voice_speed_and_mood_are_defaults(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = api.avatar(PRESENTER, tmp_path / "ann.avatar", voice="en-gb", speed=2.0, mood="happy")
    assert (made.path.stat().st_size, made.notices) == (made.bytes, ())
    assert api.talk(made.path, output=tmp_path / "ann.mp4", idle=0.04, size=64).frames == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["ann.avatar", "ann.mp4"]

    asked: list[tuple[str, float, object]] = []
    monkeypatch.setattr(
        api, "_video", lambda video, job, *_: asked.append((job.request.voice, job.request.speed, video.options))
    )
    api.talk(made.path, "Hello.", tmp_path / "a.mp4")
    api.talk(made.path, "Hello.", tmp_path / "b.mp4", voice="fr", speed=1.0, options={"mood": "serious"})
    api.talk(PRESENTER, "Hello.", tmp_path / "c.mp4", voice="fr")
    assert asked == [
        ("en-gb", 2.0, {"mood": "happy"}),
        ("fr", 1.0, {"mood": "serious"}),
        ("fr", 1.0, {}),
    ]


def test_an_unknown_voice_is_refused_before_anything_is_measured(tmp_path: Path) -> None:
    with pytest.raises(UnknownVoice, match="nobody"):
        api.avatar(PRESENTER, tmp_path / "ann.avatar", voice="nobody-has-this")
    assert list(tmp_path.iterdir()) == []
