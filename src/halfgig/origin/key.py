"""The published key of all marks: its random numbers, the same for writers and detectors."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

KEY = 0x68616C6667696730
"""The key; a detector needs it and nothing else."""

_WORD = 2**64 - 1


def random_bits(stream: int) -> Iterator[int]:
    """Yield the bits of one of the key's streams without end."""
    for word in random_words(stream):
        yield from (word >> place & 1 for place in range(64))


def random_words(stream: int) -> Iterator[int]:
    """Yield the key's words of 64 bits by SplitMix64, the same in every version of Python; hashlib would take 3 MB."""
    state = KEY ^ stream << 56
    while True:
        state = state + 0x9E3779B97F4A7C15 & _WORD
        word = (state ^ state >> 30) * 0xBF58476D1CE4E5B9 & _WORD
        word = (word ^ word >> 27) * 0x94D049BB133111EB & _WORD
        yield word ^ word >> 31


def shared_roles(stream: int, count: int, per_bit: int, bits: int) -> list[int]:
    """Return a role for each of `count` places in random order: the number of a bit, or -1 for what is known."""
    words = random_words(stream)
    order = sorted(range(count), key=[next(words) for _ in range(count)].__getitem__)
    roles = [-1] * count
    for number, place in enumerate(order[: per_bit * bits]):
        roles[place] = number % bits
    return roles
