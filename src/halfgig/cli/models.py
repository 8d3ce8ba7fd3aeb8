"""The commands about models: `halfgig pull NAME`, `halfgig models [verify NAME | remove NAME]`."""

from __future__ import annotations

import argparse
import importlib
import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from halfgig.capacity.budget import cell_budget_mb
from halfgig.cli.progress import ProgressDisplay, choose_display
from halfgig.errors import NumbersDiffer, UsageError
from halfgig.events import Progress
from halfgig.models.catalogue import MODELS, Model, find_model
from halfgig.models.files import format_mb
from halfgig.models.install_request import InstallRequest, Mirrors, RetryPolicy
from halfgig.models.installed import Installed, InstalledModels, verify
from halfgig.resources.limits import memory_limit, parse_size
from halfgig.settings import Settings, read_settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from halfgig.events import Event
    from tools.golden.figures import Figure

DEFAULT_PATIENCE = RetryPolicy()

PULL_EPILOG = """\
An interrupted pull resumes where it stopped.  HF_TOKEN, HF_ENDPOINT, HF_HUB_OFFLINE and HF_HOME are honoured; files
in the Hugging Face cache are not downloaded again.
"""

GOLDEN_HELP = "also run the model on the golden inputs in DIR and compare the results with the original's"


def add_arguments(parser: argparse.ArgumentParser, command: str) -> None:
    """Add what one of the commands takes to its parser."""
    if command == "pull":
        _add_pull(parser)
        _reporting(parser)
    else:
        parser.description = "List installed models, or check or remove one."
        _reporting(parser)
        _add_actions(parser)


def _add_pull(parser: argparse.ArgumentParser) -> None:
    names = ", ".join(model.name for model in MODELS)
    parser.description = f"Download a model's published files and build the model from them. Models: {names}."
    parser.epilog = PULL_EPILOG
    parser.add_argument("model", metavar="NAME", help="model to download")
    parser.add_argument(
        "--from",
        dest="local",
        metavar="DIR",
        type=Path,
        help="use the published files in DIR instead of downloading them",
    )
    parser.add_argument(
        "--voice", metavar="NAME", action="append", default=[], help="download only this voice (repeatable)"
    )
    parser.add_argument("--mirror", metavar="URL", default="", help="download from URL instead of the Hugging Face hub")
    parser.add_argument("--revision", metavar="REV", default="", help="branch, tag or commit on the hub")
    parser.add_argument("--keep", action="store_true", help="keep the downloaded files after the build")
    parser.add_argument("--memory", metavar="SIZE", help="memory for all processes together, such as 512M")


