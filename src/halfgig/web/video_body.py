"""The body of a request for a video, described for the OpenAPI document: it is read by hand as it streams in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from halfgig.requests import ANIMATORS, FPS, SIZES
from halfgig.speech.speed import FASTEST, SLOWEST

if TYPE_CHECKING:
    from halfgig.settings import Settings

_SIZE = r"^(?:[1-9][0-9]{1,3}x[1-9][0-9]{1,3}|[1-9][0-9]{1,3})$"


def video_body(settings: Settings) -> dict[str, Any]:
    """Describe the form, and the same fields as JSON."""
    said = _said(settings)
    options = _options()
    file = {"type": "string", "format": "binary"}
    portrait = {**file, "description": "The picture of a face; without one a presenter speaks."}
    sound = {**file, "description": "A recording to speak along with, in place of a prompt."}
    # OpenAI's clients always send a form, even without a file.
    form = _object({"prompt": said, "input_reference": portrait, "audio": sound, **options})
    inline = {"type": "object", "properties": {"image_url": {"type": "string"}}, "required": ["image_url"]}
    inline["description"] = "A small picture as a data: URL; nothing is fetched from elsewhere."
    as_json = _object({"prompt": said, "input_reference": inline, **options}) | {"required": ["prompt"]}
    return {
        "requestBody": {
            "required": True,
            "content": {"multipart/form-data": {"schema": form}, "application/json": {"schema": as_json}},
        }
    }


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "additionalProperties": False}


def _said(settings: Settings) -> dict[str, Any]:
    return {
        "type": "string",
        "minLength": 1,
        "maxLength": settings.max_input_characters,
        "description": "The text that is said; either this or audio.",
    }


def _options() -> dict[str, Any]:
    return {
        "model": {"type": "string", "enum": list(ANIMATORS), "description": "How the face is moved."},
        "seconds": {
            "type": "string",
            "maxLength": 32,
            "description": "Accepted and ignored: the speech decides how long the video is.",
        },
        "size": {
            "type": "string",
            "pattern": _SIZE,
            "description": f"Pixels, as 512 or 720x1280: the longer side counts, from {SIZES[0]} to {SIZES[1]}; the "
            "picture decides the proportions.",
        },
        "voice": {"type": "string", "maxLength": 400, "description": "A name from /v1/audio/voices, or a mix."},
        "speed": {"type": "number", "minimum": SLOWEST, "maximum": FASTEST, "description": "A factor on the pace."},
        "fps": {"type": "number", "minimum": FPS[0], "maximum": FPS[1], "description": "Frames a second."},
        "seed": {"type": "integer", "description": "Blinks and sway follow from it."},
        "landmarks": {
            "type": "string",
            "maxLength": 400,
            "description": "Five points, as x,y x,y x,y x,y x,y in pixels: right eye, left eye, nose tip, right and "
            "left corner of the mouth; without them the face is looked for.",
        },
    }
