"""The contract of animators: their specs, the jobs they receive, and the interface that renders frames."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from halfgig.capacity.memory_costs import with_alpha
from halfgig.requests import TRANSPARENT, options_of

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
"""Name of the speech spool in a job's folder."""

PRESENTER = Path(__file__).parents[1] / "assets" / "presenter.png"
"""The portrait used if a request has none."""


class Animator(Protocol):
    """Renders the frames of one video, inside the rendering cell.

    `moves` is cheap and yields the same values on every call; `render` may be expensive, and its frame depends on the
    move alone. An interrupted video resumes by computing all moves again and rendering only the missing frames. Several
    cells may render one video, each some of its groups.
    """

    size: tuple[int, int]
    """Width and height of the frames, both even."""

    def moves(self, speech: Speech, chunks: Iterator[Chunk], fps: Fraction) -> Iterator[Any]:
        """Yield each frame's move (any value that `render` accepts) until the sound ends; `chunks` are the speech's."""
        ...

    def render(self, move: Any) -> NDArray[np.uint8]:
        """Return the frame of a move, RGB [height, width, 3], or RGBA for a request with a transparent background."""
        ...

    def kept(self, encoded: int) -> int:
        """Return the number of frames that survive a kill, if all before the open group, `encoded`, do.

        It is more if the animator stores frames of the open group itself.
        """
        ...


class AnimatorSpec(NamedTuple):
    """An animator's registry entry, available without loading it.

    Its functions are module-level, so that a spec can be sent to a cell, and import what they need when called.
    """

    name: str
    """The name used by `--animator`."""
    title: str
    """Name shown to users: "the puppet"."""
    costs: CostsBySize
    """Memory cost of the rendering cell, by frame size."""
    throughput: Callable[[int], Throughput]
    """Rendering speed for frames whose longer side has this many pixels, at 25 frames per second."""
    source_type: str
    """IPTC digital source type of its frames."""
    measure: Callable[[RenderJob], Iterator[Event]]
    """Writes the inputs of rendering to the job's folder, except those already there; yields progress."""
    measured: tuple[str, ...]
    """Names of the files that `measure` writes to the job's folder."""
    make: Callable[[RenderJob], Animator]
    """Loads the animator from the files of `measure`."""
    options_type: type
    """Dataclass of its options, each declared by `requests.option`."""
    check: Callable[[VideoRequest], None]
    """Raises `BadSetting` for a request that the animator cannot fulfil."""
    frame_group: int = 125
    """Frames per group; each group has its own encoder, and a kill loses at most the open group."""
    model: str = ""
    """Name of the model that must be installed; empty: none."""
    composes: bool = False
    """Whether it draws another background and aspect ratio; a request for them is refused otherwise."""
    track: Callable[[RenderJob, int], Iterator[str]] | None = None
    """Yields the lines of a video's track, for a job and its number of frames; None: it has none."""
    refused_options: Mapping[str, str] = {}
    """Command-line options that are refused, with the reason."""

    def costs_of(self, request: VideoRequest) -> CostsBySize:
        """Return the memory cost of a request's rendering cell, by frame size; transparency needs a larger encoder."""
        return with_alpha(self.costs) if request.background == TRANSPARENT else self.costs

    def options(self, request: VideoRequest) -> Any:
        """Return a request's options for this animator, as an instance of `options_type`."""
        lists = {each.name for each in options_of(self.options_type) if each.most_items}
        given = {name: tuple(value) if name in lists else value for name, value in request.options.items()}
        return self.options_type(**given)

    def files(self, request: VideoRequest) -> tuple[str, ...]:
        """Return the names of a request's files, including those named by the animator's options."""
        own = (request.options.get(each.name) for each in options_of(self.options_type) if each.is_file)
        return (*request.files, *(str(name) for name in own if name))


@dataclass(frozen=True, slots=True)
class NoOptions:
    """The options type of an animator without options."""


@dataclass(frozen=True, slots=True)
class RenderJob:
    """The inputs of the cells that measure, render and assemble a video."""

    folder: Path
    """The job's folder, through which stages exchange files."""
    request: VideoRequest
    """The request."""
    spec: AnimatorSpec
    """The animator."""
    limits: Limits
    """Limits for the input's size."""
    cache: DiskCache
    """Cache of measured portraits."""
    model: Path | None = None
    """Folder of the animator's model; None if it needs none."""
    stands_back: bool = False
    """Whether other processes have the processor first: a server's speech, which somebody is listening to."""

    @property
    def options(self) -> Any:
        """The request's options for this animator."""
        return self.spec.options(self.request)

    @property
    def portrait(self) -> Path:
        """Path of the portrait."""
        return self.path(self.request.portrait) if self.request.portrait else PRESENTER

    def path(self, name: str) -> Path:
        """Return the path of a file named in the request: absolute, or relative to the job's folder."""
        return self.folder / name

    def groups(self) -> int:
        """Return the number of groups of frames, after the speech was spoken; an estimate for a recording."""
        from halfgig.media.sound_length import estimated_seconds
        from halfgig.tts.spool import read_spool_state

        seconds = self.request.idle
        if self.request.speech:
            seconds = read_spool_state(self.folder / SPEECH).seconds
        elif self.request.audio:
            seconds = estimated_seconds(self.path(self.request.audio))
        return max(1, math.ceil(seconds * self.request.fps / self.spec.frame_group))

    def speech(self) -> Speech:
        """Open the request's speech, recording or silence. Raises `SoundError` for an unusable recording."""
        from halfgig.tts.speech import speech_from_recording, speech_from_silence, speech_from_spool

        if self.request.speech:
            return speech_from_spool(self.folder / SPEECH)
        if self.request.audio:
            return speech_from_recording(self.path(self.request.audio), self.limits)
        return speech_from_silence(self.request.idle, self.limits)
