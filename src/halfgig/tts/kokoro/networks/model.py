"""Kokoro-82M: phoneme ids and a style in, 24 kHz sound out; memory does not grow with the text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from halfgig.errors import TextTooLong
from halfgig.nn.buffers import SpillBuffer, give_back, keep_large_blocks_apart
from halfgig.nn.interruption import stop_if_asked
from halfgig.nn.kernels import Kernels
from halfgig.nn.tiles import ThreadPool
from halfgig.nn.weights import Weights, read_table
from halfgig.tts.kokoro.networks.build import FORMAT, MANIFEST, WEIGHTS
from halfgig.tts.kokoro.networks.decoder import features
from halfgig.tts.kokoro.networks.layers import LayerContext
from halfgig.tts.kokoro.networks.prosody import Prosody, aligned, curves, prosody
from halfgig.tts.kokoro.networks.source import source, spectrum
from halfgig.tts.kokoro.networks.vocoder import vocoder

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

MAX_TOKENS = 512
"""Rows of the position table: 510 phonemes and one pad at each end."""
SAMPLES_PER_FRAME = 600
BASE_MB = 86
"""Private memory of a cell in MB, without tensors as long as the sound: libraries, widened weights, tiles.

Measured: 63 MB for any length of chunk, and 8 MB for the front end of a long text.
"""


@dataclass(frozen=True, slots=True)
class Utterance:
    """A chunk of speech in synthesis."""

    durations: NDArray[np.int64]
    """Frames of 25 ms for each id, including both pads; available before the first piece."""
    pieces: Iterator[Floats]
    """24 kHz sound, about half a second each, in order; not clipped."""

    @property
    def n_samples(self) -> int:
        """Total length of the pieces in samples."""
        return int(self.durations.sum()) * SAMPLES_PER_FRAME


class Kokoro:
    """The networks of an installed Kokoro; only cells load them.

    Speaking raises `NotFinite`, with the stage's name, if a network computes NaN or infinity.
    """

    def __init__(self, model_dir: Path, threads: int, budget_mb: int, spill_dir: Path | None = None) -> None:
        keep_large_blocks_apart()
        manifest = read_table(model_dir / MANIFEST, FORMAT, "Kokoro")
        self.context = LayerContext(
            Weights(model_dir / WEIGHTS, manifest["tensors"]),
            Kernels(threads),
            ThreadPool(threads),
            SpillBuffer(max(0, budget_mb - BASE_MB) << 20, spill_dir),
        )

    def durations(self, ids: Sequence[int], style: Floats, speed: float) -> NDArray[np.int64]:
        """Return the frames of 25 ms for each id.

        `ids` start and end with the pad, 0; `style` is a row [256] of a voice.
        """
        return self._prosody(ids, style, speed).durations

    def synthesise(self, ids: Sequence[int], style: Floats, speed: float, seed: int | None) -> Utterance:
        """Synthesise a chunk. The same seed gives the same sound; None omits the noise of the source."""
        found = self._prosody(ids, style, speed)
        return Utterance(found.durations, self._pieces(found, np.asarray(style, np.float32).reshape(-1), seed))

    def _prosody(self, ids: Sequence[int], style: Floats, speed: float) -> Prosody:
        if len(ids) > MAX_TOKENS:
            raise TextTooLong(f"{len(ids)} ids in one chunk; Kokoro takes {MAX_TOKENS}, so split it before")
        flat = np.asarray(style, np.float32).reshape(-1)
        try:
            return prosody(self.context, np.asarray(ids, np.int64), flat[128:], speed)
        finally:
            self._release_memory()

    def _pieces(self, found: Prosody, style: Floats, seed: int | None) -> Iterator[Floats]:
        context = self.context
        f0, n = curves(context, found.tokens, found.durations, style[128:])
        har = context.pool.begin(lambda: spectrum(context, source(context, f0, seed)))
        try:
            try:
                decoded = features(context, aligned(found.text, found.durations), f0, n, style[:128])
            finally:  # a sentence that is given up leaves nothing running
                excitation = har()
            self._release_memory()
            stop_if_asked()
            yield from vocoder(context, decoded, excitation, style[:128])
        finally:
            self._release_memory()

    def _release_memory(self) -> None:
        self.context.kernels.blocks.clear()
        give_back()

    def close(self) -> None:
        """Stop the threads."""
        self.context.pool.close()
