"""What every file says of itself: that it is synthetic, what made it, and with which voice or model."""

from __future__ import annotations

import html
import struct
import uuid
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_TYPES = "http://cv.iptc.org/newscodes/digitalsourcetype/"

ALGORITHMIC = f"{_TYPES}algorithmicMedia"
"""IPTC digital source type of what rules computed, without training data: espeak's speech."""

COMPOSITE = f"{_TYPES}compositeSynthetic"
"""IPTC digital source type of what joins given and synthetic parts: a portrait the puppet moves."""

COMPOSITE_TRAINED = f"{_TYPES}compositeWithTrainedAlgorithmicMedia"
"""IPTC digital source type of what joins given parts and those of a trained network: a portrait SadTalker moves."""

TRAINED = f"{_TYPES}trainedAlgorithmicMedia"
"""IPTC digital source type of what a trained network made."""


def speech_metadata(tool_version: str, maker: str, source_type: str = ALGORITHMIC) -> dict[str, str]:
    """Return a sound file's marks, under ffmpeg's names; `maker` says who speaks: "espeak 1.52.0, voice en-us"."""
    return _marks("Synthetic speech", tool_version, maker, source_type)


def video_metadata(tool_version: str, animator: str, sound: str, source_type: str = COMPOSITE) -> dict[str, str]:
    """Return a video's marks; `sound` says where its speech is from: a maker as above, or "a recording"."""
    return _marks("Synthetic talking head", tool_version, f"{animator}; sound: {sound}", source_type)


def _marks(title: str, tool_version: str, means: str, source_type: str) -> dict[str, str]:
    # A WAV file keeps only title and comment: the comment holds all of it, in words.
    return {
        "title": title,
        "comment": f"{title}, made by halfgig {tool_version} with {means}. Digital source type: {source_type}",
        "software": f"halfgig {tool_version}",
        "digital_source_type": source_type,
    }


XMP_BOX = uuid.UUID("be7acfcb-97a9-42e8-9c71-999491e3afac")

PACKET = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/"
 xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
 xmp:CreatorTool="{tool}" Iptc4xmpExt:DigitalSourceType="{source}"/>
</rdf:RDF></x:xmpmeta>
<?xpacket end="w"?>"""


def append_xmp(path: Path, tool: str, source_type: str) -> None:
    """Append the packet to a finished MP4; at the end it moves nothing that the index points to."""
    packet = PACKET.format(tool=html.escape(tool), source=html.escape(source_type)).encode()
    with path.open("ab") as file:
        file.write(struct.pack(">I4s16s", 24 + len(packet), b"uuid", XMP_BOX.bytes) + packet)
