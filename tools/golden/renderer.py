"""Compare the renderer, from portrait and coefficients to frames, with `render_crop.npz` and `render_full.npz`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

from halfgig.animators.sadtalker.networks.encoder import compressed
from halfgig.animators.sadtalker.networks.mapping import mapped, rotated_points
from halfgig.animators.sadtalker.networks.motion import dense_motion
from tools.golden.figures import Figure, of_scale, psnr

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from numpy.typing import NDArray

    from halfgig.animators.sadtalker.networks.model import Portrait, Renderer

    Numbers = Mapping[str, NDArray[Any]]

Kind = Literal["crop", "full"]
ASKED = 1e-3
ASKED_DB = {"int16": 60.0, "float32": 80.0}
"""Smallest accepted PSNR of frames, by the precision of the stored weights."""
FORCED = (10, -5, 3)
"""Yaw, pitch and roll in degrees, forced for the golden `kp_forced_10_m5_3`."""


def of_portrait(portrait: Portrait, numbers: Numbers) -> Iterator[Figure]:
    """Compare the appearance volume and the canonical key points."""
    every_fourth = portrait.volume[::4, ::4, ::4].transpose(3, 2, 0, 1)
    yield Figure("appearance volume", of_scale(numbers["feature_3d_every_4th"][0], every_fourth), ASKED)
    yield Figure("key points, canonical", of_scale(numbers["kp_canonical"][0], portrait.points), ASKED)


def of_movements(network: Renderer, kind: Kind, numbers: Numbers) -> Iterator[Figure]:
    """Compare the mapping network's outputs."""
    heads = mapped(network.context, kind, numbers["target_semantics"])
    differences = [of_scale(numbers[f"mapping_{name}"], getattr(heads, name)) for name in ("yaw", "pitch", "roll")]
    differences.append(of_scale(numbers["mapping_t"], heads.translation))
    differences.append(of_scale(numbers["mapping_exp"], heads.expression.reshape(-1, 45)))
    yield Figure(f"movements, {kind}", max(differences), ASKED)


def of_key_points(network: Renderer, kind: Kind, numbers: Numbers) -> Iterator[Figure]:
    """Compare the key points of the portrait and of frames."""
    for whose, rows, wanted in (
        ("the portrait", "source_semantics", "kp_source"),
        ("frames", "target_semantics", "kp_driving"),
    ):
        found = rotated_points(numbers["kp_canonical"][0], mapped(network.context, kind, numbers[rows]))
        yield Figure(f"key points of {whose}, {kind}", of_scale(numbers[wanted], found), ASKED)


def of_forced_angles(network: Renderer, kind: Kind, numbers: Numbers) -> Iterator[Figure]:
    """Compare the key points of a head with forced angles."""
    first = mapped(network.context, kind, numbers["target_semantics"][:1])
    forced = rotated_points(numbers["kp_canonical"][0], first, *(np.array([degrees], np.float32) for degrees in FORCED))
    yield Figure(f"key points, forced angles, {kind}", of_scale(numbers["kp_forced_10_m5_3"], forced), ASKED)


def of_voxels(network: Renderer, portrait: Portrait, numbers: Numbers) -> Iterator[Figure]:
    """Compare the deformation and the occlusion map."""
    volume = compressed(network.context, portrait.volume)
    grid, occlusion = dense_motion(network.context, volume, numbers["kp_source"][0], numbers["kp_driving"][1])
    every_fourth = grid[::4, ::4, ::4].transpose(2, 0, 1, 3)
    yield Figure("deformation", of_scale(numbers["deformation_1"][0], every_fourth), ASKED)
    yield Figure("occlusion", of_scale(numbers["occlusion_1"][0, 0], occlusion), ASKED)
    network.context.arena.keep_only()


def of_frames(network: Renderer, portrait: Portrait, numbers: Numbers, asked_db: float) -> Iterator[Figure]:
    """Compare whole frames, as many as the file has; yield each figure once the frame is rendered."""
    for i, (driving, wanted) in enumerate(zip(numbers["kp_driving"], numbers["frames"], strict=False), 1):
        found = network.frame(portrait, numbers["kp_source"][0], driving)
        yield Figure(f"frame {i}", psnr(wanted.transpose(1, 2, 0), found), asked_db, "dB")
