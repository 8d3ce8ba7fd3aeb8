"""What can be asked for: speech and videos as plain values that fit into JSON.

Every option is declared once, with its default, bounds and help; the command line, the library, the HTTP form and the
OpenAPI description all read the declarations here and in an animator's own options.
"""

from __future__ import annotations

import math
from dataclasses import MISSING, asdict, dataclass, field, fields
from typing import TYPE_CHECKING, Any, NamedTuple

from halfgig.capacity.memory_costs import LARGEST_SIZE
from halfgig.errors import BadSetting
from halfgig.media.colour import parse_colour

if TYPE_CHECKING:
    from collections.abc import Mapping

PORTRAIT, AUDIO, BACKGROUND_PICTURE = "portrait", "audio", "background_picture"
"""The names, in a job's folder, of what was uploaded."""

BLUR, TRANSPARENT = "blur", "transparent"
"""Backgrounds by a word: the portrait's own, out of focus; none at all, in a WebM file with an alpha channel."""

LABEL_CORNERS = ("bottom-right", "bottom-left", "top-right", "top-left")
"""Where a label may be; the first is the default."""

SHORTEST_IDLE_S = 0.04
"""One frame at 25 frames per second."""


class Option(NamedTuple):
    """The declaration of one option."""

    name: str
    """The name in Python, forms and JSON; the command line writes it as --name-with-hyphens."""
    default: Any
    """The value where none is given; its type is the option's type.  A tuple is a list of numbers."""
    help: str
    """A phrase for people: what the option does."""
    refusal: str = ""
    """The sentence for a value out of bounds, with {value}, {least} and {most}."""
    least: float | None = None
    """Smallest number allowed; None: any."""
    most: float | None = None
    """Largest number allowed."""
    most_items: int = 0
    """Longest list of numbers allowed."""
    choices: tuple[str, ...] = ()
    """The only texts allowed; empty: any."""
    metavar: str = ""
    """Placeholder on the command line."""
    aliases: tuple[str, ...] = ()
    """Other names on the command line, hyphens included."""
    is_file: bool = False
    """True for the name of a file: an upload in a form, a path on the command line."""

    def check(self, value: Any) -> None:
        """Raise `BadSetting` for a value out of bounds, with the value, the bounds and what to do."""
        if self.choices and value not in (self.default, *self.choices):
            raise BadSetting(f"there is no {self.name} {value!r:.80}; choose one of: {', '.join(self.choices)}")
        if not isinstance(self.default, tuple):
            self._check_number(value)
            return
        for number in value:
            self._check_number(number)
        if len(value) > self.most_items:
            raise BadSetting(f"{len(value)} angles of {self.name} are too many; give up to {self.most_items}")

    def _check_number(self, value: Any) -> None:
        if self.least is None or self.most is None:
            return
        is_whole = isinstance(value, int) or not isinstance(self.default, int)
        if not (is_whole and self.least <= value <= self.most):
            raise BadSetting(self.refusal.format(value=value, least=self.least, most=self.most))


def option(default: Any, text: str, **declared: Any) -> Any:
    """Return a dataclass field that declares an option: its default, its help and what else `Option` has."""
    return field(default=default, metadata={"option": {"help": text, **declared}})


def options_of(kind: type) -> tuple[Option, ...]:
    """Return the options that a dataclass declares, in their order."""
    return tuple(
        Option(each.name, None if each.default is MISSING else each.default, **each.metadata["option"])
        for each in fields(kind)
        if "option" in each.metadata
    )


def check_options(values: Any) -> None:
    """Check all options of a dataclass instance.  Raises `BadSetting` for the first value out of bounds."""
    for each in options_of(type(values)):
        each.check(getattr(values, each.name))


@dataclass(frozen=True, slots=True)
class SpeechRequest:
    """A text and how to speak it."""

    text: str
    """What to say, as people write it."""
    voice: str = option("", "voice, or mix of voices; default: the best one installed", metavar="NAME")
    """A name that `voices()` lists, or a mix such as "af_bella(2)+af_sky"; empty: the best one installed."""
    speed: float = option(
        1.0,
        "speed of speech",
        refusal="a speed of {value:g} is out of range; choose one from {least:g} to {most:g}",
        least=0.25,
        most=4.0,
        metavar="X",
    )
    """A factor; 1 is the voice's own pace."""
    lexicon: str = option("", "words and how they are said, a line each", metavar="FILE")
    """A lexicon as `text.lexicon` reads it: its lines, not the name of a file."""


