"""What no pixel needs is taken out of a picture's file: place, names, comments, previews, second pictures."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image, ImageCms, ImageOps, PngImagePlugin

from halfgig.media.picture import orientation_of
from halfgig.media.picture_metadata import without_metadata
from tests.media.pictures import quarters

if TYPE_CHECKING:
    from pathlib import Path

SECRET = "52.5170 N, at home"
XMP = f"<x:xmpmeta xmlns:x='adobe:ns:meta/'><note>{SECRET}</note></x:xmpmeta>".encode()


def told_all(folder: Path, kind: str, orientation: int = 1) -> Path:
    """Save a picture with all the metadata that its format has, a profile among it."""
    exif = Image.Exif()
    exif[0x010E], exif[0x0112] = SECRET, orientation
    exif.get_ifd(0x8825)[29] = SECRET
    notes = PngImagePlugin.PngInfo()
    notes.add_itxt("Comment", SECRET)
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    own: dict[str, Any] = {
        "JPEG": {"comment": SECRET, "xmp": XMP, "progressive": True},
        "PNG": {"pnginfo": notes},
        "WEBP": {"xmp": XMP, "lossless": True},
    }
    path = folder / "told"
    quarters(64, 48).save(path, kind, exif=exif, icc_profile=profile, **own[kind])
    assert SECRET.encode() in path.read_bytes()
    return path


def seen(data: bytes) -> np.ndarray[Any, Any]:
    """Return a picture's pixels as a viewer shows them."""
    return np.asarray(ImageOps.exif_transpose(Image.open(io.BytesIO(data))).convert("RGB"))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("orientation", [1, 6])
def test_pixels_profile_and_orientation_stay_and_nothing_else(tmp_path: Path, kind: str, orientation: int) -> None:
    path = told_all(tmp_path, kind, orientation)
    before = path.read_bytes()
    after = without_metadata(before, orientation_of(path))
    assert after
    assert SECRET.encode() not in after
    assert np.array_equal(seen(after), seen(before))
    with Image.open(io.BytesIO(after)) as image:
        assert image.info["icc_profile"] == Image.open(io.BytesIO(before)).info["icc_profile"]
        assert dict(image.getexif()) == ({0x0112: orientation} if orientation != 1 else {})
    assert without_metadata(after, orientation) == after


def test_what_follows_the_picture_goes_too(tmp_path: Path) -> None:
    data = told_all(tmp_path, "JPEG").read_bytes()
    assert without_metadata(data + data) == without_metadata(data)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_file_that_is_cut_short_is_left_to_be_encoded_again(tmp_path: Path, kind: str) -> None:
    data = told_all(tmp_path, kind).read_bytes()
    assert [without_metadata(data[:length]) for length in (0, 3, 11, 40, len(data) // 2, len(data) - 30)] == [None] * 6


def test_other_formats_are_left_alone() -> None:
    assert without_metadata(b"BM" + bytes(60)) is None
