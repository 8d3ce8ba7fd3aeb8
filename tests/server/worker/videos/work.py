"""A worker process that only makes videos.

python -m tests.server.worker.videos.work FOLDER [TTL]; it ends when stdin does.
"""

from __future__ import annotations

import sys
from pathlib import Path

from halfgig.server.worker.videos.runner import VideoRunner
from halfgig.settings import Settings
from tests.server.worker.videos.contexts import TestAdmission, TestSpeech, plan


def main() -> None:
    """Work until stdin ends; a line is a job to cancel, an empty one a poke."""
    settings = Settings(data_dir=Path(sys.argv[1]), c2pa=False, stand_back=False)
    worker = VideoRunner(settings, plan(), TestAdmission(), TestSpeech(), *map(float, sys.argv[2:]))
    worker.start()
    for line in sys.stdin:
        if job_id := line.strip():
            worker.cancel(job_id)
        worker.notify()
    worker.close()


if __name__ == "__main__":
    main()
