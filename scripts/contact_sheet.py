"""Draw contact sheets of portraits: 25 poses, mouth and eyes enlarged beneath each, and two seconds of motion.

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
from halfgig.animators.puppet.animation import poses as animated
from halfgig.animators.puppet.blendshapes import Brows, Eyes, FrameCue, Head, Mouth, Pose
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

COLUMNS, STRIP = 5, 10
"""Cells and frames of motion in a row."""

SPOKEN = ("sil", "aa", "PP", "O", "U", "SS", "I", "DD", "E", "FF") * 4
FRAMES_A_VISEME = 2
FPS = 20
SEED, START = 3, 40
"""What is shown in motion: visemes, the seed of blinks and sway, and the first frame."""

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
        "one eye": Pose(eyes=Eyes(blink_left=1)),
        "squint": Pose(eyes=Eyes(squint=1)),
        "wide": Pose(eyes=Eyes(wide=1)),
        "looks left": Pose(eyes=Eyes(gaze_yaw=-15)),
        "looks right": Pose(eyes=Eyes(gaze_yaw=15)),
        "looks up": Pose(eyes=Eyes(gaze_pitch=-10)),
        "looks down": Pose(eyes=Eyes(gaze_pitch=10)),
        "inner brows up": Pose(brows=Brows(inner_up=1)),
        "outer brows up": Pose(brows=Brows(outer_up=1)),
        "brows down": Pose(brows=Brows(down=1)),
        "raised brows": Pose(vowel, brows=Brows(1, 1)),
        "sway, three times": Pose(vowel, head=Head(x=0.03, yaw=4, pitch=1.3, roll=1.7)),
    }


def motion() -> list[Pose]:
    """Return a pose for every tenth of a second of two seconds of speech, whose visemes follow each other evenly."""
    mouths = [VISEMES[name].mouth for name in SPOKEN for _ in range(FRAMES_A_VISEME)]
    eased = np.stack([np.convolve(weights, np.ones(3) / 3, "same") for weights in np.array(mouths).T], axis=1)
    cues = (FrameCue(Mouth(*weights), accent=i % 20 == 0) for i, weights in enumerate(eased.tolist()))
    return list(animated(cues, FPS, SEED))[START : START + 2 * FPS][:: FPS // 10]


def portrait_of(path: Path) -> tuple[Portrait, FaceFrame]:
    """Return the puppet of a picture in frames of 768 pixels, and its face frame in pixels of a frame."""
    with tempfile.TemporaryDirectory() as folder:
        request = VideoRequest(idle=1.0, portrait=str(path.resolve()), size=768)
        job = RenderJob(Path(folder), request, animator("puppet"), Limits(), DiskCache(Path(folder), 0))
        rig = rig_of(job, Path(folder) / "rig.json")
        portrait = make_portrait(job, rig)
    return portrait, shape_of(rig.mesh.scaled(0.5)).frame  # measured at twice the size of frames


def shown(frame: Pixels, face: FaceFrame, part: tuple[float, float, float, float], width: int = CELL) -> Image.Image:
    """Return a part of a frame, upright and `width` pixels wide; what lies outside the frame is grey."""
    import cv2

    left, top, right, bottom = part
    height = round(width * (bottom - top) / (right - left))
    corners = [face.to_picture(Point(*at)) for at in ((left, top), (right, top), (left, bottom))]
    goal = np.array([(0, 0), (width, 0), (0, height)], np.float32)
    matrix = cv2.getAffineTransform(np.array(corners, np.float32), goal)
    cut = cv2.warpAffine(frame, matrix, (width, height), flags=cv2.INTER_AREA, borderValue=(90, 90, 90))
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
    parts = tiled(cells, COLUMNS), strip(portrait, face)
    drawn = Image.new("RGB", (COLUMNS * CELL, sum(part.height for part in parts)))
    drawn.paste(parts[0])
    drawn.paste(parts[1], (0, parts[0].height))
    return drawn


def strip(portrait: Portrait, face: FaceFrame) -> Image.Image:
    """Return frames of a portrait in motion in rows."""
    frames = [shown(portrait.puppet.render(pose), face, FACE, COLUMNS * CELL // STRIP) for pose in motion()]
    return tiled(frames, STRIP)


def tiled(parts: list[Image.Image], columns: int) -> Image.Image:
    """Return pictures of equal size in rows."""
    width, height = parts[0].size
    drawn = Image.new("RGB", (columns * width, -(-len(parts) // columns) * height))
    for i, each in enumerate(parts):
        drawn.paste(each, (i % columns * width, i // columns * height))
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
        sheet(path).save(out, quality=80, optimize=True)
        print(out)


if __name__ == "__main__":
    main()
