"""Print what halfgig takes: time and memory of each stage, side by side in one run, on one processor core.

python benchmarks/run.py [PART ...]     parts: imports, say, talk (default: all)
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from report import table

import halfgig
from halfgig.resources.meter import process_memory

if TYPE_CHECKING:
    from collections.abc import Callable

PRESENTER = Path(halfgig.__file__).parent / "assets" / "presenter.png"
SENTENCE = "The harbour was quiet, and a pale morning light lay over the boats; nobody spoke above a whisper. "
SENTENCE_S = 6.0

HEAVY = ("numpy", "cv2", "av", "PIL.Image", "onnxruntime", "num2words")
"""Imports that only cells may have."""

SERVING = ("fastapi", "uvicorn", "gunicorn.app.base", "prometheus_client", "python_multipart", "imagesize", "dbos")
"""Imports of the server: dbos in the worker, the others in the web process."""


def imports() -> None:
    """Measure a fresh process after each import."""
    rows = []
    for module in ("", "halfgig", "halfgig.cli.main", *HEAVY, *SERVING):
        code = f"import sys\nif {module!r}: __import__({module!r})\nprint('ready', flush=True)\nsys.stdin.read()"
        environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "1"}
        with subprocess.Popen(
            [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment
        ) as process:
            assert process.stdout is not None
            process.stdout.readline()
            memory = process_memory(process.pid)
            process.communicate()
        assert memory is not None
        rows.append((module or "(Python alone)", memory.resident_mb, memory.anonymous_mb, memory.data_mb))
    table("A fresh process after an import", ("import", "resident MB", "private MB", "reserved MB"), rows)


def _row(name: str, result: halfgig.Result) -> tuple[object, ...]:
    pace = result.seconds / result.took_s
    return name, result.seconds, result.took_s, pace, result.peak_mb, result.private_mb, result.budget_mb


HEAD = ("what", "seconds made", "took s", "times real time", "peak resident MB", "peak private MB", "cell MB")


def _ratio(rows: list[tuple[object, ...]]) -> None:
    few, many = rows[0][5], rows[-1][5]
    assert isinstance(few, float)
    assert isinstance(many, float)
    print(f"\nThe longest keeps {many / few:.3f} times the private memory of the shortest.")


def say(folder: Path) -> None:
    """Measure speech of growing length."""
    rows = []
    for seconds in (10, 60, 600, 3600):
        result = halfgig.say(SENTENCE * round(seconds / SENTENCE_S), folder / "say.opus")
        rows.append(_row(f"say, about {seconds} s", result))
    table("Speech by espeak-ng into Opus", HEAD, rows)
    _ratio(rows)


def talk(folder: Path) -> None:
    """Measure videos of growing length and size."""
    rows = []
    for seconds in (10, 60, 600):
        result = halfgig.talk(PRESENTER, SENTENCE * round(seconds / SENTENCE_S), folder / "talk.mp4")
        rows.append(_row(f"talk, 512 px, about {seconds} s", result))
    table("The puppet, 512 px, 25 frames a second", HEAD, rows)
    _ratio(rows)
    rows = []
    for size in (256, 512, 720, 1080):
        result = halfgig.talk(PRESENTER, SENTENCE * 2, folder / "talk.mp4", size=size)
        rows.append(_row(f"talk, {size} px, about 12 s", result))
    table("The puppet by size of the frame", HEAD, rows)


def main() -> None:
    """Run the parts that were asked for."""
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    print(f"halfgig {halfgig.__version__}, Python {sys.version.split()[0]}, one core")
    wanted = sys.argv[1:] or ["imports", "say", "talk"]
    with tempfile.TemporaryDirectory() as folder:
        parts: dict[str, Callable[[], None]] = {
            "imports": imports,
            "say": lambda: say(Path(folder)),
            "talk": lambda: talk(Path(folder)),
        }
        for name in wanted:
            parts[name]()


if __name__ == "__main__":
    main()
