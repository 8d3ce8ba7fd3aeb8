"""The form fields of an avatar, and the fields that a saved one fills in a request for a video."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from halfgig.animators.puppet.options import MOOD_NAMES, PuppetOptions
from halfgig.animators.registry import animators
from halfgig.errors import BadSetting, PictureTooLarge
from halfgig.requests import PORTRAIT, options_of
from halfgig.server.errors import BadRequest
from halfgig.server.web.form import FileRule, Form, FormRules
from halfgig.server.web.video_form import (
    COMMON,
    PICTURE_FIELD,
    SHORT_TEXTS,
    animator_name,
    landmarks_in,
    number_option,
)
from halfgig.server.web.video_openapi import FIVE_POINTS

if TYPE_CHECKING:
    from halfgig.server.avatar_store import Avatar
    from halfgig.settings import Settings

PORTRAIT_FIELD = "portrait"
"""The file field of the picture."""

LONGEST_NAME = 100
"""Most characters of an avatar's name."""

_MOOD = next(each for each in options_of(PuppetOptions) if each.name == "mood")


def avatar_rules(settings: Settings) -> FormRules:
    """Return the fields of an avatar and their limits."""
    texts = {"name": LONGEST_NAME, "mood": 32, **{name: SHORT_TEXTS[name] for name in ("voice", "speed", "landmarks")}}
    portrait = FileRule(PORTRAIT, settings.max_picture_mb, "MAX_PICTURE_MB", PictureTooLarge)
    return FormRules(texts, {PORTRAIT_FIELD: portrait})


def given_settings(form: Form) -> dict[str, Any]:
    """Return the settings that a form gives, checked.  Raises `BadRequest` and `BadLandmarks`."""
    if PORTRAIT_FIELD not in form.digests:
        told = f"no portrait was sent; send a picture of a face, or an avatar's file, in the field {PORTRAIT_FIELD}"
        raise BadRequest(told, PORTRAIT_FIELD)
    texts = {name: text.strip() for name, text in form.texts.items() if text.strip()}
    if not texts.get("name", "").isprintable():
        told = f"name is {texts['name']!r:.80}, with characters that cannot be shown; send a plain one"
        raise BadRequest(told, "name")
    given: dict[str, Any] = dict(texts)
    if "speed" in texts:
        given["speed"] = number_option(texts, "speed")
    if "mood" in texts:
        given["mood"] = _mood(texts["mood"])
    landmarks_in(texts)
    return given


def _mood(mood: str) -> str:
    try:
        _MOOD.check(mood)
    except BadSetting as error:
        raise BadRequest(str(error), "mood") from None
    return mood


def filled(form: Form, avatar: Avatar) -> Form:
    """Return a video's form with an avatar's portrait, and its settings where the form has none."""
    if PICTURE_FIELD in form.digests:
        raise BadRequest(f"both an avatar and a portrait were sent; send avatar or {PICTURE_FIELD}", "avatar")
    own = {"voice": avatar.voice, "speed": str(avatar.speed), "landmarks": avatar.landmarks}
    if animator_name(form.texts) == animators()[0].name:
        own["mood"] = avatar.mood
    given = {name: text for name, text in form.texts.items() if text.strip()}
    return Form({**own, **given}, {**form.digests, PICTURE_FIELD: avatar.id})


def avatar_body() -> dict[str, Any]:
    """Return the OpenAPI description of the form."""
    speed = COMMON["speed"]
    properties = {
        PORTRAIT_FIELD: {
            "type": "string",
            "format": "binary",
            "description": "A picture of a face, or an avatar's file.",
        },
        "name": {"type": "string", "maxLength": LONGEST_NAME, "description": "What you call it."},
        "voice": {"type": "string", "maxLength": SHORT_TEXTS["voice"], "description": "Default: the best voice."},
        "speed": {"type": "number", "minimum": speed.least, "maximum": speed.most, "description": "Speed of speech."},
        "mood": {"type": "string", "enum": list(MOOD_NAMES), "description": "Expression of the face."},
        "landmarks": {"type": "string", "pattern": FIVE_POINTS, "description": "Five points; as for a video."},
    }
    form = {"type": "object", "properties": properties, "required": [PORTRAIT_FIELD], "additionalProperties": False}
    types = {PORTRAIT_FIELD: {"contentType": "image/png, image/jpeg, image/webp, image/gif"}}
    content = {"multipart/form-data": {"schema": form, "encoding": types}}
    return {"requestBody": {"required": True, "content": content}}
