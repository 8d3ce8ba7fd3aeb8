"""The library: speech and talking portraits, made in a cell, so that the caller's process stays as small as it was."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from halfgig.capacity.memory_costs import SAY_MB
from halfgig.cells.cell import Cell
from halfgig.errors import BadSetting, UnknownFormat, UsageError
from halfgig.media.chunks import Chunk
from halfgig.media.sound_file import format_of
from halfgig.pipeline.local_runner import Listener, LocalRunner, Result, Stage, budgets_mb, close
from halfgig.pipeline.local_video import make_video, speaking_mb
from halfgig.requests import SADTALKER, Idle, SadTalkerOptions, SpeechRequest, VideoRequest, check_idle, check_options
from halfgig.resources.limits import parse_size
from halfgig.settings import Settings, read_settings
from halfgig.tts.base import Voice
from halfgig.tts.phoneme_text import text_of_phonemes
from halfgig.tts.voice_selection import kokoro_voices, resolve_voice, sadtalker_folder

__all__ = ["Listener", "Result", "SadTalkerOptions", "close", "say", "speak", "talk", "voices"]


def _settings(memory: str | int | None) -> Settings:
    settings = read_settings()
    if memory is None:
        return settings
    return replace(settings, memory_limit=parse_size(memory) if isinstance(memory, str) else memory)


def _speech(text: str, voice: str | None, speed: float, shift: LocalRunner, *, phonemes: bool = False) -> SpeechRequest:
    """Choose who speaks a text, or phonemes."""
    chosen = resolve_voice(voice, shift.settings, shift.hear)
    if phonemes and chosen.kokoro is None:
        raise BadSetting(f'"{chosen.voice}" speaks words; phonemes are for the voices of Kokoro: halfgig pull kokoro')
    text = text_of_phonemes(text) if phonemes else text
    return SpeechRequest(text, chosen.voice, speed, shift.settings, chosen.kokoro, shift.wants_words)


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
    shift = LocalRunner(_settings(memory), tell, subtitles)
    request = _speech(text, voice, speed, shift, phonemes=phonemes)
    with shift.output(path) as part:
        made = shift.do(
            Stage(
                "speaking",
                speaking_mb(request),
                "halfgig.pipeline.recipes:say",
                (request, part, sound_format),
                is_kept=request.kokoro is not None,
                tells_words=request.wants_words,
            )
        )
    assert made
    return shift.result(path, made)


def speak(
    text: str, *, voice: str | None = None, speed: float = 1.0, memory: str | int | None = None
) -> Iterator[Chunk]:
    """Speak a text and yield its sound as it is made, with the times of its phonemes and words.

    A chunk is a sentence of espeak-ng's, or half a second of Kokoro's.  Its `pcm` is mono, 24,000 samples a second,
    s16le.  Leaving the iterator early ends the work at once.  Raises `HalfgigError`.
    """
    shift = LocalRunner(_settings(memory), None)
    request = _speech(text, voice, speed, shift)
    budget_mb = budgets_mb(request.settings, speaking_mb(request))[0]
    with shift.cell("speaking", budget_mb, is_kept=request.kokoro is not None) as cell:
        for chunk in cell.run("halfgig.pipeline.recipes:speak", request):
            assert isinstance(chunk, Chunk)
            yield chunk


def talk(
    portrait: str | Path,
    text: str | None = None,
    output: str | Path = "talk.mp4",
    *,
    audio: str | Path | None = None,
    idle: float | None = None,
    voice: str | None = None,
    speed: float = 1.0,
    phonemes: bool = False,
    subtitles: str | Path | None = None,
    animator: str = "puppet",
    sadtalker: SadTalkerOptions | None = None,
    size: int = 512,
    fps: float = 25.0,
    seed: int = 0,
    landmarks: str = "",
    memory: str | int | None = None,
    tell: Listener | None = None,
) -> Result:
    """Make a portrait say a text, speak along with a recording, or say nothing for a while, in an MP4 file.

    Give one of `text`, `audio` and `idle` (seconds).  `animator` is "puppet" or "sadtalker", whose own options are in
    `sadtalker`.  `size` is the longer side of the frames in pixels, `seed` decides blinks and sway, `landmarks` places
    the face by hand as "x,y x,y x,y x,y x,y" (the person's right eye, left eye, nose tip, right and left corner of the
    mouth, in pixels of the upright picture).  `voice`, `speed`, `phonemes`, `subtitles`, `memory` and `tell` are as
    for `say`.  Raises `HalfgigError`; the file appears only when it is whole.
    """
    if sum(each is not None for each in (text, audio, idle)) != 1:
        raise UsageError(
            "give one of a text, a recording to speak along with, and seconds to idle; not several, not none"
        )
    if text is None and subtitles is not None:
        raise UsageError("subtitles need a text; a recording's words are not known, so leave them out")
    path = Path(output)
    if path.suffix.lower() != ".mp4":
        raise UnknownFormat(f"{str(path)!r} does not end in .mp4, the one format videos are written in; name it so")
    shift = LocalRunner(_settings(memory), tell, subtitles)
    options = sadtalker or SadTalkerOptions()
    check_options(animator, fps, options, has_recording=audio is not None)
    model = sadtalker_folder(shift.settings) if animator == SADTALKER else None
    if idle is not None:
        check_idle(idle, shift.settings.max_sound_minutes * 60)
    speech: SpeechRequest | Path | Idle = Path(audio or "") if idle is None else Idle(idle)
    if text is not None:
        speech = _speech(text, voice, speed, shift, phonemes=phonemes)
    request = VideoRequest(Path(portrait), speech, animator, size, fps, seed, landmarks, options, model, shift.settings)
    with shift.output(path) as part:
        made = make_video(request, shift, part)
    return shift.result(path, made)


def voices(memory: str | int | None = None) -> list[Voice]:
    """List the voices there are, sorted by name; OpenAI's names are Kokoro's where it is installed."""
    settings = _settings(memory)
    with Cell("listing voices", budgets_mb(settings, SAY_MB)[0]) as cell:
        found = [voice for voice in cell.run("halfgig.pipeline.recipes:voices") if isinstance(voice, Voice)]
    own = {voice.name: voice for voice in found} | {voice.name: voice for voice in kokoro_voices(settings)}
    return sorted(own.values(), key=lambda voice: voice.name)
