"""The eyeball under the lids: white and iris beyond what the picture shows of them, turned to where the eye looks.

The white is stretched on one side of the iris and compressed on the other, so that corners stay where they are.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from halfgig.animators.puppet.bases import smoothstep

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from halfgig.animators.puppet.eye_window import EyeWindow
    from halfgig.animators.puppet.iris import Circle
    from halfgig.face.frame import Map

    Pixels = NDArray[np.uint8]

RADIUS = 0.19
"""Of an eyeball, in eye distances: 12 mm of 63 mm."""

LIMBUS = 1.2
"""Radius of what moves as a whole, in radii of the iris: its edge is soft."""

FARTHEST = 0.8
"""Largest compression of the white next to the iris."""

GLINT = 0.5
"""Motion of a reflection of light, in that of the iris: the cornea mirrors it from nearer to the centre."""

NARROW = 0.07
"""Height of an opening in which an eye looks neither up nor down; it does so fully in one twice as high."""

TURNS = np.radians(np.arange(5, 181, 5, dtype=np.float32))
"""Angles around the iris at which something seen is looked for in place of what is hidden."""

FILL_BLUR = 0.008
"""Blur of what is filled in, in eye distances."""


class Eyeball:
    """The eyeball of one eye of a portrait, in its window."""

    def __init__(self, window: EyeWindow, iris: Circle) -> None:
        self._window = window
        self.iris = iris
        seen, glint = _without_glint(window.rgb, window.inside, window.distance_from(iris))
        self.rgb = _pixels(self._completed(seen))
        """The window with what lids hide filled in, without reflections of light."""
        self.glint = None if glint is None else _pixels(glint)
        """Those reflections alone; None if there are none."""
        self.free = min(1.0, max(0.0, (window.tallest - NARROW) / NARROW))
        left, right = window.corners
        """Share of a turn up or down that is seen: none in a narrow eye."""
        self.ends = max(iris.x - left, 1.6 * iris.radius), max(right - iris.x, 1.6 * iris.radius)
        """Distances from the iris, to the left and to the right, at which the white stays, in eye distances."""

    def looking(self, yaw: float, pitch: float) -> Pixels:
        """Return the eyeball turned by degrees to the right of the picture and down.

        RGB [h, w, 3], 0..255, of the window's part `core`.
        """
        import cv2

        window, iris = self._window, self.iris
        across, down = self.travel(yaw, pitch)
        beside = window.x[window.core] - np.float32(across + iris.x)
        from_edge = np.abs(beside) - LIMBUS * iris.radius
        longest = 1.5 * abs(across) / FARTHEST
        ends = [max(end - LIMBUS * iris.radius, longest) for end in self.ends]
        share = smoothstep(1, 0, from_edge / np.where(beside < 0, *ends))
        narrower = 1 / math.cos(math.radians(yaw)) - 1
        turned = window.moved(self.rgb, share * (across - narrower * beside), share * down, window.core)
        if self.glint is None:
            return turned
        glint = window.moved(self.glint, GLINT * across, GLINT * down, window.core)
        return np.asarray(cv2.add(turned, glint))

    def travel(self, yaw: float, pitch: float) -> tuple[float, float]:
        """Return how far the iris moves across and down, in eye distances; hardly up and down in a narrow eye."""
        return RADIUS * math.sin(math.radians(yaw)), self.free * RADIUS * math.sin(math.radians(pitch))

    def _completed(self, seen: Map) -> Map:
        """Return the window with what lids hide filled in: from what is seen as far from the centre of the iris."""
        import cv2

        window, iris = self._window, self.iris
        middle = np.array(iris[:2], np.float32)
        x, y = window.x - middle[0], window.y - middle[1]
        colours, weights = np.zeros_like(seen), np.zeros_like(x)
        for side in (-1, 1):
            to_x, to_y, turned = window.x.copy(), window.y.copy(), np.zeros_like(x)
            hidden = ~window.inside
            for turn in TURNS:
                cos, sin = np.float32(math.cos(turn)), np.float32(side * math.sin(turn))
                at_x, at_y = cos * x - sin * y + middle[0], sin * x + cos * y + middle[1]
                found = hidden & window.is_inside(at_x, at_y)
                to_x[found], to_y[found], turned[found] = at_x[found], at_y[found], turn
                hidden &= ~found
            weight = np.where(turned > 0, 1 / np.maximum(turned, 1e-3) ** 2, 0).astype(np.float32)
            colours += weight[..., None] * window.read(seen, to_x, to_y)
            weights += weight
        around = colours / np.maximum(weights, 1e-6)[..., None]
        nearest = window.read(seen, *window.nearest_inside(window.x, window.y))
        beside = np.where(weights > 0, smoothstep(1.2, 1.8, np.abs(x) / iris.radius), 1)[..., None]
        filled = cv2.GaussianBlur(around + (nearest - around) * beside, (0, 0), max(0.5, FILL_BLUR / window.pixel))
        return np.where(window.inside[..., None], seen, filled).astype(np.float32)


def _pixels(values: Map) -> Pixels:
    return (values + 0.5).clip(0, 255).astype(np.uint8)


def _without_glint(rgb: Map, inside: NDArray[np.bool_], distance: Map) -> tuple[Map, Map | None]:
    """Return RGB [h, w, 3] without the reflections of light in the iris, and those alone; None if there are none."""
    import cv2

    disc = inside & (distance < 0.85)
    if disc.sum() < 12:
        return rgb, None
    light = rgb.mean(axis=-1)
    usual, bright = np.percentile(light[disc], (50, 99.5))
    if bright < 1.4 * usual + 15:
        return rgb, None
    limit = usual + 0.4 * (bright - usual)
    glint = (light > limit) & (distance < 0.95) & inside
    if glint.sum() > 0.25 * disc.sum():
        return rgb, None
    reach = max(3, round(0.35 * math.sqrt(disc.sum() / math.pi)) | 1)
    glint = cv2.dilate(glint.astype(np.uint8), np.ones((reach, reach), np.uint8)) > 0
    source = (disc & ~glint).astype(np.float32)
    sigma = float(reach)
    weight = cv2.GaussianBlur(source, (0, 0), sigma)
    around = cv2.GaussianBlur(rgb * source[..., None], (0, 0), sigma) / np.maximum(weight, 1e-4)[..., None]
    soft = cv2.GaussianBlur((glint & disc).astype(np.float32), (0, 0), 0.3 * reach)[..., None]
    soft *= (weight > 1e-3)[..., None] * disc[..., None]
    alone = (soft * (rgb - around)).clip(0, None)
    return np.asarray(rgb - alone, np.float32), np.asarray(alone, np.float32)
