"""What a browser needs to paint mouth, eyes and brows as the puppet does: numbers, curves and small pictures of a rig.

docs/pack.md lists them.  What depends on the pose is computed in the browser, by `server/web/avatar/paint.js`.
"""

from __future__ import annotations

import math
from itertools import accumulate
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from halfgig.animators.puppet.bases import Window
from halfgig.animators.puppet.brows import STEP
from halfgig.animators.puppet.eye_window import RIM
from halfgig.animators.puppet.eyeball import LIMBUS
from halfgig.animators.puppet.mouth_field import COLUMNS, ROWS
from halfgig.animators.puppet.mouth_layer import FAINTEST_BLUR
from halfgig.avatars.pack import Section

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from halfgig.animators.puppet.brows import BrowField
    from halfgig.animators.puppet.eyes import PaintedEye
    from halfgig.animators.puppet.mouth_layer import MouthLayer
    from halfgig.animators.puppet.puppet import Puppet
    from halfgig.face.colours import Colours
    from halfgig.face.rig import Rig

    Pixels = NDArray[np.uint8]

LIPS_ROWS = 3
"""Rows of the table of curves that are the lips': two for a pose, and what the picture shows."""

EYE_COLUMNS = 128
"""Places along a lid, from one corner to the other and beyond, at which the height of its edge is given."""

BESIDE = 0.12
"""Distance beyond the corners of an eye that these reach, in eye distances."""

LIPS_REACH = 1.4, 0.1, 0.4
"""Extent of an open mouth: aside in half widths, above and below the lips in eye distances."""

BLOCK = 16
"""Side of the blocks of a JPEG: pictures begin at these, so that none shines into another."""

QUALITIES = 95, 88, 80, 70
"""Of the JPEG with the eyes' pictures, whose colours are kept at full resolution: the first that is small enough."""

MOST_BYTES = 120_000
"""Size of that JPEG, at most, where a quality reaches it: only faces that fill a large picture have one so large."""

BROW_COLUMNS = 64
"""Most places across at which the motion of the brows is told; it is smooth."""

INKS = ("lips", "teeth", "gum", "tongue", "lining", "cavity")
"""Colours that the mouth is painted with."""


class Painting(NamedTuple):
    """The part of a pack from which mouth, eyes and brows are painted."""

    numbers: dict[str, Any]
    """For the pack's header."""
    sections: list[Section]
    """Curves, maps and pictures."""


def painting_of(puppet: Puppet, rig: Rig, size: tuple[int, int]) -> Painting:
    """Return what a puppet with frames of `size`, width and height, paints with."""
    person, eyes = rig.size, puppet.eyes.eyes
    atlas, corners = _atlas(eyes)
    lashes, tops = _lashes(eyes)
    shrink = [(part - 1) / (whole - 1) for part, whole in zip(size, person, strict=True)]
    numbers = {
        "uniforms": {
            "shrink": shrink,
            "frame": _frame(puppet, 1.0),
            "atlas": [atlas.shape[1], atlas.shape[0]],
            **_colours(rig.colours),
            **_mouth(puppet.mouth, rig.texture.grain),
            **_brows(puppet.brows),
            "box": _mouth_box(puppet.mouth, rig),
        },
        "open": puppet.mouth.field.lips.is_open,
        "rest": puppet.mouth.field.lips.rest_opening,
        "sigma": puppet.mouth.blur / shrink[0] if puppet.mouth.blur > FAINTEST_BLUR else 0,
        "turns": int(puppet.eyes.turns),
        "eyes": [
            None if eye is None else _eye(eye, row) | {
                "frame": _frame(puppet, person[0] / size[0]), "corners": place[:4], "shuts": place[4:],
                "lashing": [eye.lashes.left, eye.lashes.thick, top],
            }
            for row, (eye, place, top) in enumerate(zip(eyes, corners, tops, strict=True), LIPS_ROWS)
        ],
        "area": _face_box(puppet, rig, shrink),
    }  # fmt: skip
    sections = [
        _section("paint.curves", "f32", _curves(puppet)),
        _section("paint.brows", "f16", _lifts(puppet.brows)),
        _section("paint.rows", "u8", _teeth(puppet.mouth)),
        Section("paint.lashes", "image/png", lashes.shape, _png(lashes)),
        Section("paint.pictures", "image/jpeg", atlas.shape[:2], _jpeg(atlas)),
    ]
    return Painting(numbers, sections)


def _section(name: str, kind: str, values: NDArray[Any]) -> Section:
    """Return an array as a section: shares as bytes where it is of bytes."""
    stored = _bytes(values) if kind == "u8" else values.astype({"f16": "<f2", "f32": "<f4"}[kind])
    return Section(name, kind, values.shape, stored.tobytes())


