"""Forms that are too large for memory, taken apart as their bytes come: fields are kept, files go to disk."""

from __future__ import annotations

import contextlib
import hashlib
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from halfgig.errors import HalfgigError, TextTooLong
from halfgig.server.errors import BadRequest
from halfgig.server.web.upload_folder import disk_has_room

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

MOST_PARTS = 40
"""More than any form of ours has fields; each part costs a little memory."""


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


def boundary_of(content_type: str) -> bytes:
    """Read what parts the fields of a form from a Content-Type header.  Raises `BadRequest`."""
    try:
        kind, options = parse_options_header(content_type)
    except ValueError:
        kind, options = b"", {}
    if kind != b"multipart/form-data":
        raise BadRequest(
            f"the request's Content-Type is {content_type!r:.80}; send a multipart/form-data form, or application/json"
        )
    if not options.get(b"boundary"):
        raise BadRequest("the request's Content-Type names no boundary; let your HTTP library write that header")
    return options[b"boundary"]


class FormReader:
    """Take a form apart as its bytes come."""

    def __init__(self, boundary: bytes, folder: Path, rules: FormRules) -> None:
        self._folder, self._rules = folder, rules
        self._texts: dict[str, str] = {}
        self._digests: dict[str, str] = {}
        self._parts, self._is_whole = 0, False
        self._header, self._value = bytearray(), bytearray()
        self._disposition = ""
        self._sink: _Text | _File | None = None
        with _malformed():
            self._parser = MultipartParser(
                boundary,
                {
                    "on_part_begin": self._begin,
                    "on_header_field": lambda data, start, end: self._header.extend(data[start:end]),
                    "on_header_value": lambda data, start, end: self._value.extend(data[start:end]),
                    "on_header_end": self._end_header,
                    "on_headers_finished": self._open,
                    "on_part_data": self._write,
                    "on_part_end": self._end,
                    "on_end": self._end_form,
                },
            )

    def feed(self, data: bytes) -> None:
        """Take the next bytes."""
        with _malformed():
            self._parser.write(data)

    def finish(self) -> Form:
        """Return the form, which must have come to its end."""
        if not self._is_whole:
            raise BadRequest("the form ends before its last boundary; was the request cut off?")
        return Form(self._texts, self._digests)

    def close(self) -> None:
        """Close a file that is still open."""
        if isinstance(self._sink, _File):
            self._sink.close()

    def _begin(self) -> None:
        self._parts += 1
        if self._parts > MOST_PARTS:
            raise BadRequest(f"the form has more than {MOST_PARTS} parts; send each field once")
        self._disposition = ""

    def _end_header(self) -> None:
        name, value = self._header.decode("latin-1").lower(), self._value.decode("latin-1")
        if name == "content-disposition":
            self._disposition = value
        if name == "content-transfer-encoding" and value.strip().lower() not in ("7bit", "8bit", "binary"):
            raise BadRequest(f"a part of the form has the transfer encoding {value!r:.40}; send its bytes as they are")
        self._header.clear()
        self._value.clear()

    def _open(self) -> None:
        options = parse_options_header(self._disposition)[1]
        name = options.get(b"name", b"").decode("utf-8", "replace")
        if not name:
            raise BadRequest("a part of the form has no name; send form-data with a name for each field")
        if name in self._texts or name in self._digests:
            raise BadRequest(f"the field {name!r:.40} stands twice in the form; send it once", name[:40])
        if rule := self._rules.files.get(name):
            self._sink = _File(name, self._folder / rule.name, rule, bool(options.get(b"filename")))
        else:
            self._sink = _Text(name, longest_text(name, self._rules))

    def _write(self, data: bytes, start: int, end: int) -> None:
        assert self._sink
        self._sink.write(data[start:end])

    def _end(self) -> None:
        sink, self._sink = self._sink, None
        if isinstance(sink, _Text):
            self._texts[sink.name] = sink.text()
        elif sink and (digest := sink.end()):
            self._digests[sink.name] = digest

    def _end_form(self) -> None:
        self._is_whole = True


@contextlib.contextmanager
def _malformed() -> Iterator[None]:
    try:
        yield
    except FormParserError as error:
        raise BadRequest(
            f"the form cannot be read: {error}; send multipart/form-data as your library makes it"
        ) from None


def longest_text(name: str, rules: FormRules) -> int:
    """Return how long a field may be, in characters.  Raises `BadRequest` for one that does not exist."""
    if name not in rules.texts:
        known = ", ".join(sorted([*rules.texts, *rules.files]))
        raise BadRequest(f"there is no field {name!r:.60}; fields are: {known}", name[:40])
    return rules.texts[name]


def checked_text(name: str, text: str, longest: int) -> str:
    """Return a field's text back, or refuse one that is too long."""
    if len(text) > longest:
        raise _too_long(name, len(text), longest)
    return text


def _too_long(name: str, count: int, longest: int) -> HalfgigError:
    if name == "prompt":
        return TextTooLong(
            f"the text has {count} characters or more; the limit is {longest}: shorten it, or raise "
            "MAX_INPUT_CHARACTERS"
        )
    return BadRequest(f"{name} has {count} characters or more; the limit is {longest}", name)


class _Text:
    """Gather a field."""

    def __init__(self, name: str, longest: int) -> None:
        self.name, self._longest = name, longest
        self._data = bytearray()

    def write(self, data: bytes) -> None:
        self._data += data
        # UTF-8 takes at most four bytes a character.
        if len(self._data) > 4 * self._longest:
            raise _too_long(self.name, len(self._data) // 4, self._longest)

    def text(self) -> str:
        try:
            text = self._data.decode()
        except UnicodeDecodeError:
            raise BadRequest(f"{self.name} is not UTF-8; send it in that encoding", self.name) from None
        return checked_text(self.name, text, self._longest)


class _File:
    """Write a file and digest it."""

    def __init__(self, name: str, path: Path, rule: FileRule, has_name: bool) -> None:
        self.name, self._path, self._rule, self._has_name = name, path, rule, has_name
        self._digest, self._bytes = hashlib.sha256(), 0
        with disk_has_room():
            self._file: BinaryIO = path.open("wb")

    def write(self, data: bytes) -> None:
        self._bytes += len(data)
        if self._bytes > self._rule.most_mb * 1e6:
            raise self._rule.too_large(self.name)
        self._digest.update(data)
        with disk_has_room():
            self._file.write(data)

    def end(self) -> str:
        """Return the digest; nothing where a browser sent a field for files that was left empty."""
        with disk_has_room():
            self._file.flush()
            # The book promises what it has accepted even against a failing power supply.
            os.fsync(self._file.fileno())
            self._file.close()
        if self._bytes or self._has_name:
            return self._digest.hexdigest()
        self._path.unlink()
        return ""

    def close(self) -> None:
        with contextlib.suppress(OSError):  # what could not be written is thrown away
            self._file.close()
