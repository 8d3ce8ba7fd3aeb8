"""What lies below the head: neck, collar bones, a cream blouse and a dark teal blazer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from presenter.canvas import along, colour, curve, ramp
from presenter.light import FILL, FILL_LIGHT, KEY, KEY_LIGHT, SKY_LIGHT, lambert, normals, rim

if TYPE_CHECKING:
    from collections.abc import Sequence

    from presenter.canvas import Array
    from presenter.easel import Easel

_SHOULDERS = [
    (690, 96),
    (735, 99),
    (765, 108),
    (792, 134),
    (815, 182),
    (838, 246),
    (864, 316),
    (896, 366),
    (940, 396),
    (1030, 414),
]
_NECK = [(560, 104), (640, 95), (700, 89), (745, 92), (780, 108), (806, 124), (840, 130), (1030, 150)]


def neck_surface(x: Array, y: Array) -> tuple[Array, Array]:
    """Give the height of neck and chest below the head's, and the mask of all of it."""
    half = along([(a, b) for a, b in _NECK], y)
    s = x - 514
    part = np.clip(np.abs(s) / half, 0, 1)
    depth = along([(560, 92), (700, 90), (780, 80), (900, 70), (1030, 70)], y)
    height = depth * np.sqrt(1 - part**2.2) - 62
    height += along([(560, 0), (720, 0), (790, 16), (900, 52), (1030, 72)], y)
    cord = np.abs(np.abs(s) - along([(620, 80), (700, 56), (778, 22), (800, 14)], y))
    height += 2.4 * np.exp(-((cord / 11) ** 2)) * ramp(y, 640, 720) * ramp(y, 800, 770)
    height -= 7 * np.exp(-((s / 13) ** 2) - ((y - 797) / 11) ** 2)  # the notch between the collar bones
    bone = y - along([(0, 806), (20, 803), (70, 798), (130, 786), (200, 780)], np.abs(s))
    height += 4 * np.exp(-((bone / 7) ** 2)) * ramp(np.abs(s), 10, 30) * ramp(np.abs(s), 190, 120)
    height -= 5 * np.exp(-(((bone - 15) / 9) ** 2)) * ramp(np.abs(s), 25, 60) * ramp(np.abs(s), 180, 110)
    return height.astype(np.float32), ramp(half - np.abs(s), -0.8, 0.8) * (y > 560)


def _torso(x: Array, y: Array) -> tuple[Array, Array]:
    half = along(_SHOULDERS, y)
    part = np.clip(np.abs(x - 514) / half, 0, 1)
    height = 120 * np.sqrt(1 - part**2.6) + along([(690, -70), (800, -36), (1030, 20)], y)
    return height.astype(np.float32), ramp(half - np.abs(x - 514), -0.8, 0.8) * (y > 735)


def _cloth(easel: Easel, height: Array, paint: Array, lit: Array, shine: float) -> Array:
    normal = normals(easel.canvas.blur(height, 1.2), easel.canvas.scale)
    key = np.clip(lambert(normal, KEY) + 0.12, 0, None)[..., None] / 1.12 * lit[..., None]
    fill = np.clip(lambert(normal, FILL) + 0.2, 0, None)[..., None]
    light = KEY_LIGHT * key + FILL_LIGHT * fill + SKY_LIGHT * (0.6 - 0.4 * normal[..., 1:2])
    fuzz = (np.clip(1 - normal[..., 2], 0, 1) ** 2 * shine)[..., None]  # wool and cotton glow at grazing angles
    edge = (0.20 * rim(normal))[..., None] * colour("#c9dbe6")
    return (paint * light + paint * fuzz + edge * (0.3 + paint)).astype(np.float32)


def _folds(x: Array, y: Array, lines: Sequence[tuple[Sequence[tuple[float, float]], float, float]]) -> Array:
    height = np.zeros_like(x)
    for points, width, amplitude in lines:
        path = curve(points, 60)
        off = np.abs(x - np.interp(y, path[:, 1], path[:, 0]))
        ends = ramp(y, points[0][1] - 10, points[0][1] + 30) * ramp(y, points[-1][1] + 30, points[-1][1] - 20)
        height += amplitude * np.exp(-((off / width) ** 2)) * ends
    return height.astype(np.float32)


