"""What can be wished of SadTalker's face, refused where it cannot be; web checks it before a video is accepted."""

import math
from collections.abc import Sequence
from dataclasses import fields

from halfgig.errors import BadSetting
from halfgig.requests import MODES, SADTALKER, SadTalkerOptions

STYLES = 46
"""Ways to move a head that SadTalker was trained with."""

MOST_EXPRESSION = 3.0
"""Times the usual; beyond it faces come apart."""

FARTHEST = 90
"""Degrees; nothing of a face is left beyond it."""

FPS = 25.0
"""Frames a second; SadTalker's networks know no other."""

MOST_STOPS = 100
"""Angles in a list."""


def check_options(animator: str, fps: float, options: SadTalkerOptions, *, has_recording: bool = True) -> None:
    """Refuse what cannot be.  Raises `BadSetting` with the value, the limit and what to do."""
    if animator != SADTALKER:
        _check_unused(animator, options)
        return
    if fps != FPS:
        raise BadSetting(f"SadTalker moves a face at {FPS:g} frames a second, not at {fps:g}; leave fps out")
    if options.preprocess not in MODES:
        raise BadSetting(f"there is no preprocess {options.preprocess!r}; choose one of: {', '.join(MODES)}")
    style, scale = options.pose_style, options.expression_scale
    if not isinstance(style, int) or not 0 <= style < STYLES:
        raise BadSetting(f"there is no pose style {style!r}; styles are the whole numbers 0 to {STYLES - 1}")
    if not 0 <= scale <= MOST_EXPRESSION:
        raise BadSetting(f"an expression scale of {scale:g} cannot be; give a number from 0 to {MOST_EXPRESSION:g}")
    if options.follow and not has_recording:
        raise BadSetting("there is nothing to follow; give the film of a face as the recording, or leave follow out")
    for name in ("yaw", "pitch", "roll"):
        check_angles(name, getattr(options, name))


def check_angles(name: str, stops: Sequence[float]) -> None:
    """Refuse angles in degrees that cannot be seen, and more of them than anyone needs.  Raises `BadSetting`."""
    if wrong := [stop for stop in stops if not abs(stop) <= FARTHEST]:
        raise BadSetting(f"a {name} of {wrong[0]:g} degrees cannot be seen; give angles from -{FARTHEST} to {FARTHEST}")
    if len(stops) > MOST_STOPS:
        raise BadSetting(f"{len(stops)} angles of {name} are too many; give up to {MOST_STOPS}")


def check_idle(seconds: float, most_s: float) -> None:
    """Refuse to idle for no time or for longer than a recording may last.  Raises `BadSetting`."""
    if not math.isfinite(seconds) or not 1 / FPS <= seconds <= most_s:
        raise BadSetting(
            f"an idle face of {seconds:g} s cannot be made; ask for {1 / FPS} s (one frame) to {most_s:g} s"
        )


def _check_unused(animator: str, options: SadTalkerOptions) -> None:
    usual = SadTalkerOptions()
    for each in fields(options):
        if getattr(options, each.name) != getattr(usual, each.name):
            name = each.name.replace("_", " ")
            raise BadSetting(f"the {animator} knows no {name}: it is SadTalker's; leave it out, or choose sadtalker")
