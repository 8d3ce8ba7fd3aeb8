from array import array
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from halfgig.media.resample import Resampler, resampled
from tests.media.sounds import tone


def impulse(samples: int, at: int) -> bytes:
    pcm = array("h", bytes(2 * samples))
    pcm[at] = 20_000
    return pcm.tobytes()


@pytest.mark.parametrize("rates", [(22_050, 24_000), (44_100, 24_000), (192_000, 24_000), (8_000, 24_000)])
@given(samples=st.integers(0, 30_000))
@settings(max_examples=15)
def test_the_length_is_exact(rates: tuple[int, int], samples: int) -> None:
    assert len(resampled(bytes(2 * samples), *rates)) == 2 * round(samples * rates[1] / rates[0])


@pytest.mark.parametrize("rate", [8_000, 22_050, 44_100, 48_000, 192_000])
def test_an_impulse_stays_where_it_was(rate: int) -> None:
    out = memoryview(resampled(impulse(rate, rate // 3), rate, 24_000)).cast("h")
    loudest = max(range(len(out)), key=lambda index: out[index])
    assert abs(loudest / 24_000 - (rate // 3) / rate) <= 0.5 / 24_000


@given(cuts=st.lists(st.integers(0, 22_050), max_size=5))
@settings(max_examples=20)
def test_the_joints_of_blocks_cannot_be_heard(cuts: list[int]) -> None:
    whole = tone(22_050, rate=22_050)
    resampler = Resampler(22_050, 24_000)
    edges = [0, *sorted(cuts), 22_050]
    pieces = [whole[2 * start : 2 * end] for start, end in pairwise(edges)]
    assert b"".join([*map(resampler.feed, pieces), resampler.finish()]) == resampled(whole, 22_050, 24_000)


def test_a_tone_keeps_its_pitch_and_level() -> None:
    out = memoryview(resampled(tone(22_050, rate=22_050), 22_050, 24_000)).cast("h")
    wanted = memoryview(tone(24_000)).cast("h")
    assert max(abs(a - b) for a, b in zip(out[100:-100], wanted[100:-100], strict=True)) < 40


def test_sound_at_the_right_rate_is_left_alone() -> None:
    assert resampled(tone(5_000), 24_000, 24_000) == tone(5_000)
