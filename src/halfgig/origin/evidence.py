"""How sure it is that a mark is there: a bound of the chance that random signs agree as well with what was measured."""

from __future__ import annotations

import functools
import math
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from halfgig.origin.payload import FIELD_BITS, WORD_BITS, WORDS, codewords, payload_of, with_check

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from halfgig.origin.payload import Payload

    Values = NDArray[Any]

FALSE_ALARMS = 1e-6
"""Chance below which a file without a mark may be called marked."""

_NEWTON_STEPS, _STEEPEST = 8, 20.0

MARGIN = math.log(100)
"""Nats by which a payload must be likelier than the next one to be read."""


class Agreement(NamedTuple):
    """How well what was measured at one place agrees with the key."""

    values: Values
    """All values; without a mark their signs are random."""
    known: float
    """Their sum, with the key's signs, where those are known beforehand."""
    bits: Values
    """Their sum for each bit of the payload."""

    def evidence(self) -> float:
        """Return the evidence for the likeliest codewords, whatever they say."""
        first, second = self._fits()
        return evidence_of(self.values, self.known + float(first.max() + second.max()))

    def read(self) -> tuple[float, Payload | None]:
        """Return the evidence less what the number of payloads explains, and the payload; None: it is unclear which.

        A mark has a right check, so that a payload is read even where other codewords fit better.
        """
        (first, second), numbers = self._fits(), numbers_with_check()
        fits = first[numbers >> WORD_BITS // 2] + second[numbers & (WORDS - 1)]
        next_one, best = np.argpartition(fits, -2)[-2:]
        evidence, other = (evidence_of(self.values, self.known + float(fits[each])) for each in (best, next_one))
        payload = payload_of(int(numbers[best])) if evidence - other >= MARGIN else None
        return max(evidence - math.log(len(numbers)), self.evidence() - 2 * math.log(WORDS)), payload

    def _fits(self) -> tuple[Values, Values]:
        words = _golay_signs()
        return words @ self.bits[:WORD_BITS], words @ self.bits[WORD_BITS:]


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


@functools.cache
def numbers_with_check() -> NDArray[np.int32]:
    """Return the numbers of all payloads with their check, in the order of their fields."""
    numbers = np.zeros(1, np.int64)
    for bit in range(FIELD_BITS):  # the check of two numbers' exclusive or is that of their checks
        numbers = np.concatenate([numbers, numbers ^ with_check(1 << bit) ^ with_check(0)])
    return (numbers ^ with_check(0)).astype(np.int32)
