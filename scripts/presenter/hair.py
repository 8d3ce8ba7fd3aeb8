"""The hair: locks laid from the parting down both sides, each a sheaf of strands lit along its run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from presenter.canvas import colour, curve, to_light, to_srgb
from presenter.easel import on_canvas
from presenter.hairstyle import LEFT, POINTS, RIGHT, Sheet
from presenter.light import FILL, KEY

if TYPE_CHECKING:
    from presenter.canvas import Array, Bytes
    from presenter.easel import Easel

_ROOT, _TIP, _SHINE = colour("#462519"), colour("#70422b"), colour("#eaa470")


class Wig:
    """Collect strands on an 8-bit layer with its mask."""

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
        """Lay the dark ground that shows between the strands of a sheet."""
        runs = sheet.runs()
        outline = on_canvas(np.concatenate([runs[-1, :-7], runs[0, -7::-1]])[:, :2])
        self.canvas.stroke(self.paint, outline, np.round(to_srgb(_ROOT * 0.3) * 255).tolist())
        self.canvas.stroke(self.mask, outline, 255)


def strand_light(run: Array, stray: float) -> tuple[Array, Array]:
    """Give how a hair along `run` (points, 3) scatters and mirrors the lights (Kajiya and Kay, 1989)."""
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
        run = run[:-1] + (run[1:] - run[:-1]) * rng.random(dtype=np.float32)  # or the pieces' ends would line up
        run = run[: max(8, int(POINTS * end * rng.uniform(0.90, 1.0)))]
        glint = 1.3 if rng.random() < 0.07 else 1.0
        _paint_strand(run, float(c), tone * glint * float(np.clip(rng.normal(1, 0.15), 0.6, 1.5)), rng, wig)


def _paint_strand(run: Array, c: float, tone: float, rng: np.random.Generator, wig: Wig) -> None:
    s = np.linspace(0, 1, len(run), dtype=np.float32)[:, None]
    matt, shine = strand_light(run, float(rng.normal(0, 0.07)))
    own = _ROOT + (_TIP - _ROOT) * s
    depth = 0.34 + 0.66 * (1 - c * c)  # the edges of a lock lie in the shadow of its neighbours
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
    """Paint the hair that hangs behind the neck, in its own shadow."""
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
