"""The library: speech and talking portraits, made in a cell, so that the caller's process stays as small as it was."""

import collections
import contextlib
import functools
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

from halfgig.casting import cast, kokoro_voices
from halfgig.errors import BadSetting, MemoryExceeded, UnknownFormat, UsageError
from halfgig.events import Event, Notice, Progress, Words
from halfgig.footprints import KOKORO_MB, SAY_MB, talk_mb
from halfgig.memory.budget import cell_budget_mb
from halfgig.memory.cell import Cell
from halfgig.memory.child import Peak
from halfgig.memory.keeper import Keeper
from halfgig.memory.limits import memory_limit, parse_size
from halfgig.output import finished_file
from halfgig.pipeline import Made
from halfgig.requests import SpeechRequest, SpokenBefore, VideoRequest
from halfgig.settings import Settings, read_settings
from halfgig.speech.phoneme_text import text_of_phonemes
from halfgig.speech.sound_write import format_of
from halfgig.speech.speaker import Chunk, Voice, Word
from halfgig.speech.subtitles import checked_path, write_subtitles

Listener = Callable[[Event], None]
"""Is told how far the work is."""


@dataclass(frozen=True, slots=True)
class Result:
    """Report a file that was made."""

    path: Path
    """Where it is."""
    seconds: float
    """Its length."""
    maker: str
    """Who speaks in it: "espeak 1.52.0, voice en-us"."""
    frames: int
    """How many frames it has; 0 for sound."""
    size: tuple[int, int]
    """Width and height of its frames in pixels; 0, 0 for sound."""
    took_s: float
    """How long the work took, in seconds."""
    peak_mb: float
    """The most memory the cell had resident, in MB, libraries' mapped files included."""
    private_mb: float
    """The most of it that was the cell's own and cannot be dropped, in MB."""
    budget_mb: int
    """What the cell was allowed to reserve, in MB."""
    notices: tuple[str, ...] = ()
    """What is worth knowing of how it was made: that of several faces the largest was taken."""


def _settings(memory: str | int | None) -> Settings:
    settings = read_settings()
    if memory is None:
        return settings
    return replace(settings, memory_limit=parse_size(memory) if isinstance(memory, str) else memory)


def _budgets(settings: Settings, want_mb: int) -> list[int]:
    """Give what a cell may use at first and, should that not do, all that the limit leaves."""
    limit = memory_limit(settings.memory_limit)
    first, all_mb = cell_budget_mb(limit, want_mb), cell_budget_mb(limit, 1 << 20)
    return [first] if all_mb <= first else [first, min(all_mb, 4 * first)]


class _Job(NamedTuple):
    """Say what runs in a cell, besides the file it writes."""

    stage: str
    want_mb: int
    target: str
    request: SpeechRequest | VideoRequest
    more: tuple[object, ...] = ()


class _Shift:
    """Do the jobs of one call: hear what they say, keep what they made, write subtitles on the way."""

    def __init__(self, settings: Settings, tell: Listener | None, subtitles: str | Path | None = None) -> None:
        self.settings = settings
        self.wants_words = subtitles is not None
        self._tell = tell
        self._subtitles = None if subtitles is None else checked_path(Path(subtitles))
        self._start = time.monotonic()
        self.notices: list[str] = []
        self.peak = Peak()
        self.budget_mb = 0

    def do(self, job: _Job, part: Path) -> Made:
        """Run a job; when its budget does not do and there is more memory, run it once more with that."""
        first_mb, *more = _budgets(self.settings, job.want_mb)
        try:
            return self._do_in(first_mb, job, part)
        except MemoryExceeded:
            if not more:
                raise
        self.hear(Notice(f"{job.stage} needs more than {first_mb} MB of memory; trying again with {more[0]} MB"))
        return self._do_in(more[0], job, part)

    def hear(self, event: Event) -> None:
        """Pass on what a job says."""
        if isinstance(event, Notice):
            self.notices.append(event.text)
        if self._tell:
            self._tell(event)

    def result(self, path: Path, made: Made) -> Result:
        """Report the file that was made."""
        return Result(
            path,
            made.seconds,
            made.maker,
            made.frames,
            made.size,
            time.monotonic() - self._start,
            self.peak.resident_mb,
            self.peak.private_mb,
            self.budget_mb,
            tuple(self.notices),
        )

    def _do_in(self, budget_mb: int, job: _Job, part: Path) -> Made:
        made: list[Made] = []
        with _cell(job.stage, budget_mb, job.request) as cell:
            words = self._words(cell.run(job.target, job.request, part, *job.more), made)
            if self._subtitles and _wants_words(job.request):
                write_subtitles(words, self._subtitles)
            else:
                collections.deque(words, maxlen=0)
        self.peak |= cell.peak
        self.budget_mb = max(self.budget_mb, budget_mb)
        return made[0]

    def _words(self, said: Iterator[object], made: list[Made]) -> Iterator[Word]:
        """Sort what a job says: words are yielded, the rest is heard or kept."""
        for each in said:
            match each:
                case Words(words):
                    yield from (Word(*word) for word in words)
                case Made():
                    made.append(each)
                case Progress() | Notice():
                    self.hear(each)


