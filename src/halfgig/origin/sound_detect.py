"""Find the mark in sound of any origin, cut, encoded, faster or slower.

Loudness is measured in the pattern's bands every 10 ms. What a speech does by itself is taken off: each group's
difference between rising and falling bands, less its own average over 170 ms. The rest is correlated with the known
chips at every offset and speed; the best places are decoded and judged with all chips.

Judged how: the key's signs are random, whatever the sound is. So the chance that a sound without a mark correlates as
well is at most exp(-evidence) for one guess (Chernoff's bound), and all guesses are counted: each offset, speed, window
and payload that could have been found.
"""

from __future__ import annotations

import heapq
import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from halfgig.media.chunks import SAMPLE_RATE
from halfgig.origin.evidence import FALSE_ALARMS, Agreement
from halfgig.origin.pattern import BANDS, CHIP, CHIPS, GROUPS, KNOWN, band_edges, band_signs, chip_roles, chip_signs
from halfgig.origin.payload import CODE_BITS, Payload

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

WINDOW_S, HOP_S = 12.0, 6.0
"""Seconds of sound examined together, and from one window to the next."""

CANDIDATES = 48
"""Places of a window that are decoded."""

SPEEDS = tuple(1 + step / 300 for step in range(-36, 37))
"""Speeds that are tried: 0.88 to 1.12, in steps at which 12 s stay aligned."""

MOST_SEARCHED = 10
"""Windows of a file that are searched at all speeds; each takes about a second."""

_HOP = SAMPLE_RATE // 100
_STEP = CHIP // _HOP  # measurements in a chip
_PERIOD = CHIPS * _STEP
_FFT, _LENGTH = 1024, 840
_AVERAGE, _NEAR = 9, 31  # halves of averages, in measurements
_QUIET_DB = 60  # bands that are this far below the loudest are no evidence


class Finding(NamedTuple):
    """A mark in a sound."""

    payload: Payload | None
    """What the mark says; None: it is there, but its number cannot be read."""
    chance: float
    """Bound of the chance that a file without a mark looks like this."""
    start_s: float
    """Start of the window in which it is clearest."""
    speed: float
    """Speed relative to the original."""
    keeps_pitch: bool
    """Whether the pitch stayed when the speed was changed."""


class Search(NamedTuple):
    """The result of searching one window."""

    evidence: float
    """Evidence in nats: by chance a place has it with a probability of at most exp(-evidence)."""
    payload: Payload | None
    """The likeliest payload; None if it is not clear which."""
    places: int
    """Number of offsets and speeds that were tried."""
    speed: float = 1.0
    """Speed of that place."""
    keeps_pitch: bool = True
    """Whether that place has the original pitch."""

    def chance(self, places: float) -> float:
        """Return a bound of the chance to find this evidence without a mark in this number of places."""
        return min(1.0, places * math.exp(-self.evidence))


class _Guess(NamedTuple):
    """A place where a mark might be: the measurements in the mark's own time, and the offset of its first chip."""

    score: float
    values: Floats
    offset: int
    speed: float
    keeps_pitch: bool


def find_mark(blocks: Iterable[bytes]) -> Finding | None:
    """Return the mark in mono s16le sound at `SAMPLE_RATE`, or None where chance could explain what is there.

    Reading stops at the first clear mark. Otherwise the most active windows are searched at all speeds; they are all
    that is kept, so memory does not grow with the length.
    """
    active: list[tuple[float, float, NDArray[np.int16]]] = []
    judge = _Judge()
    for start_s, samples in _windows(blocks):
        if finding := judge.finding(start_s, search(samples, (1.0,))):
            return finding
        heapq.heappush(active, (float(np.median(np.abs(samples))), start_s, samples))
        if len(active) > MOST_SEARCHED:
            heapq.heappop(active)
    for _, start_s, samples in sorted(active, reverse=True, key=lambda window: window[:2]):
        if finding := judge.finding(start_s, search(samples)):
            return finding
    return None


class _Judge:
    """Counts what was tried in a file, and says whether chance explains what was found."""

    def __init__(self) -> None:
        self._places = self._searches = 0

    def finding(self, start_s: float, found: Search) -> Finding | None:
        self._places += found.places
        self._searches += 1
        # The share of the k-th search is 1/k^2, whose sum is below 2: the chance holds wherever the reading stops,
        # and for payloads and all codewords together.
        chance = found.chance(4 * self._searches * self._places)
        if chance >= FALSE_ALARMS:
            return None
        return Finding(found.payload, chance, start_s, found.speed, found.keeps_pitch)


def search(samples: NDArray[np.int16], speeds: Iterable[float] = SPEEDS) -> Search:
    """Return the place of a window that is most likely to be the mark's."""
    power = _power(samples)
    guesses, tried = list[_Guess](), 0
    plain = _measured(power, 1.0)
    for speed in speeds:
        for keeps_pitch in (True, False) if speed != 1.0 else (True,):
            values = _in_own_time(plain if keeps_pitch else _measured(power, speed), speed)
            guesses += _best_places(values, speed, keeps_pitch)
            tried += _PERIOD
    guesses.sort(key=lambda guess: -guess.score)
    judged = [(_agreement(guess), guess) for guess in guesses[:CANDIDATES]]
    agreement, guess = max(judged, key=lambda each: each[0].evidence())
    evidence, payload = agreement.read()
    return Search(evidence, payload, tried, guess.speed, guess.keeps_pitch)


