"""The number that a mark carries: version, installation and check, in 48 bits of two Golay codewords."""

from __future__ import annotations

import functools
import zlib
from typing import NamedTuple

VERSION = 0
"""Version of the mark that this program writes, 0 to 3."""

INSTALLATIONS = 1 << 16
"""Number of different installations."""

CODE_BITS = 48
"""Bits of an encoded payload: two words of the extended Golay code, 24 bits each."""

WORD_BITS, WORDS = 24, 1 << 12
"""Bits of a Golay codeword, and the number of codewords."""

FIELD_BITS = 18
"""Bits of version and installation."""

CHECK_BITS = 6
"""Bits of the check: one of 64 random payloads passes it."""

_GENERATOR = 0b110001110101  # x^11 + x^10 + x^6 + x^5 + x^4 + x^2 + 1


class Payload(NamedTuple):
    """What a mark says."""

    version: int
    """Version of the mark."""
    installation: int
    """Number of the installation that made the file."""


def encoded(payload: Payload) -> tuple[int, ...]:
    """Return the `CODE_BITS` bits of a payload."""
    number = with_check(payload.version << 16 | payload.installation)
    return (*_bits(_codeword(number >> 12)), *_bits(_codeword(number & 0xFFF)))


def with_check(fields: int) -> int:
    """Return the number of a payload's fields, followed by its check: the messages of two codewords, 12 bits each."""
    return fields << CHECK_BITS | zlib.crc32(fields.to_bytes(3, "big")) & ((1 << CHECK_BITS) - 1)


def payload_of(number: int) -> Payload:
    """Return the payload of a number that `with_check` made."""
    fields = number >> CHECK_BITS
    return Payload(fields >> 16, fields & 0xFFFF)


@functools.cache
def codewords() -> tuple[int, ...]:
    """Return the codewords of the extended binary Golay code by their message; any two differ in 8 bits or more."""
    return tuple(_codeword(message) for message in range(WORDS))


def _codeword(message: int) -> int:
    remainder = message << 11
    for place in range(22, 10, -1):
        if remainder >> place & 1:
            remainder ^= _GENERATOR << (place - 11)
    word = message << 11 | remainder
    return word << 1 | (word.bit_count() & 1)


def _bits(word: int) -> tuple[int, ...]:
    return tuple(word >> place & 1 for place in range(WORD_BITS - 1, -1, -1))
