"""Paragraphs of up to ten sentences, spoken by real voices, and how long upstream would take for them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from halfgig.media.chunks import SAMPLE_RATE
from halfgig.text.sentences import sentences
from halfgig.tts.kokoro.g2p.alphabet import ids_of
from halfgig.tts.kokoro.g2p.chunks import MAX_PHONEMES
from halfgig.tts.kokoro.timing import FRAMES_PER_SECOND
from halfgig.tts.sentence_cache import decode_chunks, encode_chunks

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from halfgig.media.chunks import Chunk
    from halfgig.tts.base import Voice
    from halfgig.tts.kokoro.engine import KokoroEngine

_OLD_MAN = """\
The old man walked slowly down the narrow street. He was looking at the lights in the windows. A cold wind came from
the north, and the leaves fell from the trees. Nobody had seen the little boat since the storm. When the sun went
down behind the mountains, the whole village gathered around the fire. They sang old songs and told stories about
the sea. My sister works as a teacher in a small town near the border. Every morning she takes the first train,
reads a book, and drinks her coffee. Could you please open the window and close the door? It is getting much too
warm in this room."""
_CHILDREN = """\
The children were playing football in the park after school. One of them lost a shoe, but he kept running and
laughing. We bought fresh bread, cheese and apples at the market. Then we carried everything home and cooked a big
dinner for our friends. The river flows through the valley and into the lake. In spring the water is high, and boats
can travel as far as the bridge. """
_MEETING = """\
She asked what time the meeting would start. I told her that nobody knew, because the director was still on his way
from the airport. Thank you very much for your help. It was a pleasure to meet you, and I hope that we will see each
other again soon."""
PARAGRAPHS = {"af_heart": _OLD_MAN, "am_michael": _CHILDREN + _MEETING, "bf_emma": _MEETING}
"""What each voice speaks: ten sentences, the last one four, of words that are in the aligner's dictionary."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """The chunks of each sentence of a paragraph."""

    sentences: tuple[tuple[Chunk, ...], ...]

    @property
    def pcm(self) -> bytes:
        """Sound of the paragraph."""
        return b"".join(chunk.pcm for chunks in self.sentences for chunk in chunks)

    @property
    def seconds(self) -> float:
        """Length of the paragraph."""
        return sum(chunk.seconds for chunks in self.sentences for chunk in chunks)

    def save(self, folder: Path) -> None:
        """Write each sentence to a file of a new folder."""
        folder.mkdir()
        for number, chunks in enumerate(self.sentences):
            (folder / f"{number:02}").write_bytes(encode_chunks(list(chunks)))

    @staticmethod
    def load(folder: Path) -> Spoken:
        """Read what `save` wrote."""
        return Spoken(tuple(tuple(decode_chunks(path.read_bytes()) or ()) for path in sorted(folder.iterdir())))


def spoken(engine: KokoroEngine, voice: Voice, text: str, speed: float = 1.0) -> Spoken:
    return Spoken(tuple(tuple(engine.speak(each, voice, speed)) for each in sentences(text, voice.language)))


def upstream_seconds(engine: KokoroEngine, voice: Voice, text: str) -> float:
    """Return the length of a paragraph by upstream's pipeline: as many sentences in a chunk as fit, chunks joined."""
    chunks = [""]
    for sentence in sentences(text, voice.language):
        for chunk in engine._front_end.chunks(sentence, voice.language):
            longer = f"{chunks[-1]} {chunk.phonemes}".strip()
            chunks[-1:] = [longer] if len(longer) <= MAX_PHONEMES else [chunks[-1], chunk.phonemes]
    ids = [ids_of(chunk, engine._vocabulary) for chunk in chunks]
    styles = [engine.style(voice.name, chunk) for chunk in chunks]
    frames = sum(int(engine._model.durations(*each, 1.0).sum()) for each in zip(ids, styles, strict=True))
    return frames / FRAMES_PER_SECOND


def gaps_s(pcm: bytes, shortest_s: float = 0.25) -> list[float]:
    """Return the quiet stretches between two sounds, in seconds: 40 dB below the loud parts, in steps of 10 ms."""
    step = SAMPLE_RATE // 100
    samples = np.frombuffer(pcm, "<i2").astype(np.float64)
    powers = np.square(samples[: len(samples) // step * step].reshape(-1, step)).mean(axis=1)
    heard = np.flatnonzero(powers > 1e-4 * np.quantile(powers, 0.95))
    return [float(gap - 1) / 100 for gap in np.diff(heard) if (gap - 1) / 100 >= shortest_s]


def loudness_steps(pcm: bytes, places: Sequence[int]) -> NDArray[np.int64]:
    """Return the largest difference of two samples within 3 samples of each place."""
    samples = np.frombuffer(pcm, "<i2").astype(np.int64)
    return np.array([np.abs(np.diff(samples[max(0, place - 3) : place + 3])).max(initial=0) for place in places])
