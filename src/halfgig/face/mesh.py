"""The face mesh: 478 points with depth, by MediaPipe's Face Mesh with attention (Grishchenko et al., 2020).

The network reads an upright square around the face.  A detector's five points, or points given by hand, seed the first
square; the second one follows from the mesh found in it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from halfgig.face.points import FivePoints, Point
from halfgig.face.topology import (
    LEFT_EYE,
    MOUTH_CORNERS,
    N_MESH,
    N_POINTS,
    NOSE_TIP,
    REFINED_LEFT_EYE,
    REFINED_LIPS,
    REFINED_RIGHT_EYE,
    RIGHT_EYE,
)
from halfgig.nn.onnx_runtime import onnx_runtime, session_options

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from halfgig.face.topology import EyePoints

    Floats = NDArray[np.float32]

MODEL = Path(__file__).parents[1] / "assets" / "mesh478.onnx"

SIDE = 192
"""Side in pixels of the square that the network reads."""

FIRST_SQUARE = 3.4
"""Side of the first square in eye distances, or in nine tenths of the way from eyes to mouth where that is longer."""

SQUARE = 1.5
"""Side of the second square, in extents of the mesh."""

PASSES = 2

FILTERED_BELOW = 0.6
"""Scale below which the picture is blurred before it is reduced: the warp reads only four pixels."""


@dataclass(frozen=True, slots=True, eq=False)
class Mesh:
    """The mesh of one face."""

    points: Floats
    """[478, 3]: x, y in pixels of the picture, z in the same unit, smaller towards the viewer; 0 for the irises."""
    score: float
    """How sure the network is that there is a face, 0..1."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Mesh) and self.score == other.score and np.array_equal(self.points, other.points)

    __hash__ = None  # type: ignore[assignment]

    @property
    def five(self) -> FivePoints:
        """The five points: middles of the lids' contours, tip of the nose, corners of the mouth."""
        eyes = (self._middle(eye) for eye in (RIGHT_EYE, LEFT_EYE))
        return FivePoints(*eyes, *(self.place(index) for index in (NOSE_TIP, *MOUTH_CORNERS)))

    def scaled(self, factor: float) -> Mesh:
        """Return the mesh in a picture whose sides are `factor` times as long."""
        return Mesh(self.points * np.float32(factor), self.score)

    def place(self, index: int) -> Point:
        """Return a point of the mesh in pixels of the picture."""
        x, y, _ = self.points[index].tolist()
        return Point(x, y)

    def _middle(self, eye: EyePoints) -> Point:
        x, y = self.points[[*eye.upper, *eye.lower[1:-1]], :2].mean(axis=0).tolist()
        return Point(x, y)


class _Square(NamedTuple):
    """The part of a picture that the network reads."""

    x: float
    """Its centre, in pixels of the picture."""
    y: float
    """Its centre, in pixels of the picture."""
    side: float
    """In pixels of the picture."""
    roll: float
    """Its tilt in radians, clockwise."""

    def to_network(self) -> NDArray[np.float64]:
        """Return the transform [2, 3] from pixels of the picture to those of the network."""
        scale = SIDE / self.side
        cos, sin = math.cos(self.roll) * scale, math.sin(self.roll) * scale
        middle = SIDE / 2
        return np.array(
            [
                [cos, sin, middle - cos * self.x - sin * self.y],
                [-sin, cos, middle + sin * self.x - cos * self.y],
            ]
        )


