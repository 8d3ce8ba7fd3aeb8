"""What a client wrote about how SadTalker is to move the face, read field by field, and described for the document."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from halfgig.requests import FARTHEST, MODES, MOST_EXPRESSION, MOST_STOPS, STYLES, SadTalkerOptions
from halfgig.server.errors import BadRequest

if TYPE_CHECKING:
    from collections.abc import Mapping

YES_OR_NO = ("still", "blink", "follow")
ANGLES = ("yaw", "pitch", "roll")

FACE_TEXTS = {
    "preprocess": 32,
    "still": 8,
    "pose_style": 8,
    "expression_scale": 32,
    "blink": 8,
    "follow": 8,
    **dict.fromkeys(ANGLES, 1000),
}
"""Its fields, and the most characters of each."""


def face_wishes(texts: Mapping[str, str]) -> dict[str, Any]:
    """Read the fields that were sent.  Raises `BadRequest`."""
    usual = SadTalkerOptions()
    return {
        "preprocess": texts.get("preprocess", "").strip() or usual.preprocess,
        "pose_style": _style(texts, usual.pose_style),
        "expression_scale": number_in(texts, "expression_scale", usual.expression_scale),
        **{name: _yes_or_no(texts, name, getattr(usual, name)) for name in YES_OR_NO},
        **{name: _angles(texts, name) for name in ANGLES},
    }


def face_fields() -> dict[str, Any]:
    """Describe the fields for the OpenAPI document."""
    yes_or_no = {"type": "string", "enum": ["true", "false"]}
    degree = r"-?(?:[0-8]?[0-9](?:\.[0-9]{1,3})?|90)"
    angles = {"type": "string", "pattern": f"^(?:{degree}(?:,{degree}){{0,{MOST_STOPS - 1}}})?$", "maxLength": 1000}
    ways = {"yaw": "to the side", "pitch": "up and down", "roll": "towards a shoulder"}
    return {
        "preprocess": {
            "type": "string",
            "enum": list(MODES),
            "description": "SadTalker: what is animated and shown; full is the face in its picture.",
        },
        "still": {**yes_or_no, "description": "SadTalker: keep the head as it is; face and eyes move."},
        "pose_style": {
            "type": "string",
            "pattern": "^(?:[0-9]|[1-3][0-9]|4[0-5])$",
            "description": f"SadTalker: one of {STYLES} ways to move the head, 0 to {STYLES - 1}.",
        },
        "expression_scale": {
            "type": "string",
            "pattern": r"^(?:[0-2](?:\.[0-9]{1,3})?|3)$",
            "description": f"SadTalker: times the usual expression, 0 to {MOST_EXPRESSION:g}.",
        },
        "blink": {**yes_or_no, "description": "SadTalker: whether the eyes blink by themselves."},
        "follow": {**yes_or_no, "description": "SadTalker: audio is a film, and the face in it is followed."},
        **{
            name: {**angles, "description": f"SadTalker: degrees to turn the head {way} through, up to {FARTHEST}."}
            for name, way in ways.items()
        },
    }


def number_in(texts: Mapping[str, str], name: str, default: float) -> float:
    """Read a number.  Raises `BadRequest`."""
    text = texts.get(name, "")
    try:
        return float(texts.get(name, default))
    except ValueError:
        raise BadRequest(f"{name} is {text!r}; it must be a number", name) from None


def _yes_or_no(texts: Mapping[str, str], name: str, default: bool) -> bool:
    text = texts.get(name, "").strip().lower()
    if text in ("", "true", "false"):
        return text == "true" if text else default
    raise BadRequest(f"{name} is {text!r}; it must be true or false", name)


def _style(texts: Mapping[str, str], default: int) -> int:
    text = texts.get("pose_style", "").strip()
    if not text:
        return default
    if not re.fullmatch(r"-?[0-9]{1,6}", text):
        raise BadRequest(f"pose_style is {text!r}; it must be a whole number, 0 to {STYLES - 1}", "pose_style")
    return int(text)


def _angles(texts: Mapping[str, str], name: str) -> tuple[float, ...]:
    text = texts.get(name, "").strip()
    try:
        return tuple(float(part) for part in text.split(",")) if text else ()
    except ValueError:
        raise BadRequest(f'{name} is {text!r:.80}; it must be degrees parted by commas, as "0,20,-10"', name) from None
