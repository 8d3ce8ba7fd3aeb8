"""The OpenAPI description of the body of POST /v1/videos, which is read by hand as it streams in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from halfgig.animators.registry import animators
from halfgig.requests import SHORTEST_IDLE_S, options_of
from halfgig.server.web.models import video_models
from halfgig.server.web.video_form import COMMON, LONGEST_OWN, SEED_DIGITS, SHORT_TEXTS, own_fields
from halfgig.text.label import LONGEST_LABEL
from halfgig.text.lexicon import MAX_CHARACTERS

if TYPE_CHECKING:
    from halfgig.requests import Option
    from halfgig.settings import Settings

_SIDE = "(?:6[4-9]|[7-9][0-9]|[1-9][0-9]{2}|1[0-9]{3}|20[0-9]{2}|21[0-5][0-9]|2160)"
_SIZE = f"^{_SIDE}(?:x{_SIDE})?$"
_PAIR = r"[0-9]{1,5}(?:\.[0-9]{1,3})?,[0-9]{1,5}(?:\.[0-9]{1,3})?"
FIVE_POINTS = f"^(?:(?:{_PAIR} ){{4}}{_PAIR})?$"
"""The pattern of five points, or none."""

# First characters of PNG, JPEG and WEBP in base64.
_START = "(?:iVBORw0KGgo[A-Za-z0-9+/]|/9j/|UklGR[A-Za-z0-9+/]{3})"
_PICTURE_URL = f"^data:image/[a-z]{{3,4}};base64,{_START}(?:[A-Za-z0-9+/]{{4}})*$"

BACKGROUND_TEXT = (
    'What is behind the person: a colour ("navy", "#0a3d62"), blur or transparent (WebM); default: its own.'
)

_TRACK = {
    "type": "string",
    "enum": ["true", "false"],
    "description": "Whether to write what the face does as well, as blendshapes in JSON: variant=track.",
}

_AVATAR = {
    "type": "string",
    "pattern": "^avatar_[0-9a-f]{24}$",
    "description": "A saved avatar, instead of a portrait: its voice, speed and mood are defaults.",
}

_ENCODING = {
    "input_reference": {"contentType": "image/png, image/jpeg, image/webp, image/gif"},
    "background_picture": {"contentType": "image/png, image/jpeg, image/webp, image/gif"},
    "audio": {"contentType": "audio/wav, audio/mpeg, audio/ogg, audio/flac, audio/mp4"},
}


def video_body(settings: Settings) -> dict[str, Any]:
    """Return the OpenAPI description of the form, and of the same fields as JSON."""
    prompt = _prompt(settings)
    options = _options(settings)
    file = {"type": "string", "format": "binary"}
    portrait = {**file, "description": "A picture of a face; default: the presenter."}
    sound = {**file, "description": "A recording to lip-sync to, instead of a prompt."}
    # OpenAI's clients always send a form, even without a file.
    films = {each.name: {**file, "description": _sentence(each)} for each in own_fields() if each.is_file}
    behind = {**file, "description": "A picture to put behind the person, instead of background."}
    files = {"input_reference": portrait, "audio": sound, "background_picture": behind}
    form = _object({"prompt": prompt, **files, **films, **options})
    form["allOf"] = _own_options()
    form["oneOf"] = [{"required": ["prompt"]}, {"required": ["audio"]}, {"required": ["idle"]}]
    inline: dict[str, Any] = {
        "type": "object",
        "properties": {"image_url": {"type": "string", "pattern": _PICTURE_URL}},
    }
    inline |= {"required": ["image_url"], "additionalProperties": False}
    inline["description"] = "A small picture as a data: URL; the server fetches nothing from other hosts."
    as_json = _object({"prompt": prompt, "input_reference": inline, "background_picture": inline, **options})
    as_json["allOf"] = _own_options()
    as_json["oneOf"] = [{"required": ["prompt"]}, {"required": ["idle"]}]
    return {
        "requestBody": {
            "required": True,
            "content": {
                "multipart/form-data": {"schema": form, "encoding": _ENCODING},
                "application/json": {"schema": as_json},
            },
        }
    }


def _own_options() -> list[dict[str, Any]]:
    """Return what excludes what: an option of one animator's own needs that animator as the model."""
    default = animators()[0]
    rules = []
    for spec in animators():
        names = [name for name in video_models() if name == spec.name or (spec is default and _is_alias(name))]
        chosen: dict[str, Any] = {"properties": {"model": {"enum": names}}}
        if spec is not default:
            chosen["required"] = ["model"]
        own = [{"required": [each.name]} for each in options_of(spec.options_type)]
        if own:
            rules.append({"anyOf": [chosen, {"not": {"anyOf": own}}]})
    return rules


