"""The matte: how much of every pixel is the person, and how much of it the head, measured once per portrait.

A network says where the person is; colours decide where it is unsure; a guided filter lays the edge along the
picture's own.  Where the network does not see the face as a person, in drawings and animals, colours decide alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from halfgig.face.frame import FaceFrame
from halfgig.face.head_mask import head_share, shoulder_row
from halfgig.face.matte_edge import edged, without_gaps
from halfgig.face.segmentation import PersonSegmentation
from halfgig.face.topology import OUTLINE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from halfgig.face.frame import Map
    from halfgig.face.mesh import Mesh

    Pixels = NDArray[np.uint8]
    Mask = NDArray[np.bool_]

LONGEST = 512
"""Longer side of the maps, in pixels."""

COLOUR_LONGEST = 256
"""Longer side of the picture in which colours are sorted, in pixels."""

UNSURE = (0.04, 0.96)
"""Between these the network's answer is left to the colours."""

BULK = 0.05
"""Radius of what is surely person by the network alone, of the longer side."""

EARS = 0.35
"""How far ears reach from the face's outline, in eye distances."""

SEEN = 0.75
"""Share of the face that the network must see as a person to be believed."""

BY_COLOUR = 0.5
"""Confidence of a matte by colours alone, at most."""

ROUNDS = 3
"""Rounds of sorting by colour."""


@dataclass(frozen=True, slots=True, eq=False)
class Matte:
    """Where the person is in an upright picture."""

    person: Pixels
    """Alpha of the person: head, hair and torso, uint8 [h, w] over the whole picture, at most `LONGEST` a side."""
    head: Pixels
    """How far each pixel belongs to the head with hair and ears, uint8 [h, w]; soft towards the neck."""
    shoulders: float | None
    """Height of the shoulders' line in pixels of `person` from the top; None if the picture shows no torso."""
    confidence: float
    """How sure the matte is, 0..1: below 0.4 the background should stay."""

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Matte)
            and (self.shoulders, self.confidence) == (other.shoulders, other.confidence)
            and np.array_equal(self.person, other.person)
            and np.array_equal(self.head, other.head)
        )

    __hash__ = None  # type: ignore[assignment]


class _Scene(NamedTuple):
    """A picture reduced to the size of its matte."""

    rgb: Pixels
    mesh: Mesh
    """In its pixels."""
    face: Mask
    """Inside the face's outline."""


def make_matte(rgb: Pixels, mesh: Mesh, alpha: Pixels | None = None, known: Mask | None = None) -> Matte:
    """Return the matte of the person whose face has a mesh, in upright RGB [H, W, 3].

    `alpha` is the picture's own transparency in any size, which is then taken as it is.
    Outside `known` [H, W] nobody is.
    """
    scene = _reduced(rgb, mesh)
    if alpha is not None:
        import cv2

        person = cv2.resize(alpha, scene.rgb.shape[1::-1], interpolation=cv2.INTER_AREA).astype(np.float32) / 255
        confidence = 1.0
    else:
        person, confidence = _person(scene)
    if known is not None:
        person = person * _reduced_mask(known, person.shape)
    head = head_share(scene.rgb, scene.mesh, scene.face, person)
    if alpha is None:
        cleared = without_gaps(scene.rgb, person, head * _away_from_ears(scene))
        person, head = np.minimum(person, cleared), np.minimum(head, cleared)
    return Matte(_bytes(person), _bytes(head), shoulder_row(scene.mesh, person), confidence)


def _reduced(rgb: Pixels, mesh: Mesh) -> _Scene:
    import cv2

    scale = min(1.0, LONGEST / max(rgb.shape))
    size = max(1, round(rgb.shape[1] * scale)), max(1, round(rgb.shape[0] * scale))
    small = np.asarray(cv2.resize(rgb, size, interpolation=cv2.INTER_AREA))
    mesh = mesh.scaled(scale)
    face = np.zeros(small.shape[:2], np.uint8)
    cv2.fillPoly(face, [np.round(mesh.points[list(OUTLINE), :2]).astype(np.int32)], 1)
    return _Scene(small, mesh, face.astype(bool))


def _reduced_mask(mask: Mask, shape: tuple[int, ...]) -> Map:
    import cv2

    return np.asarray(cv2.resize(mask.astype(np.float32), (shape[1], shape[0]), interpolation=cv2.INTER_AREA))


def _away_from_ears(scene: _Scene) -> Mask:
    """Return what is farther from the face than its ears: they may have the background's colour."""
    import cv2

    side = 2 * max(1, round(EARS * scene.mesh.five.eye_distance)) + 1
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))
    return np.asarray(cv2.dilate(scene.face.astype(np.uint8), kernel) == 0)


