"""The stages of a video that work on pictures, each in a cell: measure the face, render the frames, assemble the file.

Stages write to the job's folder; the next stage, or the same one after a kill, continues from the files there.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from halfgig import __version__
from halfgig.animators.base import SPEECH
from halfgig.events import Progress
from halfgig.pipeline.reports import StageResult
from halfgig.pipeline.video import FRAMES, THUMBNAIL, TRACK, WORDS, video_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from halfgig.animators.base import RenderJob
    from halfgig.events import Event
    from halfgig.media.chunks import Chunk
    from halfgig.tts.speech import Speech


def measure(job: RenderJob) -> Iterator[Event]:
    """Run the animator's preparation, except for what the job's folder has already; yield progress.

    Raises `PictureError` if the picture cannot be used, `BadLandmarks` or `BadSetting` for an invalid request.
    """
    _begin(job)
    yield from job.spec.measure(job)


def render(job: RenderJob) -> Iterator[Event]:
    """Render the missing frames, until all are there; yield progress."""
    from halfgig.pipeline.group_rendering import GroupRenderer

    _begin(job)
    yield from GroupRenderer(job).lead()


def help_render(job: RenderJob) -> Iterator[Event]:
    """Render groups of frames that no other cell renders, next to the one that runs `render`; yield progress."""
    from halfgig.pipeline.group_rendering import GroupRenderer

    _begin(job)
    yield from GroupRenderer(job).help()


def render_group(job: RenderJob, group: int) -> Iterator[Event]:
    """Render one group of frames, for a machine that leads the video; yield progress."""
    from halfgig.pipeline.group_rendering import GroupRenderer

    _begin(job)
    yield from GroupRenderer(job).one(group)


def assemble(job: RenderJob) -> Iterator[Event | StageResult]:
    """Mux frames and speech into the video, write a thumbnail and subtitles; yield progress and finally the result."""
    from halfgig.media.mux import assemble as joined
    from halfgig.media.mux import write_thumbnail
    from halfgig.media.provenance import video_metadata, video_source_type
    from halfgig.storage.atomic_write import atomic_write, room_for

    _begin(job)
    speech, frames, video = job.speech(), job.folder / FRAMES, job.folder / video_name(job.request)
    source_type = video_source_type(job.spec.source_type, speech.source_type if job.request.speech else "")
    metadata = video_metadata(__version__, job.spec.name, speech.maker, source_type)
    yield Progress("assembling", 0, None, "frames")
    with room_for(video), atomic_write(video) as part:
        made = joined(frames, _marked(job, speech), part, metadata)
    thumbnail = job.folder / THUMBNAIL
    with room_for(thumbnail), atomic_write(thumbnail) as part:
        write_thumbnail(frames, made.frames, part)
    _write_words(job)
    _write_track(job, made.frames)
    yield Progress("assembling", made.frames, made.frames, "frames")
    yield StageResult(made.seconds, speech.maker, made.frames, made.frame_format.size, source_type)


def _marked(job: RenderJob, speech: Speech) -> Iterator[Chunk]:
    """Yield the sound as it leaves: synthetic speech with the mark, a recording as it is."""
    from dataclasses import replace

    from halfgig.origin.sound_mark import marker

    if not job.request.speech:
        yield from speech
        return
    mark = marker(job.limits)
    for chunk in speech:
        yield replace(chunk, pcm=mark(chunk.pcm))


def _write_words(job: RenderJob) -> None:
    from halfgig.tts.spool import read_words
    from halfgig.tts.subtitles import write_subtitles

    if job.request.speech:
        write_subtitles(read_words(job.folder / SPEECH), job.folder / WORDS)


def _write_track(job: RenderJob, n_frames: int) -> None:
    from halfgig.storage.atomic_write import atomic_write, room_for

    if job.request.track and job.spec.track:
        path = job.folder / TRACK
        with room_for(path), atomic_write(path) as part, part.open("w", encoding="utf-8") as file:
            file.writelines(job.spec.track(job, n_frames))


def _begin(job: RenderJob) -> None:
    """Lower this process's priority if the job stands back; resume if paused when the parent ends."""
    from halfgig.cells.parent import wake_when_parent_ends
    from halfgig.cells.priority import stand_back

    wake_when_parent_ends()
    if job.stands_back:
        stand_back(os.getpid())
