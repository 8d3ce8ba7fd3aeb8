"""The parts below the head: neck, collar bones, a cream blouse and a dark teal blazer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from presenter.canvas import along, colour, curve, ramp
from presenter.light import FILL, FILL_LIGHT, KEY, KEY_LIGHT, SKY_LIGHT, lambert, normals, rim

if TYPE_CHECKING:
    from collections.abc import Sequence

    from presenter.canvas import Array, Easel

# fmt: off
_SHOULDERS = [(735, 80), (752, 96), (768, 116), (792, 150), (815, 190), (838, 246), (864, 316), (896, 366), (940, 396),
              (1030, 414)]
_NECK = [(560, 104), (640, 95), (700, 89), (745, 92), (780, 108), (806, 124), (840, 130), (1030, 150)]

_NECKLINE = [(398, 770), (402, 812), (424, 862), (466, 900), (514, 912), (562, 900), (604, 862), (626, 812), (630, 770)]
_FRONT = [(98, 690), (108, 760), (112, 800), (98, 870), (66, 950), (22, 1040)]
_LAPEL = [(112, 790), (176, 846), (196, 884), (166, 892), (178, 908), (150, 960), (110, 1010), (86, 1040), (20, 1042),
          (64, 952), (98, 870), (112, 808)]
_COLLAR = [(93, 740), (103, 743), (134, 772), (168, 812), (200, 858), (202, 884), (180, 880), (148, 842), (112, 804),
           (96, 776)]
# fmt: on
# each fold: its run from top to bottom, its width, its height; in units
_BLOUSE_FOLDS = [
    ([(470, 900), (478, 960), (496, 1030)], 9, 5),
    ([(540, 905), (538, 960), (520, 1030)], 10, 5),
    ([(506, 915), (506, 1030)], 7, -3),
]
_BLAZER_FOLDS = [
    ([(262, 852), (252, 900), (262, 960), (290, 1040)], 3, -3),
    ([(300, 880), (284, 950), (276, 1040)], 16, 10),
    ([(336, 890), (326, 970), (322, 1040)], 11, -8),
    ([(232, 870), (222, 930), (196, 1040)], 17, 8),
    ([(190, 930), (170, 1040)], 9, -6),
]


def neck_surface(x: Array, y: Array) -> tuple[Array, Array]:
    """Return height and mask of neck and chest, below the surface of the head."""
    half = along([(a, b) for a, b in _NECK], y)
    s = x - 514
    part = np.clip(np.abs(s) / half, 0, 1)
    depth = along([(560, 92), (700, 90), (780, 80), (900, 70), (1030, 70)], y)
    height = depth * np.sqrt(1 - part**2.2) - 62
    height += along([(560, 0), (720, 0), (790, 16), (900, 52), (1030, 72)], y)
    cord = np.abs(np.abs(s) - along([(620, 80), (700, 56), (778, 22), (800, 14)], y))
    height += 2.4 * np.exp(-((cord / 11) ** 2)) * ramp(y, 640, 720) * ramp(y, 800, 770)
    height -= 7 * np.exp(-((s / 13) ** 2) - ((y - 797) / 11) ** 2)  # the notch between the collar bones
    bone = y - along([(0, 808), (20, 806), (70, 795), (130, 777), (200, 768)], np.abs(s))
    height += 2.6 * np.exp(-((bone / 7) ** 2)) * ramp(np.abs(s), 10, 30) * ramp(np.abs(s), 190, 120)
    height -= 3.5 * np.exp(-(((bone - 15) / 9) ** 2)) * ramp(np.abs(s), 25, 60) * ramp(np.abs(s), 180, 110)
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
    return np.asarray(paint * light + paint * fuzz + edge * (0.3 + paint), np.float32)


def _folds(x: Array, y: Array, lines: Sequence[tuple[Sequence[tuple[float, float]], float, float]]) -> Array:
    height = np.zeros_like(x)
    for points, width, amplitude in lines:
        path = curve(points, 60)
        off = np.abs(x - np.interp(y, path[:, 1], path[:, 0]))
        ends = ramp(y, points[0][1] - 10, points[0][1] + 30) * ramp(y, points[-1][1] + 30, points[-1][1] - 20)
        height += amplitude * np.exp(-((off / width) ** 2)) * ends
    return height.astype(np.float32)


def paint_clothes(easel: Easel, lit: Array) -> None:
    """Paint blouse and blazer over the skin; `lit` is the share of the key light that arrives."""
    x, y, canvas = easel.x, easel.y, easel.canvas
    skin = easel.figure
    torso, mask = _torso(x, y)
    easel.figure = np.maximum(skin, mask)
    _paint_chain(easel)
    blouse = canvas.fill(np.concatenate([curve(_NECKLINE, 60), [(700, 1030), (330, 1030)]]), 0.6) * mask
    easel.glaze(colour("#b98a78"), canvas.blur(blouse, 5) * skin * 0.55)
    folds = _folds(x, y, _BLOUSE_FOLDS) + 2.5 * canvas.noise(51, 26)
    hem = np.exp(-(((canvas.blur(blouse, 3) - 0.72) / 0.16) ** 2))
    weave = 1 + 0.02 * canvas.noise(52, 1.1)
    easel.over(_cloth(easel, torso + folds + 2 * hem, colour("#e9dfce") * weave[..., None], lit, 0.10), blouse)
    lit = 0.45 + 0.55 * canvas.blur(lit, 9)
    for side in (-1, 1):
        _paint_front(easel, side, torso, mask, lit)


def _paint_chain(easel: Easel) -> None:
    """Paint a thin gold chain with a small drop."""
    s = easel.x - 514
    run = easel.y - along([(0, 858), (18, 852), (48, 826), (76, 786), (96, 744)], np.abs(s))
    slope = 1 / np.sqrt(1 + 1.2 * ramp(np.abs(s), 8, 60))
    links = 0.55 + 0.45 * np.sin(2.6 * np.hypot(s, easel.y - 858))
    near = ramp(np.abs(s), 94, 92)
    easel.glaze(colour("#9a6552"), np.exp(-(((run - 2.5) * slope / 1.6) ** 2)) * near * 0.5)
    easel.over(colour("#c99a4a"), np.exp(-((run * slope / 0.75) ** 2)) * near * (0.35 + 0.6 * links))
    drop = np.hypot(s / 3.2, (easel.y - 863.5) / 4.2)
    easel.glaze(colour("#9a6552"), ramp(np.hypot((s - 2) / 3.8, (easel.y - 866) / 4.6), 1.4, 0.7) * 0.5)
    easel.over(colour("#b07f35"), ramp(drop, 1.12, 0.88))
    easel.light(colour("#fff0c8"), np.exp(-(((s + 1) / 1.1) ** 2) - ((easel.y - 861.5) / 1.5) ** 2) * 0.8)


def _paint_front(easel: Easel, side: int, torso: Array, mask: Array, lit: Array) -> None:
    x, y, canvas = easel.x, easel.y, easel.canvas
    flip = np.array([side, 1], np.float32)
    move = np.array([514, 4 * side], np.float32)  # no jacket hangs quite straight
    front = canvas.fill(np.concatenate([curve(_FRONT, 60), [(460, 1040), (460, 690)]]) * flip + move) * mask
    lapel = canvas.fill(np.array(_LAPEL) * flip + move) * mask
    collar = canvas.fill(np.array(_COLLAR) * flip + move) * mask
    easel.glaze(colour("#6d5f5a"), canvas.blur(front, 7) * easel.figure * 0.7)
    teal = colour("#24505a") * (1 + 0.05 * canvas.noise(61, 1.0) + 0.012 * canvas.noise(62, 5))[..., None]
    folds = _folds((x - 514) * side, y, _BLAZER_FOLDS) + 6.0 * canvas.noise(63 + side, 48)
    easel.over(_cloth(easel, torso + folds, teal, lit, 0.12), front)
    for piece, thick in ((lapel, 7.0), (collar, 8.0)):
        easel.glaze(colour("#202a2c"), np.clip(canvas.blur(piece, 6) - piece, 0, 1) * front * 1.3)
        raised = torso + folds * 0.5 + thick * canvas.blur(piece, 2.2)
        easel.over(_cloth(easel, raised, teal * 1.06, lit, 0.12), piece)
