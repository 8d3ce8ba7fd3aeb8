"""Run an installed SadTalker on golden inputs, one network after the other, and yield each figure when it is there.

Only a cell does: networks are opened one at a time, and what each held is given back before the next.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from halfgig.errors import ModelMissing
from halfgig.events import Notice
from halfgig.resources.limits import usable_threads

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import Any

    from numpy.typing import NDArray

    from tools.golden.figures import Figure

NEEDED = ("mel", "coefficients", "reconstruction", "render_crop", "render_full", "geometry")
"""The files there must be, without ".npz"."""
YUNET = "yunet"


def check(model_dir: Path, golden_dir: Path) -> Iterator[Figure | Notice]:
    """Compare everything there are golden numbers for.  Raises ModelMissing where a file of them is not there."""
    from halfgig.animators.sadtalker.networks.model import MOST_THREADS

    missing = [name for name in NEEDED if not (golden_dir / f"{name}.npz").is_file()]
    if missing:
        raise ModelMissing(f"{str(golden_dir)!r} has no {missing[0]}.npz; --golden takes a folder of golden numbers")
    threads = usable_threads(MOST_THREADS)
    yield from _sound(model_dir, golden_dir)
    yield from _face(model_dir, golden_dir, threads)
    yield from _renderer(model_dir, golden_dir, threads)


def _numbers(golden_dir: Path, name: str) -> dict[str, NDArray[Any]]:
    import numpy as np

    with np.load(golden_dir / f"{name}.npz", allow_pickle=False) as file:
        return dict(file)


def _sound(model_dir: Path, golden_dir: Path) -> Iterator[Figure]:
    from halfgig.animators.sadtalker.networks.audio_encoder import open_audio
    from tools.golden import sound

    mel, numbers, weights = _numbers(golden_dir, "mel"), _numbers(golden_dir, "coefficients"), open_audio(model_dir)
    yield from sound.of_columns(mel)
    yield from sound.of_windows(mel)
    yield from sound.of_expressions(weights, numbers)
    yield from sound.of_poses(weights, numbers)
    yield from sound.of_rows(weights, mel, numbers)


def _face(model_dir: Path, golden_dir: Path, threads: int) -> Iterator[Figure | Notice]:
    from halfgig.animators.sadtalker.networks.reconstruction import Reconstruction
    from tools.golden import face

    yield from face.of_geometry(_numbers(golden_dir, "geometry"))
    yield from face.of_coefficients(Reconstruction(model_dir, threads), _numbers(golden_dir, "reconstruction"))
    yield from _detector(golden_dir)


def _detector(golden_dir: Path) -> Iterator[Figure | Notice]:
    from halfgig.face.detect import MODEL
    from halfgig.face.yunet import YuNet
    from tools.golden import face

    if not (golden_dir / f"{YUNET}.npz").is_file():
        yield Notice(f"YuNet is not compared: there is no {YUNET}.npz beside the others")
        return
    numbers, detector = _numbers(golden_dir, YUNET), YuNet(MODEL)
    for name in face.portraits_in(numbers):
        picture = _portrait(golden_dir, name)
        if picture is None:
            yield Notice(f"YuNet is not compared on {name}: it is not in a folder portraits near {str(golden_dir)!r}")
        else:
            yield from face.of_faces(detector, picture, numbers)


def _portrait(golden_dir: Path, name: str) -> Path | None:
    """Find a picture in a folder "portraits" inside the golden one or up to two above it."""
    near = (golden_dir, *golden_dir.resolve().parents[:2])
    return next((path for folder in near if (path := folder / "portraits" / name).is_file()), None)


def _renderer(model_dir: Path, golden_dir: Path, threads: int) -> Iterator[Figure]:
    import numpy as np

    from halfgig.animators.sadtalker.networks.build import MANIFEST
    from halfgig.animators.sadtalker.networks.model import Renderer
    from tools.golden import renderer

    precision = json.loads((model_dir / MANIFEST).read_text())["precision"]
    crop, full = _numbers(golden_dir, "render_crop"), _numbers(golden_dir, "render_full")
    own = Renderer(model_dir, threads)
    portrait = own.portrait(np.asarray(crop["image"], np.uint8))
    yield from renderer.of_portrait(portrait, crop)
    for compare in (renderer.of_movements, renderer.of_key_points, renderer.of_forced_angles):
        yield from compare(own, "crop", crop)
        yield from compare(own, "full", full)
    yield from renderer.of_voxels(own, portrait, crop)
    yield from renderer.of_frames(own, portrait, crop, renderer.ASKED_DB[precision])
    own.close()
