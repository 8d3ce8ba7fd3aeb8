"""The track of a video: what the face does in each frame, as JSON for other avatars.  docs/rig.md describes it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from halfgig.animators.base import SPEECH
from halfgig.animators.puppet.animation import cues_of, poses
from halfgig.animators.puppet.blendshapes import Head, Pose, weights_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from halfgig.animators.base import RenderJob
    from halfgig.media.chunks import Chunk
    from halfgig.tts.speech import Speech

VERSION = 1
"""Version of the format."""

DIGITS = 3
"""Decimal places of weights, angles and seconds."""

NAMES = tuple(weights_of(Pose()))
"""Names of the weights, in the order of a frame."""


class _Phonemes:
    """Collects the phonemes of a speech as its chunks are consumed."""

    def __init__(self, speech: Speech) -> None:
        self._speech = speech
        self.found: list[tuple[str, float, float]] = []

    def chunks(self) -> Iterator[Chunk]:
        start_s = 0.0
        for chunk in self._speech:
            times = ((each.symbol, start_s + each.start, start_s + each.end) for each in chunk.phonemes if each.symbol)
            self.found += [(symbol, round(start, DIGITS), round(end, DIGITS)) for symbol, start, end in times]
            start_s += chunk.seconds
            yield chunk


def track_of(job: RenderJob, n_frames: int) -> Iterator[str]:
    """Yield the lines of a job's track, a JSON object; the last pose stands until `n_frames`."""
    fps = float(job.request.fps)
    speech = job.speech()
    phonemes = _Phonemes(speech)
    yield f'{{"version": {VERSION}, "fps": {fps:g},\n'
    yield f'"names": {json.dumps(NAMES)},\n"head": {json.dumps(Head._fields)},\n"frames": [\n'
    cues, options = cues_of(speech, phonemes.chunks(), fps), job.options
    made, line = 0, frame_of(Pose())
    for pose in poses(cues, fps, job.request.seed, options.liveliness, options.mood):
        line = frame_of(pose)
        made += 1
        yield line + (",\n" if made < n_frames else "\n")
        if made == n_frames:
            break
    for _ in range(made, n_frames):
        made += 1
        yield line + (",\n" if made < n_frames else "\n")
    yield f'],\n"words": {json.dumps(_words(job))},\n"phonemes": {json.dumps(phonemes.found, ensure_ascii=False)}}}\n'


def frame_of(pose: Pose) -> str:
    """Return a frame: its weights in the order of `NAMES`, then the head in the order of `Head`."""
    numbers = (*weights_of(pose).values(), *pose.head)
    return f"[{', '.join(f'{round(number, DIGITS) + 0.0:g}' for number in numbers)}]"  # + 0.0: no minus zero


def _words(job: RenderJob) -> list[tuple[str, float, float]]:
    from halfgig.tts.spool import read_words

    if not job.request.speech:
        return []
    words = read_words(job.folder / SPEECH)
    return [(word.text, round(word.start, DIGITS), round(word.end, DIGITS)) for word in words]