def _windows(blocks: Iterable[bytes]) -> Iterator[tuple[float, NDArray[np.int16]]]:
    """Yield windows with their starts in seconds; the last one ends with the sound."""
    size, hop = round(WINDOW_S * SAMPLE_RATE), round(HOP_S * SAMPLE_RATE)
    held, start = np.zeros(0, np.int16), 0
    for block in blocks:
        held = np.concatenate([held, np.frombuffer(block, "<i2")])
        while len(held) >= size + hop:
            yield start / SAMPLE_RATE, held[:size]
            held, start = held[hop:], start + hop
    if len(held) > size:
        yield start / SAMPLE_RATE, held[:size]
        held, start = held[-size:], start + len(held) - size
    if len(held) >= _LENGTH:
        yield start / SAMPLE_RATE, held


def _power(samples: NDArray[np.int16]) -> Floats:
    """Return the power spectrum every 10 ms, [time, bins]."""
    padded = np.concatenate([np.zeros(_LENGTH // 2), samples.astype(np.float32) / 32768, np.zeros(_LENGTH)]).astype(
        np.float32
    )
    frames = np.lib.stride_tricks.sliding_window_view(padded, _LENGTH)[::_HOP] * np.hanning(_LENGTH).astype(np.float32)
    spectrum = np.fft.rfft(frames, _FFT)
    return np.square(np.abs(spectrum)).astype(np.float32)


def _measured(power: Floats, pitch: float) -> Floats:
    """Return what a mark would move, [time, groups], whitened and limited to -2..2; 0 where it is quiet."""
    bands = _band_power(power, pitch).reshape(len(power), GROUPS, BANDS)
    loudest = float(np.percentile(bands.sum((1, 2)), 95)) + 1e-12
    levels = 10 * np.log10(bands + loudest * 1e-8)
    difference: Floats = np.einsum("tgb,gb->tg", levels, np.array(band_signs(), np.float32))
    active = np.clip((10 * np.log10(bands.sum(2) / loudest + 1e-9) + _QUIET_DB) / 10, 0, 1)
    usual = _averaged(difference * active, _AVERAGE) / (_averaged(active, _AVERAGE) + 1e-3)
    values = _boxed((difference - usual) * active, _STEP)
    spread = np.sqrt(_averaged(values**2, _NEAR) / (_averaged(active, _NEAR) + 1e-3)) + 1
    limited: Floats = np.clip(values / spread, -2, 2).astype(np.float32)
    return limited


def _band_power(power: Floats, pitch: float) -> Floats:
    sums = np.concatenate([np.zeros((len(power), 1)), np.cumsum(power, axis=1, dtype=np.float64)], axis=1)
    places = np.minimum(np.array(band_edges()) * pitch * _FFT / SAMPLE_RATE + 0.5, power.shape[1] - 0.001)
    whole = places.astype(int)
    part = places - whole
    at_edges = sums[:, whole] * (1 - part) + sums[:, whole + 1] * part
    within: Floats = np.maximum(np.diff(at_edges, axis=1), 0).astype(np.float32)
    return within


def _boxed(values: Floats, width: int) -> Floats:
    """Return the mean of `width` measurements around each."""
    before = width // 2
    padded = np.pad(values, ((before + 1, width - before - 1), (0, 0)))
    sums = np.cumsum(padded, axis=0, dtype=np.float64)
    return ((sums[width:] - sums[:-width]) / width).astype(np.float32)


def _averaged(values: Floats, half: int) -> Floats:
    """Return a mean with triangular weights, `half` measurements to each side."""
    return _boxed(_boxed(values, half), half)


def _in_own_time(values: Floats, speed: float) -> Floats:
    """Return measurements as they would be at the original speed, [time, groups]."""
    if speed == 1.0:
        return values
    places = np.arange(int((len(values) - 1) * speed)) / speed
    whole = places.astype(int)
    part = (places - whole)[:, None].astype(np.float32)
    resampled: Floats = values[whole] * (1 - part) + values[whole + 1] * part
    return resampled


def _best_places(values: Floats, speed: float, keeps_pitch: bool) -> Iterator[_Guess]:
    """Yield the offsets at which the known chips fit best."""
    folded = np.pad(values, ((0, -len(values) % _PERIOD), (0, 0))).reshape(-1, _PERIOD, GROUPS)
    roles, signs = np.array(chip_roles()), np.array(chip_signs(), np.float32)
    kernel = np.zeros((_PERIOD, GROUPS), np.float32)
    kernel[::_STEP] = np.where(roles == KNOWN, signs, 0)
    together = np.fft.rfft(folded.sum(0), axis=0) * np.conj(np.fft.rfft(kernel, axis=0))
    scores = np.fft.irfft(together.sum(1), _PERIOD)
    energy = np.square(folded).sum((0, 2)).reshape(CHIPS, _STEP).sum(0)
    scores /= np.tile(np.sqrt(energy + 1e-6), CHIPS)
    for offset in np.argsort(scores)[-4:]:
        yield _Guess(float(scores[offset]), values, int(offset), speed, keeps_pitch)


def _agreement(guess: _Guess) -> Agreement:
    """Return how well a place agrees with the key."""
    first = guess.offset % _STEP
    chips = guess.values[first::_STEP]  # [chips, groups]
    # Chips with the same sign are added before they are judged: sound that repeats itself is no evidence.
    folded = np.pad(chips, ((0, -len(chips) % CHIPS), (0, 0))).reshape(-1, CHIPS, GROUPS).sum(0)
    number = (np.arange(CHIPS) - guess.offset // _STEP) % CHIPS
    agreeing = folded * np.array(chip_signs(), np.float32)[number]
    roles = np.array(chip_roles())[number]
    bits = np.bincount(roles[roles != KNOWN], agreeing[roles != KNOWN], minlength=CODE_BITS)
    return Agreement(folded, float(agreeing[roles == KNOWN].sum()), bits)
