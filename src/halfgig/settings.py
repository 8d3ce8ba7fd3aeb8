"""All settings, in one table: read from the environment, checked when read."""

import difflib
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from halfgig.errors import BadSetting
from halfgig.memory.limits import parse_size

PREFIX = "HALFGIG_"
"""A variable that begins so is meant for us alone, so a misspelt one is refused."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Hold what the operator may choose; the environment has the same names in capitals."""

    memory_limit: int | None = None
    """Bytes all processes together may use, as `512M`; unset: what the host allows."""
    face_detector: Path | None = None
    """The YuNet file (face_detection_yunet_*.onnx); unset: dlib's built-in detector."""
    max_text_mb: float = 2.0
    """Longest text, in MB of UTF-8."""
    max_picture_mb: float = 32.0
    """Largest picture file, in MB."""
    max_picture_megapixels: float = 40.0
    """Largest picture, in millions of pixels."""
    max_sound_minutes: float = 240.0
    """Longest recording, in minutes."""


def _positive(text: str) -> float:
    value = float(text)
    if not 0 < value < float("inf"):
        raise ValueError
    return value


def _existing_file(text: str) -> Path:
    try:
        path = Path(text).expanduser()
        found = path.is_file()
    except (OSError, RuntimeError):  # a name too long, a home nobody has
        found = False
    if not found:
        raise ValueError
    return path


READERS: Mapping[str, tuple[Callable[[str], Any], str]] = {
    "memory_limit": (parse_size, "a size such as 512M or 1G"),
    "face_detector": (_existing_file, "the path of a YuNet file that exists, or unset"),
    "max_text_mb": (_positive, "a number above 0"),
    "max_picture_mb": (_positive, "a number above 0"),
    "max_picture_megapixels": (_positive, "a number above 0"),
    "max_sound_minutes": (_positive, "a number above 0"),
}
"""For each setting, how its text becomes a value and what the text must be."""


def _variable(environment: Mapping[str, str], name: str) -> str:
    return environment.get(PREFIX + name.upper(), "") or environment.get(name.upper(), "")


def _refuse_unknown(environment: Mapping[str, str]) -> None:
    known = [PREFIX + field.name.upper() for field in fields(Settings)]
    for variable in environment:
        if variable.startswith(PREFIX) and variable not in known:
            near = difflib.get_close_matches(variable, known, n=1)
            hint = f" (did you mean {near[0]}?)" if near else ""
            raise BadSetting(f"there is no setting {variable}{hint}; settings are: {', '.join(known)}")


def read_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """Read the settings from environment variables, with or without the `HALFGIG_` prefix.

    Raises `BadSetting` for a value out of range and for an unknown variable with the prefix.
    """
    environment = os.environ if environment is None else environment
    _refuse_unknown(environment)
    values: dict[str, Any] = {}
    for name, (reader, expected) in READERS.items():
        if text := _variable(environment, name):
            try:
                values[name] = reader(text)
            except (ValueError, BadSetting):
                raise BadSetting(f"{name.upper()} is {text!r:.200}; it must be {expected}") from None
    return Settings(**values)
