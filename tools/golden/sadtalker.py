"""Run an installed SadTalker on golden inputs, one network after the other, and yield each figure once measured.

Runs inside a cell. Only one network is open at a time; its memory is freed before the next one is opened.
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
"""Names of the required files, without ".npz"."""
YUNET = "yunet"


def check(model_dir: Path, golden_dir: Path) -> Iterator[Figure | Notice]:
    """Compare every network with its golden numbers. Raises `ModelMissing` if a required file is missing."""
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
    """Find a picture in a folder "portraits" in the golden folder or in one of the two folders above it."""
    near = (golden_dir, *golden_dir.resolve().parents[:2])
    return next((path for folder in near if (path := folder / "portraits" / name).is_file()), None)


def _renderer(model_dir: Path, golden_dir: Path, threads: int) -> Iterator[Figure]:
    import numpy as np

    from halfgig.animators.sadtalker.networks.build import MANIFEST
    from halfgig.animators.sadtalker.networks.model import Renderer
    from tools.golden import renderer

    precision = json.loads((model_dir / MANIFEST).read_text())["precision"]
    crop, full = _numbers(golden_dir, "render_crop"), _numbers(golden_dir, "render_full")
    network = Renderer(model_dir, threads)
    portrait = network.portrait(np.asarray(crop["image"], np.uint8))
    yield from renderer.of_portrait(portrait, crop)
    for compare in (renderer.of_movements, renderer.of_key_points, renderer.of_forced_angles):
        yield from compare(network, "crop", crop)
        yield from compare(network, "full", full)
    yield from renderer.of_voxels(network, portrait, crop)
    yield from renderer.of_frames(network, portrait, crop, renderer.ASKED_DB[precision])
    network.close()
