"""Take the four screenshots of the page that docs/page holds.

Needs Chromium and what `make install` sets up.  Look at them afterwards.

python -m scripts.screenshots
"""

from __future__ import annotations

import io
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image

from tests.server.web.page.studio import Studio, browsing, studio_of
from tests.support.media import ROOT
from tests.support.serving import serving

if TYPE_CHECKING:
    from collections.abc import Callable

OUT = ROOT / "docs" / "page"
SIZES = {390: 844, 820: 1180, 1440: 900}
"""Heights of the window by its widths, in pixels."""

QUALITY = 40
TALLEST = 1600
"""Height in pixels to which screenshots are cropped: below it are only more lines of history and log."""

KEY = "sk-a-key"
TEXT = (
    "The harbour was quiet, and a pale morning light lay over the boats. Nobody spoke above a whisper. "
    "It cost $3.50 to get there, and nobody minded."
)


def show_making(studio: Studio) -> None:
    """Show a video in progress."""
    studio.write(" ".join([TEXT] * 3))
    studio.press("make-go")
    studio.until("document.querySelector('#watch-newest').alt")


def show_done(studio: Studio) -> None:
    """Show a finished video, paused in the middle."""
    studio.write(TEXT)
    studio.press("make-go")
    studio.see("watch-download")
    studio.until("document.querySelector('#watch-video').duration > 2")
    studio.read("document.querySelector('#watch-video').currentTime = 1.4")
    studio.until("document.querySelector('#watch-video').readyState > 2")
    studio.page.wait_for_timeout(2500)  # until the browser hides its loading indicator


def show_listen(studio: Studio) -> None:
    """Show speech while it plays."""
    studio.press("tab-listen")
    studio.write(TEXT)
    studio.press("listen-go")
    studio.until("document.querySelector('#listen-clock').textContent.startsWith('0:04')")


def show_operate(studio: Studio) -> None:
    """Show the state of the server."""
    studio.press("tab-operate")
    studio.until("document.querySelectorAll('#memory-chart .area').length")


SHOTS: tuple[tuple[str, int, str, Callable[[Studio], None]], ...] = (
    ("done", 1440, "light", show_done),
    ("making", 390, "dark", show_making),
    ("listen", 820, "light", show_listen),
    ("operate", 1440, "light", show_operate),
)
"""State, width of the window, colours, and what leads to the state."""


def screenshot(studio: Studio) -> bytes:
    """Return a compressed screenshot of the whole page."""
    studio.page.wait_for_timeout(400)
    picture: Image.Image = Image.open(io.BytesIO(studio.page.screenshot(full_page=True)))
    file = io.BytesIO()
    picture = picture.crop((0, 0, picture.width, min(picture.height, TALLEST)))
    picture.convert("RGB").save(file, "WEBP", quality=QUALITY, method=6)
    return file.getvalue()


def main() -> None:
    """Take all screenshots."""
    OUT.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, browsing() as browser, serving(Path(folder), API_KEYS=KEY) as server:
        for state, width, scheme, show in SHOTS:
            window = {"width": width, "height": SIZES[width]}
            with studio_of(browser, server.url, viewport=window, color_scheme=scheme) as studio:
                studio.page.add_init_script(f"localStorage['halfgig.key'] = JSON.stringify('{KEY}')")
                studio.open()
                show(studio)
                path = OUT / f"{state}-{width}-{scheme}.webp"
                path.write_bytes(screenshot(studio))
                print(f"{path.relative_to(ROOT)}: {path.stat().st_size // 1024} KB")


if __name__ == "__main__":
    main()
