from __future__ import annotations

import io
import itertools
import struct
import zlib
from typing import TYPE_CHECKING, Any

import PIL.Image
import pytest

from halfgig.cells.cell import Cell
from halfgig.errors import MemoryExceeded, PictureUnreadable, TooCostly
from halfgig.media.picture import load_picture
from halfgig.resources.cpu_clock import cpu_clock
from halfgig.settings import Limits
from tests.support.cost import costs_at_most

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

GREY = (120, 110, 100)


def saved(size: int, kind: str, **how: Any) -> bytes:
    made = io.BytesIO()
    PIL.Image.new("RGB", (size, size), GREY).save(made, kind, **how)
    return made.getvalue()


def png_chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def scans_again(count: int) -> bytes:
    jpeg = saved(256, "JPEG", progressive=True)
    last = jpeg[jpeg.rfind(b"\xff\xda") : -2]
    return jpeg[:-2] + last * count + jpeg[-2:]


def tags_again(count: int) -> bytes:
    entry = struct.pack("<HHII", 700, 1, 1_000_000, 0)
    return b"II*\x00" + struct.pack("<IH", 8, count) + entry * count + bytes(1_000_000)


FLOODS = {
    "scans.jpg": scans_again(2000),
    "comments.jpg": b"\xff\xd8" + b"\xff\xfe\x00\x02" * 300_000 + saved(64, "JPEG")[2:],
    "comments.gif": b"GIF89a@\x00@\x00\xf0\x00\x00" + bytes(6) + b"!\xfe\x01a\x00" * 300_000 + b";",
    "comments.ppm": b"P6\n" + b"#\n" * 300_000 + b"64 64\n255\n" + bytes(64 * 64 * 3),
    "chunks.png": saved(64, "PNG")[:33] + png_chunk(b"teSt", b"") * 200_000 + saved(64, "PNG")[33:],
    "tags.tif": tags_again(5000),
}
"""Pictures whose readers would take seconds for every byte of picture there is in them."""


@pytest.mark.parametrize("name", FLOODS)
def test_a_picture_that_floods_its_reader_is_refused_in_the_time_of_a_plain_one(tmp_path: Path, name: str) -> None:
    def refuse() -> None:
        with pytest.raises(PictureUnreadable, match="has "):
            load_picture(path, 512)

    path, plain = tmp_path / name, tmp_path / "plain.png"
    path.write_bytes(FLOODS[name])
    plain.write_bytes(saved(2048, "PNG"))
    assert costs_at_most(10, refuse, lambda: load_picture(plain, 512))


def test_a_phones_film_after_its_picture_is_not_counted_as_scans(tmp_path: Path) -> None:
    path = tmp_path / "motion.jpg"
    path.write_bytes(saved(256, "JPEG", progressive=True) + b"\x00\x00\x00\x18ftypmp42" + b"\xff\xda" * 5000)
    assert load_picture(path, 512).size == (256, 256)


KINDS: dict[str, dict[str, Any]] = {
    "WEBP": {},
    "AVIF": {"speed": 10},
    "GIF": {},
    "PNG": {},
    "TIFF": {"compression": "tiff_lzw"},
    "JPEG": {"progressive": True, "subsampling": 0},
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_picture_that_does_not_fit_is_refused_with_its_figures_and_never_called_damaged(
    tmp_path: Path, kind: str
) -> None:
    path = tmp_path / f"portrait.{kind.lower()}"
    path.write_bytes(saved(4000, kind, **KINDS[kind]))
    with Cell("finding faces", 96, 1) as cell, pytest.raises(MemoryExceeded, match=r"16 megapixels, takes \d+ MB"):
        list(cell.run("halfgig.face.find:find", path, Limits()))


def spin() -> Iterator[object]:
    with cpu_clock(0.2):
        yield sum(zlib.crc32(bytes(1 << 20)) for _ in itertools.count())


def test_a_decoder_that_never_returns_is_ended_by_its_clock_and_named_as_costly() -> None:
    with Cell("reading", 96, 1) as cell, pytest.raises(TooCostly, match="reading"):
        list(cell.run("tests.attacks.test_pictures:spin"))
