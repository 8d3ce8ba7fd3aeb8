"""What a file's signed manifest says of how it was made; the text that was spoken is never in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

MEDIA_TYPES = {"wav": "audio/wav", "mp3": "audio/mpeg", "flac": "audio/flac", "m4a": "audio/mp4", "mp4": "video/mp4"}
"""Media types of the formats that can be signed, by file ending; C2PA has no place in Ogg, WebM and raw AAC."""

MAKING = "halfgig.making"
"""Label of the assertion that names the tools and the ingredients' hashes."""

ACTIONS = "c2pa.actions.v2"
"""Label of C2PA's assertion of what was done."""


class Making(NamedTuple):
    """How a file was made."""

    title: str
    """What it is: "Synthetic speech"."""
    software: tuple[str, str]
    """Name and version of the program."""
    tools: dict[str, str]
    """Voice, animator: what made which part."""
    source_type: str
    """Its IPTC digital source type."""
    ingredients: tuple[tuple[str, Path], ...] = ()
    """What it was made from: what each file is, such as "portrait", and its path."""


class Ingredient(NamedTuple):
    """A file that something was made from."""

    title: str
    """What it is, such as "portrait"."""
    media_type: str
    """Its media type; "" if it is none that can have a manifest."""
    sha256: str
    """Its hash, in hexadecimal digits."""
    bytes: int
    """Its size."""


def definition(making: Making, media_type: str, ingredients: Sequence[Ingredient], made_at: str) -> dict[str, Any]:
    """Return a manifest as C2PA's builder takes it; `made_at` is a time as ISO 8601 writes it."""
    name, version = making.software
    software = {"name": name, "version": version}
    created = {"action": "c2pa.created", "when": made_at, "softwareAgent": software}
    placed = [
        {"action": "c2pa.placed", "when": made_at, "parameters": {"ingredientIds": [each.title]}}
        for each in ingredients
    ]
    files = [{"title": each.title, "sha256": each.sha256, "bytes": each.bytes} for each in ingredients]
    facts = {"software": f"{name} {version}", **making.tools, "made": made_at, "ingredients": files}
    return {
        "title": making.title,
        "format": media_type,
        "claim_generator_info": [software],
        "assertions": [
            {
                "label": ACTIONS,
                "data": {"actions": [{**created, "digitalSourceType": making.source_type}, *placed]},
            },
            {"label": MAKING, "data": facts},
        ],
    }


def media_type_of(path: Path) -> str:
    """Return the media type of a file that may have a manifest, by its first bytes; "" for any other."""
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
        if head.startswith(b"ID3"):  # which both MP3 and FLAC may begin with
            file.seek(_ID3_HEAD_BYTES + _id3_bytes(head))
            return "audio/flac" if file.read(4) == b"fLaC" else "audio/mpeg"
    if head[4:8] == b"ftyp":
        return _BRANDS.get(head[8:12], "video/mp4")
    if head.startswith(b"RIFF"):
        return {b"WAVE": "audio/wav", b"WEBP": "image/webp", b"AVI ": "video/avi"}.get(head[8:12], "")
    if found := next((media_type for start, media_type in _STARTS.items() if head.startswith(start)), ""):
        return found
    is_mpeg = len(head) > 1 and head[0] == 0xFF and head[1] & 0xE6 == 0xE2  # layer 3
    return "audio/mpeg" if is_mpeg else ""


def _id3_bytes(head: bytes) -> int:
    """Return the bytes of ID3 tags after their own head, whose last four bytes have seven bits of it each."""
    return sum((each & 0x7F) << 7 * place for place, each in enumerate(reversed(head[6:10])))


_HEAD_BYTES = 12
_ID3_HEAD_BYTES = 10
_BRANDS = {
    b"M4A ": "audio/mp4",
    b"qt  ": "video/quicktime",
    b"avif": "image/avif",
    **dict.fromkeys((b"heic", b"heix", b"mif1"), "image/heic"),
}
_STARTS = {
    b"\xff\xd8\xff": "image/jpeg",
    b"\x89PNG": "image/png",
    b"GIF8": "image/gif",
    b"fLaC": "audio/flac",
    b"II*\0": "image/tiff",
    b"MM\0*": "image/tiff",
    b"\0\0\0\x0cJXL ": "image/jxl",
}