def paint_clothes(easel: Easel, lit: Array) -> None:
    """Paint blouse and blazer over the skin; `lit` is how much of the key light arrives."""
    x, y, canvas = easel.x, easel.y, easel.canvas
    torso, mask = _torso(x, y)
    easel.figure = np.maximum(easel.figure, mask)
    blouse = canvas.fill(np.concatenate([curve(_NECKLINE, 60), [(700, 1030), (330, 1030)]]), 0.6) * mask
    easel.glaze(colour("#b98a78"), canvas.blur(blouse, 5) * 0.55)
    folds = _folds(x, y, _BLOUSE_FOLDS) + 2.5 * canvas.noise(51, 26)
    hem = np.exp(-(((canvas.blur(blouse, 3) - 0.72) / 0.16) ** 2))
    weave = 1 + 0.02 * canvas.noise(52, 1.1)
    easel.over(_cloth(easel, torso + folds + 2 * hem, colour("#e9dfce") * weave[..., None], lit, 0.10), blouse)
    lit = 0.45 + 0.55 * canvas.blur(lit, 9)
    for side in (-1, 1):
        _paint_front(easel, side, torso, mask, lit)


def _paint_front(easel: Easel, side: int, torso: Array, mask: Array, lit: Array) -> None:
    x, y, canvas = easel.x, easel.y, easel.canvas
    flip = np.array([side, 1], np.float32)
    move = np.array([514, 0], np.float32)
    front = canvas.fill(np.concatenate([curve(_FRONT, 60), [(460, 1040), (460, 690)]]) * flip + move) * mask
    lapel = canvas.fill(np.array(_LAPEL) * flip + move) * mask
    collar = canvas.fill(curve(_COLLAR, 80) * flip + move) * mask
    easel.glaze(colour("#6d5f5a"), canvas.blur(front, 7) * 0.7)
    teal = colour("#24505a") * (1 + 0.05 * canvas.noise(61, 1.0) + 0.012 * canvas.noise(62, 5))[..., None]
    folds = _folds((x - 514) * side, y, _BLAZER_FOLDS) + 4.0 * canvas.noise(63 + side, 45)
    easel.over(_cloth(easel, torso + folds, teal, lit, 0.12), front)
    for piece, thick in ((lapel, 7.0), (collar, 8.0)):
        easel.glaze(colour("#202a2c"), np.clip(canvas.blur(piece, 6) - piece, 0, 1) * front * 1.3)
        raised = torso + folds * 0.5 + thick * canvas.blur(piece, 2.2)
        easel.over(_cloth(easel, raised, teal * 1.06, lit, 0.12), piece)


_NECKLINE = [(398, 770), (402, 812), (424, 862), (466, 900), (514, 912), (562, 900), (604, 862), (626, 812), (630, 770)]
_FRONT = [(98, 690), (108, 760), (112, 800), (98, 870), (66, 950), (22, 1040)]
_LAPEL = [(112, 790), (176, 846), (196, 884), (166, 892), (178, 908), (150, 960), (110, 1010), (86, 1040), (20, 1042),
          (64, 952), (98, 870), (112, 808)]  # fmt: skip
_COLLAR = [
    (92, 720),
    (104, 730),
    (128, 764),
    (160, 812),
    (198, 858),
    (200, 884),
    (180, 880),
    (148, 840),
    (112, 800),
    (104, 760),
    (92, 720),
]
_BLOUSE_FOLDS = [
    ([(470, 900), (478, 960), (496, 1030)], 9, 5),
    ([(540, 905), (538, 960), (520, 1030)], 10, 5),
    ([(506, 915), (506, 1030)], 7, -3),
]
_BLAZER_FOLDS = [
    ([(300, 880), (284, 950), (276, 1040)], 14, 7),
    ([(330, 900), (322, 970), (318, 1040)], 10, -6),
    ([(240, 870), (230, 930), (206, 1040)], 16, 5),
]
