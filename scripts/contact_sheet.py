"""Draw a contact sheet of the presenter for the documentation: the puppet in each mouth shape.

python scripts/contact_sheet.py [OUT]     (default: docs/presenter.jpg)
"""

import sys
import tempfile
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

import halfgig
from halfgig.animators.base import RenderJob
from halfgig.animators.puppet.blendshapes import Head, Mouth, Pose
from halfgig.animators.puppet.portrait import make_portrait, measured_portrait
from halfgig.animators.puppet.visemes import VISEMES
from halfgig.animators.registry import animator
from halfgig.requests import VideoRequest
from halfgig.settings import Limits
from halfgig.storage.disk_cache import DiskCache

PRESENTER = Path(halfgig.__file__).parent / "assets" / "presenter.png"
CELL = 180
"""Width of a cell in pixels."""

COLUMNS = 6

FACE = (0.30, 0.20, 0.40, 0.49)
"""Part of the frame shown in each cell: left, top, width, height, as shares of its sides."""


def poses() -> dict[str, Pose]:
    """Return the poses to show by their captions."""
    visemes = {
        "rest": "sil", "p b m": "PP", "f v": "FF", "th": "TH", "t d n l": "DD", "s z": "SS", "sh ch": "CH", "r": "RR",
        "ee": "I", "eh": "E", "ah": "aa", "oh": "O", "oo": "U", "w": "WW",
    }  # fmt: skip
    shown = {sound: Pose(VISEMES[name].mouth) for sound, name in visemes.items()}
    vowel = Mouth(jaw=0.5, teeth=0.4)
    turned = Head(x=0.03, roll=0.03, yaw=0.06, pitch=0.02)
    return shown | {
        "half a blink": Pose(right_lid=0.5, left_lid=0.5),
        "a blink": Pose(right_lid=1, left_lid=1),
        "brows": Pose(vowel, brow=1),
        "sway, three times": Pose(vowel, head=turned),
    }


def main() -> None:
    """Draw the sheet."""
    out = Path(sys.argv[1]) if len(sys.argv) > 1 else Path("docs/presenter.jpg")
    with tempfile.TemporaryDirectory() as folder:
        request = VideoRequest(idle=1.0, portrait=str(PRESENTER), size=768)
        job = RenderJob(Path(folder), request, animator("puppet"), Limits(), DiskCache(Path(folder), 0))
        portrait = make_portrait(job, measured_portrait(job, Path(folder) / "face"))
    side = portrait.size[0]
    left, top, width, height = (round(share * side) for share in FACE)
    shown = poses()
    tall = round(CELL * height / width)
    sheet = Image.new("RGB", (COLUMNS * CELL, -(-len(shown) // COLUMNS) * tall))
    draw = ImageDraw.Draw(sheet)
    for i, (name, pose) in enumerate(shown.items()):
        frame = portrait.puppet.render(pose)[top : top + height, left : left + width]
        place = (i % COLUMNS * CELL, i // COLUMNS * tall)
        sheet.paste(Image.fromarray(np.ascontiguousarray(frame)).resize((CELL, tall), Image.Resampling.LANCZOS), place)
        draw.text(
            (place[0] + 6, place[1] + tall - 16), name, fill=(255, 255, 255), stroke_width=2, stroke_fill=(40, 40, 40)
        )
    sheet.save(out, quality=88)
    print(out)


if __name__ == "__main__":
    main()
