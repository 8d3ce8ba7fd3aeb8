"""What the memory tests run inside a cell."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


def speak(model: str, n_tokens: int, speed: float, budget_mb: int, spill: str) -> Iterator[int]:
    """Yield the number of samples of every piece of one chunk."""
    import numpy as np

    from halfgig.tts.kokoro.networks.model import Kokoro

    rng = np.random.default_rng(n_tokens)
    voice = Kokoro(Path(model), 2, budget_mb, Path(spill))
    ids = [0, *rng.integers(1, 178, n_tokens).tolist(), 0]
    style = rng.standard_normal(256, np.float32) * np.float32(0.3)
    for piece in voice.synthesise(ids, style, speed, seed=1).pieces:
        yield len(piece)
    voice.close()


def speak_chunks(model: str, lengths: list[int], budget_mb: int, spill: str) -> Iterator[int]:
    """Yield the number of samples of every chunk."""
    import numpy as np

    from halfgig.tts.kokoro.networks.model import Kokoro

    voice = Kokoro(Path(model), 2, budget_mb, Path(spill))
    style = np.random.default_rng(0).standard_normal(256, np.float32) * np.float32(0.3)
    for seed, length in enumerate(lengths):
        ids = [0, *np.random.default_rng(seed).integers(1, 178, length).tolist(), 0]
        yield sum(len(piece) for piece in voice.synthesise(ids, style, 1.0, seed).pieces)
    voice.close()


def build_model(checkpoint: str, out: str) -> Iterator[str]:
    """Build Kokoro and yield when done."""
    from halfgig.tts.kokoro.networks.build import build

    build(Path(checkpoint), Path(out), lambda _: None)
    yield "built"
