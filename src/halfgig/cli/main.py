"""The command: `halfgig say`, `talk`, `avatar`, `voices`, `demo`, `verify`, `pull`, `models`, `serve` and others."""

from __future__ import annotations

import argparse
import functools
import importlib
import json
import os
import signal
import sys
from typing import TYPE_CHECKING, Any, NoReturn, Self

from halfgig import __version__
from halfgig.errors import HalfgigError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from types import FrameType

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

_COMMANDS = {
    "say": ("halfgig.cli.making", "speak a text into a sound file"),
    "talk": ("halfgig.cli.making", "make a portrait talk"),
    "avatar": ("halfgig.cli.avatar", "save a portrait and its voice in one file"),
    "demo": ("halfgig.cli.making", "make a first video from the shipped portrait and text"),
    "voices": ("halfgig.cli.making", "list the voices"),
    "verify": ("halfgig.cli.verify", "check whether a file says that it is synthetic"),
    "pull": ("halfgig.cli.models", "download and build a model"),
    "models": ("halfgig.cli.models", "list, check or remove models"),
    "serve": ("halfgig.cli.server", "serve speech and video over HTTP"),
    "work": ("halfgig.cli.server", "process accepted jobs without a web server"),
    "plan": ("halfgig.cli.server", "print what fits into the memory of this or another machine"),
    "doctor": ("halfgig.cli.server", "check whether the server will run here, and what to fix"),
}
"""Each command's module, with `add_arguments` and `run`, and what it does."""

INTERRUPTED = 130
UNHEARD = 141


class _CommandParser(argparse.ArgumentParser):
    """The parser of a command, which gets its arguments when that is given: no other command pays for them."""

    def __init__(self, *args: Any, fill: Callable[[_CommandParser], None] | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        self._fill = fill

    def fill(self) -> Self:
        """Add the command's arguments, unless that was done; return the parser."""
        fill, self._fill = self._fill, None
        if fill:
            fill(self)
        return self

    def parse_known_args(self, *given: Any) -> Any:  # type: ignore[override]
        """Parse what was given to the command."""
        return super(_CommandParser, self.fill()).parse_known_args(*given)


def _fill(module: str, command: str, parser: argparse.ArgumentParser) -> None:
    importlib.import_module(module).add_arguments(parser, command)


def make_parser() -> argparse.ArgumentParser:
    """Make the parser of the command line."""
    parser = argparse.ArgumentParser(
        "halfgig", description=DESCRIPTION, epilog=EXAMPLES, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--version", action="version", version=f"halfgig {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND", parser_class=_CommandParser)
    for name, (module, words) in _COMMANDS.items():
        commands.add_parser(name, help=words, fill=functools.partial(_fill, module, name))
    return parser


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
    module, _ = _COMMANDS[options.command]
    return int(importlib.import_module(module).run(options))


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


def program() -> NoReturn:
    """Run the command and end its process at once: to take Python apart before takes 10 ms, and `main` closed all."""
    code = main()
    sys.stderr.flush()
    os._exit(code)
