"""The server's file layout: one folder for data under DATA_DIR, and one shared by the processes while they run."""

import re
from dataclasses import dataclass
from pathlib import Path

from halfgig.settings import Settings

_JOB_ID = re.compile(r"video_[0-9a-f]{24}")
_AVATAR_ID = re.compile(r"avatar_[0-9a-f]{24}")

LONGEST_SOCKET_PATH = 100
"""Longest path of the Unix socket, in bytes; the kernel's limit is 107."""


@dataclass(frozen=True, slots=True)
class ServerPaths:
    """Paths of one server's files; reading them creates nothing."""

    root: Path
    """Jobs, their files, caches: everything that must survive a restart."""
    run: Path
    """The socket, the memory figures and the log, which need not survive."""

    @classmethod
    def of(cls, settings: Settings) -> "ServerPaths":
        """Return the paths given by the settings."""
        root = settings.data_dir / "server"
        return cls(root, settings.run_dir or root / "run")

    @property
    def job_store(self) -> Path:
        """The database of accepted videos."""
        return self.root / "jobs.sqlite"

    @property
    def workflows(self) -> Path:
        """The database where DBOS records the progress of each job."""
        return self.root / "workflows.sqlite"

    @property
    def uploads(self) -> Path:
        """The folder of uploads whose job is not accepted yet."""
        return self.root / "uploads"

    @property
    def sounds(self) -> Path:
        """The folder of sound files that are sent whole, while they are made."""
        return self.root / "sounds"

    @property
    def helped(self) -> Path:
        """The folder of other nodes' videos, while this one renders groups of their frames."""
        return self.root / "helped"

    @property
    def cache(self) -> Path:
        """The cache of measured faces and spoken sentences."""
        return self.root / "cache"

    @property
    def avatars(self) -> Path:
        """The folder of saved avatars."""
        return self.root / "avatars"

    @property
    def socket(self) -> Path:
        """The socket where the worker listens."""
        return self.run / "work.sock"

    def job(self, job_id: str) -> Path:
        """Return the folder of one job.  Raises `ValueError` for an invalid id: no client's text becomes a path."""
        if not is_job_id(job_id):
            raise ValueError(f"{job_id!r:.80} is no job")
        return self.root / "videos" / job_id

    def avatar(self, avatar_id: str) -> Path:
        """Return the folder of one avatar.  Raises `ValueError` for an invalid id."""
        if not is_avatar_id(avatar_id):
            raise ValueError(f"{avatar_id!r:.80} is no avatar")
        return self.avatars / avatar_id


def is_job_id(text: str) -> bool:
    """Return whether a text has the form of a job id."""
    return _JOB_ID.fullmatch(text) is not None


def is_avatar_id(text: str) -> bool:
    """Return whether a text has the form of an avatar's id."""
    return _AVATAR_ID.fullmatch(text) is not None
