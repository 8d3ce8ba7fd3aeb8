"""The commands about models: `halfgig pull NAME`, `halfgig models [verify NAME | remove NAME]`."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from halfgig.cli.progress import ProgressDisplay, teller
from halfgig.errors import NumbersDiffer, UsageError
from halfgig.events import Progress
from halfgig.golden.verify import figures
from halfgig.models.catalogue import MODELS, Model, find_model
from halfgig.models.files import format_mb
from halfgig.models.install import pull
from halfgig.models.install_request import InstallRequest, Mirrors, RetryPolicy
from halfgig.models.installed import Installed, InstalledModels, verify
from halfgig.resources.limits import parse_size
from halfgig.settings import Settings, read_settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from halfgig.golden.figures import Figure

Parsers = argparse._SubParsersAction  # noqa: SLF001 - argparse has no other name for what add_subparsers gives

COMMANDS = ("pull", "models")
"""What `run` answers to."""

DEFAULT_PATIENCE = RetryPolicy()

PULL_EPILOG = """\
An interrupted pull goes on where it was.  HF_TOKEN, HF_ENDPOINT, HF_HUB_OFFLINE and HF_HOME are honoured, and files
that Hugging Face's cache has already are not fetched again.
"""

GOLDEN_HELP = "also run it on the golden inputs of a folder, and hold what comes out against the original's numbers"


def add_commands(commands: Parsers[argparse.ArgumentParser]) -> None:
    """Add the commands to the parser of `halfgig`."""
    names = ", ".join(model.name for model in MODELS)
    parser = commands.add_parser(
        "pull",
        help="fetch a model and build it",
        description=f"Fetch a model's published files and build what this machine runs. Models: {names}.",
        epilog=PULL_EPILOG,
    )
    parser.add_argument("model", metavar="NAME", help="the model to fetch")
    parser.add_argument("--from", dest="local", metavar="DIR", type=Path, help="take the published files from a folder")
    parser.add_argument(
        "--voice", metavar="NAME", action="append", default=[], help="fetch this voice alone; may be given repeatedly"
    )
    parser.add_argument("--mirror", metavar="URL", default="", help="fetch from here instead of the Hugging Face hub")
    parser.add_argument("--revision", metavar="REV", default="", help="fetch this branch, tag or commit of the hub")
    parser.add_argument("--keep", action="store_true", help="keep the downloaded files after the build")
    parser.add_argument("--memory", metavar="SIZE", help="what all of it together may use, as 512M")
    _reporting(parser)
    _add_models(commands)


def _add_models(commands: Parsers[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser(
        "models", help="list, check or remove models", description="List the models that are here, check or remove one."
    )
    _reporting(parser)
    actions = parser.add_subparsers(dest="action", metavar="ACTION")
    for name, words in (
        ("list", "list the models that are here"),
        ("verify", "read all files of a model and hold them against their checksums"),
        ("remove", "delete a model"),
    ):
        action = actions.add_parser(name, help=words, description=words[0].upper() + words[1:] + ".")
        if name != "list":
            action.add_argument("model", metavar="NAME")
        if name == "verify":
            action.add_argument("--golden", metavar="DIR", type=Path, help=GOLDEN_HELP)
            action.add_argument("--memory", metavar="SIZE", help="what all of it together may use, as 512M")
        _reporting(action, again=True)


def _reporting(parser: argparse.ArgumentParser, *, again: bool = False) -> None:
    unsaid: Any = argparse.SUPPRESS if again else False  # or the inner command would undo what the outer one was told
    parser.add_argument("--quiet", action="store_true", default=unsaid, help="say nothing but errors")
    parser.add_argument("--json", action="store_true", default=unsaid, help="print the result as one JSON object")


def run(
    options: argparse.Namespace, models: tuple[Model, ...] = MODELS, patience: RetryPolicy = DEFAULT_PATIENCE
) -> int:
    """Run a command that `add_commands` has added and give its exit code; raises HalfgigError."""
    settings = read_settings()
    library = InstalledModels(settings.data_dir)
    tell = teller(options.quiet or options.json)
    try:
        if options.command == "pull":
            _pull(_order(options, settings, find_model(options.model, models), patience), library, options, tell)
        else:
            actions = {None: _list, "list": _list, "verify": _verify, "remove": _remove}
            actions[options.action](library, options, tell)
    finally:
        tell.close()
    return 0


def _order(options: argparse.Namespace, settings: Settings, model: Model, patience: RetryPolicy) -> InstallRequest:
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


def _pull(order: InstallRequest, library: InstalledModels, options: argparse.Namespace, tell: ProgressDisplay) -> None:
    done = pull(order, library, tell)
    tell.close()
    _print(options, [described(done)], as_object(done))


def _list(library: InstalledModels, options: argparse.Namespace, tell: ProgressDisplay) -> None:
    tell.close()
    there = library.installed()
    lines = [described(model) for model in there] or [
        f"no model is in {str(library.models)!r}; try: halfgig pull kokoro"
    ]
    _print(options, lines, {"folder": str(library.models), "models": [as_object(model) for model in there]})


def _verify(library: InstalledModels, options: argparse.Namespace, tell: ProgressDisplay) -> None:
    model = library.find(options.model)
    files = verify(model, lambda done, total: tell(Progress("reading", done / 1e6, total / 1e6, "MB")))
    tell.close()
    found = {"model": model.name, "files": files, "size": model.size, "intact": True}
    words = f"{model.name}: {files} files, {format_mb(model.size)}, all as they were installed"
    if options.golden is None:
        _print(options, [words], found)
        return
    _say(options, words)
    limit = parse_size(options.memory) if options.memory else read_settings().memory_limit
    _compare(figures(model, options.golden.expanduser(), limit, tell), options, found)


def _compare(measured: Iterator[Figure], options: argparse.Namespace, found: dict[str, Any]) -> None:
    """Print each figure when it is there.  Raises NumbersDiffer that names those which are not as asked."""
    all_figures = []
    for figure in measured:
        _say(options, figure.told())
        all_figures.append(figure)
    if missed := [figure.told() for figure in all_figures if not figure.is_met]:
        told = "; ".join(" ".join(line.split()) for line in missed)
        raise NumbersDiffer(
            f"{len(missed)} of {len(all_figures)} figures are not as asked: {told}; build the model anew"
        )
    rows = [{**asdict(figure), "ok": figure.is_met} for figure in all_figures]
    _print(options, [f"all {len(rows)} figures are as asked"], {**found, "figures": rows})


def _say(options: argparse.Namespace, line: str) -> None:
    """Print a line at once for a person."""
    if not options.json and not options.quiet:
        print(line, flush=True)  # noqa: T201


def _remove(library: InstalledModels, options: argparse.Namespace, tell: ProgressDisplay) -> None:
    with library.locked(options.model, lambda pid: tell.note(f"waiting for process {pid}, which works on it")):
        freed = library.remove(options.model)
    tell.close()
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
    """Write what is known of an installed model in a few lines for a person."""
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
    """Return what is known of an installed model for a program."""
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
