"""What a pull asks for, what it was given and how patient it is: plain values that cross into the cell."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from halfgig.models.catalogue import Model, Source

GITHUB = {
    "github": "https://raw.githubusercontent.com",
    "lfs": "https://media.githubusercontent.com",
    "release": "https://github.com",
}
"""GitHub's hosts, by what they hold; a mirror stands for all three."""


@dataclass(frozen=True, slots=True)
class Mirrors:
    """Say where files come from instead of the usual places."""

    hub: str = ""
    """Base address instead of the Hugging Face hub's; empty: HF_ENDPOINT or the hub."""
    revision: str = ""
    """Branch, tag or commit on the hub; empty: the catalogue's, whose checksums are known."""
    github: str = ""
    """Base address instead of all of GitHub's; empty: its own."""


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """Say how long a bad connection is borne."""

    attempts: int = 6
    """How often in a row, with not one byte between, a request may fail."""
    pause_s: float = 1.0
    """Seconds before the second attempt; they double with each further one."""
    longest_pause_s: float = 300.0
    """The longest pause a server may ask for, in seconds."""
    timeout_s: float | None = None
    """Seconds without a byte; None: HF_HUB_DOWNLOAD_TIMEOUT, 10 by default."""

    def pause_after(self, failures: int, asked_s: float = 0.0) -> float:
        """Give the seconds to wait after so many failures in a row, at least what the server asked for."""
        return min(self.longest_pause_s, max(asked_s, self.pause_s * 2.0 ** (failures - 1)))


@dataclass(frozen=True, slots=True)
class InstallRequest:
    """Ask for a model."""

    model: Model
    voices: tuple[str, ...] = ()
    """Which voices; empty: all that there are."""
    local: Path | None = None
    """A folder with the published files, used instead of the network."""
    mirrors: Mirrors = field(default_factory=Mirrors)
    patience: RetryPolicy = field(default_factory=RetryPolicy)
    keep: bool = False
    """Whether downloads stay after the build."""
    memory_limit: int | None = None
    """Bytes all processes together may use; None: what the host allows."""


@dataclass(frozen=True, slots=True)
class DownloadJob:
    """Tell the cell what to fetch."""

    stage: str
    """What is being done, for a person: "downloading kokoro"."""
    sources: tuple[Source, ...]
    folder: Path
    """Where the files go, each at its `place`."""
    mirrors: Mirrors
    patience: RetryPolicy


@dataclass(frozen=True, slots=True)
class Fetched:
    """Report a file that is there, whole and checked."""

    place: str
    """Its path below the folder that is built from."""
    origin: str
    """Where it came from: an address or a path."""
    revision: str
    """The commit it belongs to; empty for local files."""
    size: int
    """Bytes."""
    sha256: str
    published: bool
    """Whether it is the very file the catalogue, or the hub, has a checksum of."""
    part: str = ""
    """The voice it belongs to."""
