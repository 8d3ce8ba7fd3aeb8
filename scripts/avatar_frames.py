"""Draw poses of portraits as the server does and as a browser does, and compare them.

python -m scripts.avatar_frames [PORTRAIT ...] [--out FOLDER] [--size 512] [--only WORD]

Prints PSNR and SSIM of each pose and writes pairs, the server's to the left: the frame, mouth and eyes enlarged.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from PIL import Image

import halfgig
from halfgig.animators.base import RenderJob
from halfgig.animators.puppet.blendshapes import Brows, Eyes, Head, Mouth, Pose
from halfgig.animators.puppet.canvas import SHARPNESS, make_canvas
from halfgig.animators.puppet.portrait import make_portrait, rig_of
from halfgig.animators.puppet.visemes import VISEMES
from halfgig.animators.registry import animator
from halfgig.avatars.drawing import browser_pack
from halfgig.avatars.pack import read_pack
from halfgig.face.points import Point
from halfgig.face.rig import scaled_rig
from halfgig.media.picture import load_picture
from halfgig.requests import VideoRequest
from halfgig.settings import Limits
from halfgig.storage.disk_cache import DiskCache
from tests.server.web.page.studio import browsing
from tests.support.avatars import SOFTWARE_GL, drawn, open_face, page_of_scripts, psnr, ssim

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from halfgig.animators.puppet.puppet import Puppet
    from halfgig.face.frame import FaceFrame

    Pixels = NDArray[np.uint8]

PRESENTER = Path(halfgig.__file__).parent / "assets" / "presenter.png"

MOUTH, EYES = (-0.7, 0.65, 0.7, 1.6), (-0.95, -0.45, 0.95, 0.3)
"""Parts that are shown enlarged: left, top, right, bottom, in eye distances from between the eyes."""

LEAST_PSNR, LEAST_SSIM = 35.0, 0.97

VOWEL = Mouth(jaw_open=0.5, upper_up=0.4)


class Sitter(NamedTuple):
    """A portrait in both ways."""

    puppet: Puppet
    pack: bytes
    size: tuple[int, int]
    """Width and height of the frames."""
    face: FaceFrame
    """In pixels of a frame."""


def poses() -> dict[str, Pose]:
    """Return the poses to compare by their names."""
    spoken = {f"viseme {name}": Pose(VISEMES[name].mouth) for name in VISEMES}
    return spoken | {
        "smile": Pose(Mouth(smile=0.8)),
        "frown": Pose(Mouth(frown=0.8)),
        "half a blink": Pose(eyes=Eyes(0.5, 0.5)),
        "a blink": Pose(eyes=Eyes(1, 1)),
        "one eye": Pose(eyes=Eyes(blink_left=1)),
        "squint": Pose(eyes=Eyes(squint=1)),
        "wide": Pose(eyes=Eyes(wide=1)),
        "looks left and up": Pose(eyes=Eyes(gaze_yaw=-15, gaze_pitch=-8)),
        "looks right and down": Pose(eyes=Eyes(gaze_yaw=15, gaze_pitch=10)),
        "brows up": Pose(brows=Brows(1, 1)),
        "brows down": Pose(brows=Brows(down=1)),
        "turned": Pose(head=Head(yaw=6)),
        "nodding": Pose(head=Head(pitch=5, roll=-4, x=-0.05)),
        "near, in a vowel": Pose(VOWEL, Eyes(0.3, 0.3), head=Head(scale=0.03, y=0.03, yaw=-4)),
        "all at once": Pose(VOWEL, Eyes(0.4, 0.4, gaze_yaw=8), Brows(0.6), Head(0.02, 0.01, 0.01, -5, 2, 1), 1.0),
    }


def sitter(path: Path, size: int) -> Sitter:
    """Return a portrait, measured for frames of `size` pixels."""
    with tempfile.TemporaryDirectory() as folder:
        request = VideoRequest(idle=1.0, portrait=str(path.resolve()), size=size)
        job = RenderJob(Path(folder), request, animator("puppet"), Limits(), DiskCache(Path(folder), 0))
        rig = rig_of(job, Path(folder) / "rig.json")
        puppet = make_portrait(job, rig).puppet
    canvas = make_canvas(load_picture(path, SHARPNESS * size), rig.turns, size, rig.part)
    face = scaled_rig(rig, canvas.size[0] / canvas.rgb.shape[1]).shape.frame
    return Sitter(puppet, browser_pack(canvas, rig, {"name": path.stem}), canvas.size, face)


def shown(frame: Pixels, face: FaceFrame, part: tuple[float, float, float, float], width: int) -> Image.Image:
    """Return a part of a frame, enlarged to a width."""
    left, top, right, bottom = part
    ends = [face.to_picture(Point(x, y)) for x in (left, right) for y in (top, bottom)]
    x, y = [each.x for each in ends], [each.y for each in ends]
    height = round(width * (max(y) - min(y)) / (max(x) - min(x)))
    return Image.fromarray(frame).resize(
        (width, height), Image.Resampling.BICUBIC, (max(0, min(x)), max(0, min(y)),
                                                    min(frame.shape[1], max(x)), min(frame.shape[0], max(y)))
    )  # fmt: skip


def pair(server: Pixels, browser: Pixels, face: FaceFrame) -> Image.Image:
    """Return both frames in a row, mouth and eyes enlarged below."""
    width = server.shape[1]
    rows = [[Image.fromarray(each) for each in (server, browser)]]
    rows += [[shown(each, face, part, width) for each in (server, browser)] for part in (MOUTH, EYES)]
    whole = Image.new("RGB", (2 * width, sum(row[0].height for row in rows)))
    top = 0
    for row in rows:
        for i, each in enumerate(row):
            whole.paste(each, (i * width, top))
        top += row[0].height
    return whole


def main() -> None:
    """Compare, and say what is too far apart."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("portraits", nargs="*", type=Path)
    parser.add_argument("--out", type=Path, default=Path("avatar_frames"))
    parser.add_argument("--size", type=int, default=512)
    parser.add_argument("--only", default="")
    asked = parser.parse_args()
    asked.out.mkdir(parents=True, exist_ok=True)
    chosen = {name: pose for name, pose in poses().items() if asked.only in name}
    with browsing(*SOFTWARE_GL) as browser:
        for path in asked.portraits or [PRESENTER]:
            sat, page = sitter(path, asked.size), page_of_scripts(browser)
            sections = read_pack(sat.pack).sections
            picture = sum(len(sections[name].data) for name in ("person", "plate") if name in sections)
            print(f"{path.name}: pack {len(sat.pack) / 1000:.0f} kB, {picture / 1000:.0f} kB of which are the picture")
            open_face(page, sat.pack, sat.size[0])
            for (name, pose), rgba in zip(chosen.items(), drawn(page, chosen.values()), strict=True):
                server, ours = sat.puppet.render(pose), np.ascontiguousarray(rgba[..., :3])
                close, alike = psnr(server, ours), ssim(server, ours)
                bad = "" if close >= LEAST_PSNR and alike >= LEAST_SSIM else "  too far apart"
                print(f"{close:6.1f} dB  {alike:.4f}  {name}{bad}", flush=True)
                pair(server, ours, sat.face).save(asked.out / f"{path.stem}-{name.replace(' ', '_')}.png")
            page.close()


if __name__ == "__main__":
    main()
