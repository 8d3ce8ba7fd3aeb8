"""Pictures as phones save them: HEIC, many megapixels, and colours of a wider gamut than sRGB."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from halfgig.errors import PictureTooLarge
from halfgig.media.picture import PictureLimits, load_picture
from halfgig.server.web.picture_check import check_picture
from tests.media.test_picture import assert_quarters

HEIC = Path(__file__).parent / "quarters.heic"
"""The quarters of `tests.media.test_picture`, encoded with pillow-heif."""

PROPHOTO = ((0.7977, 0.1352, 0.0313), (0.2880, 0.7119, 0.0001), (0.0, 0.0, 0.8249))
"""XYZ of ProPhoto's red, green and blue, in rows, for white D50."""
GAMMA = 1.8


def wide_profile() -> bytes:
    """Write an ICC profile of version 2 with ProPhoto's primaries and a plain gamma."""

    def place(values: tuple[float, ...]) -> bytes:
        return b"XYZ " + bytes(4) + b"".join(struct.pack(">i", round(value * 65536)) for value in values)

    curve = b"curv" + bytes(4) + struct.pack(">IH", 1, round(GAMMA * 256)) + bytes(2)
    name = b"desc" + bytes(4) + struct.pack(">I", 5) + b"wide\0" + bytes(78)
    red, green, blue = (tuple(row[i] for row in PROPHOTO) for i in range(3))
    tags = {"desc": name, "cprt": b"text" + bytes(4) + b"none\0", "wtpt": place((0.9642, 1.0, 0.8249))}
    tags |= {"rXYZ": place(red), "gXYZ": place(green), "bXYZ": place(blue)}
    tags |= {"rTRC": curve, "gTRC": curve, "bTRC": curve}
    table, data, start = struct.pack(">I", len(tags)), b"", 128 + 4 + 12 * len(tags)
    for tag, value in tags.items():
        table += tag.encode() + struct.pack(">II", start + len(data), len(value))
        data += value + bytes(-len(value) % 4)
    head = struct.pack(">I4sI4s4s4s", start + len(data), b"none", 0x02400000, b"mntr", b"RGB ", b"XYZ ")
    head = head.ljust(36, b"\0") + b"acsp"
    head = head.ljust(68, b"\0") + place((0.9642, 1.0, 0.8249))[8:]
    return head.ljust(128, b"\0") + table + data


def in_wide(rgb: tuple[int, int, int]) -> tuple[int, int, int]:
    """Return the numbers that mean an sRGB colour in the wide profile."""
    linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in np.divide(rgb, 255)]
    to_d50 = ((0.4361, 0.3851, 0.1431), (0.2225, 0.7169, 0.0606), (0.0139, 0.0971, 0.7141))
    wide = np.linalg.solve(np.array(PROPHOTO), np.array(to_d50) @ linear)
    red, green, blue = (round(float(255 * value ** (1 / GAMMA))) for value in wide)
    return red, green, blue


def test_heic_is_read_like_any_picture() -> None:
    check_picture(HEIC, most_megapixels=40)
    found = load_picture(HEIC, 64)
    assert found.size == (64, 48)
    assert_quarters(found.rgb)


def test_colours_of_a_wide_gamut_are_shown_as_viewers_show_them(tmp_path: Path) -> None:
    skin = (200, 140, 110)
    path = tmp_path / "wide.png"
    Image.new("RGB", (64, 64), in_wide(skin)).save(path, icc_profile=wide_profile())
    assert np.abs(load_picture(path, 64).rgb.astype(int) - skin).max() <= 2
    assert np.abs(np.subtract(in_wide(skin), skin)).max() > 10  # what they would be without the profile


def test_the_profile_counts_when_the_picture_is_made_smaller_and_see_through(tmp_path: Path) -> None:
    skin = (200, 140, 110)
    path = tmp_path / "wide.png"
    Image.new("RGBA", (500, 400), (*in_wide(skin), 255)).save(path, icc_profile=wide_profile())
    assert np.abs(load_picture(path, 300).rgb.astype(int) - skin).max() <= 2


def test_a_profile_that_is_damaged_is_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "bad.png"
    Image.new("RGB", (64, 64), (200, 140, 110)).save(path, icc_profile=wide_profile()[:150])
    assert (load_picture(path, 64).rgb == (200, 140, 110)).all()


@pytest.mark.parametrize("size", [(6000, 8000), (8064, 6048)])
def test_48_megapixels_of_a_phone_are_read_at_a_fraction_of_their_size(tmp_path: Path, size: tuple[int, int]) -> None:
    path = tmp_path / "phone.jpg"
    Image.new("RGB", size, (120, 110, 100)).save(path, quality=50)
    check_picture(path, most_megapixels=40)
    found = load_picture(path, 1024)
    assert (max(found.rgb.shape), found.size) == (1024, size)


def test_a_progressive_jpeg_is_decoded_whole_and_refused_by_its_whole_size(tmp_path: Path) -> None:
    path = tmp_path / "progressive.jpg"
    Image.new("RGB", (1200, 1000), (120, 110, 100)).save(path, progressive=True)
    limits = PictureLimits(megapixels=1.0)
    with pytest.raises(PictureTooLarge, match=r"1200 x 1000 pixels \(1 megapixels\); the limit is 1"):
        load_picture(path, 64, limits)
    with pytest.raises(PictureTooLarge, match="1200 x 1000"):
        check_picture(path, most_megapixels=1.0)


def test_heic_has_a_lower_limit_that_is_named() -> None:
    with pytest.raises(PictureTooLarge, match="the HEIC picture is 64 x 48"):
        load_picture(HEIC, 64, PictureLimits(megapixels=0.001))
