"""Compare face geometry, coefficients and detection with `geometry.npz`, `reconstruction.npz` and `yunet.npz`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from halfgig.face.alignment import align
from halfgig.face.crop import face_square
from halfgig.face.points import FivePoints, Point
from tools.golden.figures import Figure, largest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path
    from typing import Any

    from numpy.typing import NDArray

    from halfgig.animators.sadtalker.networks.reconstruction import Reconstruction
    from halfgig.face.yunet import YuNet

    Numbers = Mapping[str, NDArray[Any]]

PIXEL = 1.0
HALF_A_PIXEL = 0.5
ASKED = 1e-3
CERTAINTY = 0.01
LONGEST = 100_000
"""Longest side in pixels; larger than any picture, so that none is reduced."""


def faces_of(numbers: Numbers) -> Iterator[tuple[str, FivePoints, int, int]]:
    """Yield each golden face: its number, its five points, and the picture's width and height."""
    for number in sorted({name.partition("/")[0] for name in numbers if name.endswith("/five")}):
        width, height = numbers[f"{number}/size"].tolist()
        yield number, FivePoints(*(Point(*place) for place in numbers[f"{number}/five"].tolist())), width, height


def of_geometry(numbers: Numbers) -> Iterator[Figure]:
    """Compare the rectangle around each face and the alignment of its picture."""
    for number, points, width, height in faces_of(numbers):
        square, found = face_square(points, width, height), align(points, width, height)
        ends = np.array([*square.shrunk, *square.outer, *square.inner], np.float64)
        wanted = np.concatenate([numbers[f"{number}/{name}"] for name in ("rsize", "crop", "quad")])
        yield Figure(f"rectangle, picture {number}", largest(wanted, ends), PIXEL, "px")
        *size_and_scale, x, y = numbers[f"{number}/trans_params"].tolist()
        scale = size_and_scale[-1]
        difference = max(abs(found.x - x), abs(found.y - y), abs(found.scale / scale - 1) * max(width, height))
        yield Figure(f"alignment, picture {number}", difference, PIXEL, "px")


def of_coefficients(network: Reconstruction, numbers: Numbers) -> Iterator[Figure]:
    """Compare the coefficients predicted from an aligned picture."""
    found = network.coefficients(numbers["image"]).values
    yield Figure("reconstruction", largest(numbers["coeffs"][0], found), ASKED)


def portraits_in(numbers: Numbers) -> list[str]:
    """Return the names of the pictures with golden detections."""
    return sorted(name.rpartition("/")[0] for name in numbers if name.endswith("/faces"))


def of_faces(detector: YuNet, picture: Path, numbers: Numbers) -> Iterator[Figure]:
    """Compare the boxes, points and scores of the faces detected in a picture."""
    import cv2

    from halfgig.media.picture import load_picture

    width, height = (int(side) for side in numbers[f"{picture.name}/size"])
    rows = detector.rows(cv2.resize(load_picture(picture, LONGEST).rgb, (width, height)))
    wanted = numbers[f"{picture.name}/faces"]
    yield Figure(f"boxes and points, {picture.name}", largest(wanted[:, :14], rows[:, :14]), HALF_A_PIXEL, "px")
    yield Figure(f"certainty, {picture.name}", largest(wanted[:, 14], rows[:, 14]), CERTAINTY)
