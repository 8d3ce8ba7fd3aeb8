"""Options on the command line, generated from the declarations in `requests` and in each animator's options."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from halfgig.errors import BadSetting
from halfgig.requests import options_of

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from halfgig.requests import Option


def add_options(parser: Any, kind: type, names: Collection[str] | None = None) -> None:
    """Add the options that a dataclass declares, or those of some names, to a parser or a group of one."""
    for each in options_of(kind):
        if names is None or each.name in names:
            _add(parser, each)


def add_animator_options(parser: argparse.ArgumentParser) -> None:
    """Add `--animator`, and a group with the own options of each animator that has any."""
    from halfgig.animators.registry import animators

    specs = animators()
    parser.add_argument(
        "--animator",
        choices=[spec.name for spec in specs],
        default=specs[0].name,
        help="what moves the face (default: %(default)s); the others need their model, and may take seconds a frame",
    )
    for spec in specs:
        if options_of(spec.options_type) or spec.refused_options:
            group = parser.add_argument_group(f"with --animator {spec.name}")
            for each in options_of(spec.options_type):
                _add(group, each, default=argparse.SUPPRESS)
            for name, reason in spec.refused_options.items():
                group.add_argument(name, nargs="?", action=_refusing(reason), help=argparse.SUPPRESS)


def given_own_options(given: argparse.Namespace) -> dict[str, Any]:
    """Return the animators' own options that stand on a parsed command line."""
    from halfgig.animators.registry import animators

    names = {each.name for spec in animators() for each in options_of(spec.options_type)}
    return {name: getattr(given, name) for name in sorted(names) if hasattr(given, name)}


def add_reporting(parser: argparse.ArgumentParser) -> None:
    """Add the options that say how much memory may be used, and what is printed."""
    parser.add_argument(
        "--memory",
        metavar="SIZE",
        help="memory for all processes together, such as 512M (default: what the host allows)",
    )
    parser.add_argument("--quiet", action="store_true", help="print nothing but errors")
    parser.add_argument("--json", action="store_true", help="print the result, or the error, as one JSON object")


def _add(parser: Any, declared: Option, **more: Any) -> None:
    name = declared.name.replace("_", "-")
    if declared.default is True:
        parser.add_argument(
            f"--no-{name}", dest=declared.name, action="store_false", help=f"do not {declared.help}", **more
        )
        return
    if declared.default is False:
        parser.add_argument(f"--{name}", dest=declared.name, action="store_true", help=declared.help, **more)
        return
    parser.add_argument(
        *(f"--{name}", *declared.aliases), dest=declared.name, **{**_value(declared), "help": _help(declared), **more}
    )


def _value(declared: Option) -> Mapping[str, Any]:
    is_list = isinstance(declared.default, tuple)
    kind = float if is_list else type(declared.default)
    value: dict[str, Any] = {"metavar": declared.metavar or None, "default": declared.default, "type": kind}
    return value | ({"nargs": "+"} if is_list else {})


def _help(declared: Option) -> str:
    if declared.default in ("", ()):
        return declared.help
    bounds = "" if declared.least is None else f", {declared.least:g} to {declared.most:g}"
    return f"{declared.help}{bounds} (default: {declared.default})".replace("%", "%%")


def _refusing(reason: str) -> type[argparse.Action]:
    class Refused(argparse.Action):
        """Refuse an option of the original program with the reason."""

        def __call__(self, _parser: Any, _given: Any, _values: Any, option_string: str | None = None) -> None:
            raise BadSetting(f"{option_string}: {reason}")

    return Refused
