"""What a form may contain and what arrived in one: named texts, and files that are already on disk."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from halfgig.errors import HalfgigError, TextTooLong
from halfgig.server.errors import BadRequest

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class FileRule:
    """The limit of one file field."""

    name: str
    """File name on disk, whatever the client calls the file."""
    most_mb: float
    """Largest size in MB."""
    setting: str
    """The setting this limit comes from."""
    refusal: type[HalfgigError]
    """The error for a larger file."""

    def too_large(self, field: str) -> HalfgigError:
        """Return the error for a file that is too large."""
        return self.refusal(
            f"{field} has more than {self.most_mb:g} MB, which is the limit: make it smaller, or raise {self.setting}"
        )


@dataclass(frozen=True, slots=True)
class FormRules:
    """The fields a form may contain."""

    texts: Mapping[str, int]
    """Longest text of each text field, in characters."""
    files: Mapping[str, FileRule]
    """The file fields."""

    @property
    def most_bytes(self) -> int:
        """Size in bytes of the largest valid body."""
        files_mb = sum(rule.most_mb for rule in self.files.values())
        return int(files_mb * 1e6) + 4 * sum(self.texts.values()) + (1 << 16)


@dataclass(frozen=True, slots=True)
class Form:
    """A form that was received."""

    texts: dict[str, str]
    """The text fields."""
    digests: dict[str, str]
    """The SHA-256 of each file now on disk, by field."""

    def fingerprint(self) -> str:
        """Return a digest of all fields and files: equal forms have equal fingerprints."""
        content = repr((sorted(self.texts.items()), sorted(self.digests.items())))
        return hashlib.sha256(content.encode("utf-8", "surrogatepass")).hexdigest()


def longest_text(name: str, rules: FormRules) -> int:
    """Return the longest text of a field, in characters.  Raises `BadRequest` for an unknown field."""
    if name not in rules.texts:
        known = ", ".join(sorted([*rules.texts, *rules.files]))
        raise BadRequest(f"there is no field {name!r:.60}; fields are: {known}", name[:40])
    return rules.texts[name]


def checked_text(name: str, text: str, longest: int) -> str:
    """Return a field's text if it is not too long.  Raises `BadRequest` or `TextTooLong`."""
    if len(text) > longest:
        raise too_long(name, len(text), longest)
    return text


def too_long(name: str, count: int, longest: int) -> HalfgigError:
    """Return the error for a text that is too long."""
    if name == "prompt":
        return TextTooLong(
            f"the text has {count} characters or more; the limit is {longest}: shorten it, or raise "
            "MAX_INPUT_CHARACTERS"
        )
    return BadRequest(f"{name} has {count} characters or more; the limit is {longest}", name)
