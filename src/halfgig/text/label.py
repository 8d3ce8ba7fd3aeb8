"""What a label in a video's pictures may say."""

from __future__ import annotations

from halfgig.errors import BadSetting

LONGEST_LABEL = 40
"""Most characters of a label."""


def checked_label(text: str) -> str:
    """Return a label.  Raises `BadSetting` if it is too long, or has characters that cannot be drawn."""
    if len(text) > LONGEST_LABEL:
        raise BadSetting(f"a label of {len(text)} characters is too long; give up to {LONGEST_LABEL}")
    if strange := [each for each in text if not " " <= each <= "~"]:
        raise BadSetting(
            f"{strange[0]!r} in the label cannot be drawn; use ASCII letters (no accents), digits and signs"
        )
    return text
