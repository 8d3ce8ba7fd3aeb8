"""The command `halfgig verify`: whether a file says that it is synthetic, and whether its sound has the mark."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from halfgig import api

if TYPE_CHECKING:
    import argparse

    from halfgig.pipeline.provenance_check import Origin, SoundMarkFound

NO_PROOF = (
    "This does not show that a person made it: other programs mark otherwise or not at all, and marks can be lost."
)


def add_command(commands: Any) -> None:
    """Add the command's parser."""
    parser = commands.add_parser(
        "verify",
        help="check whether a file says that it is synthetic",
        description="Check a sound file or a video: what its metadata says, and whether its speech has halfgig's mark.",
    )
    parser.add_argument("file", metavar="FILE", help="a sound file or a video")
    parser.add_argument("--memory", metavar="SIZE", help="memory for all processes together, such as 256M")
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(options: argparse.Namespace) -> int:
    """Run the command and give its exit code."""
    origin = api.verify(options.file, memory=options.memory)
    print(as_json(origin) if options.json else "\n".join(described(options.file, origin)))  # noqa: T201
    return 0


def as_json(origin: Origin) -> str:
    """Write the result as one JSON object."""
    return json.dumps({**origin._asdict(), "mark": origin.mark and origin.mark._asdict()})


def _maker(mark: SoundMarkFound) -> str:
    if mark.installation is None:
        return "there, but too weak to read its installation"
    return f"installation {mark.installation}, version {mark.version}"


def described(name: str, origin: Origin) -> list[str]:
    """Write the result for a person, line by line."""
    lines = [f"{name}: {'synthetic' if origin.mark or origin.says_synthetic else 'no sign of halfgig'}"]
    if mark := origin.mark:
        pace = (
            ""
            if mark.speed == 1
            else f", at {mark.speed:.2f} times its speed{' with its pitch kept' * mark.keeps_pitch}"
        )
        lines.append(
            f"mark in the sound: {_maker(mark)}{pace}; by chance at most 1 in {1 / max(mark.chance, 1e-99):.0e}"
        )
    else:
        lines.append("mark in the sound: none found")
    lines.append(f"metadata, unsigned: {origin.statement or 'says nothing of how it was made'}")
    lines += origin.notices
    return lines if origin.mark or origin.says_synthetic else [*lines, NO_PROOF]
