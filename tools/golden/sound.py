"""Compare the spectrogram and the motion coefficients with `mel.npz` and `coefficients.npz`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from halfgig.animators.sadtalker.audio_windows import mel_windows
from halfgig.animators.sadtalker.motion.coefficients import CROP, MotionInputs, coefficients
from halfgig.animators.sadtalker.motion.mel import frames_in, mel_columns
from halfgig.animators.sadtalker.motion.poses import pose_offsets
from halfgig.animators.sadtalker.networks.head_pose import (
    EXPRESSION,
    predict_expressions,
    predict_pose_offsets,
    reduce_audio,
)
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
"""Pose style of the golden coefficients."""


def of_columns(numbers: Numbers) -> Iterator[Figure]:
    """Compare the columns of the mel spectrogram."""
    wav = numbers["wav"]
    columns = np.concatenate(list(mel_columns([wav], frames_in(len(wav)))))
    yield Figure("mel columns", largest(numbers["mel"], columns), ASKED_OF_SOUND)


def of_windows(numbers: Numbers) -> Iterator[Figure]:
    """Compare the audio windows of all frames."""
    n_frames = int(numbers["num_frames"])
    found = np.concatenate(list(mel_windows(mel_columns([numbers["wav"]], n_frames), n_frames)))
    yield Figure("mel windows", largest(numbers["windows"], found), ASKED_OF_SOUND)


def of_expressions(weights: Weights, numbers: Numbers) -> Iterator[Figure]:
    """Compare expressions, with the golden windows and blinks as input."""
    resting = np.repeat(numbers["ref"][:, :EXPRESSION], len(numbers["windows"]), axis=0)
    found = predict_expressions(weights, numbers["windows"], resting, numbers["blink"][:, 0])
    yield Figure("expression", largest(numbers["exp"][0], found), ASKED)


def of_poses(weights: Weights, numbers: Numbers) -> Iterator[Figure]:
    """Compare poses over all chunks for three styles, with the golden latents."""
    reference, n_frames = numbers["ref"][0, EXPRESSION:CROP], len(numbers["windows"])
    features = reduce_audio(weights, numbers["windows"])
    for style in STYLES:

        def predict(chunk: int, audio: Floats, style: int = style) -> Floats:
            return predict_pose_offsets(weights, audio, numbers["z"][chunk], style, reference)

        offsets = np.concatenate(list(pose_offsets([features], n_frames, predict)))
        yield Figure(f"pose, style {style}", largest(numbers[f"pose_{style}"][0], reference + offsets), ASKED)


def of_rows(weights: Weights, sound: Numbers, numbers: Numbers) -> Iterator[Figure]:
    """Compare smoothed coefficients, computed from the waveform."""
    n_frames = len(numbers["windows"])
    windows = mel_windows(mel_columns([sound["wav"]], n_frames), n_frames)
    inputs = MotionInputs(
        n_frames,
        numbers["ref"][0, :CROP],
        numbers["blink"][:, 0],
        lambda chunk: np.asarray(numbers["z"][chunk], np.float32),
        SadTalkerOptions(pose_style=SMOOTHED_STYLE),
    )
    found = np.concatenate(list(coefficients(weights, windows, inputs)))
    yield Figure("coefficients from the sound on", largest(numbers["coeffs"], found), ASKED)
