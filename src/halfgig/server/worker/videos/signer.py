"""Signs the video that a job has made, before its checksum is taken."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from halfgig.log import WARNING, log
from halfgig.pipeline.signing import STAGE, SigningCells, is_signed, sign, video_making
from halfgig.pipeline.video import video_name
from halfgig.server.errors import Busy
from halfgig.server.worker.videos.context import BrokenOff

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from halfgig.pipeline.reports import StageResult
    from halfgig.server.job import Job
    from halfgig.server.worker.videos.context import StepContext


def sign_video(context: StepContext, job: Job, made: StageResult) -> str:
    """Sign a job's video; return what its owner should know of that, in words: why it is not signed, where that failed.

    Raises `Cancelled` or `BrokenOff` if work on the job should stop.
    """
    video = context.folder(job) / video_name(job.request)
    ending = video.suffix[1:]
    if not is_signed(ending, context.settings):
        return ""

    def room(mb: int) -> AbstractContextManager[object]:
        check = functools.partial(context.leave_if_asked, job.id)
        return context.admission.hold(STAGE, mb, None, lambda: False, check)

    try:
        making = video_making(context.render_job(job), made)
        with SigningCells(context.settings, ingredients=True) as cells:
            said = sign(video, ending, making, cells, room) or cells.remark
    except Busy as ending:  # admission refuses only when the program ends
        raise BrokenOff from ending
    if said:
        log("worker", f"{job.id}: {said}", WARNING)
    return said
