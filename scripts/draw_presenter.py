"""Draw the presenter that the demo brings to life: `python scripts/draw_presenter.py [OUT] [--size N]`."""

from __future__ import annotations

import argparse
from pathlib import Path

from PIL import Image
from presenter.portrait import draw

SHIPPED = Path(__file__).parent.parent / "src" / "halfgig" / "assets" / "presenter.png"


def main() -> None:
    """Write the picture and say where it is."""
    parser = argparse.ArgumentParser(description="Draw the presenter.")
    parser.add_argument("out", nargs="?", type=Path, default=SHIPPED, help="PNG to write (default: the one we ship)")
    parser.add_argument("--size", type=int, default=1024, help="side in pixels (default: 1024)")
    options = parser.parse_args()
    options.out.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(draw(options.size)).save(options.out, optimize=True)
    print(options.out)


if __name__ == "__main__":
    main()