def _add_actions(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", metavar="ACTION")
    for name, words in (
        ("list", "list installed models"),
        ("verify", "verify the checksums of a model's files, and try the model out"),
        ("remove", "delete a model"),
    ):
        action = actions.add_parser(name, help=words, description=words[0].upper() + words[1:] + ".")
        if name != "list":
            action.add_argument("model", metavar="NAME", help="an installed model")
        if name == "verify":
            action.add_argument("--golden", metavar="DIR", type=Path, help=GOLDEN_HELP)
            action.add_argument("--memory", metavar="SIZE", help="memory for all processes together, such as 512M")
        _reporting(action, again=True)


def _reporting(parser: argparse.ArgumentParser, *, again: bool = False) -> None:
    default: Any = argparse.SUPPRESS if again else False  # the subcommand's default must not override the outer option
    parser.add_argument("--quiet", action="store_true", default=default, help="print errors only")
    parser.add_argument("--json", action="store_true", default=default, help="print the result as one JSON object")


def run(
    options: argparse.Namespace, models: tuple[Model, ...] = MODELS, patience: RetryPolicy = DEFAULT_PATIENCE
) -> int:
    """Run a command and return its exit code.  Raises `HalfgigError`."""
    settings = read_settings()
    installed = InstalledModels(settings.data_dir)
    display = choose_display(options.quiet or options.json)
    try:
        if options.command == "pull":
            _pull(_request(options, settings, find_model(options.model, models), patience), installed, options, display)
        else:
            actions = {None: _list, "list": _list, "verify": _verify, "remove": _remove}
            actions[options.action](installed, options, display)
    finally:
        display.close()
    return 0


def _request(options: argparse.Namespace, settings: Settings, model: Model, patience: RetryPolicy) -> InstallRequest:
    mirrors = Mirrors(
        hub=_web_address(options.mirror) or settings.hub_mirror,
        revision=options.revision or settings.hub_revision,
        github=settings.github_mirror,
    )
    return InstallRequest(
        model,
        voices=tuple(options.voice),
        local=options.local and options.local.expanduser(),
        mirrors=mirrors,
        patience=patience,
        keep=options.keep,
        memory_limit=parse_size(options.memory) if options.memory else settings.memory_limit,
    )


def _web_address(given: str) -> str:
    if given and not given.startswith(("http://", "https://")):
        raise UsageError(f"the mirror {given!r} is no web address; it begins with https:// or http://")
    return given


def _pull(
    request: InstallRequest, installed: InstalledModels, options: argparse.Namespace, display: ProgressDisplay
) -> None:
    from halfgig.models.install import pull

    done = pull(request, installed, display)
    display.close()
    _print(options, [described(done)], as_object(done))


def _list(installed: InstalledModels, options: argparse.Namespace, display: ProgressDisplay) -> None:
    display.close()
    there = installed.all()
    lines = [described(model) for model in there] or [
        f"no model is in {str(installed.models)!r}; try: halfgig pull kokoro"
    ]
    _print(options, lines, {"folder": str(installed.models), "models": [as_object(model) for model in there]})


def _verify(installed: InstalledModels, options: argparse.Namespace, display: ProgressDisplay) -> None:
    model = installed.find(options.model)
    files = verify(model, lambda done, total: display(Progress("reading", done / 1e6, total / 1e6, "MB")))
    limit = parse_size(options.memory) if options.memory else read_settings().memory_limit
    _try_out(model, limit, display)
    display.close()
    found = {"model": model.name, "files": files, "size": model.size, "intact": True}
    words = f"{model.name}: {files} files, {format_mb(model.size)}, all as they were installed"
    if options.golden is None:
        _print(options, [words], found)
        return
    _say(options, words)
    figures = _golden().figures(model, options.golden.expanduser(), limit, display)
    _compare(figures, options, found)


def _try_out(model: Installed, limit: int | None, display: ProgressDisplay) -> None:
    """Compute something with a model.  Raises `NotFinite`."""
    from halfgig.cells.cell import Cell

    known = next((each for each in MODELS if each.name == model.name and each.trial), None)
    if known:
        with Cell(f"trying {model.name}", cell_budget_mb(memory_limit(limit), known.build_mb)) as cell:
            for event in cell.run(known.trial, model.folder):
                display(cast("Event", event))


def _golden() -> Any:
    """Return the module that compares with golden numbers.  Raises `UsageError` outside a checkout: no wheel has it."""
    checkout = Path(__file__).parents[3]
    if not (checkout / "tools" / "golden").is_dir():
        raise UsageError(
            "comparing with golden numbers needs halfgig's own checkout, which has the tools for it; "
            "leave out --golden, or install from the checkout: pip install --editable ."
        )
    if str(checkout) not in sys.path:
        sys.path.append(str(checkout))
    return importlib.import_module("tools.golden.verify")


def _compare(measured: Iterator[Figure], options: argparse.Namespace, found: dict[str, Any]) -> None:
    """Print each figure once measured.  Raises NumbersDiffer naming the figures out of tolerance."""
    all_figures = []
    for figure in measured:
        _say(options, figure.line())
        all_figures.append(figure)
    if missed := [figure.line() for figure in all_figures if not figure.is_met]:
        listed = "; ".join(" ".join(line.split()) for line in missed)
        raise NumbersDiffer(
            f"{len(missed)} of {len(all_figures)} figures are not as asked: {listed}; build the model again"
        )
    rows = [{**asdict(figure), "ok": figure.is_met} for figure in all_figures]
    _print(options, [f"all {len(rows)} figures are as asked"], {**found, "figures": rows})


def _say(options: argparse.Namespace, line: str) -> None:
    """Print a line immediately, unless output is quiet or JSON."""
    if not options.json and not options.quiet:
        print(line, flush=True)  # noqa: T201


def _remove(installed: InstalledModels, options: argparse.Namespace, display: ProgressDisplay) -> None:
    with installed.locked(options.model, lambda pid: display.note(f"waiting for process {pid}, which is using it")):
        freed = installed.remove(options.model)
    display.close()
    _print(
        options,
        [f"{options.model} is removed; {format_mb(freed)} are free again"],
        {"removed": options.model, "freed": freed},
    )


def _print(options: argparse.Namespace, lines: list[str], as_json: dict[str, Any]) -> None:
    if options.json:
        print(json.dumps(as_json))  # noqa: T201
    elif not options.quiet:
        print("\n".join(lines))  # noqa: T201


def described(model: Installed) -> str:
    """Format an installed model as a few lines of text."""
    facts = model.facts
    voices = f", {len(model.parts)} voices" if model.parts else ""
    needs = f"; needs {model.footprint_mb:.0f} MB of memory" if model.footprint_mb else ""
    first = facts["sources"][0]
    seen = "as published" if all(source["published"] for source in facts["sources"]) else "not all as published"
    return (
        f"{model.name}: {facts['title']}{voices}\n"
        f"  {format_mb(model.size)} in {model.folder}{needs}\n"
        f"  from {facts['from']} ({facts['licence']}), files {seen}; {first['place']} sha256 {first['sha256']}\n"
        f"  built {facts['built']} by halfgig {facts['halfgig']}"
    )


def as_object(model: Installed) -> dict[str, Any]:
    """Return an installed model as a JSON-serialisable object."""
    facts = model.facts
    return {
        "name": model.name,
        "folder": str(model.folder),
        "size": model.size,
        "footprint_mb": model.footprint_mb,
        "voices": sorted(model.parts),
        **{
            name: facts[name]
            for name in ("title", "licence", "from", "revision", "built", "halfgig", "sources", "files")
        },
        "build_peak_mb": facts.get("build_peak_mb"),
    }
