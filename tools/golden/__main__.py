"""`python -m tools.golden`: compare an installed model with golden numbers; `halfgig models verify` does the work."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from halfgig.cli.main import main as halfgig
from tools.golden.verify import CHECKS

if TYPE_CHECKING:
    from collections.abc import Sequence

GOLDEN = Path(__file__).parents[2] / "tests" / "reference" / "golden"
"""The golden numbers of this checkout."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Compare a model's networks with golden numbers; return the exit code of `halfgig models verify`."""
    parser = argparse.ArgumentParser(
        prog="python -m tools.golden",
        description="Run every network of an installed model on golden inputs and print each figure: what was compared,"
        " the measured difference, the limit, and ok or NOT. The model must be built from the seeded checkpoints "
        "(tests/reference/seeded_checkpoints.py). Exit code 6: a figure is beyond its limit.",
    )
    parser.add_argument("model", nargs="?", default="sadtalker", choices=sorted(CHECKS), help="default: %(default)s")
    parser.add_argument("--golden", metavar="DIR", type=Path, default=GOLDEN, help="default: tests/reference/golden")
    options = parser.parse_args(arguments)
    return halfgig(["models", "verify", options.model, "--golden", str(options.golden)])


if __name__ == "__main__":
    sys.exit(main())
