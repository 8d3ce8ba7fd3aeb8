"""The library: speech and talking portraits, made in cells, so that the caller's process stays as small as it was.

What a speech does not need is imported by the functions that do.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from halfgig.animators.puppet.options import MOOD_NAMES
from halfgig.errors import BadSetting, UnknownFormat, UsageError
from halfgig.media.chunks import Chunk
from halfgig.media.colour import parse_colour
from halfgig.media.sound_file import format_of
from halfgig.pipeline.product_signer import Product
from halfgig.pipeline.runner import Listener, LocalRunner, Result, Task, close
from halfgig.pipeline.signing import speech_making
from halfgig.requests import (
    BLUR,
    LABEL_CORNERS,
    TRANSPARENT,
    SpeechRequest,
    VideoRequest,
    check_idle,
    given_options,
    options_of,
)
from halfgig.resources.limits import parse_size
from halfgig.settings import Settings, read_settings
from halfgig.storage.atomic_write import atomic_write
from halfgig.text.lexicon import lexicon_lines, read_lexicon, read_lexicon_lines
from halfgig.text.markup import phonemes_as_text
from halfgig.text.script import read_script
from halfgig.tts.base import Voice
from halfgig.tts.readers import SpeechJob
from halfgig.tts.registry import default_engine, engines
from halfgig.tts.subtitles import checked_path, write_subtitles
from halfgig.tts.voice_selection import check_voices, listed_voices, resolve_voice

if TYPE_CHECKING:
    from collections.abc import Iterator

    from halfgig.avatars.saved import AvatarSettings
    from halfgig.pipeline.local_video import SavedAvatar
    from halfgig.pipeline.provenance_check import Origin

__all__ = ["Listener", "Result", "avatar", "close", "say", "speak", "talk", "verify", "voices"]


def say(
    text: str,
    output: str | Path,
    *,
    voice: str | None = None,
    speed: float = 1.0,
    phonemes: bool = False,
    lexicon: str | Path | Mapping[str, str] | None = None,
    subtitles: str | Path | None = None,
    memory: str | int | None = None,
    keep: bool = True,
    on_event: Listener | None = None,
) -> Result:
    """Speak a text into a sound file; its ending chooses the format: wav, mp3, m4a, opus, ogg, flac, aac.

    `voice` is a name that `voices()` lists, or a mix of Kokoro's; without one the best installed voice speaks.  `speed`
    is a factor, 0.25 to 4.  With `phonemes` the text is IPA as Kokoro writes it, words separated by spaces.
    `lexicon` is a file of words and how they are said, or a mapping as {"nginx": "engine X"}.  A text may name voices,
    as "[voice:en-gb] Hello.", or be SSML: see docs/markup.md.  `subtitles` is a .vtt or .srt file for the words' times.
    `memory` limits what all processes together may use, as "512M" or in bytes.  A network stays loaded for the next
    call, for `IDLE_SECONDS`, unless `keep` is False.  `on_event` is called with progress and notices.  Raises
    `HalfgigError`; the file appears only when it is whole.
    """
    path = Path(output)
    sound_format = format_of(path)
    shown = None if subtitles is None else checked_path(Path(subtitles))
    runner = LocalRunner(_settings(memory, keep=keep), on_event)
    request = SpeechRequest(text, voice or "", speed, _lexicon(lexicon))
    job = _speech(request, runner, phonemes=phonemes)._replace(wants_words=shown is not None)
    with atomic_write(path) as part:
        task = _speaking(job, "halfgig.pipeline.speech:say", part, sound_format)
        product = Product(
            part, sound_format, lambda made: speech_making(made.maker, made.source_type), has_ingredients=False
        )
        if shown is None:
            made = runner.do(task, None, product)
        else:
            with atomic_write(shown) as shown_part:
                made = runner.do(task, lambda words: write_subtitles(words, shown_part, shown), product)
        assert made
    return runner.result(path, made)


def speak(
    text: str,
    *,
    voice: str | None = None,
    speed: float = 1.0,
    lexicon: str | Path | Mapping[str, str] | None = None,
    memory: str | int | None = None,
) -> Iterator[Chunk]:
    """Speak a text and yield its sound as it is made, with the times of its phonemes and words.

    A chunk is a sentence of espeak-ng's, or half a second of Kokoro's.  Its `pcm` is mono, 24,000 samples a second,
    s16le.  `lexicon` is as for `say`.  Leaving the iterator early ends the work at once.  Raises `HalfgigError`.
    """
    runner = LocalRunner(_settings(memory), None)
    job = _speech(SpeechRequest(text, voice or "", speed, _lexicon(lexicon)), runner)
    for chunk in runner.results(_speaking(job, "halfgig.pipeline.speech:speak")):
        if isinstance(chunk, Chunk):
            yield chunk


def talk(
    portrait: str | Path,
    text: str | None = None,
    output: str | Path = "talk.mp4",
    *,
    audio: str | Path | None = None,
    idle: float | None = None,
    voice: str | None = None,
    speed: float | None = None,
    phonemes: bool = False,
    lexicon: str | Path | Mapping[str, str] | None = None,
    subtitles: str | Path | None = None,
    track: str | Path | None = None,
    animator: str = "puppet",
    options: object | Mapping[str, Any] | None = None,
    size: int = 512,
    fps: float = 25.0,
    background: str | Path = "",
    aspect: str = "",
    seed: int = 0,
    label: str = "",
    label_corner: str = LABEL_CORNERS[0],
    landmarks: str = "",
    memory: str | int | None = None,
    keep: bool = True,
    on_event: Listener | None = None,
) -> Result:
    """Make a portrait say a text, speak along with a recording, or stay silent for a while, in an MP4 file.

    `portrait` is a picture, or an avatar's file with its own defaults.  Give one of `text`, `audio`, `idle` (seconds).
    `animator` moves the face; its own options are in `options`: an instance of its options class, as
    `PuppetOptions(mood="happy")`, or a mapping.  `size` is the longer side of the frames in pixels.  `background` is a
    colour ("navy", "#0a3d62"), a picture's file, "blur", or "transparent", for which the output is a .webm; `aspect` is
    "9:16", "1:1", "16:9" or "4:5", around the face.  `label` is a text in a corner of the frames.  `seed` decides
    blinks and sway, `landmarks` places the face by hand as "x,y x,y x,y x,y x,y" (right eye, left eye, nose tip, right
    and left corner of the mouth, in pixels of the upright picture).  `track` is a file for what the face does, as JSON
    (docs/rig.md).  The others are as for `say`.  Raises `HalfgigError`; the file appears only whole.
    """
    _check_source(text, audio, idle, subtitles)
    path, shown = _video_path(output, background), None if subtitles is None else checked_path(Path(subtitles))
    runner = LocalRunner(_settings(memory, keep=keep), on_event)
    saved, recording = _saved(portrait), "" if audio is None else _absolute(audio)
    request = VideoRequest(portrait=_absolute(portrait), animator=animator, size=size, fps=fps, aspect=aspect)
    request = replace(request, seed=seed, landmarks=landmarks, options=_own_options(animator, options, saved.mood))
    request = replace(request, audio=recording, idle=idle or 0.0, track=track is not None, label_corner=label_corner)
    request = replace(_with_background(request, background), label=label or runner.settings.label)
    _check(request, runner.settings, is_idle=idle is not None)
    speed = saved.speed if speed is None else speed
    said = None if text is None else SpeechRequest(text, voice or saved.voice, speed, _lexicon(lexicon))
    return _video(request, _speech(said, runner, phonemes=phonemes) if said else None, runner, path, shown, track)


def avatar(
    portrait: str | Path,
    output: str | Path,
    *,
    name: str = "",
    voice: str = "",
    speed: float = 1.0,
    mood: str = MOOD_NAMES[0],
    landmarks: str = "",
    memory: str | int | None = None,
    on_event: Listener | None = None,
) -> SavedAvatar:
    """Measure a portrait and write it to an avatar's file, which `talk` takes instead of a picture (docs/pack.md).

    `voice`, `speed` and `mood` are what it speaks with where a video has none of its own.  `landmarks`, `memory` and
    `on_event` are as for `talk`.  Raises `HalfgigError`; the file appears only when it is whole.
    """
    from halfgig.avatars.saved import AvatarSettings
    from halfgig.pipeline.local_video import SavedAvatar, save_avatar

    path, runner = Path(output), LocalRunner(_settings(memory), on_event)
    settings = AvatarSettings(name, voice, speed, mood, landmarks).checked()
    if voice:
        check_voices((voice,), runner.settings, lambda: voices(memory))
    with atomic_write(path) as part:
        save_avatar(_absolute(portrait), settings, runner, part)
        return SavedAvatar(path, part.stat().st_size, tuple(runner.notices))


def verify(file: str | Path, *, memory: str | int | None = None) -> Origin:
    """Return what a sound file or video says of its origin: its metadata, and the mark in its speech.

    A file without either need not be a person's (docs/origin.md).  `memory` is as for `say`.  Raises `SoundError` for a
    file that has no readable sound.
    """
    from halfgig.pipeline.provenance_check import Origin, check_cost

    runner = LocalRunner(_settings(memory), None)
    args = (Path(_absolute(file)), runner.settings.limits)
    task = Task("checking origin", (check_cost(args[0]),), "halfgig.pipeline.provenance_check:check_origin", args)
    (origin,) = (each for each in runner.results(task) if isinstance(each, Origin))
    return origin


def voices(memory: str | int | None = None) -> list[Voice]:
    """Return the voices there are, sorted by name; OpenAI's names are Kokoro's where it is installed."""
    runner = LocalRunner(_settings(memory), None)
    plain = tuple(spec for spec in engines() if not spec.model)
    task = Task("listing voices", (default_engine().cost,), "halfgig.pipeline.speech:voices", (plain,))
    found = [voice for voice in runner.results(task) if isinstance(voice, Voice)]
    own = {voice.name: voice for voice in (*found, *listed_voices(runner.settings))}
    return sorted(own.values(), key=lambda voice: voice.name)


def _saved(portrait: str | Path) -> AvatarSettings:
    """Return how an avatar's file speaks; for a picture, what is usual."""
    from halfgig.avatars.saved import AvatarSettings, is_pack, settings_of

    return settings_of(Path(portrait)) if is_pack(Path(portrait)) else AvatarSettings()


