"""Build small recordings."""

import math
import wave
from array import array
from collections.abc import Callable
from pathlib import Path


def tone(samples: int, *, rate: int = 24_000, hz: float = 200.0, level: float = 0.3) -> bytes:
    """Return a mono s16le sine."""
    return array("h", (round(32767 * level * math.sin(2 * math.pi * hz * n / rate)) for n in range(samples))).tobytes()


def peak_of(pcm: bytes) -> int:
    """Return the largest sample of mono s16le sound."""
    return max((abs(sample) for sample in memoryview(pcm).cast("h")), default=0)


def wav(path: Path, pcm: bytes, *, rate: int = 24_000, channels: int = 1, width: int = 2) -> Path:
    """Write a WAV file; `width` is in bytes a sample."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(channels)
        file.setframerate(rate)
        file.setsampwidth(width)
        file.writeframes(pcm)
    return path


def spread(mono: bytes, places: Callable[[int], float], channels: int) -> bytes:
    """Copy mono s16le sound to several channels, scaled by `places(channel)`."""
    gains = [places(channel) for channel in range(channels)]
    return array("h", (int(sample * gain) for sample in memoryview(mono).cast("h") for gain in gains)).tobytes()
