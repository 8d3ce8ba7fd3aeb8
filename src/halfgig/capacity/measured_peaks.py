"""Peak memory of each stage, measured when its cell ends and read by the next plan."""

import json
import os
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

NAME = "measured_peaks.json"
"""File name in the server's folder."""

LAST = 20
"""Number of measurements kept per stage; the highest of them is its peak."""

MOST_STAGES = 64
"""Number of stages kept, the most recently measured ones: clients choose frame sizes, and each size is a stage."""

Log = Callable[[str], None]
"""Logs one sentence."""

_SENSELESS_MB = 1e9

_writing = threading.Lock()


@dataclass(frozen=True, slots=True)
class StagePeak:
    """Peak memory of a stage."""

    private_mb: float
    """Private memory in MB."""
    data_mb: float
    """Private address space in MB, touched or not, which RLIMIT_DATA limits."""


@dataclass(frozen=True, slots=True)
class MeasuredPeaks:
    """The last measurements by stage: "speaking kokoro", "rendering puppet 512"."""

    stages: dict[str, tuple[StagePeak, ...]] = field(default_factory=dict)
    """At most `LAST` peaks per stage, oldest first; stages in the order of their last measurement."""

    def peak(self, stage: str) -> StagePeak | None:
        """Return the highest of a stage's measurements, or None if there is none."""
        found = self.stages.get(stage, ())
        if not found:
            return None
        return StagePeak(max(each.private_mb for each in found), max(each.data_mb for each in found))

    def with_peak(self, stage: str, peak: StagePeak) -> "MeasuredPeaks":
        """Return a copy with one more measurement of a stage, without its oldest one if there are too many."""
        others = {name: peaks for name, peaks in self.stages.items() if name != stage}
        kept = list(others.items())[-(MOST_STAGES - 1) :]
        return MeasuredPeaks({**dict(kept), stage: (*self.stages.get(stage, ()), peak)[-LAST:]})


def read_peaks(folder: Path, log: Log | None = None) -> MeasuredPeaks:
    """Read the peaks in a server's folder; none if there is no file or it is damaged, which is reported to `log`."""
    try:
        return parse_peaks((folder / NAME).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return MeasuredPeaks()
    except (OSError, ValueError, TypeError, RecursionError) as error:
        (log or _print)(f"{str(folder / NAME)!r} cannot be read ({error}); memory is planned without what was measured")
        return MeasuredPeaks()


def record(folder: Path, stage: str, private_mb: float, data_mb: float, log: Log | None = None) -> None:
    """Add a stage's peak to the file in a server's folder; may be called from any thread.

    If the file cannot be written, the reason is reported to `log`, and the next plan lacks this peak.
    """
    with _writing:
        peaks = read_peaks(folder, log).with_peak(stage, StagePeak(round(private_mb, 1), round(data_mb, 1)))
        part = folder / f".{NAME}.{os.getpid()}.part"
        try:
            part.write_text(_as_json(peaks), encoding="utf-8")
            part.replace(folder / NAME)
        except OSError as error:
            (log or _print)(f"{str(folder / NAME)!r} cannot be written: {error.strerror}")


def _as_json(measured: MeasuredPeaks) -> str:
    return json.dumps(
        {stage: [[peak.private_mb, peak.data_mb] for peak in peaks] for stage, peaks in measured.stages.items()}
    )


def parse_peaks(text: str) -> MeasuredPeaks:
    """Parse the text of a file of peaks. Raises `ValueError` or `TypeError` if it is damaged."""
    found: Any = json.loads(text)
    if not isinstance(found, dict):
        raise TypeError("it is no table of stages")
    return MeasuredPeaks(
        {stage: tuple(_peak(each) for each in _listed(peaks)[-LAST:]) for stage, peaks in found.items()}
    )


def _listed(found: Any) -> list[Any]:
    if not isinstance(found, list):
        raise TypeError("a stage has no list of measurements")
    return found


def _peak(found: Any) -> StagePeak:
    numbers = found if isinstance(found, list) else []
    good = [each for each in numbers if type(each) in (int, float) and 0 <= each < _SENSELESS_MB]
    if len(good) != 2 or len(numbers) != 2:
        raise ValueError(f"{found!r:.60} is no pair of sizes in MB")
    return StagePeak(float(good[0]), float(good[1]))


def _print(sentence: str) -> None:
    print(f"halfgig.cells: {sentence}", file=sys.stderr, flush=True)  # noqa: T201
