"""The hair: locks from the parting down both sides, each a bundle of strands, shaded along its length.

On each side the locks run between guides drawn by hand.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from presenter.canvas import colour, curve, on_canvas, to_light, to_srgb
from presenter.light import FILL, KEY

if TYPE_CHECKING:
    from collections.abc import Sequence

    from presenter.canvas import Array, Bytes, Easel

_ROOT, _TIP, _SHINE = colour("#462519"), colour("#70422b"), colour("#eaa470")

POINTS = 40
"""Points along a strand of hair."""


def _even(run: Array) -> Array:
    for _ in range(600):
        run[1:-1] += 0.25 * (run[:-2] - 2 * run[1:-1] + run[2:])
    length = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(run[:, :2], axis=0), axis=1))])
    at = np.linspace(0, length[-1], POINTS)
    return np.stack([np.interp(at, length, run[:, i]) for i in range(3)], axis=-1)


@dataclass(frozen=True)
class Sheet:
    """The hair of one side, spanned between a few drawn guides, from the face outwards."""

    guides: Sequence[Sequence[tuple[float, float, float]]]
    """Guides from root to tip: u, v and height above the picture, in units."""
    locks: int
    """Number of locks between the first and the last guide."""
    phase: float
    """Phase of its waves, in radians."""
    seed: int
    """Seed of its irregularities."""

    def runs(self) -> Array:
        """Return the smoothed guides (guides, points, 3)."""
        return np.array([_even(curve(g, 400)) for g in self.guides], np.float32)


# fmt: off
LEFT = Sheet(
    guides=(
        [(57, -158, 126), (30, -171, 136), (-24, -170, 138), (-88, -136, 128), (-130, -76, 110), (-150, -4, 92),
         (-156, 68, 84), (-150, 134, 82), (-168, 210, 88), (-176, 290, 88), (-152, 356, 84)],
        [(56, -190, 118), (6, -216, 130), (-66, -200, 128), (-130, -140, 112), (-166, -56, 94), (-176, 34, 82),
         (-168, 116, 78), (-184, 200, 80), (-200, 284, 82), (-190, 350, 80), (-168, 388, 76)],
        [(55, -232, 92), (-12, -254, 100), (-94, -230, 96), (-160, -158, 80), (-192, -62, 64), (-202, 40, 56),
         (-196, 130, 54), (-214, 216, 58), (-226, 296, 58), (-210, 362, 54), (-184, 398, 50)],
        [(56, -266, 40), (-28, -286, 40), (-120, -252, 34), (-188, -168, 20), (-218, -60, 8), (-228, 48, 4),
         (-220, 144, 4), (-240, 228, 8), (-250, 304, 8), (-230, 362, 6), (-204, 392, 6)],
    ),
    locks=64, phase=0.4, seed=101,
)
RIGHT = Sheet(
    guides=(
        [(50, -158, 126), (82, -163, 131), (120, -126, 120), (146, -66, 104), (157, 10, 88), (154, 84, 82),
         (150, 158, 82), (172, 236, 88), (176, 306, 86), (156, 362, 80)],
        [(47, -190, 118), (92, -202, 122), (140, -154, 108), (167, -68, 92), (177, 24, 80), (170, 112, 78),
         (176, 200, 80), (198, 282, 82), (190, 344, 78), (170, 380, 74)],
        [(42, -232, 92), (98, -240, 92), (160, -178, 76), (192, -76, 60), (204, 34, 54), (194, 132, 54),
         (206, 222, 58), (222, 298, 58), (206, 360, 52), (186, 392, 50)],
        [(36, -266, 40), (100, -272, 38), (176, -194, 22), (212, -78, 8), (224, 40, 4), (212, 146, 4),
         (228, 236, 8), (242, 308, 8), (226, 362, 6), (204, 388, 6)],
    ),
    locks=56, phase=2.6, seed=202,
)
# fmt: on


class Wig:
    """Strands painted on an 8-bit layer, with its mask."""

    def __init__(self, easel: Easel) -> None:
        side = easel.canvas.side
        self.canvas = easel.canvas
        self.paint: Bytes = np.zeros((side, side, 3), np.uint8)
        self.mask: Bytes = np.zeros((side, side), np.uint8)

    def strand(self, run: Array, tint: Array, width: float) -> None:
        """Draw one strand along `run` (points, 3) in the colours `tint` (points, 3) of linear light."""
        points = on_canvas(run[:, :2])
        self.canvas.line(self.paint, points, np.round(to_srgb(tint) * 255).tolist(), width)
        self.canvas.line(self.mask, points, 255, width)

    def undercoat(self, sheet: Sheet) -> None:
        """Paint the dark background visible between the strands of a sheet."""
        runs = sheet.runs()
        outline = on_canvas(np.concatenate([runs[-1, :-7], runs[0, -7::-1]])[:, :2])
        self.canvas.stroke(self.paint, outline, np.round(to_srgb(_ROOT * 0.3) * 255).tolist())
        self.canvas.stroke(self.mask, outline, 255)


def strand_light(run: Array, stray: float) -> tuple[Array, Array]:
    """Return diffuse and specular light of a hair along `run` (points, 3) (Kajiya and Kay, 1989)."""
    tangent = np.gradient(run, axis=0)
    tangent /= np.linalg.norm(tangent, axis=1, keepdims=True) + 1e-6
    matt, shine = np.zeros(len(run), np.float32), np.zeros(len(run), np.float32)
    facing = np.stack([run[:, 0] / 235, np.minimum(run[:, 1] + 20, 0) / 270], axis=-1)
    facing = np.concatenate([facing, np.sqrt(np.clip(1 - (facing**2).sum(axis=1, keepdims=True), 0.05, 1))], axis=1)
    for light, power in ((KEY, 1.0), (FILL, 0.22)):
        half = light + np.array([0, 0, 1], np.float32)
        half /= np.linalg.norm(half)
        seen = np.clip((facing @ light + 0.3) / 1.3, 0, 1) * power
        matt += seen * np.sqrt(np.maximum(1 - (tangent @ light) ** 2, 0))
        across = np.sqrt(np.maximum(1 - (tangent @ half + stray) ** 2, 0))
        shine += seen * (0.65 * across**70 + 0.35 * across**14)
    return matt, shine


def _sway(sheet: Sheet, t: float, rng: np.random.Generator) -> Array:
    s = np.linspace(0, 1, POINTS, dtype=np.float32)
    turn = 6.28 * (2.5 * s + 0.10 * rng.normal()) + sheet.phase + 1.5 * t + rng.normal(0, 0.35)
    size = (25 + rng.normal(0, 4)) * np.clip(s - 0.25, 0, 1)
    return np.stack([size * np.sin(turn), np.zeros_like(s), 1.6 * size * np.cos(turn)], axis=-1)


def _between(runs: Array, t: float) -> Array:
    at = t * (len(runs) - 1)
    i = min(max(int(at), 0), len(runs) - 2)
    f = at - i
    return np.asarray((1 - f) * runs[i] + f * runs[i + 1], np.float32)


def _lock(sheet: Sheet, runs: Array, t: float, rng: np.random.Generator, wig: Wig) -> None:
    s = np.linspace(0, 1, POINTS, dtype=np.float32)
    spread = 0.030 * rng.uniform(0.6, 1.7)
    sway, middle = _sway(sheet, t, rng), _between(runs, t)
    gather = (1 - 0.85 * s**2.0)[:, None]
    tone, end = float(np.clip(rng.normal(1, 0.14), 0.7, 1.3)), rng.uniform(0.82, 1.0)
    across = np.linspace(-1, 1, 62)
    rng.shuffle(across)
    for c in across:
        run = middle + (_between(runs, float(np.clip(t + spread * c, -0.01, 1.01))) - middle) * gather + sway
        run[:, 0] += rng.normal(0, 0.8) + rng.normal(0, 3.0) * s**2
        run[:, 1] += rng.normal(0, 0.8)
        run[:, 2] += 4.0 * (1 - c * c)
        run = run[:-1] + (run[1:] - run[:-1]) * rng.random(
            dtype=np.float32
        )  # otherwise the ends of all segments would line up
        run = run[: max(8, int(POINTS * end * rng.uniform(0.90, 1.0)))]
        glint = 1.3 if rng.random() < 0.07 else 1.0
        _paint_strand(run, float(c), tone * glint * float(np.clip(rng.normal(1, 0.15), 0.6, 1.5)), rng, wig)


def _paint_strand(run: Array, c: float, tone: float, rng: np.random.Generator, wig: Wig) -> None:
    s = np.linspace(0, 1, len(run), dtype=np.float32)[:, None]
    matt, shine = strand_light(run, float(rng.normal(0, 0.07)))
    own = _ROOT + (_TIP - _ROOT) * s
    depth = 0.34 + 0.66 * (1 - c * c)  # the edges of a lock are in the shadow of its neighbours
    depth *= 0.42 + 0.58 * np.minimum(s / 0.10, 1)
    tint = own * (0.22 + 0.90 * matt[:, None]) + _SHINE * (0.40 * shine[:, None])
    wig.strand(run, np.clip(tint * depth * tone, 0, 1).astype(np.float32), 0.7)


def _strays(sheet: Sheet, runs: Array, rng: np.random.Generator, wig: Wig) -> None:
    s = np.linspace(0, 1, POINTS, dtype=np.float32)
    for i in range(46):
        t = rng.uniform(-0.05, 0.02) if i % 2 else rng.uniform(0.95, 1.02)
        run = _between(runs, t) + _sway(sheet, t, rng) * rng.uniform(0.6, 1.5)
        run[:, 0] += rng.normal(0, 6) * s + rng.normal(0, 6) * np.sin(4 * s + rng.uniform(0, 6)) * s
        run[:, 1] += rng.normal(0, 2.5)
        first = rng.integers(6 if t < 0.5 else 12, 16)
        _paint_strand(run[first : first + rng.integers(14, 24)], 0.3, rng.uniform(0.8, 1.3), rng, wig)


def paint_back_hair(easel: Easel) -> None:
    """Paint the hair behind the neck, which is in its own shadow."""
    outline = [
        *((-190, -60), (-208, 120), (-218, 250), (-176, 328), (-116, 398), (0, 400)),
        *((116, 398), (172, 328), (214, 250), (206, 120), (190, -60)),
    ]
    mask = easel.canvas.fill(on_canvas(curve(outline, 120)), 0.8)
    easel.over(colour("#22130d"), mask)
    wig, rng = Wig(easel), np.random.default_rng(303)
    for u in rng.uniform(-196, 196, 900):
        fall = np.array([(u * 0.8, -40, 0), (u, 120, 0), (u * 1.03, 250, 0), (u * 0.92, 395, 0)])
        run = curve(fall + rng.normal(0, 4, 3), 12)
        glow = np.linspace(0.25, 1, 12)[:, None] * rng.uniform(0.1, 0.75)
        wig.strand(run, _ROOT * glow, 0.7)
    easel.over(to_light(wig.paint / np.float32(255)), easel.canvas.blur(wig.mask / np.float32(255), 0.5) * mask)


def paint_hair(easel: Easel) -> None:
    """Paint the hair over head and shoulders, and its shadow on them."""
    wig = Wig(easel)
    for sheet in (LEFT, RIGHT):
        rng, runs = np.random.default_rng(sheet.seed), sheet.runs()
        wig.undercoat(sheet)
        for t in np.linspace(1, 0, sheet.locks) + rng.normal(0, 0.02, sheet.locks):
            _lock(sheet, runs, float(np.clip(t, 0, 1)), rng, wig)
        _strays(sheet, runs, rng, wig)
    mask = wig.mask.astype(np.float32) / 255
    for reach, soft, dark in ((20, 14, 0.55), (6, 4, 0.45), (0, 6, 0.45)):
        move = np.array([[1, 0, reach * easel.canvas.scale], [0, 1, reach * 1.2 * easel.canvas.scale]], np.float32)
        fallen = cv2.warpAffine(easel.canvas.blur(mask, soft), move, mask.shape[::-1])
        easel.glaze(colour("#5a3426"), fallen * dark * easel.figure)
    easel.over(to_light(wig.paint.astype(np.float32) / 255), mask)
