"""Take a screenshot of each state of the page, at three widths, light and dark, into docs/page.

Needs Chromium and what `make install` sets up.  Look at every screenshot afterwards.

python -m scripts.screenshots [STATE ...]     (default: all)
"""

from __future__ import annotations

import io
import sys
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


def two_faces(folder: Path) -> Path:
    """Make a picture with two faces."""
    presenter = Image.open(ROOT / "src" / "halfgig" / "assets" / "presenter.png").convert("RGB")
    picture = Image.new("RGB", (1200, 900), presenter.getpixel((0, 0)))
    picture.paste(presenter.resize((760, 760)), (0, 140))
    picture.paste(presenter.resize((560, 560)).transpose(Image.Transpose.FLIP_LEFT_RIGHT), (640, 340))
    path = folder / "two.jpg"
    picture.save(path, quality=90)
    return path


def show_make(studio: Studio, _folder: Path) -> None:
    """Show the page as it opens."""
    studio.until("document.querySelector('#estimate').textContent.includes('ready')")


def show_options(studio: Studio, _folder: Path) -> None:
    """Show the options expanded."""
    show_make(studio, _folder)
    studio.page.locator("summary.row").click()


def show_faces(studio: Studio, folder: Path) -> None:
    """Show a picture with two faces."""
    studio.find("portrait-file").set_input_files(two_faces(folder))
    studio.see("points-edit")


def show_points(studio: Studio, folder: Path) -> None:
    """Show the editor of the five landmarks."""
    show_faces(studio, folder)
    studio.press("points-edit")


def show_making(studio: Studio, _folder: Path) -> None:
    """Show a video in progress."""
    studio.write(" ".join([TEXT] * 3))
    studio.press("make-go")
    studio.until("document.querySelector('#watch-newest').alt")


def show_done(studio: Studio, _folder: Path) -> None:
    """Show a finished video, paused in the middle."""
    studio.write(TEXT)
    studio.press("make-go")
    studio.see("watch-download")
    studio.until("document.querySelector('#watch-video').duration > 2")
    studio.read("document.querySelector('#watch-video').currentTime = 1.4")
    studio.until("document.querySelector('#watch-video').readyState > 2")
    studio.page.wait_for_timeout(2500)  # until the browser hides its loading indicator


def show_listen(studio: Studio, _folder: Path) -> None:
    """Show speech while it plays."""
    studio.press("tab-listen")
    studio.write(TEXT)
    studio.press("listen-go")
    studio.until("document.querySelector('#listen-clock').textContent.startsWith('0:04')")


def show_operate(studio: Studio, _folder: Path) -> None:
    """Show the state of the server."""
    studio.press("tab-operate")
    studio.until("document.querySelectorAll('#memory-chart .area').length")


def show_voices(studio: Studio, _folder: Path) -> None:
    """Show the list of voices."""
    studio.press("voice-choose")
    studio.until("document.querySelectorAll('#voice-list li').length > 3")


def show_error(studio: Studio, folder: Path) -> None:
    """Show the error for a picture without a face."""
    empty = folder / "empty.png"
    Image.linear_gradient("L").resize((640, 480)).save(empty)
    studio.find("portrait-file").set_input_files(empty)
    studio.told("portrait-notices")


def show_key(studio: Studio, _folder: Path) -> None:
    """Show the prompt for the API key after a wrong one."""
    studio.see("key-dialog")
    studio.find("key").fill("wrong")
    studio.page.keyboard.press("Enter")
    studio.until("document.querySelector('#key-error').textContent")


STATES: dict[str, Callable[[Studio, Path], None]] = {
    "make": show_make,
    "options": show_options,
    "faces": show_faces,
    "points": show_points,
    "error": show_error,
    "voices": show_voices,
    "listen": show_listen,
    "done": show_done,
    "making": show_making,
    "operate": show_operate,
    "key": show_key,
}


def screenshot(studio: Studio, *, whole: bool) -> bytes:
    """Return a compressed screenshot of the whole page or of the window."""
    studio.page.wait_for_timeout(400)
    picture: Image.Image = Image.open(io.BytesIO(studio.page.screenshot(full_page=whole)))
    file = io.BytesIO()
    picture = picture.crop((0, 0, picture.width, min(picture.height, TALLEST)))
    picture.convert("RGB").save(file, "WEBP", quality=QUALITY, method=6)
    return file.getvalue()


def main() -> None:
    """Take all screenshots, or those of the states given as arguments."""
    OUT.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name, browsing() as browser:
        folder = Path(name)
        with serving(folder / "data", API_KEYS=KEY) as server:
            for state in sys.argv[1:] or STATES:
                for width, height in SIZES.items():
                    for scheme in ("light", "dark"):
                        window = {"width": width, "height": height}
                        with studio_of(browser, server.url, viewport=window, color_scheme=scheme) as studio:
                            if state != "key":
                                studio.page.add_init_script(f"localStorage['halfgig.key'] = JSON.stringify('{KEY}')")
                            studio.open()
                            STATES[state](studio, folder)
                            path = OUT / f"{state}-{width}-{scheme}.webp"
                            path.write_bytes(screenshot(studio, whole=state not in ("voices", "key")))
                            print(f"{path.relative_to(ROOT)}: {path.stat().st_size // 1024} KB")


if __name__ == "__main__":
    main()
