"""How long speech and video take on so much of a processor, from measured speeds.

Measured on a small server with two virtual cores (AVX-512); slower cores take longer in proportion.
"""

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Throughput:
    """Say what a stage costs of a processor's time."""

    start_s: float
    """Core seconds before the first second of sound or picture: a process, imports, weights, a face looked for."""
    each_s: float
    """Core seconds for each second of sound or video."""
    most_cpus: float
    """More processors than that do not make it faster, or were not measured."""

    def seconds(self, media_s: float, cpus: float) -> float:
        """Give how long `media_s` seconds of sound or video take, in seconds."""
        return (self.start_s + self.each_s * media_s) / min(cpus, self.most_cpus)


ESPEAK = Throughput(start_s=0.2, each_s=0.01, most_cpus=1)
"""Speech by espeak-ng: 100 times real time."""

KOKORO = Throughput(start_s=0.3, each_s=0.25, most_cpus=2)
"""Speech by Kokoro: 4 times real time on one core, 8 times on two."""

PUPPET = Throughput(start_s=1.0, each_s=0.22, most_cpus=1)
"""Frames of 512 x 512 pixels, 25 a second: 4.5 times real time; the start has DBOS's 0.5 s in it."""

SADTALKER = Throughput(start_s=4.0, each_s=100.0, most_cpus=2)
"""SadTalker's frames: 3.5 to 4.1 core seconds each, 25 a second, whatever the picture's size."""

ABSURD = 180
"""Times real time from which on SadTalker is no way to make a video: half an hour for ten seconds."""

PLAIN_SIZE = 512
"""The longer side of the frames that were measured, in pixels; larger ones take longer in proportion to their area."""


def video_seconds(speech: Throughput, media_s: float, cpus: float, size: int = PLAIN_SIZE) -> float:
    """Give how long a video of `media_s` seconds takes from its text on: speech first, then frames, in seconds."""
    frames = replace(PUPPET, each_s=PUPPET.each_s * max(1.0, (size / PLAIN_SIZE) ** 2))
    return speech.seconds(media_s, cpus) + frames.seconds(media_s, cpus)


def sadtalker_seconds(speech: Throughput, media_s: float, cpus: float) -> float:
    """Give how long SadTalker takes for a video of `media_s` seconds from its text on, in seconds."""
    return speech.seconds(media_s, cpus) + SADTALKER.seconds(media_s, cpus)


def is_absurd(media_s: float, cpus: float) -> bool:
    """Tell whether the puppet is to be recommended instead of SadTalker."""
    return SADTALKER.seconds(media_s, cpus) > ABSURD * media_s


def told(seconds: float) -> str:
    """Write a duration as people say it: "0.3 s", "12 s", "1.5 min", "17 min", "2.8 h"."""
    if seconds < 2:
        return f"{seconds:.1f} s"
    if seconds < 99.5:
        return f"{seconds:.0f} s"
    minutes = seconds / 60
    if minutes < 99.5:
        return f"{minutes:.1f} min" if minutes < 9.95 else f"{minutes:.0f} min"
    return f"{minutes / 60:.1f} h"
