"""Pauses between chunks: where the voice is in a chunk's sound, and how long to be silent after a mark.

The network adds 0.4 to 1.6 s of near silence to each chunk, more than it leaves between two sentences of one chunk.
Therefore a chunk is cut to its voice, and the pause after it depends on its last mark.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from halfgig.media.chunks import SAMPLE_RATE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

FRAME = 120
"""Samples per level; 5 ms."""
BLOCK = 200 * FRAME
"""Samples whose levels are measured at a time; one second."""
EMPHASIS = np.float32(0.95)
"""Share of the previous sample that is subtracted: weakens the rumble of some voices, but not their consonants."""
QUIET = 1e-4
"""Power of the quietest voice relative to the loud parts: -40 dB. Final consonants are louder, breath is quieter."""
LOUD_SHARE = 0.05
"""Share of the frames that count as loud."""
GAP_FRAMES = 12
"""Minimum quiet frames of a gap inside the voice; 60 ms."""
LEAD, DECAY = 480, 240
"""Samples by which a voice begins before it is louder than `QUIET`, and ends after it; 20 and 10 ms."""
TAIL = 480
"""Samples kept after the voice; 20 ms."""
FADE_IN, FADE_OUT = 240, 480
"""Samples of the fades, 10 and 20 ms; within `LEAD` and `TAIL`, so that no consonant is faded."""

PAUSES_S = {",": 0.2, "—": 0.25, ";": 0.27, ":": 0.27, ".": 0.36, "!": 0.36, "?": 0.36, "…": 0.45}
"""Seconds between the voices of two chunks, by the mark between them, at speed 1."""
SENTENCE_S = PAUSES_S["."]
CLOSING = ' "()\N{LEFT DOUBLE QUOTATION MARK}\N{RIGHT DOUBLE QUOTATION MARK}'
"""Characters that may follow the mark."""


class VoiceActivity(NamedTuple):
    """Where the voice is in a chunk, in samples."""

    start: int
    stop: int
    """One past the last sample with voice."""
    gaps: tuple[tuple[int, int], ...] = ()
    """Quiet spans inside, in order: pauses and the closures of long stops."""


def voice_activity(sound: Floats) -> VoiceActivity:
    """Find the voice in the sound of a chunk; all of the sound if no part is louder than the rest."""
    powers = frame_powers(sound)
    n_loud = max(1, round(len(powers) * LOUD_SHARE))
    if len(powers) < n_loud:
        return VoiceActivity(0, len(sound))
    heard = np.flatnonzero(powers > QUIET * np.partition(powers, -n_loud)[-n_loud])
    if not len(heard):
        return VoiceActivity(0, len(sound))
    starts, stops = heard * FRAME - LEAD, (heard + 1) * FRAME + DECAY
    before = np.flatnonzero(np.diff(heard) > GAP_FRAMES)
    gaps = tuple(zip(stops[before].tolist(), starts[before + 1].tolist(), strict=True))
    return VoiceActivity(max(0, int(starts[0])), min(len(sound), int(stops[-1])), gaps)


def frame_powers(sound: Floats) -> Floats:
    """Return the mean power of each whole frame, with low frequencies weakened."""
    powers = [np.zeros(0, np.float32)]
    for start in range(0, len(sound) - FRAME + 1, BLOCK):
        block = sound[start : start + BLOCK]
        block = block[: len(block) // FRAME * FRAME].copy()
        block[1:] -= EMPHASIS * sound[start : start + len(block) - 1]
        block[0] -= EMPHASIS * sound[max(0, start - 1)]
        powers.append(np.square(block.reshape(-1, FRAME)).mean(axis=1))
    return np.concatenate(powers)


def cut(sound: Floats, voice: VoiceActivity) -> Floats:
    """Return the sound from the start of the voice, faded at both ends, as a view of `sound`, which is modified."""
    kept = sound[voice.start : voice.stop + TAIL]
    n_in, n_out = min(FADE_IN, len(kept)), min(FADE_OUT, len(kept))
    kept[:n_in] *= np.linspace(0, 1, n_in, endpoint=False, dtype=np.float32)
    kept[len(kept) - n_out :] *= np.linspace(1, 0, n_out, dtype=np.float32)
    return kept


def pause_after(phonemes: str, speed: float, extra_s: float, *, ends_sentence: bool) -> float:
    """Return the seconds between the voice of a chunk and the next voice.

    `extra_s` is the pause that the text asks for, at any speed. It is added to that of the mark; without a mark, it is
    the whole pause.
    """
    mark = phonemes.rstrip(CLOSING)[-1:]
    if mark in PAUSES_S:
        return PAUSES_S[mark] / speed + extra_s
    return extra_s or (SENTENCE_S / speed if ends_sentence else 0.0)


def silence_s(pause_s: float) -> float:
    """Return the seconds of silence that make a pause, with what is kept of the sound around both voices."""
    return max(0.0, pause_s - (LEAD + DECAY + TAIL) / SAMPLE_RATE)
