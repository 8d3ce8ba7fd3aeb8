"""What a frame hears: a fifth of a second of spectrogram from 80 ms before it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from halfgig.animators.sadtalker.motion.mel import columns_in
from halfgig.animators.sadtalker.networks.audio_encoder import BANDS, COLUMNS
from halfgig.errors import BadSetting

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

FPS = 25
COLUMNS_A_SECOND = 80
AHEAD = 2
"""Frames a window begins before its own."""
AT_ONCE = 32
"""Windows in a block: 160 KB."""


def start_of(frame: int) -> int:
    """Return a frame's first column; cut towards zero, so the second window of a sound begins at -3, not at -4."""
    return int(COLUMNS_A_SECOND * (frame - AHEAD) / FPS)


def windows(columns: Iterable[Floats], n_frames: int) -> Iterator[Floats]:
    """Yield blocks of windows [n, 80, 16] of a spectrogram's columns, both ends repeated."""
    last = columns_in(n_frames) - 1
    coming, first = iter(columns), 0
    held = np.empty((0, BANDS), np.float32)
    for start in range(0, n_frames, AT_ONCE):
        begins = np.array([start_of(frame) for frame in range(start, min(start + AT_ONCE, n_frames))])
        wanted = np.clip(begins[:, None] + np.arange(COLUMNS), 0, last)
        held, first = held[wanted[0, 0] - first :], int(wanted[0, 0])
        while first + len(held) <= wanted[-1, -1]:
            held = np.concatenate([held, next(coming)])
        yield np.ascontiguousarray(held[wanted - first].swapaxes(1, 2))


def idle_frames(seconds: float) -> int:
    """Return how many frames an idle face of this length in seconds has; raises BadSetting below one."""
    if not 1 / FPS <= seconds < float("inf"):
        raise BadSetting(f"an idle face of {seconds:g} s has no frame; ask for {1 / FPS} s (one frame) or more")
    return int(seconds * FPS)


def idle_windows(n_frames: int) -> Iterator[Floats]:
    """Yield what an idle face hears: zeros, which is not what silence looks like."""
    for start in range(0, n_frames, AT_ONCE):
        yield np.zeros((min(AT_ONCE, n_frames - start), BANDS, COLUMNS), np.float32)
