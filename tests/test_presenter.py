from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy.typing as npt

ROOT = Path(__file__).parent.parent
SHIPPED = ROOT / "src" / "halfgig" / "assets" / "presenter.png"


def pixels(path: Path, side: int) -> npt.NDArray[Any]:
    import numpy as np
    from PIL import Image

    with Image.open(path) as picture:
        return np.asarray(picture.convert("RGB").resize((side, side), Image.Resampling.BOX))


def test_the_shipped_picture_is_what_the_script_draws(tmp_path: Path) -> None:
    drawn = tmp_path / "small.png"
    command = [sys.executable, str(ROOT / "scripts" / "draw_presenter.py"), str(drawn), "--size", "512"]
    subprocess.run(command, check=True)
    difference = abs(pixels(drawn, 128).astype(float) - pixels(SHIPPED, 128).astype(float))
    assert difference.mean() < 2  # of 255; strands of hair are a little thicker in a small picture
    assert (difference.max(axis=2) > 64).mean() < 0.001


def test_the_presenter_has_exactly_one_face() -> None:
    from halfgig.face.detect import FaceDetector

    (face,) = FaceDetector().detect(pixels(SHIPPED, 512))
    assert face.score > 0.8


def test_the_head_stays_clear_of_the_border() -> None:
    picture = pixels(SHIPPED, 256).astype(float)
    for edge in (picture[:12], picture[:180, :40], picture[:180, -40:]):
        steps = abs(edge[1:, 1:] - edge[:-1, :-1])
        assert steps.max() < 8  # of 255: nothing but the plain wall


def test_the_picture_is_square_and_light_to_ship() -> None:
    from PIL import Image

    with Image.open(SHIPPED) as picture:
        assert picture.size == (1024, 1024)
        assert picture.mode == "RGB"
    assert SHIPPED.stat().st_size < 900_000
