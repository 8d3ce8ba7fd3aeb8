"""What a client asked for when it asked for a video: plain values that lie in the book as JSON."""

import json
from dataclasses import asdict, dataclass
from typing import Any

PORTRAIT, AUDIO = "portrait", "audio"
"""The names, in a job's folder, of what was uploaded."""

UPLOADS = (PORTRAIT, AUDIO)
"""All there can be of them; they stay with a finished video, for those that are made from it."""


@dataclass(frozen=True, slots=True)
class VideoOrder:
    """Say what video is wanted."""

    prompt: str = ""
    """The text that is said; empty with a recording."""
    has_audio: bool = False
    """True when a recording was uploaded to speak along with."""
    has_portrait: bool = False
    """True when a portrait was uploaded; else the shipped presenter speaks."""
    voice: str = ""
    """Who says it; empty: the best there is."""
    speed: float = 1.0
    """A factor, 0.25 to 4."""
    animator: str = "puppet"
    """How the face is moved."""
    size: int = 512
    """The longer side of the frames in pixels."""
    fps: float = 25.0
    """Frames a second."""
    seed: int = 0
    """Blinks and sway follow from it."""
    landmarks: str = ""
    """Five points placed by hand; empty: the face is looked for."""

    @property
    def uploads(self) -> tuple[str, ...]:
        """Name the files, in a job's folder, that were uploaded for it."""
        return (PORTRAIT,) * self.has_portrait + (AUDIO,) * self.has_audio

    def as_json(self) -> str:
        """Write it for the book."""
        return json.dumps(asdict(self), sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> "VideoOrder":
        """Read it from the book; what an older version did not know has its default."""
        found: dict[str, Any] = json.loads(text)
        return cls(**{name: found[name] for name in cls.__slots__ if name in found})
