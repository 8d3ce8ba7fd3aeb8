"""The contract of animators: what a video moves its face by, what that takes, and what it is given."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from halfgig.requests import options_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from fractions import Fraction

    import numpy as np
    from numpy.typing import NDArray

    from halfgig.capacity.memory_costs import CostsBySize
    from halfgig.capacity.throughput import Throughput
    from halfgig.events import Event
    from halfgig.media.chunks import Chunk
    from halfgig.requests import VideoRequest
    from halfgig.settings import Limits
    from halfgig.storage.disk_cache import DiskCache
    from halfgig.tts.speech import Speech

SPEECH = "speech"
"""The name, in a job's folder, of what was spoken."""

PRESENTER = Path(__file__).parents[1] / "assets" / "presenter.png"
"""The face that speaks where no portrait is given."""


class Animator(Protocol):
    """Moves a face; held by the cell that renders.

    `moves` is the same each time it is called, while frames may be costly.  So a video that was broken off goes on by
    asking for all moves again and rendering only the frames that are missing.
    """

    size: tuple[int, int]
    """Width and height of the frames, both even."""

    def moves(self, speech: Speech, chunks: Iterator[Chunk], fps: Fraction) -> Iterator[Any]:
        """Yield what each frame shows, until the sound ends; `chunks` are the speech's."""
        ...

    def render(self, move: Any) -> NDArray[np.uint8]:
        """Return the frame of a move, RGB [height, width, 3]."""
        ...

    def kept(self, encoded: int) -> int:
        """Return how many frames a kill costs nothing: those encoded in closed groups, and those it keeps itself."""
        ...


class AnimatorSpec(NamedTuple):
    """What halfgig knows of an animator without loading it.

    The functions are module-level, so that a spec crosses into a cell; they import what they need when called.
    """

    name: str
    """The animator's name: what `--animator` takes."""
    title: str
    """For a person: "the puppet"."""
    costs: CostsBySize
    """What the cell that renders takes."""
    throughput: Callable[[int], Throughput]
    """How fast it renders frames whose longer side has this many pixels, 25 a second."""
    source_type: str
    """The IPTC digital source type of its pictures."""
    measure: Callable[[RenderJob], Iterator[Event]]
    """Compute what the frames are rendered from into the job's folder; yield progress; what is there is kept."""
    measured: tuple[str, ...]
    """The names, in the job's folder, of what `measure` leaves."""
    make: Callable[[RenderJob], Animator]
    """Load the animator, from what `measure` left."""
    options_type: type
    """The dataclass of its own options, each declared by `requests.option`."""
    check: Callable[[VideoRequest], None]
    """Raise `BadSetting` for a request that it cannot fulfil."""
    frame_group: int = 125
    """Frames of a group, which is encoded by itself: what is lost when the cell is killed."""
    model: str = ""
    """The model in the catalogue that must be installed; empty: none."""
    refused_options: Mapping[str, str] = {}
    """Options on the command line that are known and refused, with the reason."""

    def options(self, request: VideoRequest) -> Any:
        """Return the animator's own options of a request, as an instance of `options_type`."""
        lists = {each.name for each in options_of(self.options_type) if each.most_items}
        given = {name: tuple(value) if name in lists else value for name, value in request.options.items()}
        return self.options_type(**given)

    def files(self, request: VideoRequest) -> tuple[str, ...]:
        """Return the names of all files of a request, those that the animator's own options name included."""
        own = (request.options.get(each.name) for each in options_of(self.options_type) if each.is_file)
        return (*request.files, *(str(name) for name in own if name))


@dataclass(frozen=True, slots=True)
class NoOptions:
    """An animator without options of its own."""


@dataclass(frozen=True, slots=True)
class RenderJob:
    """All the cells that measure, render and assemble a video need."""

    folder: Path
    """The job's folder, where each stage finds what the one before it left."""
    request: VideoRequest
    """What is wanted."""
    spec: AnimatorSpec
    """What moves the face."""
    limits: Limits
    """How large the input may be."""
    cache: DiskCache
    """Portraits that were measured before."""
    model: Path | None = None
    """The folder of the animator's model; None where it has none."""

    @property
    def options(self) -> Any:
        """The animator's own options."""
        return self.spec.options(self.request)

    @property
    def portrait(self) -> Path:
        """The picture of the face."""
        return self.path(self.request.portrait) if self.request.portrait else PRESENTER

    def path(self, name: str) -> Path:
        """Return the path of a file that the request names; an absolute path stays as it is."""
        return self.folder / name

    def speech(self) -> Speech:
        """Prepare what the face says or hears.  Raises `SoundError` for a recording that cannot be used."""
        from halfgig.tts.speech import speech_from_recording, speech_from_silence, speech_from_spool

        if self.request.speech:
            return speech_from_spool(self.folder / SPEECH)
        if self.request.audio:
            return speech_from_recording(self.path(self.request.audio), self.limits)
        return speech_from_silence(self.request.idle, self.limits)
