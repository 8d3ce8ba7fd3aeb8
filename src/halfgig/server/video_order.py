"""What a client asked for when it asked for a video: plain values that lie in the book as JSON."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from halfgig.requests import SadTalkerOptions

PORTRAIT, AUDIO = "portrait", "audio"
REFERENCE_BLINK, REFERENCE_POSE = "reference_blink", "reference_pose"
"""The names, in a job's folder, of what was uploaded."""

UPLOADS = (PORTRAIT, AUDIO, REFERENCE_BLINK, REFERENCE_POSE)
"""All there can be of them; they stay with a finished video, for those that are made from it."""

USUAL = SadTalkerOptions()


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
    idle: float = 0.0
    """For how many seconds the face says nothing; 0: it speaks."""
    has_reference_blink: bool = False
    """True when a film was uploaded whose eyes and resting expression are taken."""
    has_reference_pose: bool = False
    """True when a film was uploaded whose movements are added."""
    preprocess: str = USUAL.preprocess
    """What SadTalker animates and shows."""
    still: bool = USUAL.still
    """True: the head keeps the portrait's pose."""
    pose_style: int = USUAL.pose_style
    """One of SadTalker's ways to move a head."""
    expression_scale: float = USUAL.expression_scale
    """Times the usual expression."""
    blink: bool = USUAL.blink
    """False: the eyes do not blink by themselves."""
    yaw: tuple[float, ...] = USUAL.yaw
    """Degrees the head turns through to its side."""
    pitch: tuple[float, ...] = USUAL.pitch
    """The same up and down."""
    roll: tuple[float, ...] = USUAL.roll
    """The same towards a shoulder."""
    follow: bool = USUAL.follow
    """True: the recording is a film, and the face in it is followed."""

    @property
    def speaks(self) -> bool:
        """Tell whether a text is said."""
        return not self.has_audio and not self.idle

    def sadtalker(self, folder: Path | None = None) -> SadTalkerOptions:
        """Give SadTalker's options; uploaded films lie in the job's folder."""

        def film(name: str, is_there: bool) -> Path | None:
            return (folder or Path()) / name if is_there else None

        return SadTalkerOptions(
            preprocess=self.preprocess,
            still=self.still,
            pose_style=self.pose_style,
            expression_scale=self.expression_scale,
            blink=self.blink,
            yaw=self.yaw,
            pitch=self.pitch,
            roll=self.roll,
            reference_blink=film(REFERENCE_BLINK, self.has_reference_blink),
            reference_pose=film(REFERENCE_POSE, self.has_reference_pose),
            follow=self.follow,
        )

    @property
    def uploads(self) -> tuple[str, ...]:
        """Name the files, in a job's folder, that were uploaded for it."""
        there = (self.has_portrait, self.has_audio, self.has_reference_blink, self.has_reference_pose)
        return tuple(name for name, is_there in zip(UPLOADS, there, strict=True) if is_there)

    def as_json(self) -> str:
        """Write it for the book."""
        return json.dumps(asdict(self), sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> "VideoOrder":
        """Read it from the book; what an older version did not know has its default."""
        found: dict[str, Any] = json.loads(text)
        found |= {name: tuple(found[name]) for name in ("yaw", "pitch", "roll") if name in found}
        return cls(**{name: found[name] for name in cls.__slots__ if name in found})
