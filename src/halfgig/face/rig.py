"""The rig: everything that is known of a portrait's face, measured once, from which every renderer draws.

docs/rig.md describes the file: JSON, readable by other programs.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

import numpy as np

from halfgig.face.colours import Colours, measure_colours
from halfgig.face.measure import shape_of
from halfgig.face.mesh import Mesh
from halfgig.face.topology import N_POINTS
from halfgig.storage.atomic_write import atomic_write

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from numpy.typing import NDArray

    from halfgig.face.measure import FaceShape

VERSION = 3
"""Version of the file and of the measurement behind it; files of other versions are measured again."""


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
    turns: int = 0
    """Quarter turns, counterclockwise, that made the picture upright: 0..3."""
    notices: tuple[str, ...] = ()
    """Remarks for the user about the picture."""


def make_rig(rgb: NDArray[np.uint8], mesh: Mesh, turns: int = 0, notices: tuple[str, ...] = ()) -> Rig:
    """Return the rig of an upright portrait RGB [H, W, 3] with the mesh of its face."""
    shape = shape_of(mesh)
    return Rig(mesh, shape, (rgb.shape[1], rgb.shape[0]), measure_colours(rgb, shape), turns, notices)


def write_rig(rig: Rig, path: Path) -> None:
    """Write a rig to a file atomically."""
    colours = {each.name: getattr(rig.colours, each.name).tolist() for each in fields(Colours)}
    values = {
        "version": VERSION,
        "size": rig.size,
        "turns": rig.turns,
        "notices": rig.notices,
        "score": rig.mesh.score,
        "points": rig.mesh.points.tolist(),
        "colours": colours,
    }
    with atomic_write(path) as part:
        part.write_text(json.dumps(values), encoding="utf-8")


def read_rig(path: Path) -> Rig | None:
    """Read a rig; None if the file is missing, damaged or of another version."""
    try:
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        points = np.array([_numbers(point) for point in found["points"]], np.float32)
        turns, (score,) = found["turns"], _numbers([found["score"]])
        width, height = _numbers(found["size"])
        if found["version"] != VERSION or points.shape != (N_POINTS, 3) or turns not in range(4):
            return None
        mesh = Mesh(points, score)
        colours = (np.array(_numbers(found["colours"][each.name]), np.float32).reshape(3) for each in fields(Colours))
        notices = tuple(str(each) for each in found["notices"])
        return Rig(mesh, shape_of(mesh), (int(width), int(height)), Colours(*colours), turns, notices)
    except (OSError, ValueError, TypeError, LookupError, OverflowError, RecursionError):
        return None


def _numbers(values: Iterable[object]) -> list[float]:
    numbers = [value for value in values if isinstance(value, int | float) and math.isfinite(value)]
    if isinstance(values, list) and len(numbers) == len(values):
        return [float(number) for number in numbers]
    raise ValueError
