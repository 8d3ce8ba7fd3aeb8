from __future__ import annotations

import contextlib
import io
import random
import struct
import subprocess
import sys
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from halfgig.errors import PictureError, PictureTooLarge, PictureUnreadable
from halfgig.media.picture import PictureLimits, check_file, load_picture

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Pixels = NDArray[np.uint8]

RED, GREEN, BLUE, YELLOW = (200, 40, 40), (40, 180, 60), (50, 60, 190), (220, 200, 60)
ORIENTATION = 0x112


def quarters(width: int = 64, height: int = 48) -> Image.Image:
    """Draw red and green above blue and yellow: no turn or mirror image of it is the same."""
    rows = np.repeat(np.array([[RED, GREEN], [BLUE, YELLOW]], np.uint8), height // 2, axis=0)
    return Image.fromarray(np.repeat(rows, width // 2, axis=1))


def saved(folder: Path, picture: Image.Image, kind: str = "PNG", **how: Any) -> Path:
    path = folder / f"portrait.{kind.lower()}"
    picture.save(path, kind, **how)
    return path


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


def see_through() -> Image.Image:
    """Draw the quarters, the first of them transparent."""
    picture = quarters().convert("RGBA")
    alpha = np.full((48, 64), 255, np.uint8)
    alpha[:24, :32] = 0
    picture.putalpha(Image.fromarray(alpha))
    return picture


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


def chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png(width: int, height: int, depth: int, colour: int, rows: bytes) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    body = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


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


NO_PICTURES: dict[str, Callable[[Path], object]] = {
    "missing": lambda _: None,
    "folder": lambda path: path.mkdir(),
    "text": lambda path: path.write_text("I am a portrait, honestly.\n" * 40),
    "empty": lambda path: path.write_bytes(b""),
    "zeros": lambda path: path.write_bytes(bytes(5000)),
    "header only": lambda path: path.write_bytes(png(64, 48, 8, 2, b"")[:33]),
    "no pixels": lambda path: path.write_bytes(png(64, 48, 8, 2, b"")),
    "no size": lambda path: path.write_bytes(png(0, 0, 8, 2, b"")),
    "svg": lambda path: path.write_text('<svg xmlns="http://www.w3.org/2000/svg"/>'),
    "script for an interpreter": lambda path: path.write_text("%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 90 90\n"),
}


@pytest.mark.parametrize("content", NO_PICTURES)
def test_what_is_no_picture_is_refused_by_its_name(tmp_path: Path, content: str) -> None:
    path = tmp_path / "me.png"
    NO_PICTURES[content](path)
    with pytest.raises(PictureUnreadable, match=r"me\.png"):
        load_picture(path, 64)


@pytest.mark.parametrize("name", ["x" * 5000, "a\0b.png"])
def test_a_name_no_file_can_have_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(PictureUnreadable, match="give the path of a portrait"):
        check_file(tmp_path / name, PictureLimits())
    with pytest.raises(PictureUnreadable):
        load_picture(tmp_path / name, 64)


@pytest.mark.parametrize("size", [(10, 10), (31, 500), (500, 31)])
def test_a_picture_too_small_for_a_face_is_refused(tmp_path: Path, size: tuple[int, int]) -> None:
    with pytest.raises(PictureUnreadable, match=f"{size[0]} x {size[1]} pixels.* 32 "):
        load_picture(saved(tmp_path, Image.new("RGB", size)), 64)


def test_a_file_over_the_limit_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "large.png"
    path.write_bytes(b"not even a picture")
    with pytest.raises(PictureTooLarge, match="MAX_PICTURE_MB"):
        load_picture(path, 64, PictureLimits(megabytes=1e-5))


def test_a_picture_over_the_limit_is_refused_with_its_size(tmp_path: Path) -> None:
    with pytest.raises(PictureTooLarge, match=r"64 x 48 pixels.*0\.003 megapixels.*MAX_PICTURE_MEGAPIXELS"):
        load_picture(saved(tmp_path, quarters()), 64, PictureLimits(megapixels=0.003))


BOMB_PROBE = """
import sys
from pathlib import Path
import numpy, PIL.PngImagePlugin, PIL.ImageOps
from halfgig.errors import PictureTooLarge
from halfgig.media.picture import load_picture
def peak():
    return next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmHWM"))
before = peak()
try:
    load_picture(Path(sys.argv[1]), 512)
except PictureTooLarge as error:
    assert "30000 x 30000" in str(error)
    print(peak() - before)
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs /proc, for the peak of memory")
def test_a_bomb_is_refused_by_its_header(tmp_path: Path) -> None:
    packer = zlib.compressobj(9)
    row = bytes(1 + 30000 // 8)
    packed = b"".join(packer.compress(row) for _ in range(30000)) + packer.flush()
    header = struct.pack(">IIBBBBB", 30000, 30000, 1, 0, 0, 0, 0)
    body = chunk(b"IHDR", header) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")
    path = tmp_path / "bomb.png"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + body)
    assert path.stat().st_size < 200_000
    done = subprocess.run([sys.executable, "-c", BOMB_PROBE, str(path)], capture_output=True, text=True, check=True)
    assert int(done.stdout) < 8_000  # kB; decoded, it has 107,000


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_a_file_that_ends_early_is_refused_or_whole(tmp_path: Path, kind: str) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (40, 40, 3), dtype=np.uint8)
    path = saved(tmp_path, Image.fromarray(noise), kind)
    data, whole = path.read_bytes(), load_picture(path, 40).rgb
    refused = 0
    for end in range(0, len(data), 10):
        path.write_bytes(data[:end])
        try:
            rgb = load_picture(path, 40).rgb
        except PictureUnreadable:
            refused += 1
        else:
            assert (rgb == whole).all()  # only the end marker was missing
    assert refused > len(data) // 10 - 4


def test_pillows_own_limit_is_left_as_it_was(tmp_path: Path) -> None:
    before = Image.MAX_IMAGE_PIXELS
    load_picture(saved(tmp_path, quarters()), 64)
    with pytest.raises(PictureUnreadable):
        load_picture(tmp_path / "missing", 64)
    assert before == Image.MAX_IMAGE_PIXELS


def seeds() -> list[bytes]:
    """Return small files of every kind."""
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    kinds: list[tuple[Image.Image, str, dict[str, Any]]] = [
        (quarters(), "JPEG", {"exif": exif}),
        (quarters().convert("CMYK"), "JPEG", {"progressive": True}),
        (quarters().quantize(8), "PNG", {"transparency": 1, "exif": exif}),
        (see_through(), "WEBP", {}),
        (quarters().quantize(8), "GIF", {}),
        (quarters(), "BMP", {}),
        (quarters().convert("F"), "TIFF", {}),
        (quarters(), "PPM", {}),
        (see_through(), "AVIF", {}),
    ]
    files = []
    for picture, kind, how in kinds:
        file = io.BytesIO()
        picture.save(file, kind, **how)
        files.append(file.getvalue())
    return files


SEEDS = seeds()


@given(
    st.sampled_from(range(len(SEEDS))),
    st.lists(st.tuples(st.integers(0, 400), st.integers(0, 255)), max_size=6),
    st.none() | st.tuples(st.integers(8, 400), st.binary(max_size=200)),
)
@settings(max_examples=300)
def test_damaged_files_are_refused_or_read_but_never_crash(
    tmp_path: Path, seed: int, changes: list[tuple[int, int]], tail: tuple[int, bytes] | None
) -> None:
    data = bytearray(SEEDS[seed])
    for place, value in changes:
        data[place % len(data)] = value
    if tail:
        data[tail[0] :] = tail[1]
    path = tmp_path / "damaged"
    path.write_bytes(data)
    with contextlib.suppress(PictureError):
        picture = load_picture(path, 64)
        assert picture.rgb.dtype == np.uint8
        assert picture.rgb.ndim == 3
        assert max(picture.rgb.shape[:2]) <= 64


def test_damage_anywhere_raises_nothing_but_a_picture_error(tmp_path: Path) -> None:
    chance, path = random.Random(1), tmp_path / "damaged"
    for _ in range(600):
        data = bytearray(chance.choice(SEEDS))
        for _ in range(chance.choice((1, 2, 8))):
            data[chance.randrange(len(data))] = chance.choice((0, 1, 127, 128, 255))
        path.write_bytes(data)
        with contextlib.suppress(PictureError):
            load_picture(path, 64)
