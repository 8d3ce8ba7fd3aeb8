"""What is heard and what moves by it, against `mel.npz` and `coefficients.npz`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from halfgig.animators.sadtalker.motion.coefficients import CROP, Part, coefficients
from halfgig.animators.sadtalker.motion.mel import frames_in, mel_columns
from halfgig.animators.sadtalker.motion.poses import motions
from halfgig.animators.sadtalker.motion.windows import windows
from halfgig.animators.sadtalker.networks.head_pose import EXPRESSION, expressions, listened, motion
from halfgig.animators.sadtalker.options import SadTalkerOptions
from tools.golden.figures import Figure, largest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from numpy.typing import NDArray

    from halfgig.nn.weights import Weights

    Floats = NDArray[np.float32]
    Numbers = Mapping[str, NDArray[Any]]

ASKED_OF_SOUND = 1e-4
ASKED = 1e-3
STYLES = (0, 7, 45)
SMOOTHED_STYLE = 7
"""The style of the rows that were computed from the sound on."""


def of_columns(numbers: Numbers) -> Iterator[Figure]:
    """Compare a sound's spectrogram."""
    wav = numbers["wav"]
    columns = np.concatenate(list(mel_columns([wav], frames_in(len(wav)))))
    yield Figure("mel columns", largest(numbers["mel"], columns), ASKED_OF_SOUND)


def of_windows(numbers: Numbers) -> Iterator[Figure]:
    """Compare what each frame hears."""
    n_frames = int(numbers["num_frames"])
    found = np.concatenate(list(windows(mel_columns([numbers["wav"]], n_frames), n_frames)))
    yield Figure("mel windows", largest(numbers["windows"], found), ASKED_OF_SOUND)


def of_expressions(weights: Weights, numbers: Numbers) -> Iterator[Figure]:
    """Compare expressions, given windows and blinks."""
    resting = np.repeat(numbers["ref"][:, :EXPRESSION], len(numbers["windows"]), axis=0)
    found = expressions(weights, numbers["windows"], resting, numbers["blink"][:, 0])
    yield Figure("expression", largest(numbers["exp"][0], found), ASKED)


def of_poses(weights: Weights, numbers: Numbers) -> Iterator[Figure]:
    """Compare poses of three styles, given chance, over all chunks."""
    reference, n_frames = numbers["ref"][0, EXPRESSION:CROP], len(numbers["windows"])
    for style in STYLES:

        def move(chunk: int, sound: Floats, style: int = style) -> Floats:
            return motion(weights, sound, numbers["z"][chunk], style, reference)

        moved = np.concatenate(list(motions([listened(weights, numbers["windows"])], n_frames, move)))
        yield Figure(f"pose, style {style}", largest(numbers[f"pose_{style}"][0], reference + moved), ASKED)


def of_rows(weights: Weights, sound: Numbers, numbers: Numbers) -> Iterator[Figure]:
    """Compare rows of coefficients from the sound on, smoothed."""
    n_frames = len(numbers["windows"])
    heard = windows(mel_columns([sound["wav"]], n_frames), n_frames)
    part = Part(
        n_frames,
        numbers["ref"][0, :CROP],
        numbers["blink"][:, 0],
        lambda chunk: np.asarray(numbers["z"][chunk], np.float32),
        SadTalkerOptions(pose_style=SMOOTHED_STYLE),
    )
    found = np.concatenate(list(coefficients(weights, heard, part)))
    yield Figure("coefficients from the sound on", largest(numbers["coeffs"], found), ASKED)
