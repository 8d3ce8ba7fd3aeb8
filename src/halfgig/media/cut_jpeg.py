"""JPEGs whose last bytes are missing: whole to the eye, if what was lost is a narrow strip."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from halfgig.errors import PictureUnreadable
from halfgig.media.picture_structure import jpeg_ends

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from PIL.Image import Image

NOTICE = "the picture's file is cut off near its end; it was read as far as it goes"

MOST_LOST = 0.05
"""Share of the rows that may be missing; a picture that lost more is refused."""

_TOLERANCE = 3
"""Difference of two values that the reader filled in alike."""


@contextlib.contextmanager
def cut_jpeg_read(path: Path, image: Image) -> Iterator[tuple[str, ...]]:
    """Allow an open JPEG to be read although its file is cut off; yield the notices about it."""
    from PIL import ImageFile

    if image.format not in ("JPEG", "MPO") or jpeg_ends(path):
        yield ()
        return
    previous, ImageFile.LOAD_TRUNCATED_IMAGES = ImageFile.LOAD_TRUNCATED_IMAGES, True
    try:
        yield (NOTICE,)
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = previous


def check_lost(path: Path, image: Image) -> None:
    """Raise `PictureUnreadable` if too much of a cut picture was filled in.

    The reader goes on with the last colour it knows: rows of one colour at the bottom count as lost.
    """
    import numpy as np

    values = np.asarray(image).reshape(image.height, image.width, -1)
    width = values.shape[1]
    lost = 0
    for row in values[::-1]:
        if (np.abs(row[width // 2 :].astype(int) - values[-1, -1]) > _TOLERANCE).any():
            break
        lost += 1
    if lost > MOST_LOST * len(values):
        share = round(100 * lost / len(values))
        raise PictureUnreadable(
            f"{str(path)!r} is cut off: its last {share} % are missing; save the picture again and retry"
        )
