"""The command `halfgig verify`: who signed a file, whether it says that it is synthetic, and the mark in its sound."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse

    from halfgig.pipeline.provenance_check import Origin


def add_arguments(parser: argparse.ArgumentParser, _command: str) -> None:
    """Add what the command takes to its parser."""
    parser.description = "Check a sound file, video or picture: its manifest, its metadata, and its marks."
    parser.add_argument("file", metavar="FILE", help="a sound file, a video or a picture")
    parser.add_argument("--memory", metavar="SIZE", help="memory for all processes together, such as 256M")
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(options: argparse.Namespace) -> int:
    """Run the command and give its exit code."""
    from halfgig import api
    from halfgig.pipeline.provenance_words import described

    origin = api.verify(options.file, memory=options.memory)
    print(as_json(origin) if options.json else "\n".join(described(options.file, origin)))  # noqa: T201
    return 0


def as_json(origin: Origin) -> str:
    """Write the result as one JSON object."""
    return json.dumps(origin.facts())
