"""What a video will cost, estimated before it is made: the length of a plain one that takes as long.

A plain video has 512 pixels and 25 frames a second; twice the frames, or twice the pixels, count twice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from halfgig.capacity.throughput import PLAIN_SIZE
from halfgig.media.sound_length import estimated_seconds
from halfgig.server.errors import OrderTooLarge
from halfgig.text.script import read_script

if TYPE_CHECKING:
    from pathlib import Path

    from halfgig.requests import VideoRequest

PLAIN_FPS = 25.0

CHARACTERS_PER_S = 15.0
"""Of speech at its usual pace."""


def plain_seconds(wanted: VideoRequest, folder: Path) -> float:
    """Return the seconds of a plain video that take as long; files of the request are in `folder`."""
    return _seconds(wanted, folder) * wanted.fps / PLAIN_FPS * (wanted.size / PLAIN_SIZE) ** 2


def check_cost(plain_s: float, most_minutes: float) -> None:
    """Raise `OrderTooLarge` for a video over MAX_VIDEO_MINUTES."""
    if plain_s > most_minutes * 60:
        raise OrderTooLarge(
            f"the video is as much work as {plain_s / 60:.0f} minutes of {PLAIN_SIZE} pixels at {PLAIN_FPS:g} frames a "
            f"second; the limit is {most_minutes:g} minutes: make it shorter or smaller, or raise MAX_VIDEO_MINUTES"
        )


def _seconds(wanted: VideoRequest, folder: Path) -> float:
    if wanted.speech:
        script = read_script(wanted.speech.text)
        return len(script.text) / CHARACTERS_PER_S / wanted.speech.speed + script.pauses_s
    if wanted.audio:
        return estimated_seconds(folder / wanted.audio)
    return wanted.idle
