"""The spectrogram against what the original computes (tests/reference/golden/mel.npz), and at sounds of odd lengths."""

from __future__ import annotations

import tracemalloc
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from halfgig.animators.sadtalker.audio_windows import mel_windows
from halfgig.animators.sadtalker.motion.mel import columns_in, frames_in, mel_columns, samples_of
from tests.animators.sadtalker.networks.world import golden
from tools.golden.sound import of_columns, of_windows

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    Floats = NDArray[np.float32]


def mel_of(sound: Floats, n_frames: int) -> Floats:
    return np.concatenate(list(mel_columns([sound], n_frames)))


def test_columns_are_the_originals() -> None:
    (figure,) = of_columns(golden("mel"))
    assert figure.is_met


def test_windows_are_the_originals() -> None:
    (figure,) = of_windows(golden("mel"))
    assert figure.is_met


@settings(max_examples=20)
@given(st.lists(st.integers(0, 20_000), max_size=8))
def test_a_sound_may_be_cut_anywhere(cuts: list[int]) -> None:
    wav = golden("mel")["wav"][:20_000]
    whole = mel_of(wav, frames_in(len(wav)))
    assert np.abs(np.concatenate(list(mel_columns(np.split(wav, sorted(cuts)), 31))) - whole).max() < 1e-6


@pytest.mark.parametrize(
    ("n_samples", "n_frames", "n_columns"),
    [(0, 1, 4), (639, 1, 4), (640, 1, 4), (1280, 2, 7), (13_440, 21, 68), (16_000, 25, 81), (32_000, 50, 161)],
)
def test_every_length_has_its_frames_and_columns(n_samples: int, n_frames: int, n_columns: int) -> None:
    assert (frames_in(n_samples), columns_in(n_frames)) == (n_frames, n_columns)
    assert mel_of(np.ones(n_samples, np.float32), n_frames).shape == (n_columns, 80)


def test_silence_is_the_quietest_there_is() -> None:
    assert (mel_of(np.zeros(16_000, np.float32), 25) == -4).all()


def test_what_is_missing_of_a_sound_is_silence() -> None:
    short = mel_of(golden("mel")["wav"][:6400], 25)
    assert np.array_equal(short, mel_of(np.pad(golden("mel")["wav"][:6400], (0, 9600)), 25))


def test_what_is_too_much_of_a_sound_is_not_heard() -> None:
    wav = golden("mel")["wav"]
    assert np.array_equal(mel_of(wav[:6400], 10), mel_of(wav[:7000], 10))


def test_samples_are_a_part_of_full_scale() -> None:
    pcm = [np.array([0, 16_384], "<i2").tobytes(), np.array([-32_768], "<i2").tobytes()]
    assert np.concatenate(list(samples_of(pcm))).tolist() == [0, 0.5, -1]


def peak_bytes(seconds: int) -> int:
    """Return the peak of memory while noise of some seconds is read."""

    def sound() -> Iterator[Floats]:
        for second in range(seconds):
            yield np.random.default_rng(second).standard_normal(16_000, np.float32)

    tracemalloc.start()
    for block in mel_windows(mel_columns(sound(), 25 * seconds), 25 * seconds):
        assert block.shape[1:] == (80, 16)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak


def test_ten_times_the_sound_takes_no_more_memory() -> None:
    peak_bytes(1)
    assert peak_bytes(200) < 1.1 * peak_bytes(20)
