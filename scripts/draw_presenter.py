"""Draw the presenter: `python scripts/draw_presenter.py [OUT] [--size N]`.

Without OUT this replaces the picture used by the demo and its small copy on the page.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from PIL import Image
from presenter.portrait import draw

PACKAGE = Path(__file__).parent.parent / "src" / "halfgig"
SHIPPED = PACKAGE / "assets" / "presenter.png"
ON_PAGE = PACKAGE / "server" / "web" / "page" / "presenter.webp"

PAGE_SIDE = 440
PAGE_QUALITY = 36
"""Side in pixels and WebP quality of the copy: together about 5 KB, which fits the size limit of the page."""


def main() -> None:
    """Write the picture and print its path."""
    parser = argparse.ArgumentParser(description="Draw the presenter.")
    parser.add_argument("out", nargs="?", type=Path, default=SHIPPED, help="PNG to write (default: the one we ship)")
    parser.add_argument("--size", type=int, default=1024, help="side in pixels (default: 1024)")
    options = parser.parse_args()
    options.out.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(draw(options.size)).save(options.out, optimize=True)
    print(options.out)
    if options.out == SHIPPED:
        write_page_copy()
        print(ON_PAGE)


def write_page_copy() -> None:
    """Write the small copy of the shipped picture that the page shows."""
    presenter = Image.open(SHIPPED).convert("RGB")
    small = presenter.resize((PAGE_SIDE, PAGE_SIDE), Image.Resampling.LANCZOS)
    small.save(ON_PAGE, quality=PAGE_QUALITY, method=6)


if __name__ == "__main__":
    main()
