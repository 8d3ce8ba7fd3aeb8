"""Make the small picture of the presenter that the page shows: python scripts/page_presenter.py."""

from pathlib import Path

from PIL import Image

import halfgig

PACKAGE = Path(halfgig.__file__).parent
SIDE = 440
QUALITY = 36
"""Together a few kilobytes, which is what the page can spare."""


def main() -> None:
    """Write it."""
    presenter = Image.open(PACKAGE / "assets" / "presenter.png").convert("RGB")
    small = presenter.resize((SIDE, SIDE), Image.Resampling.LANCZOS)
    small.save(PACKAGE / "web" / "page" / "presenter.webp", quality=QUALITY, method=6)


if __name__ == "__main__":
    main()
