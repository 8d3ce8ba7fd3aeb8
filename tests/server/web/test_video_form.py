"""The fields of a video request, and the check of a picture's first bytes."""

from __future__ import annotations

import json
import struct
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from halfgig.animators.registry import check_request
from halfgig.errors import BadLandmarks, BadSetting, EmptyText, PictureTooLarge, PictureUnreadable
from halfgig.media.picture import FORMATS
from halfgig.requests import SpeechRequest, VideoRequest
from halfgig.server.errors import BadRequest, ModelNotFound
from halfgig.server.web.form import Form, FormRules
from halfgig.server.web.json_form import read_json
from halfgig.server.web.picture_check import HEAD_BYTES, check_picture, size_in
from halfgig.server.web.video_form import read_size, request_from
from tests.support.media import bomb, portrait

if TYPE_CHECKING:
    from pathlib import Path

FIVE = "1,2 3,2 2,3 1,4 3,4"


def order(**texts: str) -> VideoRequest:
    return request_from(Form({"prompt": "Hi", **texts}, {}), 60)


def file(folder: Path, data: bytes) -> Path:
    path = folder / "portrait"
    path.write_bytes(data)
    return path


def test_a_prompt_alone_is_a_whole_order() -> None:
    assert order() == VideoRequest(SpeechRequest("Hi"))


def test_every_field_is_read() -> None:
    asked = order(model="puppet", size="720x1280", voice=" af_bella ", speed="1.5", fps="30", seed="-7", landmarks=FIVE)
    assert asked == VideoRequest(
        SpeechRequest("Hi", "af_bella", 1.5), animator="puppet", size=1280, fps=30.0, seed=-7, landmarks=FIVE
    )


def test_a_background_is_a_colour_or_an_upload() -> None:
    assert order(background=" navy ", aspect="9:16") == replace(order(), background="navy", aspect="9:16")
    uploaded = request_from(Form({"prompt": "Hi"}, {"background_picture": "digest"}), 60)
    assert (uploaded.background, uploaded.background_picture) == ("", "background_picture")
    assert uploaded.files == ("background_picture",)


def test_a_label_is_read() -> None:
    assert order(label=" AI ", label_corner="top-left") == replace(order(), label="AI", label_corner="top-left")


@pytest.mark.parametrize(
    ("texts", "files", "field"),
    [
        ({"background": "blurple"}, {}, "background"),
        ({"background": "/etc/passwd"}, {}, "background"),
        ({"background": "navy"}, {"background_picture": "digest"}, "background"),
        ({"aspect": "3:2"}, {}, "aspect"),
        ({"label": "\u4eba"}, {}, "label"),
        ({"label_corner": "middle"}, {}, "label_corner"),
    ],
)
def test_a_background_or_an_aspect_ratio_that_is_none_is_refused_by_its_field(
    texts: dict[str, str], files: dict[str, str], field: str
) -> None:
    with pytest.raises(BadRequest) as refused:
        request_from(Form({"prompt": "Hi", **texts}, files), 60)
    assert refused.value.param == field


def test_sadtalker_says_that_it_keeps_the_background() -> None:
    with pytest.raises(BadSetting, match="keeps the portrait's own background"):
        check_request(VideoRequest(idle=1.0, animator="sadtalker", background="navy"))


def test_angles_in_json_may_be_a_list(tmp_path: Path) -> None:
    def read(**fields: object) -> VideoRequest:
        body = json.dumps({"prompt": "Hi", "model": "sadtalker", **fields}).encode()
        return request_from(
            read_json(body, tmp_path, FormRules(dict.fromkeys(("prompt", "model", "yaw", "pitch", "roll"), 99), {})), 60
        )

    asked = read(yaw=[0, 20.5, -10], roll=5, pitch=[])
    assert asked.options == {"yaw": [0.0, 20.5, -10.0], "roll": [5.0]}
    for wrong in ([True], [[1]], ["x"]):
        with pytest.raises(BadRequest, match="yaw"):
            read(yaw=wrong)


def test_seconds_are_taken_and_left_aside() -> None:
    assert order(seconds="8") == order()


def test_a_recording_needs_no_prompt() -> None:
    asked = request_from(Form({}, {"audio": "digest", "input_reference": "digest"}), 60)
    assert (asked.speech, asked.audio, asked.portrait) == (None, "audio", "portrait")


@pytest.mark.parametrize(
    ("texts", "files"), [({}, {}), ({"prompt": "Hi"}, {"audio": "digest"})], ids=["neither", "both"]
)
def test_either_a_prompt_or_a_recording_is_said(texts: dict[str, str], files: dict[str, str]) -> None:
    with pytest.raises(BadRequest, match="prompt") as refused:
        request_from(Form(texts, files), 60)
    assert refused.value.param == "prompt"


