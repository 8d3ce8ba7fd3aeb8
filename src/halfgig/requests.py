"""What can be asked for: plain values that cross into the cell."""

from dataclasses import dataclass, field
from pathlib import Path

from halfgig.settings import Settings

SIZES = (64, 2160)
"""Smallest and largest longer side of a frame, in pixels."""

FPS = (5.0, 60.0)
"""Slowest and fastest frame rate."""

PUPPET, SADTALKER = "puppet", "sadtalker"
ANIMATORS = (PUPPET, SADTALKER)
"""Ways to move a face."""

MODES = ("full", "crop", "extcrop", "resize", "extfull")
"""What SadTalker animates and shows, the usual one first; `face.crop` says what each means."""

VIDEO, THUMBNAIL, WORDS = "video.mp4", "thumbnail.jpg", "words.vtt"
"""The names, in a job's folder, of what was made; there are no words with a recording."""

NEWEST = "newest.jpg"
"""The name, in a job's folder, of the newest frame while more are being made."""

SITTER, CANVAS, MOVES = PREPARED = ("sitter", "canvas", "moves")
"""The names, in a job's folder, of what SadTalker's frames are rendered from."""


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
class Idle:
    """Ask for a face that says nothing."""

    seconds: float
    """For how long."""


@dataclass(frozen=True, slots=True)
class SadTalkerOptions:
    """Say how SadTalker moves a face; what stands here is what is taken when nothing is said."""

    preprocess: str = MODES[0]
    """What is animated and shown, one of `MODES`."""
    still: bool = False
    """True: the head keeps the portrait's pose; face and eyes move."""
    pose_style: int = 0
    """One of 46 ways to move a head, 0 to 45."""
    expression_scale: float = 1.0
    """Times the usual expression, 0 to 3."""
    blink: bool = True
    """False: the eyes do not blink by themselves."""
    yaw: tuple[float, ...] = ()
    """Degrees the head turns through to its side, in even speed over the video; empty: as the sound moves it."""
    pitch: tuple[float, ...] = ()
    """The same up and down."""
    roll: tuple[float, ...] = ()
    """The same towards a shoulder."""
    reference_blink: Path | None = None
    """A film of a face whose eyes and resting expression are taken."""
    reference_pose: Path | None = None
    """A film of a face whose movements are added."""
    follow: bool = False
    """True: the recording is a film, and the face in it is followed in all it does."""


@dataclass(frozen=True, slots=True)
class VideoRequest:
    """Ask for a talking portrait."""

    portrait: Path
    """The picture of a face."""
    speech: SpeechRequest | SpokenBefore | Path | Idle
    """What it says, what was said before, a recording it speaks along with, or that it says nothing."""
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
    sadtalker: SadTalkerOptions = field(default_factory=SadTalkerOptions)
    """How SadTalker moves it, where it does."""
    model: Path | None = None
    """The folder of the SadTalker that does; None with the puppet."""
    settings: Settings = field(default_factory=Settings)
    """The limits that apply."""