def _frame(puppet: Puppet, scale: float) -> list[float]:
    """Return the face frame, in pixels: where it begins and where its axis to the right points."""
    frame = puppet.frame
    unit = frame.unit * scale
    return [frame.origin.x * scale, frame.origin.y * scale, unit * math.cos(frame.roll), unit * math.sin(frame.roll)]


def _colours(colours: Colours) -> dict[str, list[float]]:
    return {name: [round(float(value) / 255, 4) for value in getattr(colours, name)] for name in INKS}


def _mouth(layer: MouthLayer, grain: float) -> dict[str, Any]:
    field, inner = layer.field, layer.inner
    lips, (rows, across, _) = field.lips, inner.upper.texture.shape
    corners = float(lips.edges.inner_upper[[0, -1]].mean())
    return {
        "grid": [field.left, field.top, COLUMNS, ROWS],
        "heights": [field.base, field.chin, corners, float(lips.gap.max())],
        "sides": [*lips.extent, len(lips.t) - 1],
        "line": [inner.line, inner.slope],
        "toothed": [across + 2, rows + 2, inner.upper.per_unit, float(lips.is_open)],
        "grain": grain / 255,
    }


def _brows(brows: BrowField) -> dict[str, Any]:
    window = brows.window
    browed = [window.left, window.top, window.right - 1, window.bottom - 1]
    return {"browed": browed, "browStep": STEP * _brow_stride(brows)}


def _brow_stride(brows: BrowField) -> int:
    """Return how many places of the field there are for each that is told."""
    columns: int = brows.bases.shape[2]
    return math.ceil(columns / BROW_COLUMNS)


def _eye(eye: PaintedEye, row: int) -> dict[str, Any]:
    """Return what is the same in all poses of an eye whose lids are a row of the table of curves."""
    window, ball = eye.window, eye.eyeball
    rows, columns = window.part
    left, right = window.corners
    soft, limbus = 2 * window.softness, LIMBUS * ball.iris.radius
    return {
        "row": row,
        "box": [columns.start, rows.start, columns.stop - columns.start, rows.stop - rows.start],
        "opening": [window.tallest, max(RIM, soft), window.sure, max(window.pixel, soft)],
        "iris": [ball.iris.x, ball.iris.y, limbus, ball.free],
        "ends": [*(end - limbus for end in ball.ends), left - BESIDE, (EYE_COLUMNS - 1) / (right - left + 2 * BESIDE)],
        "lashed": list(eye.lashes.kept.shape[::-1]),
    }


def _curves(puppet: Puppet) -> NDArray[Any]:
    """Return the table of curves, [5, n, 4]: the lips' of a pose and of the picture, and the lids' of both eyes.

    Of a lid there are the heights of its edges and the opacity of the line along the upper one.
    """
    field = puppet.mouth.field
    edges = field.lips.edges
    n = len(edges.inner_upper)
    table = np.zeros((LIPS_ROWS + 2, max(n, len(field.reach), EYE_COLUMNS), 4), np.float32)
    table[1, :n, 2:] = np.stack([edges.outer_upper, edges.outer_lower], axis=1)
    table[2, :n, :2] = np.stack([edges.inner_upper, edges.inner_lower], axis=1)
    table[2, :, 2:] = field.reach[-1, [0, -1]]
    table[2, : len(field.reach), 2:] = field.reach[:, [0, -1]]
    for row, eye in zip(table[LIPS_ROWS:], puppet.eyes.eyes, strict=True):
        if eye:
            left, right = eye.window.corners
            x = np.linspace(left - BESIDE, right + BESIDE, EYE_COLUMNS, dtype=np.float32)
            row[:EYE_COLUMNS, :3] = np.stack([*eye.window.edges(x), eye.lashes.line(x)], axis=1)
    return table


def _lifts(brows: BrowField) -> NDArray[Any]:
    """Return what the brows' weights move, [h, w, 4] in eye distances: downwards by each, to the right by the last."""
    stride = _brow_stride(brows)
    bases = brows.bases[:, ::stride, ::stride]
    return np.stack([*bases[..., 1], bases[2, ..., 0]], axis=-1)


def _teeth(layer: MouthLayer) -> NDArray[Any]:
    """Return the rows of teeth beneath each other, each with nothing around it; a mouth with its own needs none."""
    if layer.field.lips.is_open:
        return np.zeros((1, 1, 4))
    rows = (layer.inner.upper.texture, layer.inner.lower.texture)
    return np.concatenate([np.pad(each, ((1, 1), (1, 1), (0, 0))) for each in rows])


