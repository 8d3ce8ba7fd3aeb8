"""The rig: everything that is known of a portrait's face, measured once, from which every renderer draws.

docs/rig.md describes the file: JSON, readable by other programs.
"""

from __future__ import annotations

import base64
import json
import math
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from halfgig.face.colours import Colours, measure_colours
from halfgig.face.framing import Part
from halfgig.face.matte import LONGEST, Matte, make_matte
from halfgig.face.measure import shape_of
from halfgig.face.mesh import Mesh
from halfgig.face.texture import SHARP, Texture, measure_texture
from halfgig.face.topology import N_POINTS
from halfgig.storage.atomic_write import atomic_write

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from numpy.typing import NDArray

    from halfgig.face.measure import FaceShape

VERSION = 9
"""Version of the file and of the measurement behind it; files of other versions are measured again."""


FARTHEST = 1e6
"""Coordinate in pixels that no point has."""


@dataclass(frozen=True, slots=True, eq=False)
class Rig:
    """A measured portrait; lengths in pixels of the upright picture of `size`."""

    mesh: Mesh
    """The 478 points of the face, with depth."""
    shape: FaceShape
    """Contours of eyes and lips, chin and outline, which follow from the mesh."""
    size: tuple[int, int]
    """Width and height of the picture that was measured."""
    colours: Colours
    """Colours of the face and of the mouth inside it."""
    matte: Matte
    """Where the person, the head and the shoulders are."""
    turns: int = 0
    """Quarter turns, counterclockwise, that made the picture upright: 0..3."""
    notices: tuple[str, ...] = ()
    """Remarks for the user about the picture."""
    texture: Texture = SHARP
    """How sharp and how noisy the face is."""
    part: Part | None = None
    """The part of the whole picture that was measured and is shown; None: all of it."""


def make_rig(
    rgb: NDArray[np.uint8],
    mesh: Mesh,
    turns: int = 0,
    notices: tuple[str, ...] = (),
    matte: Matte | None = None,
    part: Part | None = None,
) -> Rig:
    """Return the rig of an upright portrait RGB [H, W, 3] with the mesh of its face; without a matte one is made.

    `part` is what of the picture it shows.
    """
    shape = shape_of(mesh)
    size, colours = (rgb.shape[1], rgb.shape[0]), measure_colours(rgb, shape)
    matte, texture = matte or make_matte(rgb, mesh), measure_texture(rgb, shape)
    return Rig(mesh, shape, size, colours, matte, turns, notices, texture, part)


def scaled_rig(rig: Rig, factor: float) -> Rig:
    """Return the rig of the same picture resized by a factor."""
    mesh = rig.mesh.scaled(factor)
    size = round(rig.size[0] * factor), round(rig.size[1] * factor)
    return replace(rig, mesh=mesh, shape=shape_of(mesh), size=size, texture=rig.texture.scaled(factor))


def rig_values(rig: Rig) -> dict[str, Any]:
    """Return a rig as values that JSON has."""
    colours = {each.name: getattr(rig.colours, each.name).tolist() for each in fields(Colours)}
    return {
        "version": VERSION,
        "size": rig.size,
        "turns": rig.turns,
        "notices": rig.notices,
        "part": rig.part,
        "score": rig.mesh.score,
        "points": rig.mesh.points.tolist(),
        "colours": colours,
        "texture": rig.texture._asdict(),
        "matte": {
            "person": _packed(rig.matte.person),
            "head": _packed(rig.matte.head),
            "shoulders": rig.matte.shoulders,
            "confidence": rig.matte.confidence,
        },
    }


def write_rig(rig: Rig, path: Path) -> None:
    """Write a rig to a file atomically."""
    values = rig_values(rig)
    with atomic_write(path) as part:
        part.write_text(json.dumps(values), encoding="utf-8")


def read_rig(path: Path) -> Rig | None:
    """Read a rig; None if the file is missing, damaged or of another version."""
    try:
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    return rig_from(found)


def rig_from(found: dict[str, Any]) -> Rig | None:
    """Return a rig from the values of its JSON; None if they are damaged or of another version."""
    try:
        points = np.array([_numbers(point) for point in found["points"]], np.float32)
        turns, (score,) = found["turns"], _numbers([found["score"]])
        width, height = _numbers(found["size"])
        if found["version"] != VERSION or points.shape != (N_POINTS, 3) or turns not in range(4):
            return None
        mesh = Mesh(points, score)
        if not (np.abs(points) < FARTHEST).all() or min(mesh.five.eye_distance, width, height) < 1:
            return None
        colours = (np.array(_numbers(found["colours"][each.name]), np.float32).reshape(3) for each in fields(Colours))
        notices = tuple(str(each) for each in found["notices"])
        size, matte = (int(width), int(height)), _matte(found["matte"])
        texture = Texture(*_numbers([found["texture"][name] for name in Texture._fields]))
        part = None if found["part"] is None else Part(*_numbers(found["part"]))
        return Rig(mesh, shape_of(mesh), size, Colours(*colours), matte, turns, notices, texture, part)
    except (ValueError, TypeError, LookupError, OverflowError):
        return None


def _matte(found: dict[str, Any]) -> Matte:
    person, head = (_unpacked(found[name]) for name in ("person", "head"))
    (confidence,) = _numbers([found["confidence"]])
    shoulders = None if found["shoulders"] is None else _numbers([found["shoulders"]])[0]
    if person.shape != head.shape:
        raise ValueError
    return Matte(person, head, shoulders, confidence)


def _packed(values: NDArray[np.uint8]) -> str:
    """Return a map [h, w] as PNG in base64."""
    import cv2

    return base64.b64encode(cv2.imencode(".png", values)[1].tobytes()).decode("ascii")


def _unpacked(text: str) -> NDArray[np.uint8]:
    import cv2

    png = base64.b64decode(text, validate=True)
    if len(png) < 24 or not 1 <= max(int.from_bytes(png[16:20], "big"), int.from_bytes(png[20:24], "big")) <= LONGEST:
        raise ValueError
    values = cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_UNCHANGED)
    if values is None or values.ndim != 2 or values.dtype != np.uint8:
        raise ValueError
    return np.asarray(values, np.uint8)


def _numbers(values: Iterable[object]) -> list[float]:
    numbers = [value for value in values if isinstance(value, int | float) and math.isfinite(value)]
    if isinstance(values, list) and len(numbers) == len(values):
        return [float(number) for number in numbers]
    raise ValueError
