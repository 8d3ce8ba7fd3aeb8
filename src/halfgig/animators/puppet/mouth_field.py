"""How skin follows the lips: the displacement of the lower face that takes each edge of the lips where a pose wants it.

Everything is computed on a grid that is upright in the face frame, column by column: between the edges of the lips and
places that never move (nose, neck, the sides of the face) displacement is interpolated smoothly.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from halfgig.animators.puppet.bases import smoothstep
from halfgig.animators.puppet.lips import LipsExtent, RestingLips

if TYPE_CHECKING:
    from halfgig.animators.puppet.blendshapes import Mouth
    from halfgig.animators.puppet.lips import LipEdges, Opening, PosedLips
    from halfgig.face.frame import Map
    from halfgig.face.measure import FaceShape

COLUMNS = 64
ROWS = 40
"""Resolution of the grid, per eye distance."""

CHIN_FOLLOWS = 0.85
"""Motion of the chin with the jaw, as share of the lower lip's."""

JAW_ASIDE = 1.05
CORNERS_ASIDE = 2.2
NECK = 0.5
"""Extent of moving skin: aside of the jaw in eye distances, of the corners in half widths, below the chin in eye
distances."""

NEAREST_ASIDE = 1.5
"""The same of the corners where the edge of the face is nearer, so that skin is not folded."""

CHIN_STAYS = 0.2
"""Distance below the lips over which skin follows their narrowing or widening, in eye distances."""

CHEEK = 0.36
"""Height of moving cheeks above the nose's base, in eye distances."""

FOLD, CHIN_FOLD, DIMPLE = 0.065, 0.035, 0.06
"""Half widths of shades, in eye distances: of the nasolabial folds, of the fold under the lower lip, of dimples at the
corners."""


class PosedField(NamedTuple):
    """The lower face in a pose, on the grid."""

    skin: Map
    """[h, w, 2]: displacement to the right at each place of the frame, and the light that its folds take, 0..1."""
    down: Map
    """[h, w, 4]: displacement downwards as part of the upper and of the lower face, and the heights of the edges of the
    upper and of the lower lip in the picture, at each place of the frame after displacement across is undone."""
    opening: Opening


