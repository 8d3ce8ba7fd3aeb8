"""The ledger: how much memory each stage really took at most, measured when its cells end and read by the next plan."""

from dataclasses import dataclass, field

NAME = "ledger.json"
"""The file's name in the server's folder."""

LAST = 20
"""How many measurements of a stage are kept; the highest of them is its peak."""


@dataclass(frozen=True, slots=True)
class StagePeak:
    """Hold the most memory a stage took."""

    private_mb: float
    """What had to stay, MB."""
    data_mb: float
    """What was reserved, touched or not, MB: what RLIMIT_DATA counts."""


@dataclass(frozen=True, slots=True)
class Ledger:
    """Hold the last measurements by stage: "speaking kokoro", "rendering puppet 512"."""

    stages: dict[str, tuple[StagePeak, ...]] = field(default_factory=dict)
    """Oldest first, at most LAST each."""

    def peak(self, stage: str) -> StagePeak | None:
        """Give the highest of a stage's last measurements; None where it was never measured."""
        found = self.stages.get(stage, ())
        if not found:
            return None
        return StagePeak(max(each.private_mb for each in found), max(each.data_mb for each in found))

    def with_peak(self, stage: str, peak: StagePeak) -> "Ledger":
        """Give the ledger with one measurement more."""
        return Ledger({**self.stages, stage: (*self.stages.get(stage, ()), peak)[-LAST:]})