def _wants_words(request: SpeechRequest | VideoRequest) -> bool:
    speech = request.speech if isinstance(request, VideoRequest) else request
    return isinstance(speech, SpeechRequest) and speech.wants_words


@functools.lru_cache(maxsize=1)
def _keeper(idle_seconds: float) -> Keeper:
    return Keeper(idle_seconds)


def close() -> None:
    """End the cell that is kept for the next request, if one is; it ends by itself after `IDLE_SECONDS`."""
    _keeper(read_settings().idle_seconds).close()


def _cell(stage: str, budget_mb: int, request: SpeechRequest | VideoRequest) -> AbstractContextManager[Cell]:
    """Open a cell; one that holds a network may be there already, and is kept for the next request."""
    if isinstance(request, SpeechRequest) and request.kokoro:
        return _keeper(request.settings.idle_seconds).cell(stage, budget_mb)
    return Cell(stage, budget_mb)


def _speech(text: str, voice: str | None, speed: float, shift: _Shift, *, phonemes: bool = False) -> SpeechRequest:
    """Choose who speaks a text, or phonemes."""
    chosen = cast(voice, shift.settings, shift.hear)
    if phonemes and chosen.kokoro is None:
        raise BadSetting(f'"{chosen.voice}" speaks words; phonemes are for the voices of Kokoro: halfgig pull kokoro')
    text = text_of_phonemes(text) if phonemes else text
    return SpeechRequest(text, chosen.voice, speed, shift.settings, chosen.kokoro, shift.wants_words)


def _speaking_mb(request: SpeechRequest) -> int:
    return KOKORO_MB if request.kokoro else SAY_MB


def say(
    text: str,
    output: str | Path,
    *,
    voice: str | None = None,
    speed: float = 1.0,
    phonemes: bool = False,
    subtitles: str | Path | None = None,
    memory: str | int | None = None,
    tell: Listener | None = None,
) -> Result:
    """Speak a text into a sound file; its ending chooses the format: wav, mp3, opus, flac, aac.

    `voice` is a name that `voices()` lists, or a mix of Kokoro's; without one the best there is speaks.  `speed` is a
    factor, 0.25 to 4.  With `phonemes` the text is IPA as Kokoro writes it, words parted by spaces.  `subtitles` is a
    .vtt or .srt file to write the words' times to.  `memory` bounds what all processes together may use, as "512M" or
    in bytes.  `tell` hears how far it is.  Raises `HalfgigError`; the file appears only when it is whole.
    """
    path = Path(output)
    sound_format = format_of(path)
    shift = _Shift(_settings(memory), tell, subtitles)
    request = _speech(text, voice, speed, shift, phonemes=phonemes)
    with finished_file(path) as part:
        made = shift.do(_Job("speaking", _speaking_mb(request), "halfgig.pipeline:say", request, (sound_format,)), part)
    return shift.result(path, made)


