"""Requests for videos as JSON: the fields of the form, with a small picture inline."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import re
from typing import TYPE_CHECKING, Any

from halfgig.server.errors import BadRequest
from halfgig.server.web.form import Form, checked_text, longest_text
from halfgig.server.web.upload import disk_has_room
from halfgig.server.web.video_form import own_fields
from halfgig.text.lexicon import lexicon_lines

if TYPE_CHECKING:
    from pathlib import Path

    from halfgig.server.web.form import FileRule, FormRules

DATA_URL = re.compile(r"data:[^,]{0,200};base64,", re.IGNORECASE)


def read_json(body: bytes, folder: Path, rules: FormRules) -> Form:
    """Read a JSON object as a form; a picture in it is written to `folder`.

    Raises `BadRequest` and the errors in the rules.
    """
    texts: dict[str, str] = {}
    digests: dict[str, str] = {}
    for name, value in _object(body).items():
        if value is None or value == {"image_url": None}:
            continue
        if rule := rules.files.get(name):
            digests[name] = _write_picture(name, value, folder, rule)
        else:
            longest = longest_text(name, rules)
            texts[name] = checked_text(name, _text(name, value), longest)
    return Form(texts, digests)


def _object(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise BadRequest(f"the body is not valid JSON: {error}") from None
    if not isinstance(found, dict):
        raise BadRequest("the body is JSON but no object; send the fields of a video in { }")
    return found


def _text(name: str, value: object) -> str:
    if name == "lexicon" and isinstance(value, dict):
        return _lexicon(value)
    if isinstance(value, bool) and (name == "track" or isinstance(_own_default(name), bool)):
        return str(value).lower()
    if (
        isinstance(value, list)
        and isinstance(_own_default(name), tuple)
        and not any(isinstance(each, list) for each in value)
    ):
        return ",".join(_text(name, each) for each in value)
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise BadRequest(f"{name} must be a text or a number", name)
    text = str(value)
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise BadRequest(f"{name} has half of a surrogate pair, which is no character; send whole ones", name)
    return text


def _lexicon(entries: dict[str, object]) -> str:
    """Return the lines of a lexicon for words and how each is said."""
    said = {word: reading for word, reading in entries.items() if isinstance(reading, str)}
    if len(said) < len(entries):
        raise BadRequest('lexicon must have a text for each word, as {"nginx": "engine X"}', "lexicon")
    return _text("lexicon", lexicon_lines(said))


def _own_default(name: str) -> object:
    return next((each.default for each in own_fields() if each.name == name), None)


def _write_picture(name: str, value: object, folder: Path, rule: FileRule) -> str:
    data = _decoded(name, value.get("image_url") if isinstance(value, dict) else value)
    if len(data) > rule.most_mb * 1e6:
        raise rule.too_large(name)
    with disk_has_room():
        (folder / rule.name).write_bytes(data)
    return hashlib.sha256(data).hexdigest()


def _decoded(name: str, url: object) -> bytes:
    found = DATA_URL.match(url) if isinstance(url, str) else None
    if not found:
        raise BadRequest(
            f'{name} must be {{"image_url": "data:image/png;base64,..."}}: this server fetches nothing from elsewhere; '
            "upload the file in a multipart/form-data form where it is large",
            name,
        )
    try:
        return base64.b64decode(found.string[found.end() :], validate=True)
    except (binascii.Error, ValueError) as error:
        raise BadRequest(f"{name} is not base64: {error}; encode the file's bytes anew", name) from None
