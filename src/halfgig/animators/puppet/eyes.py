"""The eyes of a portrait, painted in the picture itself before it is warped: where they look, and lids over them."""

from __future__ import annotations

import math
from contextlib import contextmanager
from typing import TYPE_CHECKING

import numpy as np

from halfgig.animators.puppet.bases import smoothstep
from halfgig.animators.puppet.blendshapes import Eyes
from halfgig.animators.puppet.eye_window import RIM, EyeWindow
from halfgig.animators.puppet.eyeball import Eyeball
from halfgig.animators.puppet.iris import find_iris, has_edge, shows_an_eye
from halfgig.animators.puppet.lashes import Lashes
from halfgig.animators.puppet.lid_skin import LidSkin

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from halfgig.animators.puppet.iris import Circle
    from halfgig.face.frame import Map
    from halfgig.face.measure import Eye
    from halfgig.face.rig import Rig

    Pixels = NDArray[np.uint8]

OVERLAP = 0.012
"""Travel of a closing lid past the lower one in the middle of the eye, in eye distances, so that no white is left."""

SQUINT, WIDE = 0.28, 0.18
"""Motion of the lower lid in a squint, and of the upper lid of wide eyes, as shares of the opening."""

FOLLOWS_DOWN, FOLLOWS_UP = 0.75, 0.4
"""Motion of the upper lid with the iris where the eye looks down and up, as shares of the iris's."""

FOLLOWS_MOST = 0.3
"""The largest of these motions, as a share of the opening."""

CLOSED = 0.035
"""Height of an opening, in eye distances, below which the eye is closed in the picture."""

ABOVE, UNDER = 0.1, 0.15
"""Extent of the skin that moves with the lids, in eye distances."""

BEGUN = 0.015
"""Motion of lids or iris, in eye distances, in which what is filled in at the rim of the eyeball appears."""

STEP_DEG = 0.2
"""Steps in which a gaze is painted: a twentieth of a pixel.  The head never rests, and the eyes turn against it."""

LASHES_FADE = 0.12
"""Share of a blink in which the lashes of the picture are replaced by those that move."""


