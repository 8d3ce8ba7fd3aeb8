"""When each word is heard in a sound, by pocketsphinx's acoustic model."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

import pytest

from halfgig.media.chunks import SAMPLE_RATE
from halfgig.media.resample import resampled

if TYPE_CHECKING:
    from collections.abc import Sequence

RATE = 16_000
FRAMES_PER_SECOND = 100


def word_times(pcm: bytes, words: Sequence[str]) -> list[tuple[float, float]]:
    """Return start and end of each word in seconds; words must be in pocketsphinx's dictionary."""
    decoder = _decoder()
    decoder.reinit_feat()  # nothing of the sound before is taken for its mean
    sound = resampled(pcm, SAMPLE_RATE, RATE)
    decoder.set_align_text(" ".join(words).lower())
    _decode(decoder, sound)
    decoder.set_alignment()  # the second pass places states, not only words
    _decode(decoder, sound)
    found = [word for word in decoder.get_alignment() if word.name[:1] not in "<([+"]
    return [(word.start / FRAMES_PER_SECOND, (word.start + word.duration) / FRAMES_PER_SECOND) for word in found]


@functools.cache
def _decoder() -> Any:
    """Return the one decoder: its model takes longer to load than a sentence to align."""
    pocketsphinx = pytest.importorskip("pocketsphinx", reason="forced alignment needs pocketsphinx")
    return pocketsphinx.Decoder(samprate=RATE, loglevel="FATAL", bestpath=False)


def _decode(decoder: Any, sound: bytes) -> None:
    decoder.start_utt()
    decoder.process_raw(sound, full_utt=True)
    decoder.end_utt()
