"""Check where a file comes from: what its metadata says, and whether its sound has the mark. Runs in a cell."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from halfgig.capacity.memory_costs import StageCost

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from halfgig.origin.sound_detect import Finding
    from halfgig.settings import Limits

COST = StageCost("origin", "the origin of a file", "checking origin", private_mb=96, budget_mb=224, threads=1)
"""Memory of the check: 71 MB private, measured on a video of a minute."""

_LONGEST_STATEMENT = 400


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


def check_origin(path: Path, limits: Limits) -> Iterator[Origin]:
    """Yield what a file says. Raises `SoundError` for a file that has no readable sound."""
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
    yield Origin(statement, "synthetic" in statement.lower(), mark, tuple(notices))


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
