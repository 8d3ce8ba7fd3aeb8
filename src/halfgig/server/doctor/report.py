"""The doctor's report: printed for a person or a program, with an exit code for scripts."""

from __future__ import annotations

import json
import os
import textwrap
from dataclasses import asdict
from typing import TYPE_CHECKING

from halfgig.errors import HalfgigError
from halfgig.server.doctor.checks import OK, WARNING, WRONG, Check
from halfgig.server.doctor.probes import findings

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from halfgig.settings import Settings

COLUMNS = 100
"""The longest line that is printed."""


def run(read: Callable[[], Settings], *, as_json: bool, environment: Mapping[str, str] | None = None) -> int:
    """Print the checks for the settings returned by `read`; return 0 if the server will run, else 1."""
    try:
        found = findings(read(), os.environ if environment is None else environment)
    except HalfgigError as error:
        found = [Check("settings", WRONG, str(error))]
    runs = all(finding.grade != WRONG for finding in found)
    as_object = {"runs": runs, "findings": [asdict(finding) for finding in found]}
    print(json.dumps(as_object) if as_json else page(found))  # noqa: T201
    return 0 if runs else 1


def page(found: list[Check]) -> str:
    """Format the checks for people, the failed ones last, where they are noticed."""
    order = sorted(found, key=lambda finding: (OK, WARNING, WRONG).index(finding.grade))
    return "\n".join([*(line for finding in order for line in _lines(finding)), "", verdict(found)])


def verdict(found: list[Check]) -> str:
    """Return a sentence on whether the server will run."""
    warnings, wrong = (sum(finding.grade == grade for finding in found) for grade in (WARNING, WRONG))
    also = "" if not warnings else ", with 1 warning" if warnings == 1 else f", with {warnings} warnings"
    if not wrong:
        return f"halfgig serve will run here{also}."
    return f"halfgig serve will not run here: mend what is wrong{also}."


def _lines(finding: Check) -> list[str]:
    start = f"{finding.grade:<8} {finding.topic:<9} "
    blank = " " * len(start)
    lines = textwrap.wrap(finding.said, COLUMNS, initial_indent=start, subsequent_indent=blank, break_on_hyphens=False)
    if finding.mend:
        lines += textwrap.wrap(
            finding.mend, COLUMNS, initial_indent=f"{blank}-> ", subsequent_indent=f"{blank}   ", break_on_hyphens=False
        )
    return lines
