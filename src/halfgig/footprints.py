"""How much memory each stage asks for, in MB of a cell's budget (RLIMIT_DATA: reserved, not only touched).

Measured by `make bench`, which prints the same figures anew; a cell keeps about 55 MB less than it reserves.
"""

SAY_MB = 96
"""Speech by espeak-ng into any format."""

KOKORO_MB = 340
"""Speech by Kokoro; it keeps to 220 MB of private memory, the rest is stacks and buffers that are not touched."""

TALK_MB = 160
"""A puppet of up to 512 x 512 pixels."""

MB_PER_MEGAPIXEL = 110
"""What each further megapixel of a frame takes: picture, fields and x264's frames."""

PLAIN_MEGAPIXELS = 0.27
"""A frame of 512 x 512."""


def talk_mb(size: int) -> int:
    """Give the budget for frames whose longer side is `size` pixels."""
    further = max(0.0, size * size / 1e6 - PLAIN_MEGAPIXELS)
    return round(TALK_MB + MB_PER_MEGAPIXEL * further)
