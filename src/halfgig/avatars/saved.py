"""The avatar's file that videos are made from: the portrait without metadata, its rig, and how it speaks."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields, replace
from typing import TYPE_CHECKING, Any

from halfgig.animators.puppet.options import MOOD_NAMES, PuppetOptions
from halfgig.animators.puppet.spec import KNOWN_RIG, RIG
from halfgig.avatars.pack import MAGIC, MOST_BYTES, MOST_NUMBERS, PICTURES, Section, read_pack, write_pack
from halfgig.errors import BadPack, BadSetting
from halfgig.media.picture import PictureLimits, load_picture, orientation_of
from halfgig.media.picture_metadata import without_metadata
from halfgig.requests import PORTRAIT, TRANSPARENT, SpeechRequest, options_of
from halfgig.storage.atomic_write import atomic_write, room_for

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from halfgig.animators.base import RenderJob
    from halfgig.avatars.pack import Pack
    from halfgig.events import Event
    from halfgig.media.picture import Picture

LONGEST_NAME, LONGEST_TEXT = 100, 400
"""Most characters of an avatar's name, and of its voice and landmarks."""

LONGEST_SIDE = 3072
"""Pixels to which a portrait is reduced that cannot be kept as it was given."""

_STARTS = {"image/jpeg": b"\xff\xd8\xff", "image/png": b"\x89PNG\r\n\x1a\n", "image/webp": b"RIFF"}
_GLANCE = 512  # pixels of a picture that is only loaded for its size
_BOUNDED = {each.name: each for kind in (SpeechRequest, PuppetOptions) for each in options_of(kind)}


@dataclass(frozen=True, slots=True)
class AvatarSettings:
    """How an avatar speaks and looks."""

    name: str = ""
    """What its owner calls it."""
    voice: str = ""
    """The voice it speaks with; empty: the best one installed."""
    speed: float = 1.0
    """Its speed of speech, a factor."""
    mood: str = MOOD_NAMES[0]
    """Its expression."""
    landmarks: str = ""
    """Five points that placed the face by hand; empty: it was detected."""

    @classmethod
    def from_json(cls, found: Mapping[str, Any]) -> AvatarSettings:
        """Return the settings in a pack, whose other values are ignored.  Raises `BadPack`."""
        known = {each.name: found[each.name] for each in fields(cls) if each.name in found}
        texts = {name: value for name, value in known.items() if name != "speed"}
        speed = known.get("speed", 1.0)
        for name, value in texts.items():
            if not isinstance(value, str) or len(value) > LONGEST_TEXT or not value.isprintable():
                raise BadPack(f"the avatar's {name} is {value!r:.80}, which is no text of up to {LONGEST_TEXT} letters")
        if isinstance(speed, bool) or not isinstance(speed, int | float):
            raise BadPack(f"the avatar's speed is {speed!r:.80}, which is no number")
        return cls(**texts, speed=float(speed)).checked()

    def as_json(self) -> dict[str, Any]:
        """Return the settings as a pack has them: without empty ones."""
        return {name: value for name, value in asdict(self).items() if value != ""}

    def checked(self) -> AvatarSettings:
        """Return the settings if they are within their bounds.  Raises `BadPack`."""
        try:
            for name in ("speed", "mood"):
                _BOUNDED[name].check(getattr(self, name))
        except BadSetting as error:
            raise BadPack(f"the avatar cannot be used: {error}") from None
        return self


def is_pack(path: Path) -> bool:
    """Return whether a file begins as a pack does; False for one that cannot be read."""
    try:
        with path.open("rb") as file:
            return file.read(len(MAGIC)) == MAGIC
    except OSError:
        return False


def settings_of(path: Path) -> AvatarSettings:
    """Return the settings of an avatar's file.  Raises `BadPack`."""
    return AvatarSettings.from_json(_read(path).settings)


def unpack(path: Path, folder: Path) -> AvatarSettings:
    """Write the portrait and the rig of an avatar's file to a job's folder; return its settings.  Raises `BadPack`."""
    pack = _read(path)
    portrait = pack.sections.get(PORTRAIT)
    if portrait is None or portrait.type not in PICTURES:
        raise BadPack("the pack has no portrait, only what a browser draws; make one with: halfgig avatar")
    settings = AvatarSettings.from_json(pack.settings)
    (folder / PORTRAIT).write_bytes(portrait.data)
    (folder / KNOWN_RIG).write_text(json.dumps(pack.rig), encoding="utf-8")
    return settings


