"""The server's commands: `halfgig serve`, `work`, `plan`, `doctor`."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from halfgig.errors import BadSetting, PlanDoesNotFit
from halfgig.settings import READERS, Settings, read_settings
from halfgig.tts.registry import engines

if TYPE_CHECKING:
    import argparse

    from halfgig.capacity.plan import Plan

FLAGS = {"bind": "bind", "port": "port", "workers": "workers", "memory": "memory_limit", "roles": "roles"}
"""Options that override a setting, and the setting's name."""

DOCTOR_EPILOG = "exit codes: 0 when the server will run here, with warnings or without; 1 when it will not."


_DESCRIPTIONS = {
    "serve": "Serve speech and video over HTTP, in the shapes of OpenAI's API, within the memory there is.",
    "work": "Run only the worker, for a server whose web processes run elsewhere: it makes accepted videos.",
    "plan": "Plan the server's processes for the memory of this machine, or of one described by options; print what "
    "fits and how long it takes.",
    "doctor": "Check limits, processors, models, disk and ports; print what will run and what to fix.",
}


def add_arguments(parser: argparse.ArgumentParser, command: str) -> None:
    """Add what one of the commands takes to its parser."""
    parser.description = _DESCRIPTIONS[command]
    if command in ("serve", "doctor"):
        _network(parser)
    _memory(parser)
    if command in ("serve", "work"):
        _roles(parser)
    elif command == "plan":
        _machine(parser)
        _json(parser)
    else:
        parser.epilog = DOCTOR_EPILOG
        _json(parser)


def _machine(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--cpus", metavar="N", help="number of processors, such as 0.1 (default: what this host allows)"
    )
    parser.add_argument("--workers", metavar="N", help="web processes (default: WORKERS, else 1)")
    parser.add_argument("--size", metavar="PIXELS", help="the longer side of the video (default: 512)")
    parser.add_argument(
        "--speaker", choices=[spec.name for spec in engines()], help="speech engine (default: the first that fits)"
    )


def _network(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--bind", metavar="ADDRESS", help="the address to listen on; 0.0.0.0: all (default: BIND)")
    parser.add_argument("--port", metavar="N", help="the port to listen on (default: PORT, else 8000)")
    parser.add_argument("--workers", metavar="N", help="web processes (default: WORKERS, else 1)")


def _memory(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--memory",
        metavar="SIZE",
        help="memory for all processes together, such as 512M (default: what the host allows)",
    )
    parser.set_defaults(json=False)


def _roles(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--roles",
        metavar="NAMES",
        help="what the worker does for a database of several nodes, of speech, puppet, sadtalker (default: ROLES)",
    )


def _json(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print the result as one JSON object")


def run(options: argparse.Namespace) -> int:
    """Run a command and return its exit code.  Raises `HalfgigError`."""
    return {"serve": _serve, "work": _work, "plan": _plan, "doctor": _doctor}[options.command](options)


def settings_with(options: argparse.Namespace, settings: Settings) -> Settings:
    """Return the settings, overridden by options.  Raises `BadSetting` for a value out of range."""
    values: dict[str, Any] = {}
    for flag, name in FLAGS.items():
        text = getattr(options, flag, None)
        if text is not None:
            reader, expected = READERS[name]
            try:
                values[name] = reader(text)
            except (ValueError, BadSetting):
                raise BadSetting(f"--{flag} is {text!r:.200}; it must be {expected}") from None
    return replace(settings, **values)


def _server_settings(options: argparse.Namespace) -> Settings:
    """Return the settings of a server.  Raises `BadLexicon` for a LEXICON that every request would fail at."""
    settings = settings_with(options, read_settings())
    if settings.lexicon:
        from halfgig.text.lexicon import read_lexicon_file

        read_lexicon_file(settings.lexicon)
    if settings.roles:
        from halfgig.server.nodes import check_roles

        check_roles(settings)
    return settings


def _serve(options: argparse.Namespace) -> int:
    from halfgig.server.supervisor.__main__ import become_supervisor

    become_supervisor(_server_settings(options))


def _work(options: argparse.Namespace) -> int:
    from halfgig.server.supervisor.__main__ import become_supervisor

    become_supervisor(_server_settings(options), has_web=False)


def _doctor(options: argparse.Namespace) -> int:
    from halfgig.server.doctor import report

    return report.run(lambda: _server_settings(options), as_json=options.json)


def _plan(options: argparse.Namespace) -> int:
    from halfgig.server.plan_report import as_object, page

    settings = settings_with(options, read_settings())
    size = _whole("--size", options.size or "512")
    plan, remarks = _planned(options, settings, size)
    found = {**as_object(plan, size), "remarks": list(remarks)}
    print(json.dumps(found) if options.json else page(plan, remarks, size))  # noqa: T201
    return 0


def _planned(options: argparse.Namespace, settings: Settings, size: int) -> tuple[Plan, tuple[str, ...]]:
    """Return the plan with all models that fit, and a remark for each that is missing or does not fit."""
    from halfgig.animators.registry import animators
    from halfgig.capacity.measured_peaks import read_peaks
    from halfgig.capacity.plan import make_plan
    from halfgig.resources.limits import Limit, cpu_quota, memory_limit
    from halfgig.server.paths import ServerPaths
    from halfgig.server.plan import is_installed, workload

    here = options.memory is None
    limit = memory_limit(settings.memory_limit) if here else Limit(settings.memory_limit or 0, "--memory")
    cpus = cpu_quota() if options.cpus is None else _positive("--cpus", options.cpus)
    peaks = read_peaks(ServerPaths.of(settings).root)
    speakers = [spec for spec in engines() if options.speaker in (None, spec.name)]
    models = frozenset({*(spec.model for spec in speakers), *(spec.model for spec in animators())} - {""})
    remarks: list[str] = []
    while True:
        load = workload(models, settings.workers, size)
        try:
            plan = make_plan(limit, cpus, load, peaks)
        except PlanDoesNotFit as error:
            optional = [name for name in load.models if not (options.speaker and name == load.speech.model)]
            if not optional:
                raise
            models -= {optional[0]}
            remarks.append(f"the model {optional[0]} does not fit: {str(error).partition(';')[0]}")
        else:
            missing = [name for name in (load.speech.model,) if not is_installed(name, settings)]
            remarks += [f"the model {name} is not on this machine yet: halfgig pull {name}" for name in missing]
            return plan, tuple(remarks)


def _positive(flag: str, text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0.001 <= value <= 1024:
        raise BadSetting(f"{flag} is {text!r:.200}; it must be a number from 0.001 to 1024")
    return value


def _whole(flag: str, text: str) -> int:
    from halfgig.requests import VideoRequest, options_of

    size = next(each for each in options_of(VideoRequest) if each.name == "size")
    least, most = int(size.least or 0), int(size.most or 0)
    if not (text.isascii() and text.isdecimal()) or not least <= int(text[:9]) <= most:
        raise BadSetting(f"{flag} is {text!r:.200}; it must be a whole number from {least} to {most}")
    return int(text)
