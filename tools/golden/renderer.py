"""The renderer against `render_crop.npz` and `render_full.npz`: from a portrait and coefficients to frames."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

from halfgig.animators.sadtalker.networks.encoder import compressed
from halfgig.animators.sadtalker.networks.mapping import mapped
from halfgig.animators.sadtalker.networks.motion import dense_motion
from halfgig.animators.sadtalker.networks.pose import turned
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
"""What is asked of frames, by the precision the weights are stored in."""
FORCED = (10, -5, 3)
"""Yaw, pitch and roll that were forced for `kp_forced_10_m5_3`, in degrees."""


def of_portrait(portrait: Portrait, numbers: Numbers) -> Iterator[Figure]:
    """Compare what is computed once for a portrait."""
    every_fourth = portrait.volume[::4, ::4, ::4].transpose(3, 2, 0, 1)
    yield Figure("appearance volume", of_scale(numbers["feature_3d_every_4th"][0], every_fourth), ASKED)
    yield Figure("key points, canonical", of_scale(numbers["kp_canonical"][0], portrait.points), ASKED)


def of_movements(own: Renderer, kind: Kind, numbers: Numbers) -> Iterator[Figure]:
    """Compare what the mapping network makes of coefficients."""
    heads = mapped(own.context, kind, numbers["target_semantics"])
    apart = [of_scale(numbers[f"mapping_{name}"], getattr(heads, name)) for name in ("yaw", "pitch", "roll")]
    apart.append(of_scale(numbers["mapping_t"], heads.place))
    apart.append(of_scale(numbers["mapping_exp"], heads.expression.reshape(-1, 45)))
    yield Figure(f"movements, {kind}", max(apart), ASKED)


def of_key_points(own: Renderer, kind: Kind, numbers: Numbers) -> Iterator[Figure]:
    """Compare the key points that coefficients give."""
    for whose, rows, wanted in (
        ("the portrait", "source_semantics", "kp_source"),
        ("frames", "target_semantics", "kp_driving"),
    ):
        found = turned(numbers["kp_canonical"][0], mapped(own.context, kind, numbers[rows]))
        yield Figure(f"key points of {whose}, {kind}", of_scale(numbers[wanted], found), ASKED)


def of_forced_angles(own: Renderer, kind: Kind, numbers: Numbers) -> Iterator[Figure]:
    """Compare the key points of a head whose angles are forced."""
    first = mapped(own.context, kind, numbers["target_semantics"][:1])
    forced = turned(numbers["kp_canonical"][0], first, *(np.array([degrees], np.float32) for degrees in FORCED))
    yield Figure(f"key points, forced angles, {kind}", of_scale(numbers["kp_forced_10_m5_3"], forced), ASKED)


def of_voxels(own: Renderer, portrait: Portrait, numbers: Numbers) -> Iterator[Figure]:
    """Compare where each voxel comes from, and what is seen of it."""
    small = compressed(own.context, portrait.volume)
    places, visible = dense_motion(own.context, small, numbers["kp_source"][0], numbers["kp_driving"][1])
    every_fourth = places[::4, ::4, ::4].transpose(2, 0, 1, 3)
    yield Figure("deformation", of_scale(numbers["deformation_1"][0], every_fourth), ASKED)
    yield Figure("occlusion", of_scale(numbers["occlusion_1"][0, 0], visible), ASKED)
    own.context.arena.keep_only()


def of_frames(own: Renderer, portrait: Portrait, numbers: Numbers, asked_db: float) -> Iterator[Figure]:
    """Compare whole frames, each when it is rendered; the file may have fewer frames than key points."""
    for i, (driving, wanted) in enumerate(zip(numbers["kp_driving"], numbers["frames"], strict=False), 1):
        found = own.frame(portrait, numbers["kp_source"][0], driving)
        yield Figure(f"frame {i}", psnr(wanted.transpose(1, 2, 0), found), asked_db, "dB")
