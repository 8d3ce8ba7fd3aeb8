"""A node of several that only makes videos, with a voice that speaks when it may.

python -m tests.server.worker.videos.node FOLDER DATABASE STORE VERSION; it ends when stdin does.  It speaks as soon as
FOLDER/go is there.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from halfgig.server import nodes
from halfgig.server.worker.videos.runner import VideoRunner
from halfgig.settings import Settings
from tests.server.worker.videos.contexts import TestAdmission, TestSpeech, plan

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from halfgig.media.chunks import SpeechSegment
    from halfgig.server.worker.speech.stream import StreamRequest


class HeldSpeech(TestSpeech):
    """Speaks when a file is there."""

    def __init__(self, go: Path) -> None:
        super().__init__()
        self._go = go

    def segments(
        self, request: StreamRequest, is_wanted: Callable[[], bool] = lambda: True
    ) -> Generator[SpeechSegment]:
        """Yield the rest of a text."""
        while not self._go.exists():
            if not is_wanted():
                return
            time.sleep(0.05)
        yield from super().segments(request, is_wanted)


def main() -> None:
    """Work until stdin ends."""
    folder, database, store, version = sys.argv[1:]
    nodes.__version__ = version  # type: ignore[attr-defined]
    settings = Settings(data_dir=Path(folder), database_url=database, store_url=store, c2pa=False, stand_back=False)
    worker = VideoRunner(settings, plan(), TestAdmission(), HeldSpeech(Path(folder) / "go"))
    worker.start()
    sys.stdin.read()
    worker.close()


if __name__ == "__main__":
    main()
