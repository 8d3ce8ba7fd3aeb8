# ruff: noqa: RUF001 - letters of the IPA look like others
from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pytest

from halfgig.animators.puppet.blendshapes import LEAD_S, Mouth
from halfgig.animators.puppet.phrases import LOOK_AHEAD_S
from halfgig.animators.puppet.viseme_animation import (
    CLOSING_A_SECOND,
    KEPT_S,
    LOOK_BACK_S,
    LOUDEST,
    OPENING_A_SECOND,
    SOFTEST,
    Loudness,
    VisemeTrack,
    viseme_cues,
)
from halfgig.animators.puppet.visemes import is_vowel, visemes_of
from halfgig.media.chunks import Chunk
from tests.animators.puppet.speeches import pcm, said, spoken, tone

if TYPE_CHECKING:
    from collections.abc import Iterator

    from halfgig.animators.puppet.blendshapes import FrameCue

RICH_IN_CLOSURES = "Peter put Bob's big map by my empty pub, maybe Pam jumps on the bumpy ramp."

Row = list[tuple[str, float] | tuple[str, float, int]]

ROW: Row = [("", 0.3), ("h", 0.06), ("ə", 0.05), ("l", 0.07), ("oʊ", 0.22, 2), ("", 0.15)]
SYLLABLES: Row = [("a", 0.12), ("p", 0.07), ("ə", 0.05), ("b", 0.04), ("aɪ", 0.2), ("m", 0.09), ("i", 0.1)]
CLOSURES: Row = [("", 0.2), *SYLLABLES, *SYLLABLES, *SYLLABLES]
LONG: Row = [*ROW, ("w", 0.08), ("ɜː", 0.2, 1), ("l", 0.06), ("d", 0.08), ("", 0.6), *CLOSURES[1:], ("", 0.25)]


def cues(chunks: list[Chunk], fps: float = 25.0) -> list[FrameCue]:
    return list(viseme_cues(iter(chunks), fps))


def parted(row: Row, *ends: int) -> list[Chunk]:
    """Return a row in several chunks over one continuous tone."""
    chunks, moment = [], 0.0
    for start, end in pairwise((0, *ends, len(row))):
        chunks.append(spoken(row[start:end], moment))
        moment += chunks[-1].seconds
    return chunks


def assert_closures_close(chunk: Chunk, fps: float) -> None:
    made = cues([chunk], fps)
    closing = [phoneme for phoneme in chunk.phonemes if any(v.closes for v, _ in visemes_of(phoneme.symbol, 0.1))]
    assert len(closing) > 8
    for phoneme in closing:
        near = [made[i].mouth for i in range(len(made)) if abs((i + 0.5) / fps - phoneme.start) <= 2 / fps]
        assert any(mouth.close >= 0.95 and mouth.jaw_open <= 0.05 for mouth in near), phoneme


@pytest.mark.parametrize("fps", [12.5, 24.0, 25.0, 29.97, 30.0, 60.0])
def test_a_closed_stop_closes_the_lips_within_two_frames(fps: float) -> None:
    assert_closures_close(spoken(CLOSURES), fps)


@pytest.mark.parametrize("fps", [25.0, 60.0])
def test_each_closure_of_a_spoken_sentence_is_seen(fps: float) -> None:
    assert_closures_close(said(RICH_IN_CLOSURES), fps)


@pytest.mark.parametrize("seconds", [0.03, 0.2, 1.0, 3.337])
@pytest.mark.parametrize("fps", [5.0, 12.5, 25.0, 29.97, 60.0])
def test_there_are_as_many_frames_as_the_sound_is_long(fps: float, seconds: float) -> None:
    made = cues([spoken([("a", seconds)])], fps)
    assert abs(len(made) - seconds * fps) <= 0.5 + 1e-9


def test_nothing_said_is_no_frame() -> None:
    assert cues([]) == []


def test_the_mouth_opens_with_the_vowels() -> None:
    chunk = said("Papa has bought a large apple, and Tom got a hot potato on the farm.")
    made = cues([chunk])
    wanted = np.zeros(len(made))
    for phoneme in chunk.phonemes:
        openness = max((v.mouth.jaw_open for v, _ in visemes_of(phoneme.symbol, 0.2) if is_vowel(v)), default=0.0)
        start, end = (round((moment - LEAD_S) * 25) for moment in (phoneme.start, phoneme.end))
        wanted[max(0, start) : end] = openness
    jaws = np.array([cue.mouth.jaw_open for cue in made])
    assert np.corrcoef(jaws, wanted)[0, 1] > 0.5
    assert jaws[wanted > 0.3].mean() > 1.5 * jaws[wanted == 0].mean()


def test_lips_lead_the_sound_by_20_to_40_ms() -> None:
    made = cues([spoken([("", 0.7), ("a", 0.3), ("", 0.7)])], fps=200)
    jaws = np.array([cue.mouth.jaw_open for cue in made])
    middle = float((jaws * (np.arange(len(jaws)) + 0.5)).sum() / jaws.sum()) / 200
    assert 0.02 <= 0.85 - middle <= 0.04


