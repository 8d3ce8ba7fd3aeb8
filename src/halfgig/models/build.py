"""Run a model's build in a cell, and pass on what it tells by calling back."""

from __future__ import annotations

import importlib
import threading
from queue import SimpleQueue
from typing import TYPE_CHECKING

from halfgig.models.disk_space import explained
from halfgig.storage.file_lock import held

if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from pathlib import Path

    from halfgig.events import Event

    Told = Callable[[Event], None]


def build(target: str, sources: Path, out: Path) -> Generator[Event]:
    """Call `target` ("module:function") with the folder of sources, the folder to write or add to, and a listener."""
    module, _, name = target.partition(":")
    with held(out.parent / ".lock", lambda _: None), explained(out.parent, f"building {out.name}"):
        work = getattr(importlib.import_module(module), name)
        yield from told(lambda tell: work(sources, out, tell))


def told(work: Callable[[Told], None]) -> Generator[Event]:
    """Do work that tells by calling back, and yield what it tells."""
    said: SimpleQueue[Event | BaseException | None] = SimpleQueue()

    def run() -> None:
        try:
            work(said.put)
        except BaseException as error:  # noqa: BLE001 - it is raised again on the other side
            said.put(error)
        else:
            said.put(None)

    threading.Thread(target=run, name="build", daemon=True).start()
    while (event := said.get()) is not None:
        if isinstance(event, BaseException):
            raise event
        yield event
