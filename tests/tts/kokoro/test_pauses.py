"""A chunk is cut to its voice, and the pause after it depends on its mark."""

import numpy as np
import pytest
from numpy.typing import NDArray

from halfgig.media.chunks import SAMPLE_RATE
from halfgig.tts.kokoro.pauses import DECAY, FRAME, LEAD, TAIL, cut, pause_after, silence_s, voice_activity

Floats = NDArray[np.float32]


def tone(seconds: float, hertz: float = 440.0, level: float = 0.3) -> Floats:
    return (level * np.sin(2 * np.pi * hertz * np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE)).astype(
        np.float32
    )


def rest(seconds: float) -> Floats:
    return np.zeros(round(seconds * SAMPLE_RATE), np.float32)


def joined(*parts: Floats) -> Floats:
    return np.concatenate(parts)


def seconds(samples: int) -> float:
    return samples / SAMPLE_RATE


def test_the_voice_is_found_between_silence_of_any_length() -> None:
    found = voice_activity(joined(rest(0.3), tone(1.0), rest(0.6)))
    assert found.start == pytest.approx(0.3 * SAMPLE_RATE - LEAD, abs=FRAME)
    assert found.stop == pytest.approx(1.3 * SAMPLE_RATE + DECAY, abs=FRAME)


def test_the_burst_of_a_final_stop_belongs_to_the_voice() -> None:
    burst = np.random.default_rng(0).standard_normal(240).astype(np.float32) * np.float32(0.02)
    found = voice_activity(joined(rest(0.3), tone(1.0), rest(0.09), burst, rest(0.6)))
    assert found.stop == pytest.approx(1.4 * SAMPLE_RATE + DECAY, abs=FRAME)
    assert len(found.gaps) == 1


def test_rumble_after_a_voice_is_not_the_voice() -> None:
    found = voice_activity(joined(rest(0.3), tone(1.0, 2000.0), tone(0.6, 40.0, 0.02), rest(0.2)))
    assert seconds(found.stop) < 1.35


def test_a_sound_of_one_level_is_kept_whole() -> None:
    assert voice_activity(tone(1.0))[:2] == (0, SAMPLE_RATE)
    assert voice_activity(rest(1.0))[:2] == (0, SAMPLE_RATE)
    assert voice_activity(rest(0.0))[:2] == (0, 0)


def test_a_pause_inside_is_a_gap_and_a_moment_between_two_sounds_is_none() -> None:
    found = voice_activity(joined(tone(0.5), rest(0.2), tone(0.5), rest(0.05), tone(0.5)))
    ((start, stop),) = found.gaps
    assert (seconds(start), seconds(stop)) == pytest.approx((0.51, 0.68), abs=0.006)


def test_levels_do_not_depend_on_where_blocks_begin() -> None:
    sound = joined(rest(0.3), tone(2.5), rest(0.9))
    late = voice_activity(joined(rest(1.0), sound))
    assert late.start - voice_activity(sound).start == SAMPLE_RATE


def test_what_is_cut_begins_and_ends_in_silence_and_leaves_the_voice_as_it_was() -> None:
    sound = joined(rest(0.3), tone(1.0), rest(0.6)) + np.float32(0.001)  # a direct current would click
    voice = voice_activity(sound)
    before = sound.copy()
    kept = cut(sound, voice)
    assert kept[0] == kept[-1] == 0
    assert np.abs(np.diff(kept)).max() <= np.abs(np.diff(before)).max()
    assert len(kept) == voice.stop + TAIL - voice.start
    inside = slice(LEAD, len(kept) - TAIL)
    assert (kept[inside] == before[voice.start : voice.stop + TAIL][inside]).all()


@pytest.mark.parametrize(
    ("phonemes", "ends_sentence", "pause_s"),
    [
        ("hæ.", True, 0.36),
        ("hæ?”", True, 0.36),
        ("hæ…", True, 0.45),
        ("hæ", True, 0.36),
        ("hæ,", False, 0.2),
        ("hæ;", False, 0.27),
        ("hæ", False, 0.0),
    ],
)
def test_a_pause_depends_on_the_mark(phonemes: str, ends_sentence: bool, pause_s: float) -> None:
    assert pause_after(phonemes, 1.0, 0.0, ends_sentence=ends_sentence) == pause_s


def test_a_pause_is_shorter_in_faster_speech() -> None:
    assert pause_after("hæ.", 2.0, 0.0, ends_sentence=True) == 0.18


def test_a_pause_the_text_asks_for_is_added_to_the_mark_or_stands_alone_at_any_speed() -> None:
    assert pause_after("hæ.", 2.0, 0.5, ends_sentence=True) == pytest.approx(0.68)
    assert pause_after("hæ", 2.0, 0.5, ends_sentence=True) == 0.5


def test_silence_makes_up_what_is_kept_of_the_sound_to_the_pause() -> None:
    assert silence_s(0.36) == pytest.approx(0.36 - seconds(LEAD + DECAY + TAIL))
    assert silence_s(0.01) == 0