def _lashes(eyes: tuple[PaintedEye | None, ...]) -> tuple[NDArray[Any], list[int]]:
    """Return the lashes of the eyes beneath each other, each with nothing around them, and the row of each's first."""
    parts = [np.zeros((0, 0)) if eye is None else np.pad(eye.lashes.kept, 1) for eye in eyes]
    width = max(1, *(part.shape[1] for part in parts))
    whole = np.concatenate([np.pad(part, ((0, 0), (0, width - part.shape[1]))) for part in parts])
    tops = [0, *accumulate(len(part) for part in parts)]
    return (whole if len(whole) else np.zeros((1, 1))), tops[:-1]


def _atlas(eyes: tuple[PaintedEye | None, ...]) -> tuple[Pixels, list[list[int]]]:
    """Return the pictures of the eyes, and the corners x, y of each.

    Of an eye there are the eyeball, the reflections of light in it, and the lid that closes, side by side.
    """
    strips, corners = [np.zeros((0, 0, 3), np.uint8)], []
    for eye in eyes:
        pictures = [] if eye is None else [_whole_blocks(each) for each in _pictures(eye)]
        top, across = sum(map(len, strips)), [0, *accumulate(each.shape[1] for each in pictures)][:-1]
        corners.append([at for left in across for at in (left, top)])
        if pictures:
            strips.append(np.concatenate(pictures, axis=1))
    width = max(BLOCK, *(strip.shape[1] for strip in strips))
    whole = np.concatenate([np.pad(each, ((0, 0), (0, width - each.shape[1]), (0, 0))) for each in strips])
    return (whole if len(whole) else np.zeros((BLOCK, BLOCK, 3), np.uint8)), corners


def _pictures(eye: PaintedEye) -> Iterator[Pixels]:
    ball = eye.eyeball
    yield ball.rgb
    yield np.zeros_like(ball.rgb) if ball.glint is None else ball.glint
    yield (eye.shut + 0.5).clip(0, 255).astype(np.uint8)


def _whole_blocks(picture: Pixels) -> Pixels:
    height, width = picture.shape[:2]
    return np.pad(picture, ((0, -height % BLOCK), (0, -width % BLOCK), (0, 0)), mode="edge")


def _jpeg(rgb: Pixels) -> bytes:
    import cv2

    colours = [cv2.IMWRITE_JPEG_SAMPLING_FACTOR, cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444]
    for quality in QUALITIES:
        data = cv2.imencode(".jpg", rgb[..., ::-1], [*colours, cv2.IMWRITE_JPEG_QUALITY, quality])[1].tobytes()
        if len(data) <= MOST_BYTES:
            break
    return data


def _png(shares: NDArray[Any]) -> bytes:
    import cv2

    return cv2.imencode(".png", _bytes(shares), [cv2.IMWRITE_PNG_COMPRESSION, 9])[1].tobytes()


def _bytes(shares: NDArray[Any]) -> Pixels:
    """Return shares, 0..1, as bytes."""
    return (shares * 255 + 0.5).astype(np.uint8)


def _mouth_box(layer: MouthLayer, rig: Rig) -> list[int]:
    """Return left, top, width and height of the mouth as far as it opens, in pixels of the picture."""
    edges, extent = layer.field.lips.edges, layer.field.lips.extent
    aside, above, below = LIPS_REACH
    wide = aside * extent.half_width
    top, bottom = float(edges.outer_upper.min()) - above, float(edges.outer_lower.max()) + below
    window = Window(rig.shape.frame, rig.size, (extent.middle - wide, top, extent.middle + wide, bottom))
    return [window.left, window.top, window.right - window.left, window.bottom - window.top]


def _face_box(puppet: Puppet, rig: Rig, shrink: list[float]) -> list[int]:
    """Return left, top, width and height of all that is painted, in pixels of the picture."""
    mouth, brows = Window(rig.shape.frame, rig.size, puppet.mouth.field.area), puppet.brows.window
    parts: list[tuple[float, float, float, float]] = [(mouth.left, mouth.top, mouth.right, mouth.bottom)]
    parts.append((brows.left / shrink[0], brows.top / shrink[1], brows.right / shrink[0], brows.bottom / shrink[1]))
    for rows, columns in (eye.window.part for eye in puppet.eyes.eyes if eye):
        parts.append((columns.start, rows.start, columns.stop, rows.stop))
    left, top, right, bottom = zip(*parts, strict=True)
    ends = min(rig.size[0], math.ceil(max(right))), min(rig.size[1], math.ceil(max(bottom)))
    start = int(min(left)), int(min(top))
    return [*start, ends[0] - start[0], ends[1] - start[1]]
