"""What stages took is remembered, bounded, and never a reason not to start."""

from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from halfgig.capacity.measured_peaks import (
    LAST,
    MOST_STAGES,
    NAME,
    MeasuredPeaks,
    StagePeak,
    parse_peaks,
    read_peaks,
    record,
)

if TYPE_CHECKING:
    from pathlib import Path

KOKORO = "speaking kokoro"


def measured(*private_mb: float, stage: str = KOKORO) -> MeasuredPeaks:
    peaks = MeasuredPeaks()
    for each in private_mb:
        peaks = peaks.with_peak(stage, StagePeak(each, each + 75))
    return peaks


def test_a_stage_that_was_never_measured_has_no_peak() -> None:
    assert MeasuredPeaks().peak(KOKORO) is None


def test_the_peak_is_the_highest_of_what_was_measured(tmp_path: Path) -> None:
    for private_mb, data_mb in ((80.0, 250.0), (96.5, 240.0), (70.0, 200.0)):
        record(tmp_path, KOKORO, private_mb, data_mb)
    assert read_peaks(tmp_path).peak(KOKORO) == StagePeak(96.5, 250.0)


def test_an_old_peak_is_forgotten() -> None:
    assert measured(300, *[80] * LAST).peak(KOKORO) == StagePeak(80, 155)


def test_clients_who_ask_for_every_size_do_not_make_it_grow() -> None:
    peaks = MeasuredPeaks()
    for size in range(64, 64 + 3 * MOST_STAGES):
        peaks = peaks.with_peak(f"rendering puppet {size}", StagePeak(80, 155))
    assert len(peaks.stages) == MOST_STAGES
    assert peaks.peak(f"rendering puppet {63 + 3 * MOST_STAGES}")


def test_a_stage_that_is_measured_again_outlives_those_that_are_not() -> None:
    peaks = measured(90)
    for size in range(64, 64 + MOST_STAGES - 1):
        peaks = peaks.with_peak(f"rendering puppet {size}", StagePeak(80, 155))
    peaks = peaks.with_peak(KOKORO, StagePeak(80, 155)).with_peak("rendering puppet 9", StagePeak(80, 155))
    assert peaks.peak(KOKORO) == StagePeak(90, 165)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="empty"),
        pytest.param('{"speaking kokoro": [[80, 25', id="cut off"),
        pytest.param("[1, 2]", id="a list"),
        pytest.param('{"speaking kokoro": 80}', id="a number"),
        pytest.param('{"speaking kokoro": [[80]]}', id="one number"),
        pytest.param('{"speaking kokoro": [[80, 90, 100]]}', id="three numbers"),
        pytest.param('{"speaking kokoro": [[80, -1]]}', id="below nothing"),
        pytest.param('{"speaking kokoro": [[NaN, 1]]}', id="no number at all"),
        pytest.param('{"speaking kokoro": [[Infinity, 1]]}', id="without end"),
        pytest.param('{"speaking kokoro": [[1%s, 1]]}' % ("0" * 400), id="longer than a float"),
        pytest.param('{"speaking kokoro": [["80", 1]]}', id="text"),
        pytest.param('{"speaking kokoro": [[true, 1]]}', id="yes"),
        pytest.param("[" * 100_000, id="deep"),
    ],
)
def test_a_damaged_file_is_told_of_and_ignored(text: str, tmp_path: Path) -> None:
    (tmp_path / NAME).write_text(text)
    told: list[str] = []
    assert read_peaks(tmp_path, told.append) == MeasuredPeaks()
    assert NAME in told[0]
    assert len(told) == 1


def test_a_damaged_file_is_replaced_by_the_next_measurement(tmp_path: Path) -> None:
    (tmp_path / NAME).write_bytes(b"\xff\xfe")
    record(tmp_path, KOKORO, 80, 250, lambda _: None)
    assert read_peaks(tmp_path).peak(KOKORO) == StagePeak(80, 250)


def test_a_missing_file_is_nothing_to_tell_of(tmp_path: Path) -> None:
    told: list[str] = []
    assert read_peaks(tmp_path, told.append) == MeasuredPeaks()
    assert told == []


def test_a_folder_that_cannot_be_written_costs_no_job(tmp_path: Path) -> None:
    told: list[str] = []
    record(tmp_path / "nowhere", KOKORO, 80, 250, told.append)
    assert "cannot be written" in told[0]


def test_threads_that_measure_at_once_all_count(tmp_path: Path) -> None:
    threads = [threading.Thread(target=record, args=(tmp_path, f"rendering puppet {n}", 80, 155)) for n in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(read_peaks(tmp_path).stages) == 12
    assert [path.name for path in tmp_path.iterdir()] == [NAME]


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(),
        lambda deeper: st.lists(deeper) | st.dictionaries(st.text(), deeper),
        max_leaves=12,
    )
)
def test_whatever_json_stands_there_it_is_a_peaks_or_refused(found: object) -> None:
    try:
        peaks = parse_peaks(json.dumps(found))
    except (ValueError, TypeError):
        return
    for stage in peaks.stages:
        peak = peaks.peak(stage)
        assert peak is None or (peak.private_mb >= 0 and peak.data_mb >= 0)
