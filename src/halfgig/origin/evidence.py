"""How sure it is that a mark is there: a bound of the chance that random signs agree as well with what was measured."""

from __future__ import annotations

import functools
import math
from typing import TYPE_CHECKING, Any

import numpy as np

from halfgig.origin.payload import WORD_BITS, Payload, codewords, decoded

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Values = NDArray[Any]

FALSE_ALARMS = 1e-6
"""Chance below which a file without a mark may be called marked."""

_NEWTON_STEPS, _STEEPEST = 8, 20.0


def best_payload(bits: Values) -> tuple[float, Payload | None]:
    """Return how well the likeliest codewords fit sums of values for each bit, and their payload; None: a wrong check.

    Only the likeliest words are tried: among the next ones, some pair would pass the check with a wrong number.
    """
    words = _golay_signs()
    fits = words @ bits[:WORD_BITS], words @ bits[WORD_BITS:]
    return float(fits[0].max() + fits[1].max()), decoded(int(fits[0].argmax()), int(fits[1].argmax()))


def evidence_of(values: Values, total: float) -> float:
    """Return Chernoff's bound for a sum of random signs times values to reach a total, in nats."""
    sizes = np.abs(values[values != 0]).astype(np.float64)
    if total <= 0 or not len(sizes):
        return 0.0
    sizes, total = sizes / sizes.mean(), total / float(sizes.mean())
    # The best slope is where the sum of sizes * tanh(slope * sizes) is the total, which Newton's steps near from below.
    slope = 0.0
    for _ in range(_NEWTON_STEPS):
        tanh = np.tanh(slope * sizes)
        steepness = float((sizes * sizes * (1 - tanh * tanh)).sum())
        slope = min(_STEEPEST, slope + (total - float((sizes * tanh).sum())) / max(steepness, 1e-9))
    log_cosh = slope * sizes + np.log1p(np.exp(-2 * slope * sizes)) - math.log(2)
    return max(0.0, slope * total - float(log_cosh.sum()))


@functools.cache
def _golay_signs() -> NDArray[np.float32]:
    """Return the codewords, 1 for a bit 0 and -1 for a bit 1, [words, 24]."""
    numbers = np.array(codewords())
    return (1 - 2 * (numbers[:, None] >> np.arange(WORD_BITS - 1, -1, -1) & 1)).astype(np.float32)
