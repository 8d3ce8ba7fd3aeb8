"""Run a model's build in a cell and turn its callbacks into a stream of events."""

from __future__ import annotations

import importlib
import threading
from queue import SimpleQueue
from typing import TYPE_CHECKING

from halfgig.models.files import explain_disk_full
from halfgig.storage.file_lock import held

if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from pathlib import Path

    from halfgig.events import Event

    Listener = Callable[[Event], None]


def build(target: str, sources: Path, out: Path) -> Generator[Event]:
    """Call `target` ("module:function") with the source folder, the output folder and an event callback."""
    module, _, name = target.partition(":")
    with held(out.parent / ".lock", lambda _: None), explain_disk_full(out.parent, f"building {out.name}"):
        run_build = getattr(importlib.import_module(module), name)
        yield from events_of(lambda on_event: run_build(sources, out, on_event))


def events_of(work: Callable[[Listener], None]) -> Generator[Event]:
    """Run callback-style work in a thread and yield its events."""
    queue: SimpleQueue[Event | BaseException | None] = SimpleQueue()

    def run() -> None:
        try:
            work(queue.put)
        except BaseException as error:  # noqa: BLE001 - raised again in the consumer
            queue.put(error)
        else:
            queue.put(None)

    threading.Thread(target=run, name="build", daemon=True).start()
    while (event := queue.get()) is not None:
        if isinstance(event, BaseException):
            raise event
        yield event
