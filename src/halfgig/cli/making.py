"""The commands `halfgig say`, `talk`, `demo` and `voices`."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from halfgig import api
from halfgig.cli import request_options
from halfgig.cli.progress import choose_display
from halfgig.errors import TextTooLong, UsageError
from halfgig.requests import SpeechRequest, VideoRequest
from halfgig.settings import read_settings

if TYPE_CHECKING:
    import argparse

    from halfgig.cli.progress import ProgressDisplay

ASSETS = Path(__file__).parents[1] / "assets"
SLOW = 0.1
"""Times real time below which people are told how long a frame takes instead."""

TEXT_HELP = "what to say; @FILE reads it from a file, - from standard input"

_DESCRIPTIONS = {
    "say": "Speak a text into a sound file: .wav, .mp3, .m4a, .opus, .ogg, .flac or .aac.",
    "talk": "Make a portrait say a text, or speak along with a recording, in an MP4 file.",
    "demo": "Make a video from the presenter and the text that halfgig ships.",
    "voices": "List the voices that --voice takes.",
}


def add_arguments(parser: argparse.ArgumentParser, command: str) -> None:
    """Add what one of the commands takes to its parser."""
    parser.description = _DESCRIPTIONS[command]
    if command == "voices":
        request_options.add_reporting(parser)
    elif command == "say":
        parser.add_argument("text", metavar="TEXT", help=TEXT_HELP)
        _common(parser, "")
    elif command == "talk":
        _source(parser)
        _common(parser, "")
        _frames(parser)
        parser.set_defaults(speed=None)  # then an avatar's is used
    else:
        _common(parser, "demo.mp4")
        _frames(parser)


def _source(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("portrait", metavar="PORTRAIT", help="a picture with a face seen from the front, or an avatar")
    parser.add_argument("text", metavar="TEXT", nargs="?", help=TEXT_HELP)
    parser.add_argument("--audio", metavar="FILE", help="a recording to speak along with, instead of TEXT")
    parser.add_argument("--idle", metavar="SECONDS", type=float, help="a silent face for this long, instead of TEXT")
    parser.add_argument(
        "--landmarks",
        metavar="POINTS",
        default="",
        help='place the face by hand, in pixels: "x,y x,y x,y x,y x,y" of the right eye (its owner\'s right), '
        "left eye, nose tip, right and left corner of the mouth",
    )
    parser.add_argument("--track", metavar="FILE", help="write what the face does as blendshapes in JSON, too")


def _common(parser: argparse.ArgumentParser, output: str) -> None:
    parser.add_argument(
        "-o", "--output", metavar="FILE", required=output == "", default=output or None, help="the file to write"
    )
    request_options.add_options(parser, SpeechRequest)
    parser.add_argument(
        "--phonemes",
        action="store_true",
        help="TEXT is phonemes in IPA, as Kokoro writes them, words separated by spaces",
    )
    parser.add_argument("--subtitles", metavar="FILE", help="write the words' times to a .vtt or .srt file, too")
    request_options.add_reporting(parser)


def _frames(parser: argparse.ArgumentParser) -> None:
    request_options.add_options(parser, VideoRequest)
    request_options.add_animator_options(parser)


def run(options: argparse.Namespace) -> int:
    """Run a command and return its exit code.  Raises `HalfgigError`."""
    if options.command == "voices":
        _voices(options)
    else:
        _make(options)
    return 0


def _at_most(given: str, size: int) -> bytes:
    """Read up to `size` bytes: no more of an endless stream is ever held."""
    if given == "-":
        return sys.stdin.buffer.read(size)
    with Path(given[1:]).open("rb") as file:
        return file.read(size)


def read_text(given: str, limit_mb: float) -> str:
    """Return the text itself: from standard input for "-", from a file for "@FILE"."""
    if given != "-" and not given.startswith("@"):
        return given
    limit = int(limit_mb * 1e6)
    source = "standard input" if given == "-" else repr(given[1:])
    try:
        data = _at_most(given, limit + 1)
        if len(data) > limit:
            raise TextTooLong(
                f"the text in {source} has more than {limit_mb:g} MB, the limit; split it, or raise MAX_TEXT_MB"
            )
        return data.decode("utf-8-sig")
    except OSError as error:
        raise UsageError(
            f"the text cannot be read from {source}: {error.strerror}; give the path of a text file"
        ) from error
    except UnicodeDecodeError as error:
        raise UsageError(f"the text in {source} is not UTF-8 (byte {error.start}); convert it and try again") from error


def _text(options: argparse.Namespace) -> str:
    return read_text(options.text, read_settings().max_text_mb)


def _say(options: argparse.Namespace, display: ProgressDisplay) -> api.Result:
    return api.say(
        _text(options),
        options.output,
        voice=options.voice,
        speed=options.speed,
        phonemes=options.phonemes,
        lexicon=options.lexicon or None,
        subtitles=options.subtitles,
        memory=options.memory,
        keep=False,
        on_event=display,
    )


def _talk(options: argparse.Namespace, display: ProgressDisplay) -> api.Result:
    return api.talk(
        options.portrait,
        None if options.text is None else _text(options),
        options.output,
        audio=options.audio,
        idle=options.idle,
        options=request_options.given_own_options(options),
        landmarks=options.landmarks,
        lexicon=options.lexicon or None,
        **{
            name: getattr(options, name)
            for name in (
                "voice",
                "speed",
                "phonemes",
                "subtitles",
                "track",
                "animator",
                "size",
                "fps",
                "background",
                "aspect",
                "label",
                "label_corner",
                "seed",
                "memory",
            )
        },
        keep=False,
        on_event=display,
    )


def _demo(options: argparse.Namespace, display: ProgressDisplay) -> api.Result:
    options.portrait, options.text = ASSETS / "presenter.png", f"@{ASSETS / 'demo.txt'}"
    options.audio, options.idle, options.landmarks, options.track = None, None, "", None
    return _talk(options, display)


def described(result: api.Result) -> str:
    """Write what was made in a few lines for a person."""
    from halfgig.log import counted

    what = f"{result.seconds:.1f} s of speech"
    if result.frames:
        what = f"{result.seconds:.1f} s of video, {result.size[0]} x {result.size[1]} pixels"
        what = f"{what}, {counted(result.frames, 'frame')}"
    pace = result.seconds / result.took_s
    told = f"{pace:.1f} times real time" if pace >= SLOW else f"{result.took_s / max(1, result.frames):.1f} s a frame"
    return (
        f"{result.path}: {what}, spoken by {result.maker}\n"
        f"made in {result.took_s:.1f} s ({told}); peak memory {result.private_mb:.0f} MB, "
        f"{result.peak_mb:.0f} MB with mapped files, in a cell of {result.budget_mb} MB"
    )


def as_json(result: api.Result) -> str:
    """Write what was made as one JSON object."""
    fields: dict[str, Any] = {name: getattr(result, name) for name in api.Result.__slots__}
    return json.dumps({**fields, "path": str(result.path)})


def _voices(options: argparse.Namespace) -> None:
    found = api.voices(options.memory)
    if options.json:
        print(json.dumps([{name: getattr(voice, name) for name in voice.__slots__} for voice in found]))  # noqa: T201
        return
    width = max(len(voice.name) for voice in found)
    for voice in found:
        print(f"{voice.name:<{width}}  {voice.description}")  # noqa: T201


def _make(options: argparse.Namespace) -> None:
    display = choose_display(options.quiet or options.json)
    try:
        result = {"say": _say, "talk": _talk, "demo": _demo}[options.command](options, display)
    finally:
        display.close()
        api.close()
    if options.json:
        print(as_json(result))  # noqa: T201
    elif not options.quiet:
        print(described(result))  # noqa: T201
