from __future__ import annotations

import math

import pytest

from halfgig.animators.puppet.phrases import LOOK_AHEAD_S, SHORTEST_PAUSE_S, SILENT, phrase_at

SPANS = [(1.0, 2.0), (2.0 + 0.9 * SHORTEST_PAUSE_S, 3.0), (3.5, 4.0)]


@pytest.mark.parametrize(
    ("moment", "until_voice", "until_pause"),
    [
        (0.1, math.inf, 0.0),
        (0.5, 0.5, 0.0),
        (1.0, 0.0, math.inf),
        (2.1, 0.0, math.inf),
        (2.7, 0.0, 0.3),
        (3.0, 0.5, 0.0),
        (3.3, 0.2, 0.0),
        (3.9, 0.0, 0.1),
        (4.0, math.inf, 0.0),
    ],
)
def test_phrases_begin_and_end_with_pauses(moment: float, until_voice: float, until_pause: float) -> None:
    assert phrase_at(moment, SPANS) == (until_voice, until_pause)


def test_a_pause_is_announced_only_when_it_is_known_to_be_one() -> None:
    end = LOOK_AHEAD_S - 0.5 * SHORTEST_PAUSE_S
    assert phrase_at(0.0, [(0.0, end)]).until_pause == math.inf
    assert phrase_at(SHORTEST_PAUSE_S, [(0.0, end)]).until_pause < math.inf


def test_nothing_but_silence_is_a_pause() -> None:
    assert phrase_at(3.0, []) == SILENT


@pytest.mark.parametrize("moment", [0.0, 0.7, 1.3, 2.0, 2.1, 3.2])
def test_how_the_voice_is_cut_makes_no_difference(moment: float) -> None:
    cut = [(start + share * (end - start), start + (share + 0.25) * (end - start))
           for start, end in SPANS for share in (0, 0.25, 0.5, 0.75)]  # fmt: skip
    assert phrase_at(moment, cut) == pytest.approx(phrase_at(moment, SPANS))