@pytest.mark.parametrize("prompt", ["", "  \n"])
def test_an_empty_prompt_is_refused_as_such(prompt: str) -> None:
    with pytest.raises(EmptyText):
        order(prompt=prompt)


@pytest.mark.parametrize("model", ["puppet", "sora-2", "sora-2-pro", "sora-2-2025-10-06"])
def test_what_a_client_of_openai_asks_for_is_the_puppet(model: str) -> None:
    assert order(model=model).animator == "puppet"


@pytest.mark.parametrize("model", ["sora-3", "tts-1", "Puppet", "../puppet", ""])
def test_a_model_that_is_not_here_is_not_found(model: str) -> None:
    with pytest.raises(ModelNotFound, match="puppet"):
        order(model=model)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("size", "0"),
        ("size", "63"),
        ("size", "2161"),
        ("size", "512x"),
        ("size", "512X512"),
        ("size", "-512"),
        ("size", "٥١٢"),
        ("size", "1e3"),
        ("speed", "0.2"),
        ("speed", "5"),
        ("speed", "nan"),
        ("speed", "fast"),
        ("fps", "4"),
        ("fps", "61"),
        ("fps", "inf"),
        ("fps", "nan"),
        ("speed", ""),
        ("seed", ""),
        ("size", ""),
        ("seed", "1.5"),
        ("seed", "9" * 19),
    ],
)
def test_a_value_out_of_range_is_refused_by_its_name(field: str, value: str) -> None:
    with pytest.raises(BadRequest) as refused:
        order(**{field: value})
    assert refused.value.param == field


def test_five_points_that_are_none_are_refused() -> None:
    with pytest.raises(BadLandmarks):
        order(landmarks="1,2 3,4")


@given(st.integers(64, 2160), st.integers(1, 2160))
def test_the_longer_side_is_the_size(longer: int, other: int) -> None:
    shorter = min(longer, other)
    assert read_size(f"{longer}x{shorter}") == read_size(f"{shorter}x{longer}") == read_size(f"{longer}") == longer


@pytest.mark.parametrize("ending", ["png", "jpg", "webp", "gif", "bmp", "tiff", "ppm", "avif"])
def test_every_format_that_is_read_passes(tmp_path: Path, ending: str) -> None:
    assert {"jpg": "JPEG"}.get(ending, ending.upper()) in FORMATS
    path = portrait(tmp_path / f"a.{ending}", 128)
    check_picture(path, most_megapixels=0.02)
    if ending != "avif":
        with pytest.raises(PictureTooLarge, match=r"128 x 128 pixels .* MAX_PICTURE_MEGAPIXELS"):
            check_picture(path, most_megapixels=0.004)


def test_a_bomb_is_refused_by_its_header(tmp_path: Path) -> None:
    with pytest.raises(PictureTooLarge, match=r"30000 x 30000 pixels \(900 megapixels\); the limit is 40"):
        check_picture(bomb(tmp_path / "bomb.png"), most_megapixels=40)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "empty"),
        (b"%PDF-1.7", "not a picture"),
        (b"<svg width='9' height='9'/>", "not a picture"),
        (b"MZ\x90", "not a picture"),
    ],
)
def test_what_is_no_picture_for_sure_is_refused(tmp_path: Path, data: bytes, says: str) -> None:
    with pytest.raises(PictureUnreadable, match=says):
        check_picture(file(tmp_path, data), most_megapixels=40)


@pytest.mark.parametrize(
    "data",
    [
        b"\xff\xd8\xff",
        b"\xff\xd8" + b"\xff" * HEAD_BYTES,
        b"\xff\xd8\xff\xe0" + bytes(HEAD_BYTES),
        b"P6" + b"9" * HEAD_BYTES,
        b"RIFF1234WEBPVP8L",
        b"RIFF1234WAVEfmt ",
        b"II*\x00\xff\xff\xff\xff",
        b"II+\x00\x08\x00\x00\x00" + struct.pack("<QQ", 16, 2**63) + bytes(HEAD_BYTES),
        b"GIF89a\xff\xff\xff\xff",
    ],
    ids=lambda data: repr(data[:12]),
)
def test_a_header_that_leads_nowhere_is_left_to_the_cell(tmp_path: Path, data: bytes) -> None:
    check_picture(file(tmp_path, data), most_megapixels=40)


@given(
    st.sampled_from([b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF89a", b"BM", b"MM\x00*", b"II*\x00", b"II+\x00", b"P6",
                     b"RIFF1234WEBPVP8 ", b"RIFF1234WEBPVP8X", b"RIFF1234WEBPVP8L", b"<svg ", b"\x00\x00\x00\x0cjP  "]),
    st.binary(max_size=80),
)  # fmt: skip
def test_no_header_makes_the_look_fail(start: bytes, rest: bytes) -> None:
    width, height = size_in(start + rest)
    assert width >= 0
    assert height >= 0
