"""Which worker runs which tests, and in what order: folders that share a server stay together, long ones come first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xdist.scheduler import LoadScopeScheduling

if TYPE_CHECKING:
    import pytest
    from xdist.remote import Producer

TOGETHER = (
    "tests/server/web/page/",
    "tests/end_to_end/",
    "tests/server/worker/videos/",
    "tests/server/web/avatar/",
    "tests/animators/sadtalker/",
    "tests/tts/kokoro/",
)
"""Folders whose tests share a server, a browser or a model, the longest first: each stays with one worker.

Those whose videos are rendered by cells come before what computes in the worker itself, as cells stand back behind it:
side by side with each other they are done soon; next to busy workers they get a tenth of a processor.
"""

LONG = ("tests/pipeline/", "tests/attacks/", "tests/server/", "tests/cli/", "tests/models/", "tests/media/")
"""Folders with long tests; what is in no folder of these two lists is short and fills the end of a run."""


def unit(nodeid: str) -> str:
    """Return the folder or file whose tests one worker runs one after the other."""
    return next((folder for folder in TOGETHER if nodeid.startswith(folder)), nodeid.partition("::")[0])


def order(items: list[pytest.Item]) -> None:
    """Put the tests of a folder side by side and long ones first; the rest stays in the order it has."""
    places = (*TOGETHER, *LONG)
    items.sort(
        key=lambda item: next((n for n, place in enumerate(places) if item.nodeid.startswith(place)), len(places))
    )


class Scheduling(LoadScopeScheduling):  # type: ignore[misc]  # xdist has no types
    """Scheduler of xdist that hands out units in the order of their tests."""

    def __init__(self, config: pytest.Config, log: Producer) -> None:
        config.option.loadscopereorder = False
        super().__init__(config, log)

    def _split_scope(self, nodeid: str) -> str:
        return unit(nodeid)
