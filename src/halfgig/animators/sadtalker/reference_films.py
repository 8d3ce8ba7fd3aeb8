"""What faces in other films do, to be taken over: read frame by frame, as the portrait's own face is read."""

from __future__ import annotations

import math
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np

from halfgig.animators.sadtalker.motion.coefficients import CROP
from halfgig.animators.sadtalker.motion.references import References
from halfgig.animators.sadtalker.motion.windows import FPS
from halfgig.animators.sadtalker.networks.encoder import SIZE
from halfgig.animators.sadtalker.networks.head_pose import EXPRESSION
from halfgig.animators.sadtalker.networks.model import MOST_THREADS
from halfgig.animators.sadtalker.networks.reconstruction import Reconstruction
from halfgig.animators.sadtalker.portrait_features import row_of
from halfgig.errors import NoFace
from halfgig.events import Progress
from halfgig.face.crop import animated_part, cut, points_in
from halfgig.face.detect import FaceDetector
from halfgig.media.film import film_frames
from halfgig.resources.limits import usable_threads

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

    from numpy.typing import NDArray

    from halfgig.animators.base import RenderJob
    from halfgig.face.crop import Rectangle
    from halfgig.face.points import FivePoints

    Floats = NDArray[np.float32]
    Pixels = NDArray[np.uint8]

LONGEST = 640
"""Pixels of the longer side of a film's frames."""


def references_of(job: RenderJob, n_frames: int) -> Generator[Progress, None, References]:
    """Read the films that are named, as far as `n_frames` need them; yield how far it is.

    Raises `PictureUnreadable` for what is no film, and `NoFace` for one in which no face is seen.
    """
    asked = job.options
    rows: dict[Path, Floats] = {}
    blink, pose = (job.path(name) if name else None for name in (asked.reference_blink, asked.reference_pose))
    films = {path for path in (blink, pose) if path is not None}
    for number, path in enumerate(sorted(films)):
        rows[path] = yield from rows_of(path, job, n_frames, (number, len(films)))
    return References(
        None if blink is None else rows[blink][:, :EXPRESSION],
        None if pose is None else rows[pose][:, EXPRESSION:],
    )


def rows_of(
    path: Path, job: RenderJob, n_frames: int, place: tuple[int, int] = (0, 1)
) -> Generator[Progress, None, Floats]:
    """Return the coefficients of a film's face [frames, 70], 25 a second, at most `n_frames`; yield the progress.

    `place` is the film's index and the number of films: their progress is reported as one.
    Raises as `references_of` does.
    """
    assert job.model
    watcher = _Watcher(
        FaceDetector(job.limits.yunet),
        Reconstruction(job.model, usable_threads(MOST_THREADS)),
    )
    found: list[Floats] = []
    frames = film_frames(path, FPS, LONGEST, job.limits.max_picture_megapixels)
    for number, rgb in enumerate(islice(frames, n_frames)):
        row = watcher.row(rgb)
        if row is not None:
            found += [row] * (number + 1 - len(found))  # before the first face is seen, it looks as it does then
        elif found:
            found.append(found[-1])
        yield Progress("watching", place[0] * n_frames + number + 1, place[1] * n_frames, "frames")
    if not found:
        raise NoFace(f'no face was found in "{path}"; give a film of a face seen from the front')
    return np.stack(found)


class _Watcher:
    """Follow one face from frame to frame; the part that is looked at is the first frame's."""

    def __init__(self, detector: FaceDetector, reconstruction: Reconstruction) -> None:
        self._detector = detector
        self._reconstruction = reconstruction
        self._part: Rectangle | None = None
        self._before: FivePoints | None = None

    def row(self, rgb: Pixels) -> Floats | None:
        """Return the coefficients [70] of a frame's face; None where none is seen."""
        points = self._points(rgb)
        if points is None:
            return None
        if self._part is None:
            self._part = animated_part("crop", points, rgb.shape[1], rgb.shape[0])
        square = cut(rgb, self._part, SIZE)
        return row_of(self._reconstruction, square, points_in(self._part, points, SIZE))[:CROP]

    def _points(self, rgb: Pixels) -> FivePoints | None:
        """Find the largest face, and then always the one nearest to where it was."""
        faces = self._detector.detect(rgb)
        if not faces:
            return None
        before = self._before
        if before is None:
            points = max(faces, key=lambda face: face.size).points
        else:
            points = min((face.points for face in faces), key=lambda each: math.dist(each.eyes, before.eyes))
        self._before = points
        return points
