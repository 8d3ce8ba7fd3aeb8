"""The three operators that MediaPipe added to TensorFlow Lite for the attention mesh, in ONNX's own.

`Landmarks2TransformMatrix` finds an upright box around some of the mesh's points, `TransformTensorBilinear` cuts that
box out of the features, and `TransformLandmarks` brings points found in the box back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from onnx import TensorProto

if TYPE_CHECKING:
    from typing import Any

    from tools.face_networks.onnx_builder import OnnxBuilder

    Options = dict[str, Any]

N_LANDMARKS = 468


class _Turn(NamedTuple):
    """Cosine and sine of an angle, each a tensor without axes."""

    cos: str
    sin: str


def transform_matrix(to: OnnxBuilder, landmarks: str, options: Options, name: str) -> str:
    """Return the matrix [1, 4, 4] from pixels of the box's cut-out to pixels of the input."""
    places = to.reshaped(landmarks, [N_LANDMARKS, 3])
    turn = _turn(to, places, options["left_rotation_idx"], options["right_rotation_idx"])
    subset = to.add("Gather", places, to.integers(options["subset_idxs"]), axis=0)  # [n, 3]
    x, y = (to.add("Gather", subset, to.integers(axis), axis=1) for axis in (0, 1))
    across = to.add("Add", to.add("Mul", x, turn.cos), to.add("Mul", y, turn.sin))
    down = to.add("Sub", to.add("Mul", y, turn.cos), to.add("Mul", x, turn.sin))
    (middle_x, extent_x), (middle_y, extent_y) = (_span(to, along) for along in (across, down))
    width, height = options["output_width"], options["output_height"]
    scale_x = to.add("Mul", extent_x, to.floats(options["scale_x"] / width))
    scale_y = to.add("Mul", extent_y, to.floats(options["scale_y"] / height))
    centre_x = to.add("Sub", to.add("Mul", middle_x, turn.cos), to.add("Mul", middle_y, turn.sin))
    centre_y = to.add("Add", to.add("Mul", middle_x, turn.sin), to.add("Mul", middle_y, turn.cos))
    rows = (
        (to.add("Mul", turn.cos, scale_x), to.add("Neg", to.add("Mul", turn.sin, scale_y)), centre_x),
        (to.add("Mul", turn.sin, scale_x), to.add("Mul", turn.cos, scale_y), centre_y),
    )
    zero, one = to.floats([0.0]), to.floats([1.0])
    cells: list[str] = []
    for along_x, along_y, centre in rows:
        half_x, half_y = (to.add("Mul", a, to.floats(n / 2)) for a, n in ((along_x, width), (along_y, height)))
        start = to.add("Sub", centre, to.add("Add", half_x, half_y))
        cells += [to.reshaped(along_x, [1]), to.reshaped(along_y, [1]), zero, to.reshaped(start, [1])]
    cells += [zero, zero, one, zero, zero, zero, zero, one]
    return to.reshaped(to.add("Concat", *cells, axis=0), [1, 4, 4], name)


def _turn(to: OnnxBuilder, places: str, left: int, right: int) -> _Turn:
    """Return the direction from one landmark to another as an angle."""
    start, end = (to.add("Gather", places, to.integers(index), axis=0) for index in (left, right))
    way = to.add("Sub", end, start)
    x, y = (to.add("Gather", way, to.integers(axis), axis=0) for axis in (0, 1))
    length = to.add("Sqrt", to.add("Add", to.add("Mul", x, x), to.add("Mul", y, y)))
    return _Turn(to.add("Div", x, length), to.add("Div", y, length))


def _span(to: OnnxBuilder, values: str) -> tuple[str, str]:
    """Return the middle between the smallest and the largest value, and their distance."""
    low, high = to.add("ReduceMin", values, keepdims=0), to.add("ReduceMax", values, keepdims=0)
    return to.add("Mul", to.add("Add", low, high), to.floats(0.5)), to.add("Sub", high, low)


def cut_features(
    to: OnnxBuilder, features: str, matrix: str, options: Options, size: tuple[int, int], name: str
) -> str:
    """Return the features [1, C, h, w] at the pixels of the box, in features [1, C, H, W] of `size` (H, W).

    A pixel whose four neighbours are not all inside is 0.
    """
    width, height = options["output_width"], options["output_height"]
    rows, columns = np.mgrid[0:height, 0:width].astype(np.float32) + np.float32(0.5)
    pixels = np.stack([columns, rows, np.zeros_like(rows), np.ones_like(rows)]).reshape(4, -1)
    placed = to.add("MatMul", to.reshaped(matrix, [4, 4]), to.floats(pixels))  # [4, h * w]
    corner = to.add("Sub", placed, to.floats(0.5))
    at = to.add("Transpose", to.add("Gather", corner, to.integers([0, 1]), axis=0), perm=[1, 0])  # [h * w, 2]
    last = [size[1] - 1, size[0] - 1]
    relative = to.add("Sub", to.add("Mul", at, to.floats([2 / each for each in last])), to.floats(1.0))
    grid = to.reshaped(relative, [1, height, width, 2])
    read = to.add("GridSample", features, grid, mode="linear", padding_mode="zeros", align_corners=1)
    is_inside = to.add(
        "And",
        to.add("GreaterOrEqual", at, to.floats([0.0, 0.0])),
        to.add("LessOrEqual", at, to.floats(last)),
    )
    share = to.add("Cast", is_inside, to=TensorProto.FLOAT)
    mask = to.add("ReduceMin", share, to.integers([1]), keepdims=0)
    return to.add("Mul", read, to.reshaped(mask, [1, 1, height, width]), name=name)


def placed_landmarks(to: OnnxBuilder, landmarks: str, matrix: str, options: Options, name: str) -> str:
    """Return landmarks [1, n, 2] of the box in pixels of the input."""
    if options.get("dimensions", 2) != 2:
        raise ValueError(f"landmarks of {options['dimensions']} dimensions are not converted; only those of 2 are")
    square = to.reshaped(matrix, [4, 4])
    axes = to.integers([0, 1])
    turn = to.add("Slice", square, to.integers([0, 0]), to.integers([2, 2]), axes)
    start = to.add("Slice", square, to.integers([0, 3]), to.integers([2, 4]), axes)
    turned = to.add("MatMul", landmarks, to.add("Transpose", turn, perm=[1, 0]))
    return to.add("Add", turned, to.reshaped(start, [2]), name=name)
