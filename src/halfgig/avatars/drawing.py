"""What a browser draws a portrait from: the layers of the picture, the surface of the head, and a few numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from halfgig.animators.puppet.backdrop import Backdrop
from halfgig.animators.puppet.body_motion import (
    Layout,
    border_cuts,
    neck_length,
    shoulder_height,
    step_of,
)
from halfgig.animators.puppet.depth import measure_depth
from halfgig.animators.puppet.layers import cut_apart
from halfgig.animators.puppet.puppet import SURE, Puppet, scaled_frame
from halfgig.avatars.pack import Section, write_pack
from halfgig.avatars.painting import painting_of
from halfgig.face.rig import rig_values, scaled_rig

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from halfgig.animators.puppet.canvas import Canvas
    from halfgig.face.frame import Map
    from halfgig.face.rig import Rig

    Pixels = NDArray[np.uint8]

QUALITY = 93
"""Quality of the JPEGs, 0 to 100."""

ALONG_BORDERS = 128
"""Places along each border at which it is told whether it cuts the person."""


class Drawing(NamedTuple):
    """What a browser draws from."""

    numbers: dict[str, Any]
    """In JSON's types."""
    sections: list[Section]


def browser_pack(canvas: Canvas, rig: Rig, settings: Mapping[str, Any], *, transparent: bool = False) -> bytes:
    """Return the pack from which a browser draws frames as the server makes them of a canvas.

    The rig may have been measured in another size of the same picture.  With `transparent` there is no plate.
    """
    rig = scaled_rig(rig, canvas.rgb.shape[1] / rig.size[0])
    backdrop = Backdrop(np.zeros((canvas.size[1], canvas.size[0], 3), np.uint8)) if transparent else None
    drawing = drawing_of(canvas, rig, backdrop)
    painting = painting_of(Puppet(canvas.rgb, rig, canvas.size, backdrop), rig, canvas.size)
    numbers = {**drawing.numbers, "paint": painting.numbers}
    return write_pack(_shortened(rig_values(rig)), settings, [*drawing.sections, *painting.sections], numbers)


def drawing_of(canvas: Canvas, rig: Rig, backdrop: Backdrop | None = None) -> Drawing:
    """Return what head and shoulders of a canvas are drawn from; `rig` is in its pixels.

    With a backdrop, the person is cut out as before it, and there is no plate.
    """
    rgb, size = canvas.rgb, canvas.size
    matte = rig.matte if rig.matte.confidence >= SURE else None
    depth = measure_depth(rig.mesh, rig.shape.frame, matte, rgb.shape[1])
    layout = Layout(scaled_frame(rig.shape.frame, size[0] / rgb.shape[1]), size, depth, matte)
    cut = cut_apart(rgb, rig.matte if backdrop else matte, size, backdrop)
    sections = [_jpeg("person", cut.person)]
    if cut.alpha is not None:
        sections.append(_png("alpha", cut.alpha))
    if cut.behind is not None and not backdrop:
        sections.append(_jpeg("plate", cut.behind, is_frame=True))
    values = depth.values.astype("<f2")
    sections.append(Section("depth", "f16", values.shape, values.tobytes()))
    sections.append(_borders(layout))
    return Drawing(_numbers(layout, rgb), sections)


def _numbers(layout: Layout, rgb: Pixels) -> dict[str, Any]:
    frame, depth = layout.frame, layout.depth
    return {
        "size": list(layout.size),
        "picture": [rgb.shape[1], rgb.shape[0]],
        "origin": [frame.origin.x, frame.origin.y],
        "unit": frame.unit,
        "roll": frame.roll,
        "pivot": [depth.x, depth.y],
        "chin": depth.chin,
        "neck": neck_length(layout),
        "shoulders": shoulder_height(layout),
        "sure": layout.matte is not None,
        "step": step_of(frame),
    }


def _borders(layout: Layout) -> Section:
    width, height = layout.size
    share: Map = (np.arange(ALONG_BORDERS, dtype=np.float32) + np.float32(0.5)) / np.float32(ALONG_BORDERS)
    cuts = border_cuts(layout, *(share * np.float32(length) - np.float32(0.5) for length in (height, width)))
    values = (np.stack(cuts, axis=1)[:, None] * 255 + 0.5).astype(np.uint8)  # [n, 1, 4]
    return Section("borders", "u8", values.shape, values.tobytes())


def _jpeg(name: str, rgb: Pixels, *, is_frame: bool = False) -> Section:
    """Return a picture as a section; one that is twice as large as frames can do with half of the colour's detail."""
    import cv2

    how = [cv2.IMWRITE_JPEG_QUALITY, QUALITY, cv2.IMWRITE_JPEG_OPTIMIZE, 1]
    if is_frame:
        how += [cv2.IMWRITE_JPEG_SAMPLING_FACTOR, cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444]
    data = cv2.imencode(".jpg", rgb[..., ::-1], how)[1].tobytes()
    return Section(name, "image/jpeg", (rgb.shape[0], rgb.shape[1]), data)


def _png(name: str, alpha: Pixels) -> Section:
    import cv2

    data = cv2.imencode(".png", alpha, [cv2.IMWRITE_PNG_COMPRESSION, 9])[1].tobytes()
    return Section(name, "image/png", (alpha.shape[0], alpha.shape[1]), data)


def _shortened(rig: dict[str, Any]) -> dict[str, Any]:
    """Return a rig whose points are as exact as drawing needs them: a hundredth of a pixel."""
    return rig | {"points": [[round(each, 2) for each in point] for point in rig["points"]]}