def save(job: RenderJob, settings: AvatarSettings, path: Path) -> Iterator[Event]:
    """Measure a job's portrait and write it to an avatar's file; yield notices for the user.

    Raises `PictureError` if the picture cannot be used, `BadLandmarks` if the given landmarks form no face.
    """
    yield from job.spec.measure(job)
    rig = json.loads((job.folder / RIG).read_text(encoding="utf-8"))
    path.write_bytes(write_pack(rig, settings.as_json(), (portrait_section(job),)))


def prepare(job: RenderJob, given: Mapping[str, Any], size: int, path: Path) -> Iterator[Event | AvatarSettings]:
    """Measure the portrait in a job's folder, which may be an avatar's file, and write the pack for browsers.

    Settings that are given go before those of the file.  Yields notices, and the settings at the end.
    """
    own: dict[str, Any] = {}
    if is_pack(job.portrait):
        own = asdict(unpack(job.portrait, job.folder))
    forget_metadata(job)
    settings = AvatarSettings.from_json({**own, **given})
    job = replace(job, request=replace(job.request, landmarks=settings.landmarks))
    if given.get("landmarks", settings.landmarks) != own.get("landmarks", settings.landmarks):
        (job.folder / KNOWN_RIG).unlink(missing_ok=True)  # the face is somewhere else
    yield from job.spec.measure(job)
    write_browser_pack(job, settings, size, path)
    yield settings


def draw(job: RenderJob, found: Mapping[str, Any], size: int, path: Path) -> Iterator[Event]:
    """Write the pack for browsers of a portrait that was measured; yield nothing."""
    write_browser_pack(job, AvatarSettings.from_json(found), size, path)
    yield from ()


def write_browser_pack(job: RenderJob, settings: AvatarSettings, size: int, path: Path) -> None:
    """Write what a browser draws a job's portrait from, in frames whose longer side is `size` pixels.

    The job's request says whether the person stands before nothing.
    """
    from halfgig.animators.puppet.canvas import SHARPNESS, make_canvas
    from halfgig.animators.puppet.portrait import rig_of
    from halfgig.avatars.drawing import browser_pack

    rig, is_transparent = rig_of(job, job.folder / RIG), job.request.background == TRANSPARENT
    limits = PictureLimits(job.limits.max_picture_mb, job.limits.max_picture_megapixels)
    canvas = make_canvas(load_picture(job.portrait, SHARPNESS * size, limits), rig.turns, size, rig.part)
    with room_for(path), atomic_write(path) as part:
        part.write_bytes(browser_pack(canvas, rig, settings.as_json(), transparent=is_transparent))


def forget_metadata(job: RenderJob) -> None:
    """Write the file of a job's portrait again without its metadata, unless its format has to be encoded for that.

    Raises `PictureError` if it cannot be read.
    """
    plain = _plain(job)
    if plain is not None:
        with atomic_write(job.portrait) as part:
            part.write_bytes(plain)


def portrait_section(job: RenderJob) -> Section:
    """Return the portrait as it was given, without its metadata: where it was taken is nobody's business.

    One of another format, with too many pixels or cut short is encoded again.
    """
    limits = PictureLimits(job.limits.max_picture_mb, job.limits.max_picture_megapixels)
    width, height = load_picture(job.portrait, _GLANCE, limits).size
    data = _plain(job) or b""
    kind = next((kind for kind, start in _STARTS.items() if data.startswith(start)), "")
    if kind and width * height <= MOST_NUMBERS:
        return Section(PORTRAIT, kind, (height, width), data)
    picture = load_picture(job.portrait, LONGEST_SIDE, limits)
    kind, data = _encoded(picture)
    return Section(PORTRAIT, kind, picture.rgb.shape[:2], data)


def _plain(job: RenderJob) -> bytes | None:
    """Return the bytes of a job's portrait without metadata; None for one that has to be encoded for that."""
    data = job.portrait.read_bytes()
    limits = PictureLimits(job.limits.max_picture_mb, job.limits.max_picture_megapixels)
    has_own = any(data.startswith(start) for start in _STARTS.values())
    return without_metadata(data, orientation_of(job.portrait, limits)) if has_own else None


def _encoded(picture: Picture) -> tuple[str, bytes]:
    import cv2
    import numpy as np

    if picture.alpha is None:
        quality = [cv2.IMWRITE_JPEG_QUALITY, 95, cv2.IMWRITE_JPEG_SAMPLING_FACTOR, cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444]
        return "image/jpeg", cv2.imencode(".jpg", picture.rgb[..., ::-1], quality)[1].tobytes()
    return "image/png", cv2.imencode(".png", np.dstack([picture.rgb[..., ::-1], picture.alpha]))[1].tobytes()


def _read(path: Path) -> Pack:
    try:
        with path.open("rb") as file:
            return read_pack(file.read(MOST_BYTES + 1))
    except OSError as error:
        raise BadPack(f"{str(path)!r} cannot be read: {error.strerror}") from None
