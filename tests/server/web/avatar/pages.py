"""Pages of another origin, under a strict policy, with avatars of a real server in a real browser."""

from __future__ import annotations

import contextlib
import io
import json
from typing import TYPE_CHECKING, Any

from PIL import Image

from halfgig.animators.base import PRESENTER
from halfgig.avatars.pack import Section, write_pack
from tests.server.web.page.studio import WAIT_MS, tab_of, until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import BrowserContext, Page, Route

    from tests.support.serving import Server

ORIGIN = "http://localhost:8999"
"""Where the pages seem to come from; a local name, since browsers let only those and HTTPS hear sound."""

KEY = "a-key"
SIDE = 96
"""Pixels of the picture's sides."""
TEXT = "Bob may buy a map. It costs three dollars."

NOTES = """
    const { HalfgigAvatar } = await import("SERVER/halfgig-avatar.js");
    window.poses = new Map();
    window.drawn = HalfgigAvatar.face;
    HalfgigAvatar.face = class {
        static async open(canvas) {
            const { id } = canvas.getRootNode().host;
            poses.set(id, []);
            return Object.assign(new this(), { id });
        }
        draw(pose) { poses.get(this.id).push(structuredClone(pose)); }
        resize() {}
        close() {}
    };
    window.events = [];
    window.note = (avatar) => {
        for (const name of ["ready", "start", "word", "end", "error"]) {
            avatar.addEventListener(name, ({ detail }) => {
                const { text, reason, code, status } = detail ?? {};
                events.push({ id: avatar.id, name, text, reason, code, status });
            });
        }
    };
    window.jaws = (id) => poses.get(id).map(({ weights }) => weights.jawOpen);
    window.pose = (id) => poses.get(id).at(-1) ?? { weights: {}, head: {} };
    window.isHidden = false;
    const frame = window.requestAnimationFrame;
    window.requestAnimationFrame = (draw) => frame(function again(now) { if (isHidden) frame(again); else draw(now); });
    for (const avatar of document.querySelectorAll("halfgig-avatar")) note(avatar);
    window.isThere = true;
"""
"""Replaces the face by one that keeps its poses, and notes events; no frame is drawn while `isHidden`."""


class Stage:
    """A page with avatars."""

    def __init__(self, page: Page, server: Server) -> None:
        self.page = page
        self.server = server
        self.wrong: list[str] = []
        """Errors thrown by the page, and violations of its policy."""
        page.set_default_timeout(WAIT_MS)
        page.on("pageerror", lambda error: self.wrong.append(str(error)))
        page.on("console", lambda message: self._note(message.text))

    def _note(self, text: str) -> None:
        if "Security Policy" in text:
            self.wrong.append(text)

    def open(self, names: tuple[str, ...] = ("ada",), **attributes: str) -> Stage:
        """Open a page with an avatar for each name, whose face keeps the poses that it is given."""
        own = {"server": self.server.url, "src": f"{ORIGIN}/ada.avatar", "key": KEY, **attributes}
        written = " ".join(f'{name}="{value}"' for name, value in own.items())
        html = '<!doctype html><html lang="en"><title>A page</title><script type="module" src="/page.js"></script>'
        avatars = "".join(f'<halfgig-avatar id="{name}" {written}></halfgig-avatar>' for name in names)
        policy = (
            f"default-src 'none'; script-src {self.server.url} {ORIGIN}/page.js; "
            f"connect-src {self.server.url} {ORIGIN}; media-src {ORIGIN} blob:"
        )
        self._serve("/", html + avatars, "text/html", {"content-security-policy": policy})
        self._serve("/page.js", NOTES.replace("SERVER", self.server.url), "text/javascript")
        self._serve("/ada.avatar", pack(), "application/octet-stream")
        self.page.goto(f"{ORIGIN}/")
        self.until(f"window.isThere && ({str('src' in attributes).lower()} || poses.size === {len(names)})")
        return self

    def _serve(self, path: str, body: str | bytes, kind: str, headers: dict[str, str] | None = None) -> None:
        def answer(route: Route) -> None:
            route.fulfill(status=200, body=body, headers={"content-type": kind, **(headers or {})})

        self.page.route(ORIGIN + path, answer)

    def serve_sound(self, path: str, sound: bytes) -> None:
        """Have a sound file at a path of the page's origin."""
        self._serve(path, sound, "audio/wav")

    def do(self, script: str, name: str = "ada") -> Any:
        """Run a script in which `avatar` is the avatar of a name; return what it returns."""
        avatar = f"const avatar = document.getElementById({json.dumps(name)});"
        return self.page.evaluate(f"async () => {{ {avatar} {script} }}")

    def until(self, expression: str) -> None:
        """Wait until an expression is true in the page."""
        until(self.page, expression)

    def events(self, *names: str) -> list[dict[str, Any]]:
        """Return the events of these names so far."""
        return [each for each in self.page.evaluate("events") if each["name"] in names]

    def words(self, name: str = "ada") -> str:
        """Return the words that an avatar has said."""
        return " ".join(each["text"] for each in self.events("word") if each["id"] == name)


def pack() -> bytes:
    """Return a pack that has a picture and nothing to draw from."""
    file = io.BytesIO()
    Image.open(PRESENTER).convert("RGB").resize((SIDE, SIDE)).save(file, "PNG")
    section = Section("portrait", "image/png", (SIDE, SIDE), file.getvalue())
    return write_pack({"version": 1}, {"name": "Ada", "voice": "en-us"}, [section], {})


@contextlib.contextmanager
def stage_in(window: BrowserContext, server: Server) -> Iterator[Stage]:
    """Open a tab; an error in the page fails the test."""
    with tab_of(window, ORIGIN, server.url) as page:
        stage = Stage(page, server)
        yield stage
    assert stage.wrong == []