def speak(
    text: str, *, voice: str | None = None, speed: float = 1.0, memory: str | int | None = None
) -> Iterator[Chunk]:
    """Speak a text and yield its sound as it is made, with the times of its phonemes and words.

    A chunk is a sentence of espeak-ng's, or half a second of Kokoro's.  Its `pcm` is mono, 24,000 samples a second,
    s16le.  Leaving the iterator early ends the work at once.  Raises `HalfgigError`.
    """
    request = _speech(text, voice, speed, _Shift(_settings(memory), None))
    budget_mb = _budgets(request.settings, _speaking_mb(request))[0]
    with _cell("speaking", budget_mb, request) as cell:
        for chunk in cell.run("halfgig.pipeline:speak", request):
            assert isinstance(chunk, Chunk)
            yield chunk


def talk(
    portrait: str | Path,
    text: str | None = None,
    output: str | Path = "talk.mp4",
    *,
    audio: str | Path | None = None,
    voice: str | None = None,
    speed: float = 1.0,
    phonemes: bool = False,
    subtitles: str | Path | None = None,
    animator: str = "puppet",
    size: int = 512,
    fps: float = 25.0,
    seed: int = 0,
    landmarks: str = "",
    memory: str | int | None = None,
    tell: Listener | None = None,
) -> Result:
    """Make a portrait say a text, or speak along with a recording, in an MP4 file.

    Give either `text` or `audio`.  `size` is the longer side of the frames in pixels, `seed` decides blinks and sway,
    `landmarks` places the face by hand as "x,y x,y x,y x,y x,y" (the person's right eye, left eye, nose tip, right
    and left corner of the mouth, in pixels of the upright picture).  `voice`, `speed`, `phonemes`, `subtitles`,
    `memory` and `tell` are as for `say`.  Raises `HalfgigError`; the file appears only when it is whole.
    """
    if (text is None) == (audio is None):
        raise UsageError("give either a text or a recording to speak along with, not both and not neither")
    if text is None and subtitles is not None:
        raise UsageError("subtitles need a text; a recording's words are not known, so leave them out")
    path = Path(output)
    if path.suffix.lower() != ".mp4":
        raise UnknownFormat(f"{str(path)!r} does not end in .mp4, the one format videos are written in; name it so")
    shift = _Shift(_settings(memory), tell, subtitles)
    speech = Path(audio or "") if text is None else _speech(text, voice, speed, shift, phonemes=phonemes)
    request = VideoRequest(Path(portrait), speech, animator, size, fps, seed, landmarks, shift.settings)
    with finished_file(path) as part, _spooled(request, shift, part) as request:
        made = shift.do(_Job("rendering", talk_mb(size), "halfgig.pipeline:talk", request), part)
    return shift.result(path, made)


@contextlib.contextmanager
def _spooled(request: VideoRequest, shift: _Shift, part: Path) -> Iterator[VideoRequest]:
    """Let Kokoro speak first, in a cell of its own: two models are never in memory at once."""
    speech = request.speech
    if not isinstance(speech, SpeechRequest) or not speech.kokoro:
        yield request
        return
    spool = part.with_name(part.name.replace(".part", ".speech.part"))
    try:
        made = shift.do(_Job("speaking", KOKORO_MB, "halfgig.pipeline:spool", speech), spool)
        yield replace(request, speech=SpokenBefore(spool, made.maker, made.seconds))
    finally:
        spool.unlink(missing_ok=True)


def voices(memory: str | int | None = None) -> list[Voice]:
    """List the voices there are, sorted by name; OpenAI's names are Kokoro's where it is installed."""
    settings = _settings(memory)
    with Cell("listing voices", _budgets(settings, SAY_MB)[0]) as cell:
        found = [voice for voice in cell.run("halfgig.pipeline:voices") if isinstance(voice, Voice)]
    own = {voice.name: voice for voice in found} | {voice.name: voice for voice in kokoro_voices(settings)}
    return sorted(own.values(), key=lambda voice: voice.name)
