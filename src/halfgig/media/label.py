"""Draw a short label, such as "AI-generated", into a corner of every frame of a video, for the people who watch it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]
    Pixels = NDArray[np.uint8]

_HEIGHT, _LEAST_HEIGHT = 0.06, 16
"""Height of the box, as a share of the longer side and in pixels."""

_MARGIN, _WIDEST = 0.3, 0.92
"""Distance of the box from the edges, in its heights, and its greatest width, as a share of the frame's."""

_SHADE = 0.6
"""How dark the box is: its white letters stand out from white and from black."""

_SCALE = 4
"""Letters are drawn at this scale, then reduced, for smooth edges."""


class Label:
    """Draws one text into frames of one size; `size` is their width and height."""

    def __init__(self, text: str, corner: str, size: tuple[int, int]) -> None:
        letters, box = _drawn(text, size)
        height, width = box.shape
        margin = min(round(_MARGIN * height), (size[0] - width) // 2, (size[1] - height) // 2)
        top = margin if corner.startswith("top") else size[1] - margin - height
        left = margin if corner.endswith("left") else size[0] - margin - width
        self._place = slice(top, top + height), slice(left, left + width)
        self._cover = box[..., None]
        self._light = (255 * letters)[..., None]

    def drawn_on(self, frame: Pixels) -> Pixels:
        """Return a copy of a frame, RGB or RGBA [height, width, 3 or 4], with the label; there RGBA gets opaque."""
        import numpy as np

        frame = frame.copy()
        part = frame[self._place].astype(np.float32)
        # Of a see-through pixel the colour counts only as far as it is seen.
        alpha = part[..., 3:] / 255 if part.shape[2] == 4 else np.float32(1)
        under = alpha * (1 - self._cover)
        whole = self._cover + under
        colour = (part[..., :3] * under + self._light) / np.maximum(whole, 1e-6)
        frame[self._place][..., :3] = np.rint(np.minimum(colour, 255)).astype(np.uint8)
        if part.shape[2] == 4:
            frame[self._place][..., 3:] = np.rint(255 * whole).astype(np.uint8)
        return frame


def _drawn(text: str, size: tuple[int, int]) -> tuple[Floats, Floats]:
    """Return how much of each pixel is letter, and how much of it is covered, both 0 to 1, [height, width]."""
    import cv2
    import numpy as np

    font, inner = cv2.FONT_HERSHEY_DUPLEX, 0.46  # height of capitals, in heights of the box
    height = max(_LEAST_HEIGHT, round(_HEIGHT * max(size)))
    (unit_width, unit_height), _ = cv2.getTextSize(text, font, 1, 1)
    per_height = inner / unit_height * unit_width + 0.8  # width of the box, in its heights
    height = min(height, size[1] // 2, int(_WIDEST * size[0] / per_height))
    width = min(round(per_height * height), size[0])
    big = np.zeros((height * _SCALE, width * _SCALE), np.uint8)
    scale, thick = inner * height * _SCALE / unit_height, max(1, round(0.048 * height * _SCALE))
    start = round(0.4 * height * _SCALE), round((0.5 + inner / 2) * height * _SCALE)
    cv2.putText(big, text, start, font, scale, 255, thick, cv2.LINE_AA)
    box = np.zeros_like(big)
    radius = round(0.25 * height * _SCALE)
    cv2.rectangle(box, (radius, radius), (big.shape[1] - radius - 1, big.shape[0] - radius - 1), 255, 2 * radius)
    cv2.rectangle(box, (radius, radius), (big.shape[1] - radius - 1, big.shape[0] - radius - 1), 255, -1)
    letters, shade = (
        cv2.resize(each, (width, height), interpolation=cv2.INTER_AREA).astype(np.float32) / 255 for each in (big, box)
    )
    cover: Floats = np.maximum(letters, _SHADE * shade)
    return letters, cover
