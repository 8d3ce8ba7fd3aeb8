"""Estimated duration of stages on a share of a processor, from measured speeds.

Measured on a small server with two virtual cores (AVX-512); slower cores take longer in proportion.
"""

from typing import NamedTuple


class Throughput(NamedTuple):
    """Processor time of a stage."""

    start_s: float
    """Core seconds before the first output: starting a process, imports, loading weights, detecting the face."""
    each_s: float
    """Core seconds per second of sound or video."""
    most_cpus: float
    """Number of processors beyond which one cell does not get faster, or was not measured."""

    def seconds(self, media_s: float, cpus: float, cells: int = 1) -> float:
        """Return the seconds it takes to make `media_s` seconds of sound or video, in a number of cells."""
        return self.start_s / min(cpus, self.most_cpus) + self.each_s * media_s / min(cpus, self.most_cpus * cells)

    def is_impractical(self, media_s: float, cpus: float, cells: int = 1) -> bool:
        """Return whether making `media_s` seconds takes too long to be recommended."""
        return self.seconds(media_s, cpus, cells) > IMPRACTICAL * media_s


IMPRACTICAL = 180
"""Multiple of real time beyond which a stage is not recommended: half an hour for ten seconds."""

PLAIN_SIZE = 512
"""Longer side in pixels of the frames that were measured."""


def format_duration(seconds: float) -> str:
    """Format a duration: "0.3 s", "12 s", "1.5 min", "17 min", "2.8 h"."""
    if seconds < 2:
        return f"{seconds:.1f} s"
    if seconds < 99.5:
        return f"{seconds:.0f} s"
    minutes = seconds / 60
    if minutes < 99.5:
        return f"{minutes:.1f} min" if minutes < 9.95 else f"{minutes:.0f} min"
    return f"{minutes / 60:.1f} h"
