"""The square dlib draws around a face, and a finer one pooled from many looks at the same face.

dlib looks at sizes 1.2 apart and places 8 pixels apart on a head of 80, so one box says little about where the eyes
are: on 180 views of 30 portraits the eyes were 0.135 eye distances off, 0.05 after pooling.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

from halfgig.face.points import FivePoints, Point

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import numpy as np
    from numpy.typing import NDArray


class HeadBox(NamedTuple):
    """Place a head by the square around its face."""

    x: float
    """Pixels from the left border to its centre."""
    y: float
    """Pixels from the top border to its centre."""
    side: float
    """Its side in pixels."""
    roll: float
    """The tilt of the head in radians, positive clockwise as seen in the picture."""
    turn: float
    """Where the head looks: 0 at us, -1 half to the left of the picture, 1 half to the right."""

    def points(self) -> FivePoints:
        """Place the five points where a head of this box usually has them."""
        cos, sin = math.cos(self.roll) * self.side, math.sin(self.roll) * self.side
        usual = _blended(self.turn)
        return FivePoints(*(Point(self.x + cos * x - sin * y, self.y + sin * x + cos * y) for x, y in usual))


class Look(NamedTuple):
    """Say how a head is turned and sized before the detector sees it."""

    roll: float
    """Radians the picture is turned by."""
    size: float
    """The side of the box, in `SIDE`s."""
    right: float
    """Pixels the head is moved to the right."""
    down: float
    """Pixels the head is moved down."""


FRONTAL = ((-0.2165, -0.2195), (0.2165, -0.2195), (0.0, 0.023), (-0.177, 0.24), (0.177, 0.24))
"""Where right eye, left eye, nose and mouth corners are in sides of the pooled box from its centre, as medians."""

TO_THE_LEFT = ((-0.216, -0.142), (0.166, -0.152), (-0.105, 0.097), (-0.132, 0.292), (0.129, 0.284))
"""The same for a head that looks half to the left of the picture."""

FILTERS = ((0.0, 0.0), (0.0, -1.0), (0.0, 1.0), (-0.2, 0.0), (0.2, 0.0))
"""Roll in radians and turn of the heads that dlib's five filters find: frontal, half profiles, tilted."""

SIDE = 92.0
"""Pixels of the box in the patch the detector looks at; its filters are 80 wide."""

PATCH = 152
"""Pixels of that patch."""

SCORE = -0.5
"""Weaker than what makes a face: here it is known that there is one."""

SHARPNESS = 2.0
"""A look whose score is lower by one over this counts 1/e."""

SAME_ROLL = 0.15
"""Radians around the pooled roll within which looks also tell the place and the size."""

SWEEP = [
    Look(math.radians(8 * turn), size * (1 + 0.05 * (turn % 2)), (turn % 3 - 1) * 3.0, (turn % 3 - 1) * 3.0)
    for turn in range(-3, 4)
    for size in (0.92, 1.02)
]
"""A first round over all rolls a portrait may have."""

CLOSE_LOOKS = 12
"""Of the second round, spread evenly over size, place and a few degrees around the first round's answer."""


def _blended(turn: float) -> list[tuple[float, float]]:
    """Give the usual places for a head turned by -1..1."""
    right_eye, left_eye, nose, right_mouth, left_mouth = TO_THE_LEFT
    aside = [right_eye, left_eye, nose, right_mouth, left_mouth]
    if turn > 0:
        aside = [(-x, y) for x, y in (left_eye, right_eye, nose, left_mouth, right_mouth)]
    much = abs(turn)
    return [(x + much * (u - x), y + much * (v - y)) for (x, y), (u, v) in zip(FRONTAL, aside, strict=True)]


def pooled_box(rgb: NDArray[np.uint8], box: HeadBox, filters: Any) -> HeadBox:
    """Look at the head in RGB [H, W, 3] from many sides with dlib's `filters`; give the box they agree on."""
    sweep = (look._replace(roll=look.roll + box.roll) for look in SWEEP)
    seen = list(_seen(rgb, box, sweep, filters))
    if not seen:
        return box
    first = _pool(seen)
    return _pool(seen + list(_seen(rgb, first, _close_looks(first.roll), filters)))


def _close_looks(roll: float) -> Iterator[Look]:
    """Spread looks around `roll` by powers of the root of x^5 = x + 1, which leave no gaps in four dimensions."""
    steps = [1.1673039782614187**-power for power in range(1, 5)]
    for i in range(1, CLOSE_LOOKS + 1):
        turned, sized, right, down = ((0.5 + i * step) % 1 for step in steps)
        yield Look(roll + (turned - 0.5) * 0.2, 0.92 * 1.2**sized, (right - 0.5) * 8, (down - 0.5) * 8)


def _seen(rgb: NDArray[np.uint8], box: HeadBox, looks: Iterable[Look], filters: Any) -> Iterator[tuple[HeadBox, float]]:
    """Give the boxes near `box` that the looks show, in pixels of the picture, with their scores."""
    import cv2
    import numpy as np

    for look in looks:
        scale = SIDE * look.size / box.side
        cos, sin = math.cos(look.roll) * scale, math.sin(look.roll) * scale
        right, down = PATCH / 2 + look.right, PATCH / 2 + look.down
        there = np.array([[cos, sin, right - cos * box.x - sin * box.y], [-sin, cos, down + sin * box.x - cos * box.y]])
        patch = cv2.warpAffine(rgb, there, (PATCH, PATCH), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        back = cv2.invertAffineTransform(there)
        for found, score, index in zip(*filters.run(patch, 0, SCORE), strict=True):
            across, down = (found.left() + found.right() + 1) / 2, (found.top() + found.bottom() + 1) / 2
            x, y = (float(row[0] * across + row[1] * down + row[2]) for row in back)
            roll, turn = FILTERS[index]
            if not roll and math.dist((x, y), (box.x, box.y)) < 0.4 * box.side:
                yield HeadBox(x, y, found.width() / scale, look.roll, turn), float(score)


def _pool(seen: list[tuple[HeadBox, float]]) -> HeadBox:
    """Average boxes by their scores: the roll over all, the rest over those with about that roll."""
    import numpy as np

    boxes = np.array([box for box, _ in seen])  # [n, 5]
    scores = np.array([score for _, score in seen])
    weights = np.exp((scores - scores.max()) * SHARPNESS)
    roll = float(np.average(boxes[:, 3], weights=weights))
    weights *= (np.abs(boxes[:, 3] - roll) < SAME_ROLL) + 1e-9
    x, y, side, _, turn = np.average(boxes, axis=0, weights=weights).tolist()
    return HeadBox(x, y, side, roll, turn)