def _bytes(share: Map) -> Pixels:
    return np.asarray((share * 255 + 0.5).astype(np.uint8))


def _person(scene: _Scene) -> tuple[Map, float]:
    """Return the alpha of the person [h, w], and how sure it is."""
    network = PersonSegmentation()
    mirrored = np.ascontiguousarray(scene.rgb[:, ::-1])
    found: Map = (network.person(scene.rgb) + network.person(mirrored)[:, ::-1]) * np.float32(0.5)
    seen = float(found[scene.face].mean()) if scene.face.any() else 0.0
    is_seen = seen >= SEEN
    start: Map = found if is_seen else _usual_person(scene)
    sorted_out = _by_colour(scene, start)
    low, high = UNSURE
    mask = (start > low) & (sorted_out | _opened(start >= high)) | scene.face
    mask = _connected(mask, scene.face)
    sure = seen * _decided(found) if is_seen else BY_COLOUR * _decided(start)
    return edged(scene.rgb, mask), sure


def _decided(share: Map) -> float:
    """Return the share of the picture that is decided."""
    low, high = UNSURE
    return float(((share <= low) | (share >= high)).mean())


def _usual_person(scene: _Scene) -> Map:
    """Return where a head and a torso usually are around a face, 0..1 [h, w]."""
    frame = FaceFrame.of(scene.mesh.five)
    rows, columns = np.mgrid[0 : scene.rgb.shape[0], 0 : scene.rgb.shape[1]].astype(np.float32)
    x, y = (columns - frame.origin.x) / frame.unit, (rows - frame.origin.y) / frame.unit
    head = np.sqrt((x / 1.6) ** 2 + ((y - 0.1) / 2.2) ** 2)
    torso = np.maximum(np.abs(x) / 3.2, (2.2 - y) / 0.8 + np.maximum(0, np.abs(x) - 0.8))
    return np.asarray((1.35 - np.minimum(head, torso)).clip(0, 1) * 0.9 + 0.03, np.float32)


def _by_colour(scene: _Scene, start: Map) -> Mask:
    """Sort the pixels by the colours of what is surely person and surely background; return the person [h, w]."""
    import cv2

    scale = min(1.0, COLOUR_LONGEST / max(scene.rgb.shape))
    size = max(1, round(scene.rgb.shape[1] * scale)), max(1, round(scene.rgb.shape[0] * scale))
    small, share, face = (
        cv2.resize(each, size, interpolation=cv2.INTER_AREA) for each in (scene.rgb, start, scene.face.astype(np.uint8))
    )
    low, high = UNSURE
    labels = np.where(share > 0.5, cv2.GC_PR_FGD, cv2.GC_PR_BGD).astype(np.uint8)
    labels[_opened(share >= high)] = cv2.GC_FGD
    labels[share <= low] = cv2.GC_BGD
    labels[face > 0] = cv2.GC_FGD
    if not (labels == cv2.GC_BGD).any():
        return np.ones(scene.rgb.shape[:2], bool)
    cv2.setRNGSeed(0)
    cv2.grabCut(small, labels, None, np.zeros((1, 65)), np.zeros((1, 65)), ROUNDS, cv2.GC_INIT_WITH_MASK)
    is_person = ((labels == cv2.GC_FGD) | (labels == cv2.GC_PR_FGD)).astype(np.float32)
    return np.asarray(cv2.resize(is_person, scene.rgb.shape[1::-1], interpolation=cv2.INTER_CUBIC) > 0.5)


def _opened(mask: Mask) -> Mask:
    """Return a mask without what is thin or sticks out: colours are asked there."""
    import cv2

    side = 2 * round(BULK * max(mask.shape)) + 1
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))
    return np.asarray(cv2.morphologyEx(np.pad(mask.astype(np.uint8), side, mode="edge"), cv2.MORPH_OPEN, kernel))[
        side:-side, side:-side
    ].astype(bool)


def _connected(mask: Mask, face: Mask) -> Mask:
    """Keep what hangs together with the face, and fill holes smaller than it."""
    import cv2

    _, parts = cv2.connectedComponents(mask.astype(np.uint8), connectivity=4)
    kept = np.isin(parts, np.unique(parts[face])) & mask
    _, holes, facts, _ = cv2.connectedComponentsWithStats((~kept).astype(np.uint8), connectivity=4)
    small = [part for part in range(1, len(facts)) if facts[part, cv2.CC_STAT_AREA] < 0.05 * face.sum()]
    return np.asarray(kept | np.isin(holes, small))
