"""Which part of a person is the head with hair and ears, and where the shoulders begin."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from halfgig.face.frame import FaceFrame
from halfgig.face.topology import CHIN, OUTLINE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from halfgig.face.frame import Map
    from halfgig.face.mesh import Mesh

    Pixels = NDArray[np.uint8]
    Mask = NDArray[np.bool_]

JAW = tuple(reversed(OUTLINE[8:29]))
"""The lower half of the outline, from the person's right ear over the chin to the left: x grows along it."""

NECK_BEGINS = (0.04, 0.4)
"""Distance below the jaw, in eye distances, over which the head's mask fades into the neck."""

LOBES = 0.75
"""Height below the eyes, in eye distances, at which ears end and only hair goes on."""

HAIR_FADES = (0.3, 1.9)
"""Distance below the chin, in eye distances, over which long hair becomes part of the torso."""

HAIR_REACH = (2.6, 3.2)
"""Distance to the sides of the eyes, in eye distances, over which a head ends: what follows is another person's."""

COLOUR_BINS = 16
"""Bins a channel in which colours of hair are counted against those of skin and clothes."""

LEAST_HAIR = 0.04
"""Hair that is smaller, as a share of the face's area, is not known by its colour."""

NECK_REACH = 1.3
"""How far below the chin the neck's narrowest row may be, in eye distances."""

SHOULDERS_REACH = 3.5
"""How far below the chin the shoulders may be, in eye distances."""

SHOULDERS_WIDER = 1.3
"""Width of shoulders, in widths of the neck with its hair and of the face, from which a torso is there."""


class _Places(NamedTuple):
    """Every pixel's place in the face frame, in eye distances."""

    x: Map
    y: Map
    below_jaw: Map
    """How far below the jaw's line; to the sides of the face, below the lobes of the ears."""
    chin: float
    """The chin's height."""


def head_share(rgb: Pixels, mesh: Mesh, face: Mask, person: Map) -> Map:
    """Return how far each pixel of the person belongs to the head, 0..1 [h, w].

    RGB [h, w, 3], the mesh in its pixels, `face` inside the outline and `person` the alpha [h, w].
    """
    import cv2

    places = _places(mesh, face.shape)
    whole = _falling(places.below_jaw, *NECK_BEGINS) * _falling(np.abs(places.x), *HAIR_REACH)
    hair = _hairiness(rgb, face, person, places) * _falling(places.y - places.chin, *HAIR_FADES)
    hair *= _touching(hair > 0.5, whole > 0.5)
    unit = FaceFrame.of(mesh.five).unit
    return np.asarray(cv2.GaussianBlur(np.maximum(whole, hair), (0, 0), max(0.5, 0.06 * unit)) * person)


def _places(mesh: Mesh, shape: tuple[int, ...]) -> _Places:
    frame = FaceFrame.of(mesh.five)
    rows, columns = np.mgrid[0 : shape[0], 0 : shape[1]].astype(np.float32)
    cos, sin = np.float32(np.cos(frame.roll) / frame.unit), np.float32(np.sin(frame.roll) / frame.unit)
    across, down = columns - np.float32(frame.origin.x), rows - np.float32(frame.origin.y)
    x, y = cos * across + sin * down, cos * down - sin * across
    jaw = np.array([frame.to_face(mesh.place(index)) for index in JAW])
    order = np.argsort(jaw[:, 0])
    line = np.interp(x, jaw[order, 0], jaw[order, 1], left=LOBES, right=LOBES)
    return _Places(x, y, np.asarray(y - np.maximum(line, LOBES), np.float32), frame.to_face(mesh.place(CHIN)).y)


def _falling(values: Map, start: float, end: float) -> Map:
    """Return 1 below `start`, 0 above `end`, smooth between."""
    share = ((end - values) / (end - start)).clip(0, 1)
    return np.asarray(share * share * (3 - 2 * share), np.float32)


def _touching(mask: Mask, seed: Mask) -> Mask:
    """Return the parts of a mask that hang together with a seed."""
    import cv2

    _, parts = cv2.connectedComponents((mask | seed).astype(np.uint8), connectivity=4)
    return np.asarray(mask & np.isin(parts, np.unique(parts[seed])))


def _hairiness(rgb: Pixels, face: Mask, person: Map, places: _Places) -> Map:
    """Return how much each pixel's colour is one of the hair above the eyes, rather than of skin, neck and clothes."""
    import cv2

    solid = person > 0.9
    around = cv2.dilate(face.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    hair = solid & ~around & (places.y < 0.0)
    if hair.sum() < LEAST_HAIR * face.sum():
        return np.zeros_like(person)
    middle = (np.abs(places.x) < 0.5) & (places.y > places.chin + 0.15)
    other = solid & ((face & (places.y > 0.2)) | middle)
    lab = np.asarray(cv2.cvtColor(rgb, cv2.COLOR_RGB2LAB))
    ours, theirs = (_shares_of_colours(lab, mask) for mask in (hair, other))
    likely = np.asarray(ours / (ours + theirs + 1e-6), np.float32)
    return np.asarray(cv2.GaussianBlur(likely, (0, 0), 2.0)) * solid


def _shares_of_colours(lab: Pixels, mask: Mask) -> Map:
    """Return how common each pixel's colour, Lab [h, w, 3], is under a mask: 0..1 [h, w]."""
    import cv2

    bins, ranges = [COLOUR_BINS] * 3, [0, 256] * 3
    counted = cv2.calcHist([lab], [0, 1, 2], mask.astype(np.uint8), bins, ranges)
    counted /= max(1.0, float(counted.sum()))
    return np.asarray(counted[tuple(np.moveaxis(lab // (256 // COLOUR_BINS), 2, 0))])


def shoulder_row(mesh: Mesh, person: Map) -> float | None:
    """Return the row of `person`, alpha [h, w], at which its outline widens to the shoulders; None without a torso."""
    frame = FaceFrame.of(mesh.five)
    chin = mesh.place(CHIN).y
    first = round(chin - 0.2 * frame.unit)
    last = min(len(person), round(chin + SHOULDERS_REACH * frame.unit))
    if first < 0 or last - first < 0.3 * frame.unit:
        return None
    widths = (person[first:last] > 0.5).sum(axis=1)  # [rows]
    neck = int(widths[: max(1, round((NECK_REACH + 0.2) * frame.unit))].argmin())
    ears = [mesh.place(index).x for index in (JAW[0], JAW[-1])]
    narrow, wide = float(widths[neck]), float(widths[neck:].max())
    if wide < SHOULDERS_WIDER * max(narrow, abs(ears[1] - ears[0])):
        return None
    return float(first + neck + int((widths[neck:] >= (narrow + wide) / 2).argmax()))
