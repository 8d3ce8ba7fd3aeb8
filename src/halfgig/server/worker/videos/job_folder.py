"""What is in a job's folder: uploads, what its stages have made so far, and results."""

from __future__ import annotations

from typing import TYPE_CHECKING

from halfgig.media.frame_groups import CLAIM
from halfgig.pipeline.video import FRAMES, NEWEST, results_of
from halfgig.server.job_recovery import REQUEST_FILE

if TYPE_CHECKING:
    from pathlib import Path

    from halfgig.requests import VideoRequest


def kept_bytes(folder: Path, request: VideoRequest) -> list[int]:
    """Return a measure of a job's progress on disk: bytes of frames, and bytes of everything else its stages wrote.

    It grows with each sentence, each group of frames, and what an animator stores of the open group.
    """
    excluded = {FRAMES, NEWEST, *_uploads(request)}
    kept = (path for path in folder.glob("*") if path.is_file() and path.name not in excluded and path.suffix != CLAIM)
    others = sum(_size(path) for path in kept)
    frames = folder / FRAMES
    return [frames.stat().st_size if frames.exists() else 0, others]


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:  # a group that was added to the frames a moment ago
        return 0


def strip(folder: Path, request: VideoRequest) -> None:
    """Remove intermediate files from a finished job's folder; uploads stay, because other videos may reuse them."""
    for path in folder.glob("*"):
        if path.name not in lasting(request):
            path.unlink(missing_ok=True)


def lasting(request: VideoRequest) -> tuple[str, ...]:
    """Return the names of the files that are left of a finished job."""
    return *results_of(request), REQUEST_FILE, *_uploads(request)


def _uploads(request: VideoRequest) -> tuple[str, ...]:
    """Return the names of a request's uploads, including those named by an animator's options."""
    return (*request.files, *(value for value in request.options.values() if isinstance(value, str)))