def _is_alias(name: str) -> bool:
    return name not in [spec.name for spec in animators()]


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "additionalProperties": False}


def _prompt(settings: Settings) -> dict[str, Any]:
    return {
        "type": "string",
        "minLength": 1,
        "pattern": r"\S",
        "description": f"The text to speak, up to {settings.max_input_characters} characters; else send audio or idle.",
    }


def _options(settings: Settings) -> dict[str, Any]:
    size, largest_seed = COMMON["size"], 10**SEED_DIGITS - 1
    return {
        "model": {
            "type": "string",
            "enum": list(video_models()),
            "description": "The animator; OpenAI's names mean the default one.",
        },
        "seconds": {
            "type": "string",
            "maxLength": SHORT_TEXTS["seconds"],
            "description": "Accepted and ignored: the video is as long as the speech.",
        },
        "size": {
            "type": "string",
            "pattern": _SIZE,
            "description": "Pixels, such as 512 or 720x1280: only the longer side counts, "
            f"from {size.least} to {size.most}; the aspect ratio is the picture's, or aspect.",
        },
        "voice": {"type": "string", "maxLength": SHORT_TEXTS["voice"], "description": _sentence(COMMON["voice"])},
        "lexicon": {
            "type": "string",
            "maxLength": MAX_CHARACTERS,
            "description": 'How words are said: lines such as "nginx = engine X"; in JSON also an object.',
        },
        **_plain("speed", "fps", "aspect", "label_corner"),
        "background": {"type": "string", "maxLength": SHORT_TEXTS["background"], "description": BACKGROUND_TEXT},
        "label": _label(COMMON["label"]),
        "seed": {
            "type": "integer",
            "minimum": -largest_seed,
            "maximum": largest_seed,
            "description": _sentence(COMMON["seed"]),
        },
        "landmarks": {
            "type": "string",
            "pattern": FIVE_POINTS,
            "description": "Five points, x,y x,y x,y x,y x,y in pixels: right eye, left eye, nose tip, right and left "
            "corner of the mouth; default: the face is detected.",
        },
        "idle": {
            "type": "number",
            "minimum": SHORTEST_IDLE_S,
            "maximum": 60 * settings.max_sound_minutes,
            "description": "Seconds of a silent face, instead of a prompt or audio.",
        },
        "track": _TRACK,
        "avatar": _AVATAR,
        **described_fields(),
    }


def _plain(*names: str) -> dict[str, Any]:
    return {name: {"description": _sentence(COMMON[name]), **_schema(COMMON[name])} for name in names}


def _label(declared: Option) -> dict[str, Any]:
    return {"type": "string", "pattern": f"^[ -~]{{0,{LONGEST_LABEL}}}$", "description": _sentence(declared)}


def described_fields() -> dict[str, Any]:
    """Return the schemas of the animators' own options other than files."""
    return {
        each.name: {"description": f"{spec.title}: {each.help}.", **_schema(each)}
        for spec in animators()
        for each in options_of(spec.options_type)
        if not each.is_file
    }


def _sentence(declared: Option) -> str:
    return f"{declared.help[0].upper()}{declared.help[1:]}."


def _schema(declared: Option) -> dict[str, Any]:
    """Return the schema of a form field: all values are text; a JSON body may have the values themselves."""
    if declared.choices:
        return {"type": "string", "enum": list(declared.choices)}
    if isinstance(declared.default, bool):
        return {"type": "string", "enum": ["true", "false"]}
    bounds = {} if declared.least is None else {"minimum": declared.least, "maximum": declared.most}
    if isinstance(declared.default, tuple):
        degree = r"-?(?:[0-8]?[0-9](?:\.[0-9]{1,3})?|90)"
        most = declared.most_items - 1
        return {"type": "string", "pattern": f"^(?:{degree}(?:,{degree}){{0,{most}}})?$", "maxLength": LONGEST_OWN}
    if isinstance(declared.default, int):
        return {"type": "integer", **bounds}
    return {"type": "number", **bounds} if isinstance(declared.default, float) else {"type": "string"}
