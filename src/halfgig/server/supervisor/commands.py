"""The programs the supervisor starts, and the environment in which they find the settings it was given."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass, fields

from halfgig.settings import PREFIX, Settings, read_settings


@dataclass(frozen=True, slots=True)
class Commands:
    """The programs; tests pass others."""

    web: tuple[str, ...] = (sys.executable, "-P", "-m", "halfgig.server.web.server")
    """Serves HTTP."""
    work: tuple[str, ...] = (sys.executable, "-P", "-m", "halfgig.server.worker.main")
    """Speaks and makes videos; "--socket-fd N" is added."""


def environment(settings: Settings, environ: Mapping[str, str]) -> dict[str, str]:
    """Return an environment in which `read_settings` reads `settings`: the given one, and what differs in it."""
    # One heap for all threads: 3.4 MB less in the work process; one that is set already goes before it.
    told, wanted = read_settings(environ), {"MALLOC_ARENA_MAX": "1", **environ}
    for field in fields(Settings):
        value = getattr(settings, field.name)
        if value != getattr(told, field.name):
            name = field.name.upper()
            wanted.pop(name, None)
            wanted[PREFIX + name] = as_text(value)
    return wanted


def as_text(value: object) -> str:
    """Write a setting's value as its environment variable has it; nothing where it is not set."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple):
        return ",".join(value)
    return "" if value is None else str(value)
