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
    """Bound one file of a form."""

    name: str
    """What it is called on disk, whatever the client calls it."""
    most_mb: float
    """Its largest size, MB."""
    setting: str
    """The setting that says so."""
    refusal: type[HalfgigError]
    """Raised when it is larger."""

    def too_large(self, field: str) -> HalfgigError:
        """Return the refusal, in words."""
        return self.refusal(
            f"{field} has more than {self.most_mb:g} MB, which is the limit: make it smaller, or raise {self.setting}"
        )


@dataclass(frozen=True, slots=True)
class FormRules:
    """What may stand in a form."""

    texts: Mapping[str, int]
    """The longest text of each field, in characters."""
    files: Mapping[str, FileRule]
    """Which fields are files."""

    @property
    def most_bytes(self) -> int:
        """The largest body that can be right."""
        files_mb = sum(rule.most_mb for rule in self.files.values())
        return int(files_mb * 1e6) + 4 * sum(self.texts.values()) + (1 << 16)


@dataclass(frozen=True, slots=True)
class Form:
    """What came."""

    texts: dict[str, str]
    """The fields."""
    digests: dict[str, str]
    """The SHA-256 of each file that lies on disk, by its field."""

    def fingerprint(self) -> str:
        """Digest all of it: two forms are the same when their fingerprints are."""
        said = repr((sorted(self.texts.items()), sorted(self.digests.items())))
        return hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()


def longest_text(name: str, rules: FormRules) -> int:
    """Return how long a field may be, in characters.  Raises `BadRequest` for one that does not exist."""
    if name not in rules.texts:
        known = ", ".join(sorted([*rules.texts, *rules.files]))
        raise BadRequest(f"there is no field {name!r:.60}; fields are: {known}", name[:40])
    return rules.texts[name]


def checked_text(name: str, text: str, longest: int) -> str:
    """Return a field's text back, or refuse one that is too long."""
    if len(text) > longest:
        raise too_long(name, len(text), longest)
    return text


def too_long(name: str, count: int, longest: int) -> HalfgigError:
    """Return the refusal of a text that is too long."""
    if name == "prompt":
        return TextTooLong(
            f"the text has {count} characters or more; the limit is {longest}: shorten it, or raise "
            "MAX_INPUT_CHARACTERS"
        )
    return BadRequest(f"{name} has {count} characters or more; the limit is {longest}", name)
