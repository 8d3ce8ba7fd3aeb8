from __future__ import annotations

import contextlib
import json
import struct
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from halfgig.avatars.pack import MAGIC, Section, read_pack, write_pack
from halfgig.errors import BadPack

SECTIONS = [Section("portrait", "image/png", (3, 2), b"picture"), Section("depth", "f16", (2, 2), bytes(8))]
PACK = write_pack({"version": 8}, {"name": "Ada", "speed": 1.1}, SECTIONS, {"unit": 90.5})


def changed(**changes: Any) -> bytes:
    """Return the pack with values of its first section's row changed."""
    _, version, length = struct.unpack_from("<8sII", PACK)
    header = json.loads(PACK[16 : 16 + length])
    header["sections"][0].update(changes)
    text = json.dumps(header).encode()
    text = text.ljust(-(-(16 + len(text)) // 8) * 8 - 16)
    return struct.pack("<8sII", MAGIC, version, len(text)) + text + PACK[16 + length :]


def test_a_pack_comes_back_as_it_was_written() -> None:
    read = read_pack(PACK)
    assert (read.rig, read.settings, read.drawing) == ({"version": 8}, {"name": "Ada", "speed": 1.1}, {"unit": 90.5})
    assert list(read.sections.values()) == SECTIONS


def test_sections_start_where_numbers_can_be_read_in_place() -> None:
    assert PACK.index(b"picture") % 8 == 0


@pytest.mark.parametrize("data", [b"", b"HGAV", b"\x89PNG\r\n\x1a\n" + bytes(40)])
def test_another_file_is_refused_as_no_pack(data: bytes) -> None:
    with pytest.raises(BadPack, match="no pack"):
        read_pack(data)


def test_a_pack_of_another_version_says_which() -> None:
    with pytest.raises(BadPack, match="version 2, but this halfgig reads version 1"):
        read_pack(PACK[:8] + b"\x02" + PACK[9:])


@given(length=st.integers(0, len(PACK) - 1))
def test_a_pack_cut_short_is_refused(length: int) -> None:
    with pytest.raises(BadPack):
        read_pack(PACK[:length])


@given(at=st.integers(0, len(PACK) - 1), byte=st.integers(0, 255))
def test_a_damaged_pack_is_read_or_refused_and_nothing_else(at: int, byte: int) -> None:
    with contextlib.suppress(BadPack):
        read_pack(PACK[:at] + bytes([byte]) + PACK[at + 1 :])


@pytest.mark.parametrize(
    "changes",
    [
        {"offset": 4},
        {"offset": -8},
        {"offset": 1 << 40},
        {"length": 1 << 30},
        {"length": True},
        {"name": "../portrait"},
        {"name": "depth"},
        {"type": "text/html"},
        {"type": "f32"},
        {"shape": []},
        {"shape": [100_000, 100_000]},
        {"shape": [2, "2"]},
        {"more": 1},
    ],
)
def test_a_section_that_cannot_be_is_refused(changes: dict[str, Any]) -> None:
    read_pack(changed())
    with pytest.raises(BadPack, match="damaged"):
        read_pack(changed(**changes))


@pytest.mark.parametrize("header", [b"[" * 100_000, b"[]", b'{"rig": NaN}', b"\xff\xfe", b"{}"])
def test_a_header_that_is_none_is_refused(header: bytes) -> None:
    header = header.ljust(-(-(16 + len(header)) // 8) * 8 - 16)
    with pytest.raises(BadPack, match="header"):
        read_pack(struct.pack("<8sII", MAGIC, 1, len(header)) + header)
