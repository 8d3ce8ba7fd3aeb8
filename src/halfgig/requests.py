"""What can be asked for: plain values that cross into the cell."""

from dataclasses import dataclass, field
from pathlib import Path

from halfgig.settings import Settings

SIZES = (64, 2160)
"""Smallest and largest longer side of a frame, in pixels."""

FPS = (5.0, 60.0)
"""Slowest and fastest frame rate."""

ANIMATORS = ("puppet",)
"""Ways to move a face."""

VIDEO, THUMBNAIL, WORDS = "video.mp4", "thumbnail.jpg", "words.vtt"
"""The names, in a job's folder, of what was made; there are no words with a recording."""

NEWEST = "newest.jpg"
"""The name, in a job's folder, of the newest frame while more are being made."""


@dataclass(frozen=True, slots=True)
class SpeechRequest:
    """Ask for speech."""

    text: str
    """What to say, as people write it."""
    voice: str
    """A name that `voices()` lists, or a mix of Kokoro's: "af_bella(2)+af_sky(1)"."""
    speed: float = 1.0
    """A factor, 0.25 to 4."""
    settings: Settings = field(default_factory=Settings)
    """The limits that apply."""
    kokoro: Path | None = None
    """The folder of the Kokoro that speaks; None: espeak-ng does."""
    wants_words: bool = False
    """True to be told the words' times."""


@dataclass(frozen=True, slots=True)
class SpokenBefore:
    """Say where a speech lies that another cell has made."""

    path: Path
    """The file with its chunks; its owner removes it."""
    maker: str
    """Who spoke: "kokoro 82M v1.0, voice af_heart"."""
    seconds: float
    """Its length."""


@dataclass(frozen=True, slots=True)
class VideoRequest:
    """Ask for a talking portrait."""

    portrait: Path
    """The picture of a face."""
    speech: SpeechRequest | SpokenBefore | Path
    """What it says, what was said before, or a recording it speaks along with."""
    animator: str = "puppet"
    """How the face is moved."""
    size: int = 512
    """The longer side of the frames in pixels."""
    fps: float = 25.0
    """Frames a second."""
    seed: int = 0
    """Blinks and sway follow from it: the same seed gives the same frames."""
    landmarks: str = ""
    """Five points as `x,y x,y x,y x,y x,y` in pixels of the upright picture; empty: the face is looked for."""
    settings: Settings = field(default_factory=Settings)
    """The limits that apply."""
