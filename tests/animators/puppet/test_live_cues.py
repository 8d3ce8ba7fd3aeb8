"""Poses of a speech that is shown while it is made are those of its video."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from halfgig.animators.puppet.blendshapes import mouth_weights
from halfgig.animators.puppet.live_cues import NAMES, LiveCues
from halfgig.animators.puppet.viseme_animation import viseme_cues
from tests.animators.puppet.speeches import said, spoken

if TYPE_CHECKING:
    from halfgig.media.chunks import Chunk

WIDTH = len(NAMES)
SENTENCES = [
    "Bob may buy a map.",
    "Yes, and a big one!",
    "No.",
    "It hung in the pub above the bar for years.",
]


def video_rows(chunks: list[Chunk], fps: float) -> list[bytes]:
    rows = []
    for cue in viseme_cues(iter(chunks), fps):
        weights = mouth_weights(cue.mouth) | {"accent": cue.accent, "voice": float(cue.until_voice == 0)}
        rows.append(bytes(round(255 * weights[name]) for name in NAMES))
    return rows


@pytest.mark.parametrize("rate", [25.0, 60.0])
def test_rows_laid_over_each_other_are_those_of_the_video(rate: float) -> None:
    chunks = [said(text) for text in SENTENCES]
    live, shown, begin = LiveCues(rate), list[bytes](), 0.0
    for chunk in chunks:
        made = live.add(chunk)
        first = round((begin + made.start) * rate)
        assert first <= len(shown)
        rows = [made.weights[at : at + WIDTH] for at in range(0, len(made.weights), WIDTH)]
        shown[first:] = rows
        begin += chunk.seconds
        assert len(shown) == pytest.approx(begin * rate, abs=0.51)  # all of the sound has poses
    assert shown == video_rows(chunks, rate)


def test_only_what_the_next_words_can_change_is_made_again() -> None:
    live = LiveCues()
    made = [live.add(said(text)) for text in SENTENCES]
    assert made[0].start == 0
    assert all(-0.7 < each.start < -0.5 for each in made[1:-1])


def test_the_voice_sounds_in_words_and_not_in_pauses() -> None:
    pause = 0.5
    live = LiveCues()
    made = live.add(spoken([("", pause), ("a", 0.6), ("", pause)]))
    voice = made.weights[NAMES.index("voice") :: WIDTH]
    starts = [at / made.rate for at, (before, now) in enumerate(pairwise(voice), 1) if before != now]
    assert starts == pytest.approx([pause, pause + 0.6], abs=1 / made.rate)
    assert set(voice) == {0, 255}
