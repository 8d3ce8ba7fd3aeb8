"""The pattern of the mark in pictures: which cells of a frame are a little brighter or darker, and when.

The longer side of a frame is cut into 16 cells, the shorter one into cells of the same size. Each cell is brighter or
darker by about a level of 255, and may change every 1.28 s (a *chip*). The signs repeat after 3.84 s, counted from the
start of the video. A third of them are known beforehand, the others carry the bits of the payload, as in sound.

Most of a talking portrait stands still: what changes slowly and in cells is the mark, and the picture itself cancels.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from halfgig.origin.key import random_bits, shared_roles
from halfgig.origin.payload import CODE_BITS, encoded

if TYPE_CHECKING:
    from halfgig.origin.payload import Payload

SIDE = 16
"""Cells along the longer side of a frame."""

CHIP_S, CHIPS = 1.28, 3
"""Seconds of a chip, and chips until the signs repeat."""

CELLS = SIDE * SIDE
"""Cells of a square frame, row by row."""

_SIGNS, _ROLES = 4, 5  # streams of the key; sound has the others


@functools.cache
def cell_signs() -> tuple[tuple[int, ...], ...]:
    """Return the key's sign, 1 or -1, for each chip and cell."""
    bits = random_bits(_SIGNS)
    return tuple(tuple(1 if next(bits) else -1 for _ in range(CELLS)) for _ in range(CHIPS))


@functools.cache
def cell_roles() -> tuple[tuple[int, ...], ...]:
    """Return -1, or the number of a payload bit, for each chip and cell; bits have equally many."""
    count = CHIPS * CELLS
    roles = shared_roles(_ROLES, count, count * 2 // 3 // CODE_BITS, CODE_BITS)
    return tuple(tuple(roles[chip * CELLS : (chip + 1) * CELLS]) for chip in range(CHIPS))


def marked_cells(payload: Payload) -> tuple[tuple[int, ...], ...]:
    """Return the signs, 1 or -1, of each chip and cell for a payload."""
    bits = encoded(payload)
    return tuple(
        tuple(sign if role < 0 or not bits[role] else -sign for sign, role in zip(signs, roles, strict=True))
        for signs, roles in zip(cell_signs(), cell_roles(), strict=True)
    )
