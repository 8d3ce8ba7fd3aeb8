"""Pictures that are refused: no picture at all, too large, too small, or damaged."""

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
from tests.media.pictures import ORIENTATION, chunk, png, quarters, saved, see_through

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

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


def shortened(tmp_path: Path, kind: str, step: int, **how: Any) -> tuple[Path, bytes, Iterator[int]]:
    """Save noise, which has no flat part; return its file, the whole of it, and lengths to cut it to, in steps."""
    noise = np.random.default_rng(0).integers(0, 256, (96, 96, 3), dtype=np.uint8)
    path = saved(tmp_path, Image.fromarray(noise), kind, **how)
    data = path.read_bytes()
    return path, data, iter(range(0, len(data), step))


def test_a_png_that_ends_early_is_refused_or_whole(tmp_path: Path) -> None:
    path, data, ends = shortened(tmp_path, "PNG", 300)
    whole, refused = load_picture(path, 96).rgb, 0
    for end in ends:
        path.write_bytes(data[:end])
        try:
            rgb = load_picture(path, 96).rgb
        except PictureUnreadable:
            refused += 1
        else:
            assert (rgb == whole).all()  # only the end marker was missing
    assert refused > len(data) // 300 - 4


@pytest.mark.parametrize("is_progressive", [False, True])
@pytest.mark.parametrize("lost", [1, 2, 5, 20, 60])
def test_a_jpeg_that_is_short_of_its_last_bytes_is_read_with_a_notice(
    tmp_path: Path, lost: int, is_progressive: bool
) -> None:
    path, data, _ = shortened(tmp_path, "JPEG", 1, progressive=is_progressive)
    whole = load_picture(path, 96)
    path.write_bytes(data[:-lost])
    found = load_picture(path, 96)
    assert "cut off" in " ".join(found.notices)
    assert not whole.notices
    changed = np.abs(found.rgb.astype(int) - whole.rgb).max(axis=(1, 2)) > (90 if is_progressive else 0)
    assert changed.mean() < 0.2


def test_a_jpeg_that_has_lost_a_part_is_refused_with_how_much(tmp_path: Path) -> None:
    path, data, _ = shortened(tmp_path, "JPEG", 1)
    path.write_bytes(data[: len(data) * 6 // 10])
    with pytest.raises(PictureUnreadable, match=r"its last (3|4)\d % are missing"):
        load_picture(path, 96)


def test_every_shortened_jpeg_is_read_or_refused(tmp_path: Path) -> None:
    path, data, ends = shortened(tmp_path, "JPEG", 400)
    for end in ends:
        path.write_bytes(data[:end])
        with contextlib.suppress(PictureUnreadable):
            assert load_picture(path, 96).rgb.shape == (96, 96, 3)


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
