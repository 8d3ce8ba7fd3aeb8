"""How long speech and video take on a share of a processor, from measured speeds.

Measured on a small server with two virtual cores (AVX-512); slower cores take longer in proportion.
"""

from typing import NamedTuple


class Throughput(NamedTuple):
    """What a stage costs of a processor's time."""

    start_s: float
    """Core seconds before the first second of sound or picture: a process, imports, weights, a face looked for."""
    each_s: float
    """Core seconds for each second of sound or video."""
    most_cpus: float
    """More processors than that do not make it faster, or were not measured."""

    def seconds(self, media_s: float, cpus: float) -> float:
        """Return how long `media_s` seconds of sound or video take, in seconds."""
        return (self.start_s + self.each_s * media_s) / min(cpus, self.most_cpus)

    def is_impractical(self, media_s: float, cpus: float) -> bool:
        """Return whether `media_s` seconds take so long that another way should be recommended."""
        return self.seconds(media_s, cpus) > IMPRACTICAL * media_s


IMPRACTICAL = 180
"""Times real time from which on a way to make video is not recommended: half an hour for ten seconds."""

PLAIN_SIZE = 512
"""The longer side of the frames that were measured, in pixels."""


def format_duration(seconds: float) -> str:
    """Return a duration as people say it: "0.3 s", "12 s", "1.5 min", "17 min", "2.8 h"."""
    if seconds < 2:
        return f"{seconds:.1f} s"
    if seconds < 99.5:
        return f"{seconds:.0f} s"
    minutes = seconds / 60
    if minutes < 99.5:
        return f"{minutes:.1f} min" if minutes < 9.95 else f"{minutes:.0f} min"
    return f"{minutes / 60:.1f} h"
