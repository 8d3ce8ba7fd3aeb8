"""Where lips meet or end in the picture: the face mesh is a few hundredths of an eye distance off."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from halfgig.animators.puppet.bases import smoothstep
from halfgig.face.points import Point

if TYPE_CHECKING:
    from collections.abc import Callable

    from halfgig.face.frame import Map
    from halfgig.face.measure import FaceShape

REACH = 0.035
"""Distance from the mesh's line up to which the picture's is looked for, in eye distances."""

OF_A_LIP = 0.35
"""The same, as a share of the thinner lip."""

ROWS, PLACES = 29, 64
"""Heights and places across the mouth at which the picture is read."""

ALONG = 4.0
"""Standard deviation of the smoothing along the line, in places."""

SPREAD, THINNER = 1.5, 0.3
"""How far what is between open lips is seen in the upper one, in standard deviations of the picture's blur, and the
most of it, as a share of the thinner lip."""

FAINT, CLEAR = 0.03, 0.1
"""How much darker than both lips a line is, as a share of their brightness: what none is, and what surely is one."""

CORNERS = 0.9
"""Share of the mouth's half width from which on the line goes back to the mesh's, which ends in the corners."""


def with_line_of(picture: Callable[[Map, Map], Map], shape: FaceShape, blur: float = 0.0) -> FaceShape:
    """Return a shape whose closed lips meet where the picture is darkest near the mesh's line.

    An open upper lip ends where the picture, whose edges have a `blur` in eye distances, shows it alone.
    `picture` returns RGB [n, m, 3] at places x, y [n, m] in the face frame.
    """
    lips = shape.lips
    if lips.bands.gap > 0:
        return _without_what_is_between(shape, min(SPREAD * blur, THINNER * min(lips.bands.upper, lips.bands.lower)))
    contour = np.array(lips.contours.inner_upper, np.float32)
    offset = _offset(picture, contour, min(REACH, OF_A_LIP * min(lips.bands.upper, lips.bands.lower)))

    def moved(line: tuple[Point, ...]) -> tuple[Point, ...]:
        across = np.linspace(contour[0, 0], contour[-1, 0], PLACES)
        return tuple(Point(at.x, at.y + float(np.interp(at.x, across, offset))) for at in line)

    inner, down = moved(lips.contours.inner_upper), float(offset[PLACES // 4 : -PLACES // 4].mean())
    bands = lips.bands._replace(upper=lips.bands.upper + down, lower=lips.bands.lower - down)
    contours = lips.contours._replace(inner_upper=inner, inner_lower=inner)
    return replace(shape, lips=replace(lips, line=moved(lips.line), bands=bands, contours=contours))


def _without_what_is_between(shape: FaceShape, by: float) -> FaceShape:
    """Return a shape whose upper lip, of open ones, ends higher by a length in the middle, and not in the corners.

    The lower lip stays: between the lips, the picture is shown down to its edge.
    """
    contours = shape.lips.contours
    gaps = [max(0.0, low.y - high.y) for high, low in zip(contours.inner_upper, contours.inner_lower, strict=True)]
    upper = tuple(
        Point(at.x, at.y - by * min(1.0, 2 * gap / max(gaps)))
        for at, gap in zip(contours.inner_upper, gaps, strict=True)
    )
    return replace(shape, lips=replace(shape.lips, contours=contours._replace(inner_upper=upper)))


def _offset(picture: Callable[[Map, Map], Map], contour: Map, reach: float) -> Map:
    """Return how far below a contour [k, 2] the picture's line is at places across it, [n], at most `reach`."""
    import cv2

    across = np.linspace(contour[0, 0], contour[-1, 0], PLACES, dtype=np.float32)
    heights = np.interp(across, np.maximum.accumulate(contour[:, 0]), contour[:, 1]).astype(np.float32)
    away = np.linspace(-reach, reach, ROWS, dtype=np.float32)[:, None]
    light = picture(np.broadcast_to(across, (ROWS, PLACES)), (heights + away).astype(np.float32)).mean(axis=-1)
    light = cv2.GaussianBlur(light.astype(np.float32), (0, 0), sigmaX=ALONG / 4, sigmaY=1)
    usual = np.maximum(np.minimum(light[: ROWS // 2].max(axis=0), light[ROWS // 2 + 1 :].max(axis=0)), 1)
    sure = smoothstep(FAINT, CLEAR, 1 - light.min(axis=0) / usual)  # where it is darker than above and below it
    found = away[light.argmin(axis=0), 0] * sure
    both = np.stack([found, sure + np.float32(0.05)])
    smooth = cv2.GaussianBlur(both, (0, 0), sigmaX=ALONG, sigmaY=1e-3, borderType=cv2.BORDER_REPLICATE)
    ends = smoothstep(1.0, CORNERS, np.abs(np.linspace(-1, 1, PLACES, dtype=np.float32)))
    return np.asarray(smooth[0] / smooth[1] * ends, np.float32)
