"""The XMP packet of an MP4: where pictures and films carry the IPTC digital source type for machines to read.

XMP specification part 3 (2020), 1.2.8: a top-level `uuid` box; IPTC Video Metadata Hub names the property.
"""

from __future__ import annotations

import html
import struct
import uuid
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

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
