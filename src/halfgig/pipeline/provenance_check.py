"""Check where a file comes from: its manifest, its metadata, and the marks in sound and pictures. Runs in a cell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from halfgig.capacity.memory_costs import StageCost

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from halfgig.origin.manifest_check import ManifestFound
    from halfgig.origin.sound_detect import Finding
    from halfgig.settings import Limits

COST = StageCost("origin", "the origin of a file", "checking origin", private_mb=112, budget_mb=240, threads=1)
"""Memory of the check: 86 MB private, measured on a video of a minute with a manifest."""

_LONGEST_STATEMENT = 400

_MOST_MEGAPIXELS = 9.0  # a little more than 3840 x 2160


def check_cost(path: Path) -> StageCost:
    """Return the memory of checking a file: c2pa reads large ones in large pieces."""
    from halfgig.origin.manifest_check import hashing_mb

    extra_mb = hashing_mb(path.stat().st_size) if path.exists() else 0
    return COST._replace(private_mb=COST.private_mb + extra_mb, budget_mb=COST.budget_mb + extra_mb)


class SoundMarkFound(NamedTuple):
    """The mark of halfgig in a file's sound."""

    version: int | None
    """Version of the mark; None if it cannot be read."""
    installation: int | None
    """Number of the installation that made the sound; 0: it could not keep one; None if it cannot be read."""
    chance: float
    """Bound of the chance that a file without a mark looks like this one."""
    start_s: float
    """Where it was found first: the start of 12 s, in seconds."""
    speed: float
    """Speed of the sound relative to the original."""
    keeps_pitch: bool
    """Whether the pitch stayed when the speed was changed."""


class PictureMarkFound(NamedTuple):
    """The mark of halfgig in a video's pictures."""

    version: int | None
    """Version of the mark; None if it cannot be read."""
    installation: int | None
    """Number of the installation that made the video; 0: it could not keep one; None if it cannot be read."""
    chance: float
    """Bound of the chance that a video without a mark looks like this one."""
    start_s: float
    """Start of the seconds in which it was found, in seconds."""
    scale: float
    """Size of the original picture, relative to this one: above 1 if it was cut."""
    speed: float
    """Speed relative to the original."""
    is_mirrored: bool
    """Whether left and right are exchanged."""


class Origin(NamedTuple):
    """What a file says about its origin."""

    statement: str
    """What its metadata says of how it was made, unsigned; empty if nothing."""
    says_synthetic: bool
    """Whether its metadata says that it is synthetic."""
    mark: SoundMarkFound | None
    """The mark in its sound; None: there is none, or too little sound for one."""
    notices: tuple[str, ...] = ()
    """What limits the check, such as sound that is silent."""
    manifest: ManifestFound | None = None
    """Its signed C2PA manifest, with what it is worth; None: there is none."""

    picture_mark: PictureMarkFound | None = None
    """The mark in its pictures; None: there is none, or too few or too large pictures for one."""

    @property
    def is_synthetic(self) -> bool:
        """Whether anything in the file says that it is synthetic."""
        found = self.mark or self.picture_mark or self.says_synthetic
        return bool(found or (self.manifest and self.manifest.is_synthetic))

    def facts(self) -> dict[str, Any]:
        """Return all of it as values that JSON can write."""
        manifest = self.manifest and self.manifest.facts()
        marks = {
            "mark": self.mark and self.mark._asdict(),
            "picture_mark": self.picture_mark and self.picture_mark._asdict(),
        }
        own = {**self._asdict(), **marks, "manifest": manifest, "notices": list(self.notices)}
        return {"synthetic": self.is_synthetic, **own}


def check_origin(path: Path, limits: Limits) -> Iterator[Origin]:
    """Yield what a file says, a picture by its manifest alone.

    Raises `SoundError` for any other file that has no readable sound, and no pictures of a video either.
    """
    from halfgig.origin.manifest import media_type_of
    from halfgig.origin.manifest_check import read_manifest

    manifest = read_manifest(path, limits.anchors)
    if media_type_of(path).startswith("image/"):
        yield Origin("", False, None, manifest=manifest)
        return
    has_pictures, found, notices = _in_pictures(path)
    sound = _of_sound(path, limits, may_lack=has_pictures)
    yield sound._replace(manifest=manifest, picture_mark=found, notices=(*sound.notices, *notices))


def _in_pictures(path: Path) -> tuple[bool, PictureMarkFound | None, tuple[str, ...]]:
    """Return whether a file has pictures of a video, the mark in them, and what limits the check."""
    from halfgig.errors import PictureTooLarge, PictureUnreadable
    from halfgig.media.reduced_frames import reduced_frames
    from halfgig.origin.picture_detect import REDUCED, find_picture_mark

    try:
        finding = find_picture_mark(reduced_frames(path, REDUCED, _MOST_MEGAPIXELS))
    except PictureTooLarge as error:
        return True, None, (f"pictures were not searched: {error}",)
    except PictureUnreadable:  # no film: the sound is searched alone, or refuses the file
        return False, None, ()
    if finding is None:
        return True, None, ()
    version, installation = finding.payload or (None, None)
    return True, PictureMarkFound(version, installation, *finding[1:]), ()


def _of_sound(path: Path, limits: Limits, *, may_lack: bool) -> Origin:
    from halfgig.errors import SoundSilent, SoundTooShort, SoundUnreadable
    from halfgig.media.sound_decode import probe_sound, read_sound
    from halfgig.origin.sound_detect import find_mark

    notices, mark = list[str](), None
    try:
        facts = probe_sound(path, limits.max_sound_minutes * 60)
        notices += [notice.text for notice in facts.notices]
        mark = _found(find_mark(read_sound(path, mixes=facts.mixes)))
    except (SoundSilent, SoundTooShort) as error:
        notices.append(str(error))
    except SoundUnreadable as error:
        if not may_lack:
            raise
        notices.append(str(error))
    statement = _statement(path)
    return Origin(statement, "synthetic" in statement.lower(), mark, tuple(notices))


def _found(finding: Finding | None) -> SoundMarkFound | None:
    if finding is None:
        return None
    version, installation = finding.payload or (None, None)
    return SoundMarkFound(version, installation, finding.chance, finding.start_s, finding.speed, finding.keeps_pitch)


def _statement(path: Path) -> str:
    import av

    with av.open(f"file:{path}", metadata_errors="replace") as container:
        tags = dict(container.metadata)
        for stream in container.streams:  # Ogg has its tags there
            tags |= dict(stream.metadata)
    lowered = {name.lower(): value for name, value in tags.items()}
    return " ".join(lowered.get("comment", "").split())[:_LONGEST_STATEMENT]
