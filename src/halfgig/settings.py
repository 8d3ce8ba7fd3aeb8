"""All settings, in one table: read from the environment, checked when read."""

import difflib
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from halfgig.errors import BadSetting
from halfgig.memory.limits import parse_size

PREFIX = "HALFGIG_"
"""A variable that begins so is meant for us alone, so a misspelt one is refused."""


def default_data_dir(environment: Mapping[str, str] | None = None) -> Path:
    """Give the folder for data where DATA_DIR is not set: halfgig in the user's XDG data home."""
    environment = os.environ if environment is None else environment
    home = environment.get("XDG_DATA_HOME", "")
    return (Path(home) if home.startswith("/") else Path("~/.local/share").expanduser()) / "halfgig"


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
    idle_seconds: float = 60.0
    """How long a cell with a network is kept for the next request, in seconds; 0: not at all."""
    data_dir: Path = field(default_factory=default_data_dir)
    """Where models are kept; unset: halfgig in the user's data folder."""
    hub_mirror: str = ""
    """Where models are fetched from instead of the Hugging Face hub, as a URL."""
    hub_revision: str = ""
    """The branch, tag or commit of the hub's repositories; unset: the one this version was made for."""
    github_mirror: str = ""
    """Where dictionaries are fetched from instead of GitHub, as a URL."""


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


def _not_negative(text: str) -> float:
    return 0.0 if float(text) == 0 else _positive(text)


def _folder(text: str) -> Path:
    try:
        path = Path(text).expanduser()
    except RuntimeError as error:  # a home nobody has
        raise ValueError from error
    if not path.is_absolute():
        raise ValueError
    return path


def _revision(text: str) -> str:
    if not re.fullmatch(r"\w[\w./-]*", text):
        raise ValueError
    return text


def _web_address(text: str) -> str:
    if not text.startswith(("http://", "https://")):
        raise ValueError
    return text.rstrip("/")


READERS: Mapping[str, tuple[Callable[[str], Any], str]] = {
    "memory_limit": (parse_size, "a size such as 512M or 1G"),
    "face_detector": (_existing_file, "the path of a YuNet file that exists, or unset"),
    "max_text_mb": (_positive, "a number above 0"),
    "max_picture_mb": (_positive, "a number above 0"),
    "max_picture_megapixels": (_positive, "a number above 0"),
    "max_sound_minutes": (_positive, "a number above 0"),
    "idle_seconds": (_not_negative, "a number, 0 or above"),
    "data_dir": (_folder, "the path of a folder, from / or ~"),
    "hub_mirror": (_web_address, "a URL that begins with http:// or https://"),
    "hub_revision": (_revision, "a branch, tag or commit"),
    "github_mirror": (_web_address, "a URL that begins with http:// or https://"),
}
"""For each setting, how its text becomes a value and what the text must be."""


def _variable(environment: Mapping[str, str], name: str) -> str:
    return environment.get(PREFIX + name.upper(), "") or environment.get(name.upper(), "")


def _refuse_unknown(environment: Mapping[str, str]) -> None:
    known = [PREFIX + each.name.upper() for each in fields(Settings)]
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