class PaintedEye:
    """One eye of a portrait, RGB [H, W, 3]."""

    def __init__(self, eye: Eye, window: EyeWindow, iris: Circle) -> None:
        self.window = window
        self.turns = has_edge(iris, eye, window.read_picture)
        """Whether the iris is known well enough to be moved."""
        self.eyeball = Eyeball(window, iris)
        self.shut = LidSkin(window, eye).shut
        """The window with the lid's skin down to beyond the lower lid, [h, w, 3]."""
        self.lashes = Lashes(window)
        share = window.opening / window.tallest
        self._pose, self._open = Eyes()[2:], (window.rgb, window.upper)
        self._pixels = _pixels(window.rgb)
        self._arch = share.clip(0, 1)
        self._rim = np.float32(max(RIM, 2 * window.softness))
        self._past = np.float32(OVERLAP) * smoothstep(0.0, 0.7, share)
        self._ball_shown = self._arch * (window.y < window.lower)
        self._seen = smoothstep(2 * RIM, 4 * RIM, window.opening[window.core])  # not in the corners, which are all rim
        self._sure = window.certainty()[window.core]

    def painted(self, closed: float, eyes: Eyes) -> Pixels:
        """Return the window with the eye `closed` by 0..1, RGB [h, w, 3]."""
        window = self.window
        _, down = self.eyeball.travel(eyes.gaze_yaw, eyes.gaze_pitch)
        follows = down * (FOLLOWS_DOWN if down > 0 else FOLLOWS_UP)
        most = FOLLOWS_MOST * window.tallest
        lowered = np.float32(min(max(follows, -most), most) - WIDE * eyes.wide * window.tallest)
        raised = np.float32(SQUINT * eyes.squint * window.tallest)
        pose = eyes[2:]
        if pose != self._pose:  # eyes rest most of the time
            self._pose, self._open = pose, self._opened(lowered, raised, eyes)
            self._pixels = _pixels(self._open[0])
        return _pixels(self._closed(*self._open, closed)) if closed > 0 else self._pixels

    def _opened(self, lowered: np.float32, raised: np.float32, eyes: Eyes) -> tuple[Map, Map]:
        """Return the eye with moved lids and eyeball, [h, w, 3], and the height of the upper lid's edge, [h, w]."""
        window = self.window
        if not (lowered or raised or eyes.gaze_yaw or eyes.gaze_pitch):
            return window.rgb, window.upper
        upper = np.asarray(window.upper + lowered * self._arch, np.float32)
        lower = np.asarray(window.lower - raised * self._arch, np.float32)
        lids = window.rgb
        if lowered or raised:
            skin: Map = lowered * smoothstep(-ABOVE, 0, window.y - upper) * (window.y < upper + self._rim)
            skin -= raised * smoothstep(UNDER, 0, window.y - lower) * (window.y > lower - self._rim)
            lids = window.moved(window.rgb, 0.0, skin * self._arch)
        core = window.core
        ball = self.eyeball.looking(eyes.gaze_yaw, eyes.gaze_pitch)
        depth = np.minimum(window.y[core] - upper[core], lower[core] - window.y[core])
        moved = abs(float(lowered)) + float(raised) + math.hypot(*self.eyeball.travel(eyes.gaze_yaw, eyes.gaze_pitch))
        filled = np.float32(min(1.0, moved / BEGUN))  # what is filled in must not appear at once
        seen = (depth / self._rim).clip(0, 1) * self._seen * (self._sure + (1 - self._sure) * filled)
        shown = lids.copy()
        shown[core] += (ball - shown[core]) * seen[..., None]
        return shown, upper

    def _closed(self, opened: Map, upper: Map, closed: float) -> Map:
        """Return the eye with its upper lid lowered, [h, w, 3]."""
        window = self.window
        edge = np.asarray(upper + np.float32(closed) * (window.lower - upper + self._past), np.float32)
        begun = np.float32(min(1.0, closed / LASHES_FADE))
        is_lid = ((edge - window.y) / max(window.pixel, 2 * window.softness) + 0.5).clip(0, 1)
        shown = opened + (self.shut - opened) * (begun * is_lid)[..., None]
        shadow = self.lashes.shadow(edge) * (1 - is_lid) * self._ball_shown * np.float32(closed)
        dark = 1 - (1 - begun * self.lashes.opacity(edge, closed)) * (1 - shadow)
        return np.asarray(shown * (1 - dark[..., None]), np.float32)


def _pixels(colours: Map) -> Pixels:
    return np.asarray((colours + 0.5).clip(0, 255), np.uint8)


class PaintedEyes:
    """Both eyes of a portrait, RGB [H, W, 3]; an eye that is closed in it stays as it is."""

    def __init__(self, rig: Rig, rgb: Pixels) -> None:
        self._rgb = rgb
        self.eyes = tuple(_open_eye(eye, rig, rgb) for eye in (rig.shape.right_eye, rig.shape.left_eye))
        """The right and the left eye; None for one that is closed or hidden."""
        self.turns = all(eye.turns for eye in self.eyes if eye)
        """Whether both can look elsewhere: one eye alone would squint."""

    @contextmanager
    def painted(self, eyes: Eyes) -> Iterator[None]:
        """Paint the eyes in the portrait for as long as the context lasts."""
        kept = []
        turns = (self.turns * STEP_DEG * round(angle / STEP_DEG) for angle in (eyes.gaze_yaw, eyes.gaze_pitch))
        eyes = Eyes(*eyes[:4], *turns)
        for eye, closed in zip(self.eyes, (eyes.blink_right, eyes.blink_left), strict=True):
            if eye and any((closed, *eyes[2:])):
                part = self._rgb[eye.window.part]
                kept.append((part, part.copy()))
                part[:] = eye.painted(closed, eyes)
        try:
            yield
        finally:
            for part, before in reversed(kept):
                part[:] = before


def _open_eye(eye: Eye, rig: Rig, rgb: Pixels) -> PaintedEye | None:
    """Return an eye that can be painted; None if it is closed or hidden in the picture."""
    heights = [below.y - above.y for above, below in zip(eye.upper, eye.lower, strict=True)]
    if max(heights) < CLOSED:
        return None
    window = EyeWindow(eye, rig.shape.frame, rgb, rig.texture.blur)
    iris = find_iris(eye, window.read_picture)
    is_seen = shows_an_eye(window.rgb.mean(axis=-1), window.inside, window.distance_from(iris))
    return PaintedEye(eye, window, iris) if is_seen else None
