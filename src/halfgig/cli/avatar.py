"""The command `halfgig avatar`: a portrait, measured once, in one file with the voice it speaks with."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from halfgig.animators.puppet.options import PuppetOptions
from halfgig.cli import request_options
from halfgig.cli.progress import choose_display
from halfgig.requests import SpeechRequest

if TYPE_CHECKING:
    import argparse

MB = 2**20


def add_arguments(parser: argparse.ArgumentParser, _command: str) -> None:
    """Add what the command takes to its parser."""
    parser.description = (
        "Measure a portrait and save it in one file, with the voice, speed and mood that it has in "
        "`halfgig talk FILE` where none are given."
    )
    parser.add_argument("portrait", metavar="PORTRAIT", help="a picture with a face seen from the front")
    parser.add_argument("-o", "--output", metavar="FILE", required=True, help="the file to write, as me.avatar")
    parser.add_argument("--name", metavar="NAME", default="", help="what to call it")
    request_options.add_options(parser, SpeechRequest, ("voice", "speed"))
    request_options.add_options(parser, PuppetOptions, ("mood",))
    parser.add_argument("--landmarks", metavar="POINTS", default="", help="place the face by hand, as for talk")
    request_options.add_reporting(parser)


def run(options: argparse.Namespace) -> int:
    """Run the command and give its exit code."""
    from halfgig import api

    display = choose_display(options.quiet or options.json)
    try:
        made = api.avatar(
            options.portrait,
            options.output,
            **{name: getattr(options, name) for name in ("name", "voice", "speed", "mood", "landmarks", "memory")},
            on_event=display,
        )
    finally:
        display.close()
    if options.json:
        print(json.dumps({**made._asdict(), "path": str(made.path)}))  # noqa: T201
    elif not options.quiet:
        print(f"{made.path}: an avatar of {made.bytes / MB:.1f} MB; halfgig talk takes it instead of a picture")  # noqa: T201
    return 0
