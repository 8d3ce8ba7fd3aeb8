"""What can be asked for: plain values that cross into the cell."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path

from halfgig.errors import BadSetting
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


STYLES = 46
"""Ways to move a head that SadTalker was trained with."""

MOST_EXPRESSION = 3.0
"""Times the usual; beyond it faces come apart."""

FARTHEST = 90
"""Degrees; nothing of a face is left beyond it."""

SADTALKER_FPS = 25.0
"""Frames a second; SadTalker's networks know no other."""

MOST_STOPS = 100
"""Angles in a list."""


def check_options(animator: str, fps: float, options: SadTalkerOptions, *, has_recording: bool = True) -> None:
    """Refuse what cannot be.  Raises `BadSetting` with the value, the limit and what to do."""
    if animator != SADTALKER:
        _check_unused(animator, options)
        return
    if fps != SADTALKER_FPS:
        raise BadSetting(f"SadTalker moves a face at {SADTALKER_FPS:g} frames a second, not at {fps:g}; leave fps out")
    if options.preprocess not in MODES:
        raise BadSetting(f"there is no preprocess {options.preprocess!r}; choose one of: {', '.join(MODES)}")
    style, scale = options.pose_style, options.expression_scale
    if not isinstance(style, int) or not 0 <= style < STYLES:
        raise BadSetting(f"there is no pose style {style!r}; styles are the whole numbers 0 to {STYLES - 1}")
    if not 0 <= scale <= MOST_EXPRESSION:
        raise BadSetting(f"an expression scale of {scale:g} cannot be; give a number from 0 to {MOST_EXPRESSION:g}")
    if options.follow and not has_recording:
        raise BadSetting("there is nothing to follow; give the film of a face as the recording, or leave follow out")
    for name in ("yaw", "pitch", "roll"):
        check_angles(name, getattr(options, name))


def check_angles(name: str, stops: Sequence[float]) -> None:
    """Refuse angles in degrees that cannot be seen, and more of them than anyone needs.  Raises `BadSetting`."""
    if wrong := [stop for stop in stops if not abs(stop) <= FARTHEST]:
        raise BadSetting(f"a {name} of {wrong[0]:g} degrees cannot be seen; give angles from -{FARTHEST} to {FARTHEST}")
    if len(stops) > MOST_STOPS:
        raise BadSetting(f"{len(stops)} angles of {name} are too many; give up to {MOST_STOPS}")


def check_idle(seconds: float, most_s: float) -> None:
    """Refuse to idle for no time or for longer than a recording may last.  Raises `BadSetting`."""
    if not math.isfinite(seconds) or not 1 / SADTALKER_FPS <= seconds <= most_s:
        raise BadSetting(
            f"an idle face of {seconds:g} s cannot be made; ask for {1 / SADTALKER_FPS} s (one frame) to {most_s:g} s"
        )


def _check_unused(animator: str, options: SadTalkerOptions) -> None:
    usual = SadTalkerOptions()
    for each in fields(options):
        if getattr(options, each.name) != getattr(usual, each.name):
            name = each.name.replace("_", " ")
            raise BadSetting(f"the {animator} knows no {name}: it is SadTalker's; leave it out, or choose sadtalker")