class MouthField:
    """The grid of the lower face."""

    def __init__(self, shape: FaceShape) -> None:
        extent = LipsExtent.of(shape)
        reach = max(JAW_ASIDE, CORNERS_ASIDE * max(extent.right, extent.left)) + 2 / COLUMNS
        self.base, self.chin = shape.nose_base.y, shape.chin.y
        """Heights of the nose's base and of the chin, in eye distances."""
        self.left, self.top = extent.middle - reach, self.base - CHEEK - 2 / ROWS
        columns, rows = int(2 * reach * COLUMNS) + 1, int((self.chin + NECK - self.top) * ROWS) + 3
        x = (self.left + np.arange(columns) / COLUMNS).astype(np.float32)  # [w]
        self._y = (self.top + np.arange(rows) / ROWS).astype(np.float32)[:, None]  # [h, 1]
        self.lips = RestingLips(shape, x)
        self.area = self.left, self.top, float(x[-1]), float(self._y[-1, 0])
        aside = np.abs(self.lips.t)
        self._ceiling = (self.base - CHEEK * smoothstep(0.5, 1.5, aside)).astype(np.float32)
        self.reach = self._cheeks(shape)
        """How far aside skin follows the corners, as `t`, [h, w]: one value in each row for each side."""
        self._folds = self._nasolabial(x)  # [h, w]
        self._follows = CHIN_FOLLOWS * smoothstep(JAW_ASIDE, 0.35, np.abs(x - extent.middle))

    def pose(self, mouth: Mouth) -> PosedField:
        """Return the lower face in a pose."""
        opening = self.lips.opening(mouth)
        posed = self.lips.posed(mouth, opening)
        down = np.empty((len(self._y), len(self.lips.t), 4), np.float32)
        down[..., 0] = self._upper(posed)
        down[..., 1] = self._lower(posed, opening, mouth)
        down[..., 2], down[..., 3] = posed.seen_upper, posed.seen_lower
        skin = np.stack([self._across(posed.edges, opening), self._shade(mouth, posed.edges, opening)], axis=-1)
        return PosedField(skin, down, opening)

    def _upper(self, posed: PosedLips) -> Map:
        edges = posed.edges
        outer, inner = edges.outer_upper - self.lips.edges.outer_upper, edges.inner_upper - posed.seen_upper
        skin = smoothstep(self._ceiling, edges.outer_upper, self._y)
        lip = _share(edges.outer_upper, edges.inner_upper, self._y)
        return np.asarray(outer * skin + (inner - outer) * lip, dtype=np.float32)

    def _lower(self, posed: PosedLips, opening: Opening, mouth: Mouth) -> Map:
        edges = posed.edges
        inner, outer = edges.inner_lower - posed.seen_lower, edges.outer_lower - self.lips.edges.outer_lower
        chin = self._follows * (opening.jaw - 0.4 * float(self.lips.gap.max()) * mouth.close)
        lip = _share(edges.inner_lower, edges.outer_lower, self._y)
        level = np.maximum(self.chin + chin - 0.1, edges.outer_lower + 0.1)
        below = smoothstep(edges.outer_lower, level, self._y)
        neck = smoothstep(self.chin + chin, self.chin + NECK, self._y)
        return np.asarray((inner + (outer - inner) * lip + (chin - outer) * below) * (1 - neck), dtype=np.float32)

    def _across(self, posed: LipEdges, opening: Opening) -> Map:
        """Return the displacement across: the mouth between its new corners is scaled, the cheeks follow."""
        t, width = self.lips.t, opening.width
        side = np.where(t < 0, self.lips.extent.right, self.lips.extent.left)
        inside = t * (1 - 1 / width)
        aside = np.abs(t)
        cheeks = np.sign(t) * (width - 1) * smoothstep(self.reach, width, aside)
        moved = side * np.where(aside < width, inside, cheeks)  # [h, w]
        middle = len(t) // 2
        top, line, bottom = (float(each[middle]) for each in (posed.outer_upper, posed.inner_lower, posed.outer_lower))
        weight = smoothstep(self.base - 0.02, top, self._y)
        weight *= smoothstep(bottom + CHIN_STAYS, line + 0.4 * (bottom - line), self._y)
        return np.asarray(moved * weight, dtype=np.float32)

    def _cheeks(self, shape: FaceShape) -> Map:
        """Return how far aside skin follows the corners in each row, as `t`: up to the edge of the face, [h, w]."""
        outline = np.array(shape.outline, np.float32)
        chin = int(outline[:, 1].argmax())
        left, right = outline[: chin + 1], outline[chin:][::-1]  # both downwards
        ends = []
        for side in (right, left):
            heights = np.maximum.accumulate(side[:, 1])
            ends.append(np.abs(self.lips.extent.across(np.interp(self._y, heights, side[:, 0]).astype(np.float32))))
        reach = np.where(self.lips.t < 0, ends[0], ends[1])
        return np.asarray(reach.clip(NEAREST_ASIDE, CORNERS_ASIDE), dtype=np.float32)

    def _nasolabial(self, x: Map) -> Map:
        """Return the folds from the wings of the nose down past the corners of the mouth, 0..1, [h, w]."""
        extent = self.lips.extent
        corner = float(self.lips.edges.inner_upper[[0, -1]].mean())  # edges end level with the corners
        along = ((self._y - self.base + 0.08) / (corner - self.base + 0.18)).clip(0, 1)  # [h, 1]
        path = 0.26 + (extent.half_width + 0.12 - 0.26) * along**1.4
        fold = np.exp(-(((np.abs(x - extent.middle) - path) / FOLD) ** 2))
        return np.asarray(fold * np.sin(np.pi * along).clip(0, 1), dtype=np.float32)

    def _shade(self, mouth: Mouth, posed: LipEdges, opening: Opening) -> Map:
        """Return the shade of the nasolabial folds, of the fold under the lower lip and of dimples at the corners."""
        folds = (
            0.07 * mouth.smile + 0.04 * mouth.jaw_open + 0.03 * mouth.stretch + 0.03 * mouth.upper_up
        ) * self._folds
        t = self.lips.t / opening.width  # of the frame's places
        inside = (1 - np.minimum(1, t**2)).astype(np.float32)
        under = np.exp(-(((self._y - posed.outer_lower - 1.2 * CHIN_FOLD) / CHIN_FOLD) ** 2)) * inside
        aside = (np.abs(t) - 1) * self.lips.extent.half_width
        corner = self._y - posed.inner_upper
        dimples = np.exp(-((aside / DIMPLE) ** 2) - (corner / DIMPLE) ** 2)
        rounded = 0.07 * opening.roundness
        return np.asarray(folds + (rounded + 0.07 * mouth.jaw_open) * under + rounded * dimples, dtype=np.float32)


def _share(first: Map, last: Map, y: Map) -> Map:
    """Return how far y is on the way between two edges, 0..1."""
    return np.asarray(((y - first) / np.maximum(last - first, 1e-3)).clip(0, 1), dtype=np.float32)
