"""The programs that the supervisor starts, and the environment that passes its settings to them."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass, fields

from halfgig.settings import PREFIX, Settings, read_settings


@dataclass(frozen=True, slots=True)
class Commands:
    """Command lines of the programs; tests pass others."""

    web: tuple[str, ...] = (sys.executable, "-P", "-m", "halfgig.server.web.server")
    """The HTTP server."""
    worker: tuple[str, ...] = (sys.executable, "-P", "-m", "halfgig.server.worker.main")
    """The worker, which makes speech and videos; "--socket-fd N" is appended."""


def environment(settings: Settings, environ: Mapping[str, str]) -> dict[str, str]:
    """Return the given environment, changed so that `read_settings` returns `settings`."""
    # One malloc arena for all threads saves 3.4 MB in the worker; a value set by the user takes precedence.
    current, changed = read_settings(environ), {"MALLOC_ARENA_MAX": "1", **environ}
    for field in fields(Settings):
        value = getattr(settings, field.name)
        if value != getattr(current, field.name):
            name = field.name.upper()
            changed.pop(name, None)
            changed[PREFIX + name] = as_text(value)
    return changed


def as_text(value: object) -> str:
    """Format a setting's value for its environment variable; empty if it is not set."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple):
        return ",".join(value)
    return "" if value is None else str(value)