@pytest.mark.parametrize("fps", [12.5, 25.0, 60.0])
def test_a_long_silence_is_still_and_closed(fps: float) -> None:
    made = cues([spoken([("a", 0.2), ("", 0.6), ("m", 0.1), ("a", 0.2), ("", 0.6)])], fps)
    for start in (0.2, 1.1):
        for i, cue in enumerate(made):
            if start + 0.2 <= i / fps <= start + 0.35:
                assert cue.mouth == Mouth()


def test_a_short_pause_does_not_close_the_mouth() -> None:
    made = cues([spoken([("a", 0.3), ("", 0.08), ("a", 0.3)])])
    assert min(cue.mouth.jaw_open for cue in made[4:-4]) > 0.4


@pytest.mark.parametrize("ends", [(3,), (6, 11), (1, 2, 3, 4, 5), tuple(range(1, len(LONG)))])
def test_where_chunks_end_makes_no_difference(ends: tuple[int, ...]) -> None:
    whole, pieces = (
        cues([spoken(LONG)], 24),
        cues(parted(LONG, *ends), 24),
    )  # no phoneme begins in the middle of a frame
    assert len(whole) == len(pieces)
    for one, other in zip(whole, pieces, strict=True):
        assert one.mouth == pytest.approx(other.mouth, abs=1e-9)
        assert one[1:] == pytest.approx(other[1:], abs=1e-9)


@pytest.mark.parametrize("fps", [12.5, 25.0, 60.0])
def test_the_jaw_keeps_to_its_pace(fps: float) -> None:
    made = cues([spoken(LONG), said(RICH_IN_CLOSURES)], fps)
    for one, other in pairwise(cue.mouth for cue in made):
        assert other.jaw_open - one.jaw_open <= OPENING_A_SECOND / fps + 1e-9
        if other.close == 0:  # closing lips move the jaw at once
            assert one.jaw_open - other.jaw_open <= CLOSING_A_SECOND / fps + 1e-9


def test_all_shapes_stay_in_their_bounds() -> None:
    for cue in cues([said(RICH_IN_CLOSURES), spoken(LONG)]):
        for name, amount in cue.mouth._asdict().items():
            assert (-1 if name == "width" else 0) <= amount <= LOUDEST, name


def test_an_accent_is_given_before_each_stressed_vowel() -> None:
    accents = [
        i for i, cue in enumerate(cues([spoken([("", 0.4), ("l", 0.1), ("a", 0.2, 2), ("i", 0.2, 1)])])) if cue.accent
    ]
    assert len(accents) == 1
    assert 0.1 <= 0.5 - accents[0] / 25 <= 0.2


def endless(pulled: list[float], seconds: float = 0.3, most: float = 1e9) -> Iterator[Chunk]:
    """Yield chunks without end and record the seconds consumed."""
    while sum(pulled) < most:
        pulled.append(seconds)
        yield spoken([("p", 0.1), ("a", seconds - 0.1)])


def test_no_more_is_asked_for_than_the_look_ahead() -> None:
    pulled: list[float] = []
    made = viseme_cues(endless(pulled), 25)
    for frame in range(100):
        next(made)
        assert sum(pulled) <= frame / 25 + LOOK_AHEAD_S + 0.3 + 0.1


def test_ten_minutes_of_speech_are_not_held() -> None:
    loudness = Loudness()
    chunk = spoken(LONG)
    track = VisemeTrack(loudness.measured(chunk for _ in range(int(600 / chunk.seconds))))
    most_segments = most_levels = 0
    for moment in np.arange(0, 600, 0.5):
        most_segments = max(most_segments, len(track.around(moment)), len(track._segments))
        loudness.emphasis(moment)
        most_levels = max(most_levels, len(loudness._levels))
    assert most_segments <= 2 * len(LONG) + (LOOK_AHEAD_S + LOOK_BACK_S) / 0.02
    assert most_levels <= (KEPT_S + 2 * chunk.seconds) / 0.02


def test_emphasis_is_bounded_and_follows_the_voice() -> None:
    loudness = Loudness()
    sound = [tone(1, level=level) for level in (0.2, 0.2, 0.02, 0.2, 0.9, 0.2)]
    list(loudness.measured(iter([Chunk(pcm(np.concatenate(sound)))])))
    factors = [loudness.emphasis(second + 0.5) for second in range(6)]
    assert factors[2] == SOFTEST
    assert factors[4] == LOUDEST
    assert factors[0] == pytest.approx(1, abs=0.02)


def test_emphasis_stays_in_time_over_many_chunks() -> None:
    loudness = Loudness()
    odd = 0.1 + 0.001  # a twentieth of a hop too long
    chunks = [Chunk(pcm(tone(odd, level=0.2))) for _ in range(200)] + [Chunk(pcm(tone(1, level=0.02)))]
    list(loudness.measured(iter(chunks)))
    assert loudness.emphasis(200 * odd - 0.2) > 0.95
    assert loudness.emphasis(200 * odd + 0.2) == SOFTEST


def test_silence_alone_has_no_emphasis() -> None:
    loudness = Loudness()
    list(loudness.measured(iter([Chunk(bytes(48_000)), Chunk(b"")])))
    assert loudness.emphasis(0.5) == 1