def _video_path(output: str | Path, background: str | Path) -> Path:
    path, ending = Path(output), ".webm" if str(background) == TRANSPARENT else ".mp4"
    if path.suffix.lower() != ending:
        kind = "transparent videos" if ending == ".webm" else "videos"
        raise UnknownFormat(f"{str(path)!r} does not end in {ending}, the one format {kind} are written in; name it so")
    return path


def _check_source(text: object, audio: object, idle: object, subtitles: object) -> None:
    if sum(each is not None for each in (text, audio, idle)) != 1:
        raise UsageError(
            "give one of a text, a recording to speak along with, and seconds to idle; not several, not none"
        )
    if text is None and subtitles is not None:
        raise UsageError("subtitles need a text; a recording's words are not known, so leave them out")


def _check(request: VideoRequest, settings: Settings, *, is_idle: bool) -> None:
    """Refuse what cannot be made, before anything is done."""
    from halfgig.animators.registry import check_request
    from halfgig.models.installed import InstalledModels

    spec = check_request(request)
    if spec.model:
        InstalledModels(settings.data_dir).find(spec.model)
    if is_idle:
        check_idle(request.idle, settings.max_sound_minutes * 60)


def _settings(memory: str | int | None, *, keep: bool = True) -> Settings:
    settings = read_settings()
    if not keep:
        settings = replace(settings, idle_seconds=0.0)
    if memory is None:
        return settings
    return replace(settings, memory_limit=parse_size(memory) if isinstance(memory, str) else memory)


