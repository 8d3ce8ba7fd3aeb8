"""Light on a height field: normals, cast shadows, and the soft shading of skin."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from presenter.canvas import Array, Canvas


def _unit(x: float, y: float, z: float) -> Array:
    v = np.array([x, y, z], np.float32)
    return (v / np.linalg.norm(v)).astype(np.float32)


KEY = _unit(-0.52, -0.58, 0.74)
"""Direction of a large window at the upper left of the painter; x right, y down, z out of the picture."""
FILL = _unit(0.8, 0.05, 0.55)
"""Direction of the pale wall on the right."""
KEY_LIGHT = np.array([1.10, 1.02, 0.925], np.float32)
FILL_LIGHT = np.array([0.180, 0.156, 0.148], np.float32)
SKY_LIGHT = np.array([0.20, 0.188, 0.185], np.float32)
_BOUNCE_LIGHT = np.array([0.150, 0.112, 0.090], np.float32)  # from chest and blouse, upwards
_WRAP = np.array([0.42, 0.27, 0.20], np.float32)  # red light scatters farthest under the skin


def normals(height: Array, scale: float) -> Array:
    """Return the unit normals (h, w, 3) of a height field in units, at `scale` pixels per unit."""
    dx = cv2.Sobel(height, cv2.CV_32F, 1, 0, ksize=3) * (scale / 8)
    dy = cv2.Sobel(height, cv2.CV_32F, 0, 1, ksize=3) * (scale / 8)
    inverse = 1 / np.sqrt(dx * dx + dy * dy + 1)
    return np.stack([-dx * inverse, -dy * inverse, inverse], axis=-1)  # (h, w, 3)


def lambert(normal: Array, direction: Array) -> Array:
    """Return the cosine between surface normal and light, negative if the surface faces away."""
    return normal @ direction


def cast_shadow(canvas: Canvas, height: Array, reach: float = 150, soft: float = 0.22) -> Array:
    """Return the share of the key light that reaches each point, 0 to 1, by ray marching."""
    side = 512
    small = cv2.resize(height, (side, side), interpolation=cv2.INTER_AREA)
    step = 1024 / side
    flat = KEY[:2] / np.linalg.norm(KEY[:2])
    climb = float(KEY[2] / np.linalg.norm(KEY[:2]))
    blocked = np.zeros_like(small)
    for i in range(2, int(reach / step)):
        shift = np.array([[1, 0, flat[0] * i], [0, 1, flat[1] * i]], np.float32)
        towards = cv2.warpAffine(
            small, shift, (side, side), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP, borderMode=cv2.BORDER_REPLICATE
        )
        far = i * step
        excess = (towards - small - climb * far) / (soft * far + 3)
        blocked = np.maximum(blocked, np.clip(excess, 0, 1))
    lit = cv2.GaussianBlur(1 - blocked, (0, 0), 2.0)
    return np.asarray(np.clip(cv2.resize(lit, (canvas.side, canvas.side)), 0, 1), np.float32)


def occlusion(canvas: Canvas, height: Array, sigma: float, strength: float) -> Array:
    """Return ambient occlusion: 1 on open surfaces, less in hollows."""
    hollow = canvas.blur(height, sigma) - height
    return np.clip(1 - strength * np.maximum(hollow, 0) / sigma, 0.25, 1)


def skin_light(normal: Array, lit: Array, open_sky: Array) -> Array:
    """Return the light (h, w, 3) leaving white skin: key light with a red edge at its shadow, fill and sky."""
    key = lambert(normal, KEY)[..., None]
    wrapped = np.clip((key + _WRAP) / (1 + _WRAP), 0, None) ** 1.25
    soft_lit = lit[..., None] ** np.array([0.8, 1.0, 1.1], np.float32)
    fill = np.clip(lambert(normal, FILL)[..., None] + 0.25, 0, None) / 1.25
    sky = (0.62 - 0.38 * normal[..., 1:2]) * open_sky[..., None]
    light = KEY_LIGHT * wrapped * soft_lit + FILL_LIGHT * fill * open_sky[..., None] + SKY_LIGHT * sky
    light += _BOUNCE_LIGHT * np.clip(normal[..., 1:2], 0, 1)
    return np.asarray(light, np.float32)


def gloss(normal: Array, direction: Array, power: float) -> Array:
    """Return the specular part of a light for a viewer straight ahead."""
    half = direction + np.array([0, 0, 1], np.float32)
    half /= np.linalg.norm(half)
    return np.asarray(np.clip(lambert(normal, half), 0, 1) ** power, np.float32)


def rim(normal: Array) -> Array:
    """Return the rim light on the right edge, from behind."""
    away = np.clip(1 - normal[..., 2], 0, 1) ** 3
    return np.asarray(away * np.clip(normal[..., 0] * 0.9 - normal[..., 1] * 0.35, 0, 1), np.float32)
