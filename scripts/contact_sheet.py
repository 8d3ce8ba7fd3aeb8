"""Draw contact sheets of portraits: the puppet in fifteen poses, with the mouth and the eyes enlarged beneath each.

python scripts/contact_sheet.py [PORTRAIT ...] [--out FOLDER]     (default: the presenter, docs/presenter.jpg)
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageDraw

import halfgig
from halfgig.animators.base import RenderJob
from halfgig.animators.puppet.blendshapes import Brows, Eyes, Head, Mouth, Pose
from halfgig.animators.puppet.portrait import make_portrait, rig_of
from halfgig.animators.puppet.visemes import VISEMES
from halfgig.animators.registry import animator
from halfgig.face.measure import shape_of
from halfgig.face.points import Point
from halfgig.requests import VideoRequest
from halfgig.settings import Limits
from halfgig.storage.disk_cache import DiskCache

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from halfgig.animators.puppet.portrait import Portrait
    from halfgig.face.frame import FaceFrame

    Pixels = NDArray[np.uint8]

PRESENTER = Path(halfgig.__file__).parent / "assets" / "presenter.png"
CELL = 200
"""Width of a cell in pixels."""

COLUMNS = 5

FACE = (-1.25, -1.1, 1.25, 2.1)
MOUTH = (-0.7, 0.65, 0.7, 1.6)
EYES = (-0.95, -0.45, 0.95, 0.3)
"""Parts shown of each pose: left, top, right, bottom, in eye distances from between the eyes."""


def poses() -> dict[str, Pose]:
    """Return the poses to show by their captions."""
    visemes = {
        "rest": "sil", "p b m": "PP", "f v": "FF", "s z": "SS", "sh ch": "CH", "l n d": "DD", "ee": "I", "eh": "E",
        "ah": "aa", "oh": "O", "oo": "U",
    }  # fmt: skip
    shown = {sound: Pose(VISEMES[name].mouth) for sound, name in visemes.items()}
    vowel = Mouth(jaw_open=0.5, upper_up=0.4)
    return shown | {
        "half a blink": Pose(eyes=Eyes(0.5, 0.5)),
        "a blink": Pose(eyes=Eyes(1, 1)),
        "brows": Pose(vowel, brows=Brows(1, 1)),
        "sway, three times": Pose(vowel, head=Head(x=0.03, yaw=4, pitch=1.3, roll=1.7)),
    }


def portrait_of(path: Path) -> tuple[Portrait, FaceFrame]:
    """Return the puppet of a picture in frames of 768 pixels, and its face frame in pixels of a frame."""
    with tempfile.TemporaryDirectory() as folder:
        request = VideoRequest(idle=1.0, portrait=str(path.resolve()), size=768)
        job = RenderJob(Path(folder), request, animator("puppet"), Limits(), DiskCache(Path(folder), 0))
        rig = rig_of(job, Path(folder) / "rig.json")
        portrait = make_portrait(job, rig)
    return portrait, shape_of(rig.mesh.scaled(0.5)).frame  # measured at twice the size of frames


def shown(frame: Pixels, face: FaceFrame, part: tuple[float, float, float, float]) -> Image.Image:
    """Return a part of a frame, upright and `CELL` pixels wide; what lies outside the frame is grey."""
    import cv2

    left, top, right, bottom = part
    height = round(CELL * (bottom - top) / (right - left))
    corners = [face.to_picture(Point(*at)) for at in ((left, top), (right, top), (left, bottom))]
    goal = np.array([(0, 0), (CELL, 0), (0, height)], np.float32)
    matrix = cv2.getAffineTransform(np.array(corners, np.float32), goal)
    cut = cv2.warpAffine(frame, matrix, (CELL, height), flags=cv2.INTER_AREA, borderValue=(90, 90, 90))
    return Image.fromarray(np.asarray(cut, np.uint8))


def cell(frame: Pixels, face: FaceFrame, caption: str) -> Image.Image:
    """Return face, mouth and eyes of a frame below each other."""
    parts = [shown(frame, face, part) for part in (FACE, MOUTH, EYES)]
    drawn = Image.new("RGB", (CELL, sum(part.height for part in parts)))
    top = 0
    for part in parts:
        drawn.paste(part, (0, top))
        top += part.height
    ImageDraw.Draw(drawn).text((6, 6), caption, fill="white", stroke_width=2, stroke_fill=(40, 40, 40))
    return drawn


def sheet(path: Path) -> Image.Image:
    """Return the contact sheet of a picture."""
    portrait, face = portrait_of(path)
    cells = [cell(portrait.puppet.render(pose), face, name) for name, pose in poses().items()]
    rows = -(-len(cells) // COLUMNS)
    drawn = Image.new("RGB", (COLUMNS * CELL, rows * cells[0].height))
    for i, each in enumerate(cells):
        drawn.paste(each, (i % COLUMNS * CELL, i // COLUMNS * each.height))
    return drawn


def main() -> None:
    """Draw the sheets."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("portraits", nargs="*", type=Path)
    parser.add_argument("--out", type=Path, default=Path("docs"))
    asked = parser.parse_args()
    asked.out.mkdir(parents=True, exist_ok=True)
    for path in asked.portraits or [PRESENTER]:
        out = asked.out / f"{path.stem}.jpg"
        sheet(path).save(out, quality=88)
        print(out)


if __name__ == "__main__":
    main()
