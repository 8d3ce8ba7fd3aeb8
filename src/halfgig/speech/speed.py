"""How fast speech may be."""

from halfgig.errors import BadSetting

SLOWEST, FASTEST = 0.25, 4.0
"""The range of speed factors; 1 is a voice's own pace."""


def checked_speed(speed: float) -> float:
    """Give the speed back, or refuse one outside `SLOWEST` to `FASTEST`."""
    if not SLOWEST <= speed <= FASTEST:
        raise BadSetting(f"a speed of {speed:g} is out of range; choose one from {SLOWEST:g} to {FASTEST:g}")
    return speed