class FaceMesh:
    """The published network; used for one picture and then dropped, since it takes 5 MB."""

    def __init__(self, path: Path = MODEL) -> None:
        runtime, options = onnx_runtime(), session_options()
        # Without both, loading takes 94 ms instead of 21, and 12 MB instead of 5; a face takes 10 ms instead of 6.
        options.graph_optimization_level = runtime.GraphOptimizationLevel.ORT_DISABLE_ALL
        options.add_session_config_entry("session.disable_prepacking", "1")
        self._session = runtime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        self._names = [output.name for output in self._session.get_outputs()]

    def fit(self, rgb: NDArray[np.uint8], seed: FivePoints) -> Mesh:
        """Return the mesh of the face at five points in RGB [H, W, 3].

        The points, in pixels, may be off by a third of the eye distance.
        """
        square = _first_square(seed)
        for _ in range(PASSES):
            mesh = self._read(rgb, square)
            square = _square_around(mesh.points[:N_MESH, :2])
        return mesh

    def _read(self, rgb: NDArray[np.uint8], square: _Square) -> Mesh:
        found = dict(zip(self._names, self._session.run(self._names, {"input": _cut(rgb, square)}), strict=True))
        points = np.zeros((N_POINTS, 3), np.float32)
        points[:N_MESH] = found["output_mesh_identity"].reshape(N_MESH, 3)
        refined = (
            ("output_lips", REFINED_LIPS),
            ("output_left_eye", REFINED_RIGHT_EYE),  # the network's left is the picture's
            ("output_right_eye", REFINED_LEFT_EYE),
            ("output_left_iris", range(RIGHT_EYE.iris, RIGHT_EYE.iris + 5)),
            ("output_right_iris", range(LEFT_EYE.iris, LEFT_EYE.iris + 5)),
        )
        for name, indices in refined:
            points[list(indices), :2] = found[name].reshape(-1, 2)
        logit = float(found["conv_faceflag"].squeeze())
        return Mesh(_to_picture(points, square), 1 / (1 + math.exp(-logit)))


def _first_square(seed: FivePoints) -> _Square:
    """Return the square around a face, from its five points."""
    eyes, mouth = seed.eyes, seed.mouth
    unit = max(seed.eye_distance, 0.9 * math.dist(eyes, mouth))
    return _Square((eyes.x + mouth.x) / 2, (eyes.y + mouth.y) / 2, max(1.0, FIRST_SQUARE * unit), seed.roll)


def _square_around(places: Floats) -> _Square:
    """Return the upright square around the places [468, 2] of a mesh."""
    across = places[LEFT_EYE.upper[-1]] - places[RIGHT_EYE.upper[0]]
    roll = math.atan2(float(across[1]), float(across[0]))
    cos, sin = math.cos(roll), math.sin(roll)
    # Written out: the first matrix product makes OpenBLAS reserve 32 MB.
    across, down = cos * places[:, 0] + sin * places[:, 1], cos * places[:, 1] - sin * places[:, 0]
    extent = max(float(np.ptp(across)), float(np.ptp(down)))
    x, y = (float(along.min() + along.max()) / 2 for along in (across, down))
    return _Square(cos * x - sin * y, sin * x + cos * y, max(1.0, SQUARE * extent), roll)


def _cut(rgb: NDArray[np.uint8], square: _Square) -> Floats:
    """Return the square of RGB [H, W, 3] as the network's input [1, 192, 192, 3], 0..1; black outside the picture."""
    import cv2

    scale = SIDE / square.side
    part, transform = _around(rgb, square)
    if scale < FILTERED_BELOW:
        part = cv2.GaussianBlur(part, (0, 0), 0.35 / scale)
    cut = cv2.warpAffine(part, transform, (SIDE, SIDE), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT)
    return np.asarray(cut.astype(np.float32)[None] / 255)


def _around(rgb: NDArray[np.uint8], square: _Square) -> tuple[NDArray[np.uint8], NDArray[np.float64]]:
    """Return the part of a picture that a square touches, and the transform [2, 3] from it to the network."""
    reach = 0.75 * square.side + 2  # half its diagonal, and what the blur reads
    height, width = rgb.shape[:2]
    left, top = (
        min(max(0, int(middle - reach)), whole - 1) for middle, whole in ((square.x, width), (square.y, height))
    )
    right, bottom = (max(start + 1, int(middle + reach) + 1) for start, middle in ((left, square.x), (top, square.y)))
    moved = square._replace(x=square.x - left, y=square.y - top)
    return np.ascontiguousarray(rgb[top:bottom, left:right]), moved.to_network()


def _to_picture(points: Floats, square: _Square) -> Floats:
    """Convert points [n, 3] from pixels of the network to those of the picture."""
    scale = square.side / SIDE
    cos, sin = math.cos(square.roll) * scale, math.sin(square.roll) * scale
    across, down = points[:, 0] - SIDE / 2, points[:, 1] - SIDE / 2
    x, y = square.x + cos * across - sin * down, square.y + sin * across + cos * down
    return np.stack([x, y, points[:, 2] * scale], axis=1).astype(np.float32)
