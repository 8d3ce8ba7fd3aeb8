"""Phrases: stretches of voice between pauses, as far as a bounded look-ahead shows them."""

from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

LOOK_AHEAD_S = 0.6
"""How far ahead of a frame speech is read, in seconds."""

SHORTEST_PAUSE_S = 0.18
"""Shorter silences are closures and joints of words, not pauses."""

DIGITS = 6
"""Decimals of times, so that they do not depend on how they were added up."""


class Phrase(NamedTuple):
    """The voice around a moment."""

    until_voice: float
    """Seconds until the voice sets in; 0 while it sounds, infinite if it does not within the look-ahead."""
    until_pause: float
    """Seconds until the next pause; 0 in it, infinite if none begins within the look-ahead."""


SILENT = Phrase(math.inf, 0.0)


def phrase_at(moment_s: float, voiced: Iterable[tuple[float, float]]) -> Phrase:
    """Return the phrase at a moment from the voiced spans around it, start and end in seconds, in order.

    Spans are read up to `LOOK_AHEAD_S`, wherever they end, so that the result does not depend on how they are cut.
    """
    horizon = moment_s + LOOK_AHEAD_S
    joined: list[tuple[float, float]] = []
    for start, end in itertools.takewhile(lambda span: span[0] < horizon, voiced):
        is_same = bool(joined) and start - joined[-1][1] < SHORTEST_PAUSE_S
        joined.append((joined.pop()[0] if is_same else start, min(end, horizon)))
    for start, end in joined:
        if moment_s < start:
            return Phrase(round(start - moment_s, DIGITS), 0.0)
        if moment_s < end:
            is_known = end + SHORTEST_PAUSE_S <= horizon
            return Phrase(0.0, round(end - moment_s, DIGITS) if is_known else math.inf)
    return SILENT
