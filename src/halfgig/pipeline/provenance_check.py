"""Check where a file comes from: its manifest, what its metadata says, and the mark in its sound. Runs in a cell."""

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

    @property
    def is_synthetic(self) -> bool:
        """Whether anything in the file says that it is synthetic."""
        return bool(self.mark or self.says_synthetic or (self.manifest and self.manifest.is_synthetic))

    def facts(self) -> dict[str, Any]:
        """Return all of it as values that JSON can write."""
        manifest = self.manifest and self.manifest.facts()
        own = {**self._asdict(), "mark": self.mark and self.mark._asdict(), "manifest": manifest}
        return {"synthetic": self.is_synthetic, **own, "notices": list(self.notices)}


def check_origin(path: Path, limits: Limits) -> Iterator[Origin]:
    """Yield what a file says, a picture by its manifest alone.

    Raises `SoundError` for any other file that has no readable sound.
    """
    from halfgig.origin.manifest import media_type_of
    from halfgig.origin.manifest_check import read_manifest

    manifest = read_manifest(path, limits.anchors)
    if media_type_of(path).startswith("image/"):
        yield Origin("", False, None, manifest=manifest)
        return
    yield _of_sound(path, limits)._replace(manifest=manifest)


def _of_sound(path: Path, limits: Limits) -> Origin:
    from halfgig.errors import SoundSilent, SoundTooShort
    from halfgig.media.sound_decode import probe_sound, read_sound
    from halfgig.origin.sound_detect import find_mark

    notices, mark = list[str](), None
    try:
        facts = probe_sound(path, limits.max_sound_minutes * 60)
        notices += [notice.text for notice in facts.notices]
        mark = _found(find_mark(read_sound(path, mixes=facts.mixes)))
    except (SoundSilent, SoundTooShort) as error:
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
