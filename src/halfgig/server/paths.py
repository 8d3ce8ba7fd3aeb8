"""Where a server keeps what: one folder under DATA_DIR, and one where its processes meet."""

import re
from dataclasses import dataclass
from pathlib import Path

from halfgig.settings import Settings

_JOB_ID = re.compile(r"video_[0-9a-f]{24}")

LONGEST_SOCKET_PATH = 100
"""Bytes of a Unix socket's path; the kernel takes 107."""


@dataclass(frozen=True, slots=True)
class ServerPaths:
    """The files of one server; nothing is made by asking."""

    root: Path
    """Jobs, their files, caches: what must survive a restart."""
    run: Path
    """The socket and the supervisor's figures: what need not."""

    @classmethod
    def of(cls, settings: Settings) -> "ServerPaths":
        """Find the places that the settings name."""
        root = settings.data_dir / "server"
        return cls(root, settings.run_dir or root / "run")

    @property
    def job_store(self) -> Path:
        """The database of accepted videos."""
        return self.root / "jobs.sqlite"

    @property
    def workflows(self) -> Path:
        """The database in which DBOS records how far each job is."""
        return self.root / "workflows.sqlite"

    @property
    def uploads(self) -> Path:
        """The folder in which uploads lie until their job is accepted."""
        return self.root / "uploads"

    @property
    def cache(self) -> Path:
        """The folder of measured faces and spoken sentences."""
        return self.root / "cache"

    @property
    def socket(self) -> Path:
        """The socket at which the work process is asked."""
        return self.run / "work.sock"

    def job(self, job_id: str) -> Path:
        """Name the folder of one job.  Raises `ValueError` for what is no job's name: names never become paths."""
        if not is_job_id(job_id):
            raise ValueError(f"{job_id!r:.80} is no job")
        return self.root / "videos" / job_id


def is_job_id(text: str) -> bool:
    """Return whether a text has the form of a job's name."""
    return _JOB_ID.fullmatch(text) is not None
