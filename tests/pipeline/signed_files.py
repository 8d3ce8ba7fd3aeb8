"""Files for the tests of signing, and what signs and reads them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import av

from halfgig.media.sound_file import SoundWriter
from halfgig.origin.certificate import make_own
from halfgig.origin.manifest import Making
from halfgig.origin.manifest_check import ManifestFound, read_manifest
from halfgig.pipeline.product_signer import Product
from halfgig.pipeline.runner import LocalRunner, Task
from halfgig.settings import SIGNING, Settings
from halfgig.tts.espeak.spec import SPEC

if TYPE_CHECKING:
    from pathlib import Path

MAKING = Making("Synthetic speech", ("halfgig", "1.2.3"), {"voice": "espeak 1.52, voice en-us"}, "urn:algorithmicMedia")


def installation(folder: Path) -> Settings:
    """Return the settings of an installation that has its key."""
    own = Settings(data_dir=folder)
    list(make_own(folder / SIGNING))
    return own


def signed(path: Path, settings: Settings, making: Making = MAKING) -> str:
    """Sign a file as the command does; return why it is not signed, if so."""
    runner = LocalRunner(settings, None)
    task = Task("making", (SPEC.cost,), "tests.pipeline.signing_job:made", ())
    runner.do(task, None, Product(path, path.suffix[1:], lambda _: making, has_ingredients=bool(making.ingredients)))
    return " ".join(runner.notices)


def sound(path: Path) -> Path:
    """Write a second of a file by its ending, MP4 with a few frames."""
    if path.suffix != ".mp4":
        with SoundWriter(path, path.suffix[1:], {"title": "A title", "comment": "A comment"}) as writer:
            writer.write(bytes(range(240)) * 200)
        return path
    with av.open(str(path), "w", options={"movflags": "+faststart"}) as container:
        stream = container.add_stream("libx264", rate=25)
        stream.width = stream.height = 64
        for number in range(25):
            frame = av.VideoFrame(64, 64, "yuv420p")
            frame.pts = number
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def found(path: Path, settings: Settings) -> ManifestFound:
    manifest = read_manifest(path, settings.limits.anchors)
    assert manifest
    return manifest
