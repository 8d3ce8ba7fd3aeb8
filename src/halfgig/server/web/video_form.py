"""The form fields of a video request: their limits, and the request built from them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from halfgig.animators.registry import animators, check_request
from halfgig.errors import BadSetting, EmptyText, PictureTooLarge
from halfgig.face.points import parse_five_points
from halfgig.requests import (
    AUDIO,
    BACKGROUND_PICTURE,
    PORTRAIT,
    SpeechRequest,
    VideoRequest,
    check_background,
    check_idle,
    options_of,
)
from halfgig.server.errors import BadRequest, UploadTooLarge
from halfgig.server.web.form import FileRule, FormRules
from halfgig.server.web.models import known_model, video_models
from halfgig.text.label import checked_label
from halfgig.text.lexicon import MAX_CHARACTERS, read_lexicon
from halfgig.text.script import read_script

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import TypeVar

    from halfgig.requests import Option
    from halfgig.server.web.form import Form
    from halfgig.settings import Settings

    _Value = TypeVar("_Value", float, str)

SHORT_TEXTS = {
    "model": 64,
    "seconds": 32,
    "size": 32,
    "voice": 400,
    "speed": 32,
    "fps": 32,
    "background": 64,
    "aspect": 16,
    "seed": 32,
    "label": 400,
    "label_corner": 32,
    "landmarks": 400,
    "track": 5,
    "idle": 32,
    "avatar": 64,
}
"""Text fields common to all animators, other than the prompt, and the most characters of each."""

SEED_DIGITS = 18
"""Most digits of a seed."""

LONGEST_OWN = 1000
"""Most characters of an animator's own option."""

COMMON = {each.name: each for kind in (SpeechRequest, VideoRequest) for each in options_of(kind)}
"""The declarations of the options common to all animators, by name."""

PICTURE_FIELD, SOUND_FIELD, BACKGROUND_FIELD = "input_reference", "audio", "background_picture"
"""The file fields common to all animators."""


def form_rules(settings: Settings) -> FormRules:
    """Return the fields of a video request and their limits."""
    return FormRules(
        {
            "prompt": settings.max_input_characters,
            **SHORT_TEXTS,
            "lexicon": MAX_CHARACTERS,
            **{each.name: LONGEST_OWN for each in own_fields() if not each.is_file},
        },
        {
            PICTURE_FIELD: FileRule(PORTRAIT, settings.max_picture_mb, "MAX_PICTURE_MB", PictureTooLarge),
            BACKGROUND_FIELD: FileRule(BACKGROUND_PICTURE, settings.max_picture_mb, "MAX_PICTURE_MB", PictureTooLarge),
            SOUND_FIELD: FileRule(AUDIO, settings.max_sound_mb, "MAX_SOUND_MB", UploadTooLarge),
            **{
                each.name: FileRule(each.name, settings.max_sound_mb, "MAX_SOUND_MB", UploadTooLarge)
                for each in own_fields()
                if each.is_file
            },
        },
    )


def request_from(form: Form, most_idle_s: float) -> VideoRequest:
    """Return the request in a form.  Raises `UsageError`, `ModelNotFound` or `BadRequest`."""
    texts = form.texts
    has_audio = SOUND_FIELD in form.digests
    prompt = _prompt(texts, has_audio)
    speech = _speech(prompt, texts) if prompt else None
    request = VideoRequest(
        speech,
        audio=AUDIO if has_audio else "",
        idle=_idle(texts, most_idle_s),
        portrait=PORTRAIT if PICTURE_FIELD in form.digests else "",
        animator=animator_name(texts),
        size=read_size(texts.get("size", str(COMMON["size"].default))),
        fps=number_option(texts, "fps"),
        background=texts.get("background", "").strip(),
        background_picture=BACKGROUND_PICTURE if BACKGROUND_FIELD in form.digests else "",
        aspect=checked_option("aspect", texts.get("aspect", "").strip()),
        seed=_seed(texts),
        label=_label(texts),
        label_corner=checked_option(
            "label_corner", texts.get("label_corner", "").strip() or COMMON["label_corner"].default
        ),
        landmarks=landmarks_in(texts),
        track=_yes_or_no("track", texts.get("track") or "false"),
        options=own_options(form),
    )
    try:
        check_background(request)
    except BadSetting as error:
        raise BadRequest(str(error), "background") from None
    check_request(request)
    return request


