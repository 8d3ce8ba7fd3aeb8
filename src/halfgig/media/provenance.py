"""Provenance metadata: every file states that it is synthetic, what made it, and with which voice or model.

All files have title and comment tags; an MP4 also has an XMP packet, which content-authenticity tools read.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_TYPES = "http://cv.iptc.org/newscodes/digitalsourcetype/"

ALGORITHMIC = f"{_TYPES}algorithmicMedia"
"""IPTC digital source type of media computed by rules, without training data: speech by espeak-ng."""

COMPOSITE = f"{_TYPES}compositeSynthetic"
"""IPTC digital source type of captured and synthetic elements combined: a portrait animated by the puppet."""

COMPOSITE_TRAINED = f"{_TYPES}compositeWithTrainedAlgorithmicMedia"
"""IPTC digital source type of captured elements combined with a network's output: a portrait animated by SadTalker."""

TRAINED = f"{_TYPES}trainedAlgorithmicMedia"
"""IPTC digital source type of media made by a trained network."""

XMP_BOX = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")
"""Type of the MP4 box that contains XMP."""

_XMP_PACKET = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/"
 xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
 xmp:CreatorTool="{tool}" Iptc4xmpExt:DigitalSourceType="{source}"/>
</rdf:RDF></x:xmpmeta>
<?xpacket end="w"?>"""


def video_source_type(animator: str, sound: str) -> str:
    """Return the IPTC digital source type of a video, from those of its frames and of its sound."""
    return COMPOSITE_TRAINED if sound == TRAINED else animator


def speech_metadata(tool_version: str, maker: str, source_type: str = ALGORITHMIC) -> dict[str, str]:
    """Return the tags of a sound file under their ffmpeg names; `maker` is for example "espeak 1.52.0, voice en-us"."""
    return _metadata("Synthetic speech", tool_version, maker, source_type)


def video_metadata(tool_version: str, animator: str, sound: str, source_type: str = COMPOSITE) -> dict[str, str]:
    """Return the tags of a video; `sound` is the maker of its speech, or "a recording"."""
    return _metadata("Synthetic talking head", tool_version, f"{animator}; sound: {sound}", source_type)


def _metadata(title: str, tool_version: str, means: str, source_type: str) -> dict[str, str]:
    # A WAV file keeps only title and comment, so the comment contains everything in words.
    return {
        "title": title,
        "comment": f"{title}, made by halfgig {tool_version} with {means}. Digital source type: {source_type}",
        "software": f"halfgig {tool_version}",
        "digital_source_type": source_type,
    }


def append_xmp(path: Path, tool: str, source_type: str) -> None:
    """Append an XMP packet to a finished MP4. At the end it moves no data that the index refers to."""
    import html  # for films alone

    packet = _XMP_PACKET.format(tool=html.escape(tool), source=html.escape(source_type)).encode()
    with path.open("ab") as file:
        file.write(struct.pack(">I4s16s", 24 + len(packet), b"uuid", XMP_BOX) + packet)
