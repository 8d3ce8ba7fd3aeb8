"""Requests and results of a pull: plain values that are passed to and from cells."""

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
"""GitHub's hosts by kind of file; a mirror replaces all three."""


@dataclass(frozen=True, slots=True)
class Mirrors:
    """Alternative download locations."""

    hub: str = ""
    """Base URL that replaces the Hugging Face hub; empty: HF_ENDPOINT or the hub."""
    revision: str = ""
    """Branch, tag or commit on the hub; empty: the catalogue's revision, for which checksums are known."""
    github: str = ""
    """Base URL that replaces GitHub's hosts; empty: GitHub."""


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """When and how often to retry a failed transfer."""

    attempts: int = 6
    """Consecutive failures without a byte received before giving up."""
    pause_s: float = 1.0
    """Seconds before the second attempt; doubled for each further attempt."""
    longest_pause_s: float = 300.0
    """Upper limit of a pause in seconds, including one requested by the server."""
    timeout_s: float | None = None
    """Read timeout in seconds; None: HF_HUB_DOWNLOAD_TIMEOUT (default 10)."""

    def pause_after(self, failures: int, asked_s: float = 0.0) -> float:
        """Return the seconds to wait after consecutive failures, at least what the server requested."""
        return min(self.longest_pause_s, max(asked_s, self.pause_s * 2.0 ** (failures - 1)))


@dataclass(frozen=True, slots=True)
class InstallRequest:
    """A request to install a model."""

    model: Model
    voices: tuple[str, ...] = ()
    """Voices to install; empty: all voices."""
    local: Path | None = None
    """Folder with the published files, used instead of the network."""
    mirrors: Mirrors = field(default_factory=Mirrors)
    patience: RetryPolicy = field(default_factory=RetryPolicy)
    keep: bool = False
    """Whether to keep the downloaded files after the build."""
    memory_limit: int | None = None
    """Memory limit in bytes for all processes together; None: the host's limit."""


@dataclass(frozen=True, slots=True)
class DownloadJob:
    """Files to fetch, as passed to the download cell."""

    stage: str
    """Stage name shown to the user: "downloading kokoro"."""
    sources: tuple[Source, ...]
    folder: Path
    """Destination folder; each file is written to its `place`."""
    mirrors: Mirrors
    patience: RetryPolicy


@dataclass(frozen=True, slots=True)
class Fetched:
    """A complete, verified file."""

    place: str
    """Path in the build's source folder."""
    origin: str
    """URL or local path of the source."""
    revision: str
    """Commit of the file; empty for local files."""
    size: int
    """Bytes."""
    sha256: str
    published: bool
    """Whether the checksum matches the catalogue's or the hub's."""
    part: str = ""
    """Voice the file belongs to; empty: none."""
