"""Signs the video that a job has made, before its checksum is taken."""

from __future__ import annotations

import contextlib
import functools
from typing import TYPE_CHECKING

from halfgig.log import WARNING, log
from halfgig.pipeline.signing import is_signed, video_making
from halfgig.pipeline.video import video_name
from halfgig.server.errors import Busy
from halfgig.server.worker.file_signing import FileSigning
from halfgig.server.worker.videos.context import BrokenOff

if TYPE_CHECKING:
    from collections.abc import Iterator

    from halfgig.pipeline.reports import StageResult
    from halfgig.server.job import Job
    from halfgig.server.worker.videos.context import StepContext


class VideoSigning:
    """The signing of a job's video."""

    def __init__(self, context: StepContext, job: Job, file: FileSigning | None) -> None:
        self._context, self._job, self._file = context, job, file

    def begin(self) -> None:
        """Start what can be started while the video is being written, if there is memory to spare."""
        if self._file:
            self._file.begin()

    def sign(self, made: StageResult) -> str:
        """Sign the complete video; return what its owner should know of that, in words: why it is not signed, if so.

        Raises `Cancelled` or `BrokenOff` if work on the job should stop.
        """
        if self._file is None:
            return ""
        job, video = self._job, self._context.folder(self._job) / video_name(self._job.request)
        check = functools.partial(self._context.leave_if_asked, job.id)
        try:
            making = video_making(self._context.render_job(job), made)
            said = self._file.sign(video, video.suffix[1:], making, check) or self._file.remark
        except Busy as ending:  # admission refuses only when the program ends
            raise BrokenOff from ending
        if said:
            log("worker", f"{job.id}: {said}", WARNING)
        return said


@contextlib.contextmanager
def video_signing(context: StepContext, job: Job) -> Iterator[VideoSigning]:
    """Yield the signing of a job's video, which is still to be made; its cells end with the block."""
    ending = video_name(job.request).rpartition(".")[2]
    if not is_signed(ending, context.settings):
        yield VideoSigning(context, job, None)
        return
    with FileSigning(context.settings, context.admission, ingredients=True) as file:
        yield VideoSigning(context, job, file)
