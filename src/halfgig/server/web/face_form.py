"""Fields for the animators' own options, generated from their declarations: read, and described for OpenAPI."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from halfgig.animators.registry import animators
from halfgig.requests import options_of
from halfgig.server.errors import BadRequest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from halfgig.requests import Option
    from halfgig.server.web.form_reader import Form


def own_fields() -> list[Option]:
    """Return the declarations of all animators' own options."""
    return [each for spec in animators() for each in options_of(spec.options_type)]


def own_options(form: Form) -> dict[str, Any]:
    """Return the own options that were sent and differ from their defaults; files by name.  Raises `BadRequest`."""
    values = {each.name: _value(each, form) for each in own_fields()}
    return {each.name: values[each.name] for each in own_fields() if values[each.name] != _plain(each.default)}


def described_fields() -> dict[str, Any]:
    """Return the fields that are no files, for the OpenAPI document."""
    return {
        each.name: {"description": f"{spec.title}: {each.help}.", **_schema(each)}
        for spec in animators()
        for each in options_of(spec.options_type)
        if not each.is_file
    }


def number_in(texts: Mapping[str, str], name: str, default: float) -> float:
    """Return the number in a field.  Raises `BadRequest`."""
    text = texts.get(name, "")
    try:
        return float(texts.get(name, default))
    except ValueError:
        raise BadRequest(f"{name} is {text!r}; it must be a number", name) from None


def _plain(default: Any) -> Any:
    return list(default) if isinstance(default, tuple) else default


def _value(declared: Option, form: Form) -> Any:
    name, default = declared.name, _plain(declared.default)
    if declared.is_file:
        return name if name in form.digests else ""
    text = form.texts.get(name, "").strip()
    if not text:
        return default
    if isinstance(default, bool):
        return _yes_or_no(name, text)
    if isinstance(default, list):
        return _numbers(name, text)
    if isinstance(default, int):
        return _whole(declared, text)
    return number_in(form.texts, name, default) if isinstance(default, float) else text


def _yes_or_no(name: str, text: str) -> bool:
    if text.lower() in ("true", "false"):
        return text.lower() == "true"
    raise BadRequest(f"{name} is {text!r}; it must be true or false", name)


def _whole(declared: Option, text: str) -> int:
    if re.fullmatch(r"-?[0-9]{1,6}", text):
        return int(text)
    bounds = "" if declared.least is None else f", {declared.least:g} to {declared.most:g}"
    raise BadRequest(f"{declared.name} is {text!r}; it must be a whole number{bounds}", declared.name)


def _numbers(name: str, text: str) -> list[float]:
    try:
        return [float(part) for part in text.split(",")]
    except ValueError:
        raise BadRequest(
            f'{name} is {text!r:.80}; it must be degrees separated by commas, as "0,20,-10"', name
        ) from None


def _schema(declared: Option) -> dict[str, Any]:
    """Describe a field of a form, in which all values are text; a JSON body may have the values themselves."""
    if declared.choices:
        return {"type": "string", "enum": list(declared.choices)}
    if isinstance(declared.default, bool):
        return {"type": "string", "enum": ["true", "false"]}
    bounds = {} if declared.least is None else {"minimum": declared.least, "maximum": declared.most}
    if isinstance(declared.default, tuple):
        degree = r"-?(?:[0-8]?[0-9](?:\.[0-9]{1,3})?|90)"
        most = declared.most_items - 1
        return {"type": "string", "pattern": f"^(?:{degree}(?:,{degree}){{0,{most}}})?$", "maxLength": 1000}
    if isinstance(declared.default, int):
        return {"type": "integer", **bounds}
    return {"type": "number", **bounds} if isinstance(declared.default, float) else {"type": "string"}