def _speech(request: SpeechRequest, runner: LocalRunner, *, phonemes: bool = False) -> SpeechJob:
    """Choose who speaks a text, or phonemes."""
    chosen = resolve_voice(request.voice, runner.settings, runner.on_event)
    if phonemes and not chosen.spec.reads_phonemes:
        raise BadSetting(f'"{chosen.name}" speaks words; phonemes are for the voices of Kokoro: halfgig pull kokoro')
    text = phonemes_as_text(request.text) if phonemes else request.text
    others = {name: resolve_voice(name, runner.settings, runner.on_event) for name in read_script(text).voices}
    return SpeechJob(replace(request, text=text, voice=chosen.name), chosen, runner.settings.limits, others=others)


def _lexicon(given: str | Path | Mapping[str, str] | None) -> str:
    """Return the lines of a lexicon that is a file or a mapping.  Raises `BadLexicon` for one that is wrong."""
    if given is None:
        return ""
    lines = lexicon_lines(given) if isinstance(given, Mapping) else read_lexicon_lines(Path(given))
    read_lexicon(lines)
    return lines


def _speaking(job: SpeechJob, target: str, *args: object) -> Task:
    spec = job.heaviest.spec
    return Task("speaking", (spec.cost,), target, (job, *args), is_kept=spec.has_network)


def _video(
    request: VideoRequest,
    job: SpeechJob | None,
    runner: LocalRunner,
    path: Path,
    shown: Path | None,
    track: str | Path | None,
) -> Result:
    """Make a video, and with it its subtitles and its track; none appears without the others."""
    import shutil

    from halfgig.animators.base import SPEECH
    from halfgig.pipeline.local_video import made_video
    from halfgig.pipeline.video import TRACK
    from halfgig.tts.spool import read_words

    if job is not None:
        request = replace(request, speech=job.request)
    with atomic_write(path) as part, made_video(request, job, runner, part) as (made, folder):
        if shown is not None:
            with atomic_write(shown) as shown_part:
                write_subtitles(read_words(folder / SPEECH), shown_part, shown)
        if track is not None:
            with atomic_write(Path(track)) as track_part:
                shutil.copyfile(folder / TRACK, track_part)
    return runner.result(path, made)


def _with_background(request: VideoRequest, given: str | Path) -> VideoRequest:
    """Return a request with a background: a colour or a word, or else the path of a picture's file."""
    text = str(given)
    if not text or text in (BLUR, TRANSPARENT) or parse_colour(text) or not Path(given).is_file():
        return replace(request, background=text)
    return replace(request, background_picture=_absolute(given))


def _absolute(path: str | Path) -> str:
    return str(Path(path).absolute())


def _own_options(animator: str, options: object | Mapping[str, Any] | None, mood: str) -> dict[str, Any]:
    """Return an animator's own options as values that JSON can write, files as absolute paths."""
    from halfgig.animators.puppet.spec import SPEC as PUPPET
    from halfgig.animators.registry import animator as animator_named

    given = {"mood": mood} if animator == PUPPET.name and mood != MOOD_NAMES[0] else {}
    if options is not None:
        given |= options if isinstance(options, Mapping) else given_options(options)
    files = {each.name for each in options_of(animator_named(animator).options_type) if each.is_file}
    return {name: _absolute(value) if name in files else value for name, value in given.items()}