def _prompt(texts: Mapping[str, str], has_audio: bool) -> str:
    prompt, idles = texts.get("prompt", ""), bool(texts.get("idle", "").strip())
    if has_audio and prompt.strip():
        raise BadRequest("both a prompt and audio were sent; send the text to be said or the recording", "prompt")
    if idles and (has_audio or prompt.strip()):
        raise BadRequest("an idle face says nothing; send idle alone, or without it the text or the recording", "idle")
    if not has_audio and not idles and "prompt" not in texts:
        raise BadRequest("neither a prompt nor audio was sent; send the text to be said, or a recording", "prompt")
    if not has_audio and not idles and not prompt.strip():
        raise EmptyText("the prompt is empty; send the text to be said")
    return "" if has_audio or idles else prompt


def _speech(prompt: str, texts: Mapping[str, str]) -> SpeechRequest:
    """Return the request for the speech.  Raises `BadMarkup` and `BadLexicon`."""
    read_script(prompt)
    read_lexicon(texts.get("lexicon", ""))
    return SpeechRequest(
        prompt, texts.get("voice", "").strip(), number_option(texts, "speed"), texts.get("lexicon", "")
    )


def _idle(texts: Mapping[str, str], most_s: float) -> float:
    if not texts.get("idle", "").strip():
        return 0.0
    seconds = number_in(texts, "idle", 0.0)
    try:
        check_idle(seconds, most_s)
    except BadSetting as error:
        raise BadRequest(str(error), "idle") from None
    return seconds


def animator_name(texts: Mapping[str, str]) -> str:
    """Return the name of the animator that a form asks for.  Raises `ModelNotFound`."""
    names = [spec.name for spec in animators()]
    name = known_model(texts.get("model", names[0]), video_models())
    return name if name in names else names[0]


def read_size(text: str) -> int:
    """Read the longer side of the frames in pixels from "512" or "720x1280"."""
    found = re.fullmatch(r"([0-9]{1,6})(?:x([0-9]{1,6}))?", text.strip())
    if not found:
        raise BadRequest(f'size is {text!r}; write pixels, as "512" or "720x1280"', "size")
    size = max(int(side) for side in found.groups() if side)
    return int(checked_option("size", size))


def number_option(texts: Mapping[str, str], name: str) -> float:
    """Return an option's number that is within its option's bounds.  Raises `BadRequest`."""
    return checked_option(name, number_in(texts, name, COMMON[name].default))


def checked_option(name: str, value: _Value) -> _Value:
    """Return a value that is within its option's bounds.  Raises `BadRequest`, which names the field."""
    try:
        COMMON[name].check(value)
    except BadSetting as error:
        raise BadRequest(str(error), name) from None
    return value


def _seed(texts: Mapping[str, str]) -> int:
    text = texts.get("seed", str(COMMON["seed"].default))
    if not re.fullmatch(rf"-?[0-9]{{1,{SEED_DIGITS}}}", text):
        raise BadRequest(f"seed is {text!r}; it must be a whole number of up to {SEED_DIGITS} digits", "seed")
    return int(text)


def _label(texts: Mapping[str, str]) -> str:
    try:
        return checked_label(texts.get("label", "").strip())
    except BadSetting as error:
        raise BadRequest(str(error), "label") from None


def landmarks_in(texts: Mapping[str, str]) -> str:
    """Return the five points in a form, empty without them.  Raises `BadLandmarks`."""
    text = texts.get("landmarks", "").strip()
    if text:
        parse_five_points(text)
    return text


def own_fields() -> list[Option]:
    """Return the declarations of all animators' own options."""
    return [each for spec in animators() for each in options_of(spec.options_type)]


def own_options(form: Form) -> dict[str, Any]:
    """Return the own options that were sent and differ from their defaults; files by name.  Raises `BadRequest`."""
    values = {each.name: _value(each, form) for each in own_fields()}
    return {each.name: values[each.name] for each in own_fields() if values[each.name] != _plain(each.default)}


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
