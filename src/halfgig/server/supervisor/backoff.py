"""How long to wait before what died is started again."""

from dataclasses import dataclass

FIRST_S = 0.1
"""The first wait, in seconds; each death doubles it."""

LONGEST_S = 10.0
"""The longest wait, in seconds."""

WELL_S = 30.0
"""What has lived so long, in seconds, died of something new."""


@dataclass(frozen=True, slots=True)
class Backoff:
    """Count deaths in a row."""

    deaths: int = 0

    def after(self, lived_s: float) -> "Backoff":
        """Count one death more, or begin anew where it had lived well."""
        return Backoff(1 if lived_s >= WELL_S else self.deaths + 1)

    @property
    def wait_s(self) -> float:
        """The wait before the next start, in seconds."""
        return min(LONGEST_S, FIRST_S * 2.0 ** (self.deaths - 1)) if self.deaths else 0.0
