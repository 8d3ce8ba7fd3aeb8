"""The command: `halfgig say`, `talk`, `avatar`, `voices`, `demo`, `verify`, `pull`, `models`, `serve` and others."""

import argparse
import json
import os
import signal
import sys
from collections.abc import Sequence
from types import FrameType
from typing import Any, NoReturn

from halfgig import __version__
from halfgig.cli import avatar, models, request_options, server, verify
from halfgig.errors import HalfgigError
from halfgig.requests import SpeechRequest, VideoRequest

DESCRIPTION = """\
Talking avatars in half a gigabyte: text and a portrait in, speech and a
talking-head video out, within a memory limit that is never exceeded."""

EXAMPLES = """\
examples:
  halfgig say "Good morning." -o morning.mp3
  halfgig say @letter.txt --voice en-gb --speed 1.2 -o letter.opus
  halfgig talk me.jpg "Good morning." -o morning.mp4
  halfgig avatar me.jpg --voice en-gb -o me.avatar
  halfgig talk me.avatar "Good morning." -o morning.mp4
  halfgig talk me.jpg --audio speech.wav --memory 256M -o me.mp4
  echo "Bonjour." | halfgig talk me.jpg - --voice fr -o bonjour.mp4

exit codes: 0 success; 1 a defect; 2 wrong use or input; 3 too little memory;
4 a cell died; 5 no room to write; 6 a model is missing or damaged; 7 a
download failed; 130 stopped.
"""

TEXT_HELP = "what to say; @FILE reads it from a file, - from standard input"
INTERRUPTED = 130
UNHEARD = 141


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


def make_parser() -> argparse.ArgumentParser:
    """Make the parser of the command line."""
    parser = argparse.ArgumentParser(
        "halfgig", description=DESCRIPTION, epilog=EXAMPLES, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--version", action="version", version=f"halfgig {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    say = commands.add_parser(
        "say",
        help="speak a text into a sound file",
        description="Speak a text into a sound file: .wav, .mp3, .m4a, .opus, .ogg, .flac or .aac.",
    )
    say.add_argument("text", metavar="TEXT", help=TEXT_HELP)
    _common(say, "")

    _add_talk(commands)
    avatar.add_command(commands)

    demo = commands.add_parser(
        "demo",
        help="make a first video from the shipped portrait and text",
        description="Make a video from the presenter and the text that halfgig ships.",
    )
    _common(demo, "demo.mp4")
    _frames(demo)

    request_options.add_reporting(
        commands.add_parser("voices", help="list the voices", description="List the voices that --voice takes.")
    )
    verify.add_command(commands)
    models.add_commands(commands)
    server.add_commands(commands)
    return parser


def _add_talk(commands: Any) -> None:
    talk = commands.add_parser(
        "talk",
        help="make a portrait talk",
        description="Make a portrait say a text, or speak along with a recording, in an MP4 file.",
    )
    talk.add_argument("portrait", metavar="PORTRAIT", help="a picture with a face seen from the front, or an avatar")
    talk.add_argument("text", metavar="TEXT", nargs="?", help=TEXT_HELP)
    talk.add_argument("--audio", metavar="FILE", help="a recording to speak along with, instead of TEXT")
    talk.add_argument("--idle", metavar="SECONDS", type=float, help="a silent face for this long, instead of TEXT")
    talk.add_argument(
        "--landmarks",
        metavar="POINTS",
        default="",
        help='place the face by hand, in pixels: "x,y x,y x,y x,y x,y" of the right eye (its owner\'s right), '
        "left eye, nose tip, right and left corner of the mouth",
    )
    talk.add_argument("--track", metavar="FILE", help="write what the face does as blendshapes in JSON, too")
    _common(talk, "")
    _frames(talk)
    talk.set_defaults(speed=None)  # then an avatar's is used


def _fail(error: HalfgigError, as_object: bool) -> int:
    if as_object:
        print(json.dumps({"error": {"message": str(error), "code": error.code, "exit_code": error.exit_code}}))  # noqa: T201
    print(f"halfgig: {error}", file=sys.stderr)  # noqa: T201
    return error.exit_code


def _end(signal_number: int, _frame: FrameType | None) -> NoReturn:
    raise SystemExit(128 + signal_number)


def _end_well() -> None:
    """Turn signals that end the process into exceptions, so that no unfinished files remain."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is not signal.SIG_IGN:  # nohup
            signal.signal(number, _end)


def _parsed(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = make_parser()
    options, rest = parser.parse_known_args(arguments)
    # argparse takes TEXT for left out when an option stands between it and PORTRAIT.
    if options.command == "talk" and options.text is None and len(rest) == 1 and (rest == ["-"] or rest[0][:1] != "-"):
        options.text = rest.pop()
    if rest:
        parser.error(f"unrecognized arguments: {' '.join(rest)}")
    return options


def _run(options: argparse.Namespace) -> int:
    if options.command in server.COMMANDS:
        return server.run(options)
    if options.command in models.COMMANDS:
        return models.run(options)
    if options.command == "avatar":
        return avatar.run(options)
    if options.command == "verify":
        return verify.run(options)
    from halfgig.cli import making

    return making.run(options)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and give its exit code."""
    try:
        options = _parsed(arguments)
    except HalfgigError as error:
        return _fail(error, as_object=False)
    _end_well()
    try:
        code = _run(options)
        sys.stdout.flush()
    except HalfgigError as error:
        return _fail(error, options.json)
    except KeyboardInterrupt:
        print("halfgig: stopped; nothing was written", file=sys.stderr)  # noqa: T201
        return INTERRUPTED
    except BrokenPipeError:  # `halfgig voices | head`; Python would complain of it once more at its own end
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return UNHEARD
    return code
