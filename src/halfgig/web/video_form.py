"""What a client wrote about the video it wants, read field by field."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from halfgig.errors import BadSetting, EmptyText, PictureTooLarge
from halfgig.face.points import parse_five_points
from halfgig.jobs.order import AUDIO, PORTRAIT, VideoOrder
from halfgig.requests import ANIMATORS, FPS, SIZES
from halfgig.service_errors import BadRequest, UploadTooLarge
from halfgig.speech.speed import checked_speed
from halfgig.web.form_reader import FileRule, FormRules
from halfgig.web.models import VIDEO_MODELS, known_model

if TYPE_CHECKING:
    from collections.abc import Mapping

    from halfgig.settings import Settings
    from halfgig.web.form_reader import Form

SHORT_TEXTS = {
    "model": 64,
    "seconds": 32,
    "size": 32,
    "voice": 400,
    "speed": 32,
    "fps": 32,
    "seed": 32,
    "landmarks": 400,
}
"""Fields besides the prompt, and the most characters of each."""

PICTURE_FIELD, SOUND_FIELD = "input_reference", "audio"
"""The fields that are files."""


def form_rules(settings: Settings) -> FormRules:
    """Give the fields of a request for a video, and how large each may be."""
    return FormRules(
        {"prompt": settings.max_input_characters, **SHORT_TEXTS},
        {
            PICTURE_FIELD: FileRule(PORTRAIT, settings.max_picture_mb, "MAX_PICTURE_MB", PictureTooLarge),
            SOUND_FIELD: FileRule(AUDIO, settings.max_sound_mb, "MAX_SOUND_MB", UploadTooLarge),
        },
    )


def order_from(form: Form) -> VideoOrder:
    """Read what is wanted.  Raises `UsageError`, `ModelNotFound` or `BadRequest`."""
    texts = form.texts
    has_audio = SOUND_FIELD in form.digests
    return VideoOrder(
        prompt=_prompt(texts, has_audio),
        has_audio=has_audio,
        has_portrait=PICTURE_FIELD in form.digests,
        voice=texts.get("voice", "").strip(),
        speed=_speed(texts),
        animator=_animator(texts),
        size=read_size(texts.get("size", "512")),
        fps=_fps(texts),
        seed=_seed(texts),
        landmarks=_landmarks(texts),
    )


def _prompt(texts: Mapping[str, str], has_audio: bool) -> str:
    prompt = texts.get("prompt", "")
    if has_audio and prompt.strip():
        raise BadRequest("both a prompt and audio were sent; send the text to be said or the recording", "prompt")
    if not has_audio and "prompt" not in texts:
        raise BadRequest("neither a prompt nor audio was sent; send the text to be said, or a recording", "prompt")
    if not has_audio and not prompt.strip():
        raise EmptyText("the prompt is empty; send the text to be said")
    return "" if has_audio else prompt


def _animator(texts: Mapping[str, str]) -> str:
    name = known_model(texts.get("model", ANIMATORS[0]), VIDEO_MODELS)
    return name if name in ANIMATORS else ANIMATORS[0]


def read_size(text: str) -> int:
    """Read the longer side of the frames in pixels from "512" or "720x1280"."""
    found = re.fullmatch(r"([0-9]{1,6})(?:x([0-9]{1,6}))?", text.strip())
    if not found:
        raise BadRequest(f'size is {text!r}; write pixels, as "512" or "720x1280"', "size")
    size = max(int(side) for side in found.groups() if side)
    if not SIZES[0] <= size <= SIZES[1]:
        raise BadRequest(
            f"a size of {size} pixels is out of range; the longer side may be from {SIZES[0]} to {SIZES[1]}", "size"
        )
    return size


def _number(texts: Mapping[str, str], name: str, default: float) -> float:
    text = texts.get(name, "")
    try:
        return float(texts.get(name, default))
    except ValueError:
        raise BadRequest(f"{name} is {text!r}; it must be a number", name) from None


def _speed(texts: Mapping[str, str]) -> float:
    try:
        return checked_speed(_number(texts, "speed", 1.0))
    except BadSetting as error:
        raise BadRequest(str(error), "speed") from None


def _fps(texts: Mapping[str, str]) -> float:
    fps = _number(texts, "fps", 25.0)
    if not FPS[0] <= fps <= FPS[1]:
        raise BadRequest(f"{fps:g} frames a second are out of range; choose from {FPS[0]:g} to {FPS[1]:g}", "fps")
    return fps


def _seed(texts: Mapping[str, str]) -> int:
    text = texts.get("seed", "0")
    if not re.fullmatch(r"-?[0-9]{1,18}", text):
        raise BadRequest(f"seed is {text!r}; it must be a whole number of up to 18 digits", "seed")
    return int(text)


def _landmarks(texts: Mapping[str, str]) -> str:
    text = texts.get("landmarks", "").strip()
    if text:
        parse_five_points(text)
    return text
