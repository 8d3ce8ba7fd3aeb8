from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from halfgig import speak
from halfgig.media.chunks import BYTES_PER_SAMPLE, SAMPLE_RATE
from halfgig.media.resample import resampled
from halfgig.origin.installation import UNKNOWN, read_installation
from halfgig.origin.pattern import BANDS, CHIP, TAPS, band_edges, band_gains, marked_signs
from halfgig.origin.payload import VERSION, Payload
from halfgig.origin.sound_detect import find_mark
from halfgig.origin.sound_mark import SoundMark, marker
from halfgig.settings import Limits, read_settings

MARK = Payload(0, 4711)


def syllables(seconds: float, seed: int = 1) -> bytes:
    """Return noise that swells and falls like syllables, with a pause every two seconds."""
    noise = np.random.default_rng(seed).normal(scale=4000, size=round(seconds * SAMPLE_RATE))
    time_s = np.arange(len(noise)) / SAMPLE_RATE
    swell = np.abs(np.sin(2 * np.pi * 2 * time_s)) * (time_s % 2 < 1.7)
    return bytes(np.clip(noise * swell, -32768, 32767).astype("<i2").tobytes())


def halves(pcm: bytes, samples: int = 7001) -> Iterator[bytes]:
    size = samples * BYTES_PER_SAMPLE
    yield from (pcm[start : start + size] for start in range(0, len(pcm), size))


@pytest.fixture(scope="module")
def marked() -> bytes:
    mark = SoundMark(MARK)
    return b"".join(mark(chunk) for chunk in halves(syllables(6)))


def test_marked_sound_says_which_installation_made_it(marked: bytes) -> None:
    found = find_mark([marked])
    assert found
    assert found.payload == MARK
    assert found.chance < 1e-6


def test_three_seconds_of_it_are_enough_at_another_speed(marked: bytes) -> None:
    faster = resampled(marked[SAMPLE_RATE : SAMPLE_RATE + 3 * SAMPLE_RATE * BYTES_PER_SAMPLE], 26_400, SAMPLE_RATE)
    found = find_mark([faster])
    assert found
    assert found.payload == MARK
    assert found.speed == pytest.approx(1.1, abs=0.01)


def test_sound_without_a_mark_is_not_called_marked() -> None:
    assert find_mark([syllables(6, seed=2)]) is None


def test_sound_too_short_for_a_mark_is_no_error() -> None:
    assert find_mark([bytes(200)]) is None


def test_silence_stays_silent_and_lengths_stay_the_same() -> None:
    mark = SoundMark(MARK)
    assert mark(bytes(20_000)) == bytes(20_000)
    assert [len(mark(b"\1\2" * samples)) for samples in (0, 1, 240, 1084, 30_000)] == [0, 2, 480, 2168, 60_000]


def test_the_mark_is_far_below_the_speech(marked: bytes) -> None:
    speech = np.frombuffer(syllables(6), "<i2").astype(np.float64)
    added = np.frombuffer(marked, "<i2") - speech
    assert 10 * np.log10(np.square(speech).sum() / np.square(added).sum()) > 16  # white noise; 23 in speech


def test_bands_rise_and_fall_as_the_pattern_says() -> None:
    samples, ramp = 8 * CHIP, np.minimum(1, (np.arange(CHIP) + 0.5) / (CHIP // 2))
    speech = np.frombuffer(syllables(samples / SAMPLE_RATE), "<i2").astype(np.float64)
    signs = np.array(marked_signs(MARK), np.float64)
    turned = 0.5 - 0.5 * np.cos(np.pi * ramp)
    expected = speech.copy()
    for group, bands in enumerate(band_gains()):
        before, after = np.roll(signs[:, group], 1)[:8, None], signs[:8, group, None]
        edges = np.array(band_edges()[group * BANDS : (group + 1) * BANDS + 1])
        gains = (before + (after - before) * turned).ravel()
        expected += gains * np.convolve(speech, band_filter(edges, np.array(bands)), "same")
    inner = slice(CHIP, -CHIP)  # the ends of a chunk fade
    marked = np.frombuffer(SoundMark(MARK)(syllables(samples / SAMPLE_RATE)), "<i2")
    assert np.abs(expected - speech)[inner].max() > 500
    assert np.abs(marked - expected)[inner].max() < 2.5


def band_filter(edges: np.ndarray, gains: np.ndarray) -> np.ndarray:
    """Return the ideal filter of bands that are added, cut to `TAPS` by a Hann window."""
    taps = np.arange(TAPS) - TAPS // 2
    below = [2 * edge / SAMPLE_RATE * np.sinc(2 * edge / SAMPLE_RATE * taps) for edge in edges]
    return np.asarray(np.hanning(TAPS + 2)[1:-1] * (gains @ np.diff(below, axis=0)))


def test_no_chunk_changes_the_next_whether_or_not_it_ends_in_silence() -> None:
    for samples in range(5_000, 6_000, 97):
        loud = syllables(0.25)[-samples * BYTES_PER_SAMPLE :]
        for silence in (0, 1, 450, 10_000):
            chunk, mark = loud + bytes(silence * BYTES_PER_SAMPLE), SoundMark(MARK)
            assert not mark(chunk)[len(loud) + TAPS * BYTES_PER_SAMPLE :].strip(b"\0")
            after = mark(loud)
            SoundMark(MARK)(syllables(0.1, seed=2))
            assert after == SoundMark(MARK, samples + silence)(loud)


def test_a_stream_that_goes_on_in_another_process_is_equal_to_the_bit(marked: bytes) -> None:
    chunks = list(halves(syllables(6)))
    mark = SoundMark(MARK, position=7001 * 9)
    rest = b"".join(mark(chunk) for chunk in chunks[9:])
    assert marked.endswith(rest)


def test_a_chunk_that_was_sent_already_is_passed_over(marked: bytes) -> None:
    chunks = list(halves(syllables(6)))
    mark = SoundMark(MARK)
    mark.skip(chunks[0])
    assert mark(chunks[1]) == marked[len(chunks[0]) :][: len(chunks[1])]


def test_an_installation_keeps_the_number_it_drew(tmp_path: Path) -> None:
    path = tmp_path / "new" / "installation"
    number = read_installation(path)
    assert 0 < number < 65_536
    assert read_installation(path) == number
    assert [each.name for each in path.parent.iterdir()] == ["installation"]


def test_a_damaged_number_is_unknown(tmp_path: Path) -> None:
    path = tmp_path / "installation"
    path.write_bytes(b"\xff\n")
    assert read_installation(path) == UNKNOWN


def test_without_a_file_for_the_number_sound_stays_as_it_is() -> None:
    assert marker(Limits())(b"\1\2") == b"\1\2"


def test_speech_is_marked_unless_the_setting_says_otherwise(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    text = "The harbour was quiet, and a pale morning light lay over the boats; nobody spoke above a whisper."
    found = find_mark([chunk.pcm for chunk in speak(text)])
    assert found
    assert found.payload == Payload(VERSION, read_installation(tmp_path / "installation"))
    monkeypatch.setenv("SOUND_MARK", "off")
    assert not read_settings().limits.marks_sound
    assert find_mark([chunk.pcm for chunk in speak(text)]) is None
