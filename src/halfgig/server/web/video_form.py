"""What a client wrote about the video it wants, read field by field."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from halfgig.errors import BadSetting, EmptyText, PictureTooLarge
from halfgig.face.points import parse_five_points
from halfgig.requests import ANIMATORS, FPS, SIZES, check_idle, check_options
from halfgig.server.errors import BadRequest, UploadTooLarge
from halfgig.server.video_order import AUDIO, PORTRAIT, REFERENCE_BLINK, REFERENCE_POSE, VideoOrder
from halfgig.server.web.face_form import FACE_TEXTS, face_wishes, number_in
from halfgig.server.web.form_reader import FileRule, FormRules
from halfgig.server.web.models import VIDEO_MODELS, known_model
from halfgig.tts.voices import checked_speed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from halfgig.server.web.form_reader import Form
    from halfgig.settings import Settings

SHORT_TEXTS = {
    "model": 64,
    "seconds": 32,
    "size": 32,
    "voice": 400,
    "speed": 32,
    "fps": 32,
    "seed": 32,
    "landmarks": 400,
    "idle": 32,
    **FACE_TEXTS,
}
"""Fields besides the prompt, and the most characters of each."""

PICTURE_FIELD, SOUND_FIELD = "input_reference", "audio"
"""The fields that are files, besides films."""


def form_rules(settings: Settings) -> FormRules:
    """Give the fields of a request for a video, and how large each may be."""
    return FormRules(
        {"prompt": settings.max_input_characters, **SHORT_TEXTS},
        {
            PICTURE_FIELD: FileRule(PORTRAIT, settings.max_picture_mb, "MAX_PICTURE_MB", PictureTooLarge),
            SOUND_FIELD: FileRule(AUDIO, settings.max_sound_mb, "MAX_SOUND_MB", UploadTooLarge),
            **{
                name: FileRule(name, settings.max_sound_mb, "MAX_SOUND_MB", UploadTooLarge)
                for name in (REFERENCE_BLINK, REFERENCE_POSE)
            },
        },
    )


def order_from(form: Form, most_idle_s: float) -> VideoOrder:
    """Read what is wanted.  Raises `UsageError`, `ModelNotFound` or `BadRequest`."""
    texts = form.texts
    has_audio = SOUND_FIELD in form.digests
    order = VideoOrder(
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
        idle=_idle(texts, most_idle_s),
        has_reference_blink=REFERENCE_BLINK in form.digests,
        has_reference_pose=REFERENCE_POSE in form.digests,
        **face_wishes(texts),
    )
    check_options(order.animator, order.fps, order.sadtalker(), has_recording=has_audio)
    return order


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


def _idle(texts: Mapping[str, str], most_s: float) -> float:
    if not texts.get("idle", "").strip():
        return 0.0
    seconds = number_in(texts, "idle", 0.0)
    try:
        check_idle(seconds, most_s)
    except BadSetting as error:
        raise BadRequest(str(error), "idle") from None
    return seconds


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


def _speed(texts: Mapping[str, str]) -> float:
    try:
        return checked_speed(number_in(texts, "speed", 1.0))
    except BadSetting as error:
        raise BadRequest(str(error), "speed") from None


def _fps(texts: Mapping[str, str]) -> float:
    fps = number_in(texts, "fps", 25.0)
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
