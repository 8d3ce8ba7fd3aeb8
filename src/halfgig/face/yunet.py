"""YuNet, a face detector of 230 KB that returns five points (Wu et al., Machine Intelligence Research 2023)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from halfgig.face.points import Face, FivePoints, Point
from halfgig.nn.onnx_runtime import onnx_runtime, session_options

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

STRIDES = (8, 16, 32)
"""Distance in pixels between neighbouring anchors of the three output maps."""

MULTIPLE = 32
"""The sides of the input must be multiples of this; the picture is padded on the right and below."""

LONGEST_SIDE = 320
"""Input size in pixels the detector was trained for, also used for the golden numbers."""

SCORE = 0.6
"""Threshold for a face."""

OVERLAP = 0.3
"""Boxes with a larger intersection over union are one face."""


class YuNet:
    """The published `face_detection_yunet` network."""

    name = "yunet"

    def __init__(self, path: Path) -> None:
        self._session = onnx_runtime().InferenceSession(
            str(path), session_options(), providers=["CPUExecutionProvider"]
        )

    def detect(self, rgb: NDArray[np.uint8], longest: int = LONGEST_SIDE) -> list[Face]:
        """Return the faces in RGB [H, W, 3], highest score first, with points in pixels of that picture.

        `longest` is the side in pixels to which the picture is resized before; small faces need more.
        """
        import cv2

        height, width = rgb.shape[:2]
        scale = longest / max(height, width)
        size = (max(1, round(width * scale)), max(1, round(height * scale)))
        return [
            Face(
                FivePoints(*(Point(*pair) for pair in row[4:14].reshape(5, 2).tolist())),
                float(row[14]),
                float(max(row[2:4])),
                (float(row[0]), float(row[1]), float(row[2]), float(row[3])),
            )
            for row in self.rows(cv2.resize(rgb, size)) / np.array([scale] * 14 + [1.0])
        ]

    def rows(self, rgb: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Return [n, 15] for RGB [H, W, 3] without resizing: box x, y, w, h, five points x, y, score; best first."""
        height, width = rgb.shape[:2]
        padded = np.pad(rgb, ((0, -height % MULTIPLE), (0, -width % MULTIPLE), (0, 0)))
        blob = padded[..., ::-1].transpose(2, 0, 1)[None].astype(np.float32)  # [1, 3, H, W], blue first
        names = [output.name for output in self._session.get_outputs()]
        maps = dict(zip(names, self._session.run(names, {"input": blob}), strict=True))
        rows = np.concatenate([_decode(maps, stride, padded.shape[1] // stride) for stride in STRIDES])
        return _suppressed(rows[rows[:, 14] >= SCORE])


def _decode(maps: dict[str, NDArray[np.float32]], stride: int, columns: int) -> NDArray[np.float32]:
    """Convert the maps of one stride to rows [anchors, 15] in pixels."""
    box, points = maps[f"bbox_{stride}"][0], maps[f"kps_{stride}"][0]  # [A, 4], [A, 10]
    index = np.arange(len(box))
    anchor = np.stack([index % columns, index // columns], axis=1).astype(np.float32)  # [A, 2]
    centre = (anchor + box[:, :2]) * stride
    size = np.exp(box[:, 2:]) * stride
    places = (points.reshape(-1, 5, 2) + anchor[:, None]) * stride  # [A, 5, 2]
    score = np.sqrt(maps[f"cls_{stride}"][0].clip(0, 1) * maps[f"obj_{stride}"][0].clip(0, 1))  # [A, 1]
    return np.concatenate([centre - size / 2, size, places.reshape(-1, 10), score], axis=1)


def _suppressed(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return rows [n, 15] without those that overlap a better one."""
    rows = rows[np.argsort(-rows[:, 14], kind="stable")]
    kept: list[int] = []
    for i in range(len(rows)):
        if all(_overlap(rows[i, :4], rows[k, :4]) <= OVERLAP for k in kept):
            kept.append(i)
    return rows[kept]


def _overlap(a: NDArray[np.float32], b: NDArray[np.float32]) -> float:
    """Return the intersection over union of two boxes x, y, w, h."""
    sides = np.minimum(a[:2] + a[2:], b[:2] + b[2:]) - np.maximum(a[:2], b[:2])
    common = float(np.prod(sides.clip(0)))
    return common / (float(np.prod(a[2:]) + np.prod(b[2:])) - common)
