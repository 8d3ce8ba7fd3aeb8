"""The requests of rows that older versions of halfgig wrote."""

from __future__ import annotations

from typing import Any

from halfgig.requests import AUDIO, PORTRAIT, SpeechRequest, VideoRequest

_OWN_IN_0_3: dict[str, Any] = {
    "preprocess": "full",
    "still": False,
    "pose_style": 0,
    "expression_scale": 1.0,
    "blink": True,
    "yaw": [],
    "pitch": [],
    "roll": [],
    "follow": False,
}
"""The animator's own options in rows of version 0.3, with their defaults."""


def request_of(found: dict[str, Any]) -> VideoRequest:
    """Return the request of a row; rows of version 0.3 have one flat table of fields."""
    if "prompt" not in found:
        return VideoRequest.from_json(found)
    own = {name: found[name] for name in _OWN_IN_0_3 if found.get(name) not in (None, _OWN_IN_0_3[name])}
    own |= {name: name for name in ("reference_blink", "reference_pose") if found.get(f"has_{name}")}
    speaks = not found.get("has_audio") and not found.get("idle")
    shared = {name: found[name] for name in ("idle", "animator", "size", "fps", "seed", "landmarks") if name in found}
    return VideoRequest(
        SpeechRequest(found["prompt"], found.get("voice", ""), found.get("speed", 1.0)) if speaks else None,
        audio=AUDIO if found.get("has_audio") else "",
        portrait=PORTRAIT if found.get("has_portrait") else "",
        options=own,
        **shared,
    )
