from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from halfgig.animators.puppet.audio_animation import audio_cues
from halfgig.animators.puppet.blendshapes import ACCENT_LEAD_S, FrameCue, Mouth
from halfgig.animators.puppet.phrases import LOOK_AHEAD_S
from halfgig.animators.puppet.viseme_animation import viseme_cues
from halfgig.media.chunks import SAMPLE_RATE, Chunk
from tests.animators.puppet.speeches import heard, hiss, said, tone

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

VOWEL_HZ = (150.0, 700.0, 1200.0)


def cues(
    sound: NDArray[np.float64], fps: float = 25.0, peak: float | None = None, piece_s: float = 1.0
) -> list[FrameCue]:
    loudest = float(np.abs(sound).max(initial=0.0)) if peak is None else peak
    return list(audio_cues(iter(heard(sound, piece_s)), fps, loudest))


def jaws(made: list[FrameCue]) -> NDArray[np.float64]:
    return np.array([cue.mouth.jaw_open for cue in made])


def silence(seconds: float) -> NDArray[np.float64]:
    return np.zeros(round(seconds * SAMPLE_RATE))


def sentence() -> tuple[Chunk, NDArray[np.float64]]:
    chunk = said("Papa bought a large apple at the market, and Bob sold two big brown boots to a farmer.")
    return chunk, np.frombuffer(chunk.pcm, "<i2") / 32768


@pytest.mark.parametrize("peak", [0.001, 0.05, 0.5, 1.0])
def test_silence_keeps_the_mouth_still(peak: float) -> None:
    for cue in cues(silence(1), peak=peak):
        assert cue == FrameCue(Mouth())


@pytest.mark.parametrize("peak", [None, 0.5])
def test_faint_noise_keeps_the_mouth_still(peak: float | None) -> None:
    noise = 0.001 * np.random.default_rng(1).standard_normal(SAMPLE_RATE)
    assert all(cue.mouth == Mouth() for cue in cues(noise, peak=peak))


def test_noise_between_words_does_not_move_it() -> None:
    noise = 0.002 * np.random.default_rng(1).standard_normal(2 * SAMPLE_RATE)
    made = cues(np.concatenate([tone(1, *VOWEL_HZ, level=0.5), noise, tone(1, *VOWEL_HZ, level=0.5)]))
    assert jaws(made)[5:20].min() > 0.3
    assert jaws(made)[35:70].max() == 0


def test_what_is_louder_is_opener() -> None:
    sound = np.concatenate([tone(0.6, *VOWEL_HZ, level=level) for level in (0.05, 0.1, 0.2, 0.4)])
    openness = [float(jaws(cues(sound))[15 * k + 5 : 15 * k + 12].mean()) for k in range(4)]
    assert openness == sorted(openness)
    assert openness[3] > openness[0] + 0.3


def test_a_hum_opens_less_than_an_open_vowel() -> None:
    hum, vowel = tone(0.8, 200.0, level=0.4), tone(0.8, 700.0, 1200.0, level=0.4)
    made = jaws(cues(np.concatenate([vowel, hum])))
    assert made[5:15].mean() > 0.3
    assert made[25:35].mean() < 0.3 * made[5:15].mean()


def test_a_hiss_shows_teeth_and_opens_little() -> None:
    made = cues(np.concatenate([tone(0.8, *VOWEL_HZ, level=0.5), hiss(0.8, 0.5)]))
    hissing = made[28].mouth
    assert hissing.upper_up > 0.5
    assert hissing.jaw_open < 0.2


def test_bright_sounds_are_wide_and_dark_ones_round() -> None:
    dark, bright = (cues(tone(0.6, 300.0, hz, level=0.4))[8].mouth for hz in (750.0, 2600.0))
    assert bright.stretch > dark.stretch
    assert dark.pucker > bright.pucker


def test_a_quiet_recording_moves_like_a_loud_one() -> None:
    _, loud = sentence()
    one, other = jaws(cues(loud)), jaws(cues(loud * 10 ** (-30 / 20)))
    assert one.max() > 0.5
    assert np.abs(one - other).max() < 0.12
    assert np.corrcoef(one, other)[0, 1] > 0.98


def test_it_moves_much_as_phonemes_would_have_it() -> None:
    chunk, sound = sentence()
    by_sound, by_phonemes = jaws(cues(sound)), jaws(list(viseme_cues(iter([chunk]), 25)))
    assert len(by_sound) == len(by_phonemes)
    assert np.corrcoef(by_sound, by_phonemes)[0, 1] >= 0.5


@pytest.mark.parametrize("seconds", [0.03, 0.2, 1.0, 3.337])
@pytest.mark.parametrize("fps", [5.0, 12.5, 25.0, 29.97, 60.0])
def test_there_are_as_many_frames_as_the_sound_is_long(fps: float, seconds: float) -> None:
    assert abs(len(cues(tone(seconds), fps)) - seconds * fps) <= 0.5 + 1e-9


def test_no_sound_is_no_frame() -> None:
    assert cues(silence(0)) == []


@pytest.mark.parametrize("piece_s", [0.01, 0.137, 5.0])
def test_where_pieces_end_makes_no_difference(piece_s: float) -> None:
    _, sound = sentence()
    assert cues(sound, piece_s=piece_s) == cues(sound)


def test_sound_is_neither_read_far_ahead_nor_kept() -> None:
    pulled = 0

    def endless() -> Iterator[Chunk]:
        nonlocal pulled
        while True:
            pulled += 1
            yield Chunk(bytes(SAMPLE_RATE))  # half a second

    made = audio_cues(endless(), 25, 0.5)
    for frame in range(500):
        next(made)
        assert pulled * 0.5 <= frame / 25 + 0.5 + LOOK_AHEAD_S + 0.2


@pytest.mark.parametrize("fps", [12.5, 25.0, 60.0])
def test_it_opens_as_fast_at_any_frame_rate(fps: float) -> None:
    sound = np.concatenate([silence(0.5), tone(0.5, *VOWEL_HZ, level=0.5)])
    made = jaws(cues(sound, fps))
    assert made[: int(0.4 * fps)].max() == 0
    assert made[int(0.7 * fps) : -1].min() > 0.5


def test_an_accent_is_given_just_before_a_voice_sets_in() -> None:
    sound = np.concatenate(
        [silence(0.4), tone(0.4, *VOWEL_HZ, level=0.5), silence(0.4), tone(0.4, *VOWEL_HZ, level=0.5)]
    )
    accents = [i / 25 for i, cue in enumerate(cues(sound)) if cue.accent]
    assert accents == pytest.approx([0.4 - ACCENT_LEAD_S, 1.2 - ACCENT_LEAD_S], abs=0.09)
