"""What the memory tests run inside a cell."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np
    from numpy.typing import NDArray


def act(model: str, seconds: int) -> Iterator[int]:
    """Compute the windows of coefficients for some seconds of noise, and yield their number."""
    import numpy as np

    from halfgig.animators.sadtalker.audio_windows import mel_windows
    from halfgig.animators.sadtalker.motion.coefficients import MotionInputs, coefficients, row_windows
    from halfgig.animators.sadtalker.motion.mel import mel_columns
    from halfgig.animators.sadtalker.motion.poses import latents_from
    from halfgig.animators.sadtalker.networks.audio_encoder import open_audio

    def noise() -> Iterator[NDArray[np.float32]]:
        for second in range(seconds):
            yield np.random.default_rng(second).standard_normal(16_000, np.float32)

    n_frames = 25 * seconds
    inputs = MotionInputs(n_frames, np.zeros(73, np.float32), np.zeros(n_frames, np.float32), latents_from(1))
    audio = mel_windows(mel_columns(noise(), n_frames), n_frames)
    yield sum(len(block) for block in row_windows(coefficients(open_audio(Path(model)), audio, inputs)))


def build_model(checkpoint: str, out: str) -> Iterator[str]:
    """Build the audio networks and yield when done."""
    from halfgig.animators.sadtalker.networks.audio_encoder import build_audio

    Path(out).mkdir()
    build_audio(Path(checkpoint), Path(out))
    yield "built"
