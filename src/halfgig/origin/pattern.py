"""The pattern of the mark in sound: which bands rise and fall, and when.

The band from 900 to 8040 Hz is cut into groups of bands. In each group, half of the bands rise by up to 2.0 dB while
the others fall. Every 40 ms (a *chip*) the sign of each group may change. The signs repeat after 2.88 s, so any 3 s
contain each of them. A third of the chips are known beforehand, the others carry the bits of the payload.

The signs come from a published key: everyone can find the mark, and chance cannot imitate it. Inspired by the
patchwork method (Bender et al. 1996) and by R. Tachibana et al. (2001), who modulate magnitudes in a plane of time and
frequency because they survive codecs, cuts and changes of speed better than phases.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from halfgig.origin.key import random_bits, shared_roles
from halfgig.origin.payload import CODE_BITS, encoded

if TYPE_CHECKING:
    from halfgig.origin.payload import Payload

GROUPS, BANDS, BAND_HZ, LOWEST_HZ = 7, 6, 170, 900
"""Groups of bands, bands in each, their width, and the lower edge of the lowest."""

CHIP, CHIPS = 960, 72
"""Samples of a chip, and chips until the signs repeat."""

TAPS = 481
"""Length of the filters: 20 ms, so that a band of 170 Hz can be moved alone."""

DEPTH_DB = 2.0
"""How far the highest bands rise or fall, as the filter is designed; the ear and a codec see less than half of it."""

LOWEST_DEPTH = 0.75
"""Depth of the lowest group relative to the highest: vowels have their energy there."""

_BANDS, _CHIPS, _ROLES = 1, 2, 3  # streams of the key

KNOWN = -1
"""Role of a chip whose sign is known beforehand; the role of others is the number of their bit."""


def band_edges() -> list[float]:
    """Return the edges of all bands in Hz, ascending."""
    return [LOWEST_HZ + BAND_HZ * band for band in range(GROUPS * BANDS + 1)]


@functools.cache
def band_signs() -> tuple[tuple[int, ...], ...]:
    """Return 1 or -1 for each band of each group; each pair of neighbours has one of both, so that levels cancel."""
    bits = random_bits(_BANDS)
    return tuple(
        tuple(sign for _ in range(BANDS // 2) for sign in ((1, -1) if next(bits) else (-1, 1))) for _ in range(GROUPS)
    )


@functools.cache
def chip_signs() -> tuple[tuple[int, ...], ...]:
    """Return the key's sign, 1 or -1, for each chip and group."""
    bits = random_bits(_CHIPS)
    return tuple(tuple(1 if next(bits) else -1 for _ in range(GROUPS)) for _ in range(CHIPS))


@functools.cache
def chip_roles() -> tuple[tuple[int, ...], ...]:
    """Return `KNOWN` or the number of a payload bit for each chip and group; each bit has seven of them."""
    count = CHIPS * GROUPS
    roles = shared_roles(_ROLES, count, count * 2 // 3 // CODE_BITS, CODE_BITS)
    return tuple(tuple(roles[chip * GROUPS : (chip + 1) * GROUPS]) for chip in range(CHIPS))


def marked_signs(payload: Payload) -> tuple[tuple[int, ...], ...]:
    """Return the signs, 1 or -1, of each chip and group for a payload."""
    bits = encoded(payload)
    return tuple(
        tuple(sign if role == KNOWN or not bits[role] else -sign for sign, role in zip(signs, roles, strict=True))
        for signs, roles in zip(chip_signs(), chip_roles(), strict=True)
    )


def band_gains() -> tuple[tuple[float, ...], ...]:
    """Return how much of each band of each group is added when the group's sign is 1; what is below 0 is taken away."""
    depths = (LOWEST_DEPTH + (1 - LOWEST_DEPTH) * group / (GROUPS - 1) for group in range(GROUPS))
    gains = ((10 ** (DEPTH_DB / 20) - 1) * depth for depth in depths)
    return tuple(tuple(gain * sign for sign in signs) for gain, signs in zip(gains, band_signs(), strict=True))
