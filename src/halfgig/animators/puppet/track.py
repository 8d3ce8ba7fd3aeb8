"""The track of a video: what the face does in each frame, as JSON for other avatars.  docs/rig.md describes it."""

from __future__ import annotations

import json
from itertools import chain, islice, repeat
from typing import TYPE_CHECKING

from halfgig.animators.base import SPEECH
from halfgig.animators.puppet.animation import poses_of
from halfgig.animators.puppet.blendshapes import Head, Pose, weights_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from halfgig.animators.base import RenderJob

VERSION = 1
"""Version of the format."""

DIGITS = 3
"""Decimal places of weights, angles and seconds."""

NAMES = tuple(weights_of(Pose()))
"""Names of the weights, in the order of a frame."""


def track_of(job: RenderJob, n_frames: int) -> Iterator[str]:
    """Yield the lines of a job's track, a JSON object; the last pose stands until `n_frames`."""
    fps, speech = float(job.request.fps), job.speech()
    yield f'{{"version": {VERSION}, "fps": {fps:g},\n'
    yield f'"names": {json.dumps(NAMES)},\n"head": {json.dumps(Head._fields)},\n"frames": [\n'
    moves = poses_of(speech, iter(speech), fps, job.request.seed, job.options)
    yield from _listed(_frames(moves, n_frames))
    yield '],\n"words": [\n'
    yield from _listed(_words(job))
    yield '],\n"phonemes": [\n'
    yield from _listed(_phonemes(job))
    yield "]}\n"


def _listed(entries: Iterable[str]) -> Iterator[str]:
    """Yield the entries of a JSON array, a line each."""
    for number, entry in enumerate(entries):
        yield f",\n{entry}" if number else entry
    yield "\n"


def _frames(moves: Iterable[Pose], n_frames: int) -> Iterator[str]:
    last = Pose()
    for pose in islice(chain(moves, repeat(None)), n_frames):
        last = pose or last
        yield frame_of(last)


def frame_of(pose: Pose) -> str:
    """Return a frame: its weights in the order of `NAMES`, then the head in the order of `Head`."""
    numbers = (*weights_of(pose).values(), *pose.head)
    return f"[{', '.join(f'{round(number, DIGITS) + 0.0:g}' for number in numbers)}]"  # + 0.0: no minus zero


def _words(job: RenderJob) -> Iterator[str]:
    from halfgig.tts.spool import read_words

    for word in read_words(job.folder / SPEECH) if job.request.speech else ():
        yield _timed(word.text, word.start, word.end)


def _phonemes(job: RenderJob) -> Iterator[str]:
    """Read the speech once more instead of keeping its phonemes: the memory must not grow with its length."""
    speech, start_s = job.speech(), 0.0
    for chunk in speech if speech.has_phonemes else ():
        for each in chunk.phonemes:
            if each.symbol:
                yield _timed(each.symbol, start_s + each.start, start_s + each.end)
        start_s += chunk.seconds


def _timed(text: str, start_s: float, end_s: float) -> str:
    return json.dumps([text, round(start_s, DIGITS), round(end_s, DIGITS)], ensure_ascii=False)
