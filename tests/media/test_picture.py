"""Pictures as they are loaded: in every format and colour mode, upright, on white, and no larger than needed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image

from halfgig.media.picture import load_picture
from tests.media.pictures import BLUE, GREEN, ORIENTATION, RED, YELLOW, png, quarters, saved, see_through

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    Pixels = NDArray[np.uint8]


def corners(rgb: Pixels) -> list[tuple[int, ...]]:
    """Return the colours in the middles of the four quarters, in the order of reading."""
    height, width = rgb.shape[:2]
    return [
        tuple(rgb[row, column].tolist()) for row in (height // 4, -height // 4) for column in (width // 4, -width // 4)
    ]


def assert_quarters(rgb: Pixels, tolerance: int = 12) -> None:
    assert rgb.dtype == np.uint8
    for seen, expected in zip(corners(rgb), (RED, GREEN, BLUE, YELLOW), strict=True):
        assert np.abs(np.subtract(seen, expected)).max() <= tolerance


@pytest.mark.parametrize(
    ("kind", "how"),
    [
        ("JPEG", {"quality": 95, "subsampling": 0}),
        ("JPEG", {"quality": 95, "subsampling": 0, "progressive": True}),
        ("PNG", {}),
        ("WEBP", {"lossless": True}),
        ("WEBP", {"quality": 95}),
        ("TIFF", {}),
        ("TIFF", {"compression": "tiff_lzw"}),
        ("BMP", {}),
        ("PPM", {}),
        ("AVIF", {"quality": 95}),
        ("MPO", {"quality": 95, "subsampling": 0}),
    ],
)
def test_every_kind_of_file_gives_its_colours(tmp_path: Path, kind: str, how: dict[str, Any]) -> None:
    picture = load_picture(saved(tmp_path, quarters(), kind, **how), 64)
    assert picture.rgb.shape == (48, 64, 3)
    assert picture.shrunk == 1
    assert_quarters(picture.rgb)


@pytest.mark.parametrize(
    ("mode", "kind", "how"),
    [("P", "PNG", {}), ("P", "GIF", {}), ("RGBA", "PNG", {}), ("CMYK", "JPEG", {"quality": 95}), ("CMYK", "TIFF", {})],
)
def test_every_way_to_write_colours_gives_rgb(tmp_path: Path, mode: str, kind: str, how: dict[str, Any]) -> None:
    picture = quarters().quantize(8) if mode == "P" else quarters().convert(mode)
    assert_quarters(load_picture(saved(tmp_path, picture, kind, **how), 64).rgb)


@pytest.mark.parametrize("longest", [400, 40])
@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_sixteen_bit_greys_are_scaled_and_not_cut_off(tmp_path: Path, kind: str, longest: int) -> None:
    greys = np.repeat(np.linspace(0, 65535, 400).astype(np.uint16)[None], 300, axis=0)
    rgb = load_picture(saved(tmp_path, Image.fromarray(greys), kind), longest).rgb
    expected = np.linspace(0, 255, rgb.shape[1])
    assert np.abs(rgb[rgb.shape[0] // 2, :, 0] - expected).max() < 8
    assert (rgb[..., 0] == rgb[..., 2]).all()


@pytest.mark.parametrize("dtype", [np.float32, np.int32])
def test_deeper_greys_are_brought_to_eight_bits(tmp_path: Path, dtype: type) -> None:
    white = 1.0 if dtype is np.float32 else 65535
    greys: NDArray[Any] = np.repeat((np.linspace(0, 1, 64) * white).astype(dtype)[None], 48, axis=0)
    rgb = load_picture(saved(tmp_path, Image.fromarray(greys), "TIFF"), 64).rgb
    assert np.abs(rgb[24, :, 0] - np.linspace(0, 255, 64)).max() <= 2


def test_a_float_picture_with_holes_has_them_black(tmp_path: Path) -> None:
    greys = np.full((48, 64), 0.5, np.float32)
    greys[:10], greys[10:20], greys[20:30] = np.nan, np.inf, 1.0
    rgb = load_picture(saved(tmp_path, Image.fromarray(greys), "TIFF"), 64).rgb
    assert [int(rgb[row, 5, 0]) for row in (5, 15, 25, 40)] == [0, 0, 255, 127]


def test_sixteen_bit_colours_work(tmp_path: Path) -> None:
    deep = np.asarray(quarters()).astype(">u2") * 257
    rows = b"".join(b"\0" + row.tobytes() for row in deep)
    path = tmp_path / "deep.png"
    path.write_bytes(png(64, 48, 16, 2, rows))
    assert_quarters(load_picture(path, 64).rgb, tolerance=1)


def test_black_and_white_becomes_grey_when_made_smaller(tmp_path: Path) -> None:
    board = Image.fromarray(np.indices((400, 400)).sum(axis=0) % 2 == 0)
    rgb = load_picture(saved(tmp_path, board), 100).rgb
    assert rgb.shape == (100, 100, 3)
    assert set(np.unique(rgb)) <= {127, 128}


@pytest.mark.parametrize("longest", [64, 20])
@pytest.mark.parametrize("mode", ["RGBA", "LA", "P", "RGB", "PA"])
def test_what_is_transparent_shows_white(tmp_path: Path, mode: str, longest: int) -> None:
    how: dict[str, Any] = {}
    picture = see_through()
    if mode == "P":
        picture, how = quarters().quantize(8), {"transparency": quarters().quantize(8).getpixel((5, 5))}
    elif mode == "RGB":
        picture, how = quarters(), {"transparency": RED}
    elif mode == "LA":
        picture = picture.convert("LA")
    kind = "TIFF" if mode == "PA" else "PNG"
    if mode == "PA":
        picture = quarters().quantize(8).convert("PA")
        picture.putalpha(see_through().getchannel("A"))
    rgb = load_picture(saved(tmp_path, picture, kind, **how), longest).rgb
    top_left, top_right, *_ = corners(rgb)
    assert top_left == (255, 255, 255)
    assert max(top_right) < 200


def test_what_is_half_transparent_is_mixed_with_white(tmp_path: Path) -> None:
    rgb = load_picture(saved(tmp_path, Image.new("RGBA", (40, 40), (0, 0, 0, 64))), 40).rgb
    assert rgb[20, 20].tolist() == [191, 191, 191]


def test_transparency_is_kept_beside_the_colours_in_their_size(tmp_path: Path) -> None:
    picture = Image.new("RGBA", (80, 40), (10, 20, 30, 0))
    picture.paste((10, 20, 30, 255), (40, 0, 80, 40))
    found = load_picture(saved(tmp_path, picture), 40)
    assert found.alpha is not None
    assert found.alpha.shape == found.rgb.shape[:2] == (20, 40)
    assert found.alpha[10, [5, 35]].tolist() == [0, 255]


def test_a_picture_that_is_nowhere_clear_has_no_transparency(tmp_path: Path) -> None:
    assert load_picture(saved(tmp_path, Image.new("RGBA", (40, 40), (0, 0, 0, 255))), 40).alpha is None


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG", "TIFF"])
def test_an_animation_gives_its_first_frame(tmp_path: Path, kind: str) -> None:
    how = {"lossless": True} if kind == "WEBP" else {}
    path = saved(tmp_path, quarters(), kind, save_all=True, append_images=[quarters().rotate(180)] * 2, **how)
    assert_quarters(load_picture(path, 64).rgb)


STORED_AS = {
    1: None,
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}
"""For each EXIF orientation, what was done to the upright picture before it was stored."""


@pytest.mark.parametrize("longest", [200, 40])
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "P"])
@pytest.mark.parametrize("orientation", STORED_AS)
def test_a_turned_picture_is_set_upright(tmp_path: Path, kind: str, orientation: int, longest: int) -> None:
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    turn = STORED_AS[orientation]
    stored = quarters(200, 120) if turn is None else quarters(200, 120).transpose(turn)
    if kind == "P":
        stored, kind = stored.quantize(8), "PNG"
    picture = load_picture(saved(tmp_path, stored, kind, exif=exif), longest)
    assert picture.rgb.shape == (longest * 120 // 200, longest, 3)
    assert (picture.shrunk, picture.size) == (200 / longest, (200, 120))
    assert_quarters(picture.rgb, tolerance=16)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "WEBP"])
@pytest.mark.parametrize(("size", "longest"), [((400, 300), 100), ((300, 401), 100), ((1000, 40), 333), ((90, 90), 89)])
def test_the_longer_side_is_bounded_and_shrunk_says_by_how_much(
    tmp_path: Path, kind: str, size: tuple[int, int], longest: int
) -> None:
    picture = load_picture(saved(tmp_path, quarters(*size).resize(size), kind), longest)
    height, width = picture.rgb.shape[:2]
    assert max(height, width) <= longest
    assert max(height, width) >= longest - 1
    assert picture.shrunk == pytest.approx(max(size) / max(height, width))
    assert width / height == pytest.approx(size[0] / size[1], rel=0.5 / min(height, width) + 0.02)


def test_a_place_in_the_small_picture_times_shrunk_is_its_place_in_the_file(tmp_path: Path) -> None:
    dot = Image.new("RGB", (900, 600), (255, 255, 255))
    dot.paste((0, 0, 0), (690, 390, 711, 411))
    picture = load_picture(saved(tmp_path, dot), 128)
    rows, columns = np.nonzero(picture.rgb[..., 0] < 128)
    assert (columns.mean() + 0.5) * picture.shrunk == pytest.approx(700, abs=5)
    assert (rows.mean() + 0.5) * picture.shrunk == pytest.approx(400, abs=5)


def test_a_small_picture_is_not_made_larger(tmp_path: Path) -> None:
    picture = load_picture(saved(tmp_path, quarters()), 1000)
    assert picture.rgb.shape == (48, 64, 3)
    assert picture.shrunk == 1


def test_the_pixels_are_ours_to_write(tmp_path: Path) -> None:
    rgb = load_picture(saved(tmp_path, quarters()), 64).rgb
    rgb[0, 0] = 7
    assert rgb.flags.c_contiguous
