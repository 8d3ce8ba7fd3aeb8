"""The longer loop: `python -m tests.attacks [--minutes N] [--seed N]`, or `make attack`.

First a server under load whose processes are killed and stopped, with one web worker and with four; then the fuzzers,
in turn.  A seed that fails is printed, with how to repeat it.
"""

from __future__ import annotations

import argparse
import logging
import random
import sys
import tempfile
import time
import traceback
from collections import Counter
from pathlib import Path

from tests.attacks.chaos import chaos
from tests.attacks.fuzzers import FUZZERS, holds


def say(line: str) -> None:
    """Write a line."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def fuzz(folder: Path, seconds: float, seed: int) -> bool:
    """Run all fuzzers for some seconds; print the figures and return whether all held."""
    ends_at, counts, failed = time.monotonic() + seconds, Counter[str](), 0
    while time.monotonic() < ends_at:
        for name in FUZZERS:
            try:
                counts[name] += 1
                counts[f"{name} read"] += holds(name, folder, random.Random(seed))
            except BaseException as error:
                failed += 1
                say(f"{name}, seed {seed}: {error!r}\n{traceback.format_exc()}")
                if isinstance(error, KeyboardInterrupt):
                    raise
        seed += 1
    for name in FUZZERS:
        say(f"{name}: {counts[name]} inputs, {counts[f'{name} read']} read, the others refused")
    say(f"fuzzers: {failed} failed")
    return not failed


def main() -> int:
    """Attack for the given minutes; return 1 if anything did not hold."""
    parser = argparse.ArgumentParser(prog="python -m tests.attacks", description=__doc__)
    parser.add_argument("--minutes", type=float, default=20.0, help="how long, all together")
    parser.add_argument("--seed", type=int, default=int(time.time()), help="the first seed")
    options = parser.parse_args()
    logging.disable()  # the parser of forms logs every form that it refuses
    share_s, held = options.minutes * 60 / 3, True
    with tempfile.TemporaryDirectory() as folder:
        for workers in (1, 4):
            figures = chaos(Path(folder) / f"workers-{workers}", share_s, options.seed, workers)
            say(f"{workers} web workers, seed {options.seed}: {figures}")
            held = held and not figures["wrong"]
        held = fuzz(Path(folder), share_s, options.seed) and held
    say("everything held" if held else "something did not hold: see above")
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
