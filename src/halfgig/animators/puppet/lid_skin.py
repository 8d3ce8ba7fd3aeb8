"""What a closing lid shows and the picture does not: the skin that was folded away, and the lid without its lashes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from halfgig.animators.puppet.bases import growing, smoothstep

if TYPE_CHECKING:
    from halfgig.animators.puppet.eye_window import EyeWindow
    from halfgig.face.frame import Map
    from halfgig.face.measure import Eye

FOLD = 0.045
"""Height above the edge of the open lid, in the middle of the eye, up to which skin is painted, in eye distances."""

SOFT = 0.03
"""Height over which painted skin fades in, in eye distances."""

LASHES, LASH = 0.085, 0.08
"""Height up to which lashes reach above the edge, and thickness of what is none any more, in eye distances."""

FOLD_KEPT = 0.5
"""Share of its darkness that a fold above the painted skin keeps."""

EVEN = 0.02
"""Standard deviation of its smoothing, in eye distances: a fold is even, lashes are not."""

UNBROKEN = 0.07
"""Length along the lid over which a fold is dark without a gap, in eye distances; lashes are not."""

ALONG = 0.1
"""Standard deviation of the smoothing of skin along the lid, in eye distances."""

ROWS, COLUMNS = 16, 48
"""Places at which the skin above and below an eye is read."""

LIGHTEST = 1.1
"""Brightness that the lid's skin may have at most, in that of the skin under the eye."""

BULGE, EDGE_SHADE, CORNER_SHADE = 0.09, 0.08, 0.04
"""Shading of a closed lid: lighter over the eyeball, darker at the lashes and towards the corners."""

TINT = 0.25
"""Share of the colour of the skin under the eye in that of the lid's lower end: make-up has its own."""

LIT = 0.9, 1.12
"""Brightness of that end, in that of the skin above the eye, towards that of the skin under it: both face the light,
while the skin above is often in the shade of the brow."""

UNDER = 0.05, 0.2
"""Depths below an eye at which its skin is read, in eye distances."""

SKIN = 0.1, 0.4
"""Brightness on the way from hair to the skin around below which something is no skin, and from which on it is."""

HAIR, HAIRIEST = (0.35, 0.5), 10
"""Brightness that hair can have, in that of the skin under the eye, and the percentile of a brow's that is its own."""

BARE = 0.5, 0.8
"""Brightness, in that of the skin above, below which there are lashes at the fold, and from which on there are none."""

BROW = 0.03
"""Half the height in which a brow is read, in eye distances."""

DARKEST = 0.45
"""Brightness that the lid's skin may have at least, on the way from hair to the skin around."""

SHADED = 0.88
"""Brightness of a lid whose skin the picture does not show, in that of the skin under the eye."""

GRAIN = 0.04
"""Size of the grain that is taken over from the skin under the eye, in eye distances."""

PLAIN, STRONGEST = 20, 1.6
"""Percentile of the strength of what is around an eye that is grain of skin, and how many times as strong grain is at
most: lashes, hair and the rims of glasses are stronger."""

LOWER_LASHES = 0.07
"""Length of the lower lashes, in eye distances, which are no grain."""


