"""What the memory tests run inside a cell."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


def render(model: str, n_frames: int) -> Iterator[int]:
    """Take a portrait, then yield each frame's brightness in 1/1000."""
    from halfgig.animators.sadtalker.networks.model import Renderer
    from tests.animators.sadtalker.networks.world import golden, image

    renderer = Renderer(Path(model), 2)
    portrait = renderer.portrait(image())
    numbers = golden("render_crop")
    for i in range(n_frames):
        frame = renderer.frame(portrait, numbers["kp_source"][0], numbers["kp_driving"][i % 3])
        yield round(1000 * float(frame.mean()))
    renderer.close()


def build_model(checkpoint: str, out: str) -> Iterator[str]:
    """Build the renderer and yield when done."""
    from halfgig.animators.sadtalker.networks.build import build

    Path(out).mkdir()
    build(Path(checkpoint), Path(out), lambda _: None)
    yield "built"