@dataclass(frozen=True, slots=True)
class VideoRequest:
    """A face and what it does.

    One of `speech`, `audio` and `idle` is set.  Files are names in the job's folder, or absolute paths.
    """

    speech: SpeechRequest | None = None
    """What the face says; None where it follows a recording or stays silent."""
    audio: str = ""
    """A recording to speak along with."""
    idle: float = 0.0
    """Seconds of a silent face; 0: it speaks."""
    portrait: str = ""
    """The picture of a face; empty: the presenter that ships with halfgig."""
    animator: str = "puppet"
    """What moves the face: a name in `animators.registry`."""
    size: int = option(
        512,
        "longer side of the video",
        refusal="a size of {value} pixels is out of range; choose one from {least} to {most}",
        least=64,
        most=LARGEST_SIZE,
        metavar="PIXELS",
    )
    """The longer side of the frames in pixels."""
    fps: float = option(
        25.0,
        "frames per second",
        refusal="{value:g} frames a second are out of range; choose from {least:g} to {most:g}",
        least=5.0,
        most=60.0,
        metavar="N",
    )
    """Frames per second."""
    background: str = option(
        "",
        "what is behind the person: a colour, a picture's file, blur, or transparent (WebM); default: its own",
        metavar="COLOUR|FILE|blur|transparent",
    )
    """A CSS name or #rrggbb, `BLUR` or `TRANSPARENT`; empty: the picture's own, or `background_picture`."""
    background_picture: str = ""
    """A picture to put behind the person, instead of `background`."""
    aspect: str = option(
        "",
        "aspect ratio of the video, around the face: 9:16, 1:1, 16:9 or 4:5; default: the portrait's",
        choices=("9:16", "1:1", "16:9", "4:5"),
        metavar="W:H",
    )
    """Width to height; empty: the picture's."""
    seed: int = option(0, "seed of blinks and head movement: another number gives other ones", metavar="N")
    """Blinks and sway follow from it: the same seed gives the same frames."""
    label: str = option("", 'a text in a corner of the pictures, such as "AI-generated"; default: none', metavar="TEXT")
    """What the frames say to those who watch; empty: nothing."""
    label_corner: str = option(
        LABEL_CORNERS[0], f"where the label is: {', '.join(LABEL_CORNERS)}", choices=LABEL_CORNERS, metavar="CORNER"
    )
    """A corner of the frames."""
    landmarks: str = ""
    """Five points as `x,y x,y x,y x,y x,y` in pixels of the upright picture; empty: the face is detected."""
    track: bool = False
    """Whether what the face does is written as well, as blendshapes in JSON."""
    options: Mapping[str, Any] = field(default_factory=dict)
    """The animator's own options that differ from their defaults, by name."""

    @property
    def files(self) -> tuple[str, ...]:
        """Names of the portrait, the recording and the background where given; an animator's options may name more."""
        return tuple(name for name in (self.portrait, self.audio, self.background_picture) if name)

    def as_json(self) -> dict[str, Any]:
        """Return the request as values that JSON can write."""
        return asdict(self)

    @classmethod
    def from_json(cls, found: Mapping[str, Any]) -> VideoRequest:
        """Return the request that `as_json` wrote; values that are missing have their defaults."""
        known = {each.name: found[each.name] for each in fields(cls) if each.name in found}
        if speech := known.get("speech"):
            known["speech"] = SpeechRequest(**speech)
        return cls(**known)


def check_background(request: VideoRequest) -> None:
    """Raise `BadSetting` for a background that is no colour and no word for one."""
    text = request.background
    if text and request.background_picture:
        raise BadSetting(f"both the background {text!r:.40} and a picture for it were given; leave out one of them")
    if text and text not in (BLUR, TRANSPARENT) and parse_colour(text) is None:
        raise BadSetting(
            f"the background {text!r:.80} is no colour and no file; give a name of CSS, #rrggbb, {BLUR}, {TRANSPARENT} "
            "or a picture"
        )


def given_options(options: Any) -> dict[str, Any]:
    """Return the options of a dataclass instance that differ from their defaults, as values that JSON can write."""
    values = {each.name: (getattr(options, each.name), each.default) for each in options_of(type(options))}
    return {name: _plain(value) for name, (value, default) in values.items() if value != default}


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return list(value)
    return value if isinstance(value, str | int | float | bool) else str(value)


def check_idle(seconds: float, longest_s: float) -> None:
    """Raise `BadSetting` for a length of silence shorter than a frame or longer than a recording may last."""
    if not math.isfinite(seconds) or not SHORTEST_IDLE_S <= seconds <= longest_s:
        raise BadSetting(
            f"an idle face of {seconds:g} s cannot be made; ask for {SHORTEST_IDLE_S} s (one frame) to {longest_s:g} s"
        )