class LidSkin:
    """The skin of one upper lid, painted in the window of the eye."""

    def __init__(self, window: EyeWindow, eye: Eye) -> None:
        self._window = window
        self._across = np.linspace(*window.corners, COLUMNS, dtype=np.float32)
        share = window.opening / window.tallest
        self._top = window.upper - np.float32(FOLD) * smoothstep(0.0, 0.5, share)
        self._grain = _grain(window)
        above, below = self._around(eye)
        bare = self._without_lashes(self._wide(above))
        cover = smoothstep(-SOFT, SOFT, window.y - self._top) * smoothstep(0.02, 0.2, share)
        painted = self._painted(above, self._at_the_fold(bare, above), below)
        self.shut: Map = np.asarray(bare + (painted - bare) * cover[..., None], np.float32)
        """The window with painted skin from the fold to beyond the lower lid, [h, w, 3]."""

    def _painted(self, above: Map, fold: Map, below: Map) -> Map:
        """Return the closed lid from the skin above it, at its fold and under the eye, [h, w, 3]."""
        window = self._window
        height = ((window.y - self._top) / np.maximum(window.lower - self._top, 1e-3)).clip(0, 1)[..., None]
        top = self._wide(fold)
        mixed = top + (self._wide(above) - top) * smoothstep(0.0, 0.6, height)
        mixed = mixed + (self._wide(below) - mixed) * (TINT * height)
        lit = (_light(self._wide(below)) / _light(mixed)).clip(*LIT)
        mixed = mixed * (1 + (lit[..., None] - 1) * height)
        left, right = window.corners
        aside = ((2 * window.x - left - right) / (right - left)).clip(-1, 1)[..., None]
        bulge = BULGE * np.exp(-(((height - 0.45) / 0.25) ** 2) - (aside / 0.5) ** 2)
        shade = 1 + bulge - EDGE_SHADE * height**4 - CORNER_SHADE * aside**4
        return np.asarray(mixed * shade + self._grain, np.float32)

    def _wide(self, row: Map) -> Map:
        """Return colours [n, 3] along the lid for each pixel of the window, [h, w, 3]."""
        return np.stack([np.interp(self._window.x, self._across, row[:, i]) for i in range(3)], axis=-1)

    def _around(self, eye: Eye) -> tuple[Map, Map]:
        """Return the skin between lid and brow, and under the eye, along the lid; each [n, 3]."""
        window, across = self._window, self._across
        upper, lower = window.edges(across)
        brow = np.interp(across, *growing(eye.brow).T).astype(np.float32)
        gap = (upper - brow).clip(0.08, 0.3)
        lid = self._column(upper - np.linspace(0.02, 0.75, ROWS, dtype=np.float32)[:, None] * gap)
        under = self._column(lower + np.linspace(*UNDER, ROWS, dtype=np.float32)[:, None])
        cheek = self._smoothed(np.median(under, axis=0), np.ones(len(across), np.float32))
        lit = _brightest(lid)  # lashes, folds and hair are darker
        hairs = self._column(brow + np.linspace(-BROW, BROW, ROWS, dtype=np.float32)[:, None])
        hair = np.percentile(_light(hairs) / _light(cheek), HAIRIEST).clip(*HAIR)
        no_skin, surely, darkest = (float(hair + way * (1 - hair)) for way in (*SKIN, DARKEST))
        skin = self._smoothed(lit, smoothstep(no_skin, surely, _light(lit) / _light(cheek)), SHADED * cheek)
        share = _light(skin) / _light(cheek)
        return skin * (share.clip(darkest, LIGHTEST) / share)[:, None], cheek

    def _at_the_fold(self, bare: Map, above: Map) -> Map:
        """Return the skin right above the painted one along the lid, [n, 3]: what is painted must not stand out."""
        window = self._window
        upper, lower = window.edges(self._across)
        top = upper - FOLD * smoothstep(0.0, 0.5, (lower - upper) / window.tallest)
        rows = top - np.linspace(0.0, 0.05, ROWS, dtype=np.float32)[:, None]
        found = _brightest(window.read(bare, *self._places(rows)))
        return self._smoothed(found, smoothstep(*BARE, _light(found) / _light(above)), above)

    def _places(self, rows: Map) -> tuple[Map, Map]:
        return np.broadcast_to(self._across, rows.shape), rows.astype(np.float32)

    def _column(self, rows: Map) -> Map:
        """Return the portrait at heights [rows, n] along the lid, [rows, n, 3]."""
        return self._window.read_picture(*self._places(rows))

    def _smoothed(self, row: Map, weights: Map, otherwise: Map | None = None) -> Map:
        """Blur colours [n, 3] along the lid by weights [n]; where these are small, return other colours."""
        import cv2

        step = max(float(self._across[1] - self._across[0]), 1e-3)
        weighed = np.concatenate([row * weights[:, None], weights[:, None]], axis=1)[None].astype(np.float32)
        blurred = cv2.GaussianBlur(weighed, (0, 0), sigmaX=ALONG / step, sigmaY=1)[0]
        mean = blurred[:, :3] / np.maximum(blurred[:, 3:], 1e-3)
        if otherwise is None:
            return np.asarray(mean, np.float32)
        return np.asarray(otherwise + (mean - otherwise) * (4 * blurred[:, 3:]).clip(0, 1), np.float32)

    def _without_lashes(self, skin: Map) -> Map:
        """Return the window with all that is dark above the edge, as far as lashes reach, replaced by skin."""
        import cv2

        window = self._window
        size = max(3, round(LASH / window.pixel) | 1)
        kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))
        height = window.upper - window.y
        seen = np.where(height[..., None] > 0, window.rgb, np.maximum(skin, window.rgb)).astype(np.float32)
        bare = cv2.GaussianBlur(cv2.morphologyEx(seen, cv2.MORPH_CLOSE, kernel), (0, 0), size / 3)
        seen_light, light = _light(seen), _light(bare)
        dark = 1 - cv2.GaussianBlur((seen_light / light).clip(0, 1), (0, 0), max(1.0, 0.1 * size))
        near = smoothstep(1.3 * LASHES, 0.7 * LASHES, height)
        ends = window.from_inner_corner(-0.03, 0.03) * window.from_outer_corner(-0.05, 0.0)
        share = smoothstep(0.02, 0.15, dark) * near * ends
        even = cv2.morphologyEx(dark.astype(np.float32), cv2.MORPH_OPEN, window.line_along(UNBROKEN))
        fold = cv2.GaussianBlur(even, (0, 0), max(1.0, EVEN / window.pixel)) * smoothstep(FOLD, FOLD + SOFT, height)
        shade = (light * (1 - FOLD_KEPT * fold) / _light(skin)).clip(0.6, 1.1)
        lit = bare * (shade * _light(skin) / light)[..., None] + self._grain
        return np.asarray(window.rgb + (lit - window.rgb) * share[..., None], np.float32)


def _light(colours: Map) -> Map:
    return np.asarray(np.maximum(colours.mean(axis=-1), 1))


def _brightest(columns: Map) -> Map:
    """Return the mean of the brighter half of each column of colours [rows, n, 3], [n, 3]."""
    order = np.argsort(columns.mean(axis=-1), axis=0)[..., None]
    return np.asarray(np.take_along_axis(columns, order, axis=0)[len(columns) // 2 : -1].mean(axis=0), np.float32)


def _grain(window: EyeWindow) -> Map:
    """Return the grain of the skin under the eye, mirrored up onto the lid, [h, w, 3]; glasses and hair have none."""
    import cv2

    below = window.read_picture(window.x, 2 * window.lower + 2 * LOWER_LASHES - window.y)
    size = max(1.0, GRAIN / window.pixel)
    grain = below - cv2.GaussianBlur(below, (0, 0), size)
    strength = np.sqrt(cv2.GaussianBlur(np.square(grain).mean(axis=-1), (0, 0), size)).astype(np.float32)
    lid = (window.y > window.upper - np.float32(FOLD)) & (window.y < window.lower)
    usual = max(float(np.percentile(strength[lid] if lid.any() else strength, PLAIN)), 0.1)
    grain *= smoothstep(2 * STRONGEST * usual, STRONGEST * usual, strength)[..., None]
    return np.asarray(grain.clip(-2.5 * usual, 2.5 * usual), np.float32)
