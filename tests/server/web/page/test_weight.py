"""The page is small, contacts no other host, and is visible before its data is loaded."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from halfgig.server.web.static import PAGE
from tests.support import http

if TYPE_CHECKING:
    from pathlib import Path

    from tests.server.web.page.studio import Studio
    from tests.support.serving import Server

LARGEST_BYTES = 175_000
"""It was 150 KB before the page had a view to talk in, which takes 12 KB."""

LONGEST_FILE = 350
LONGEST_FUNCTION = 50

FILES = sorted(PAGE.iterdir())
TEXTS = [path for path in FILES if path.suffix in (".js", ".css", ".html")]
SCRIPTS = [path for path in FILES if path.suffix == ".js"]


def test_all_files_together_stay_small() -> None:
    assert sum(path.stat().st_size for path in FILES) < LARGEST_BYTES


@pytest.mark.parametrize(
    "path", [path for path in FILES if path.suffix in (".js", ".css", ".html")], ids=lambda path: path.name
)
def test_no_file_names_another_host(path: Path) -> None:
    addresses = re.findall(r"(?:https?:)?//[a-z0-9-]+\.[a-z0-9.-]+[^\s\"')]*", path.read_text(encoding="utf-8"))
    assert [each for each in addresses if not each.endswith("www.w3.org/2000/svg")] == []


@pytest.mark.parametrize("path", [path for path in FILES if path.suffix == ".html"], ids=lambda path: path.name)
def test_no_html_has_scripts_or_styles_of_its_own(path: Path) -> None:
    html = path.read_text(encoding="utf-8")
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=", html)


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_no_script_makes_elements_of_a_string(path: Path) -> None:
    script = path.read_text(encoding="utf-8")
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function", script)


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_a_script_says_what_it_is_for_and_stays_short(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    assert lines[0].startswith("// ")
    assert len(lines) < LONGEST_FILE
    begin = None
    for number, line in enumerate(lines):
        if re.match(r"(\t|)(export |async |function |get |set |static |#?\w+\().*\{$", line):
            begin = number
        elif begin is not None and re.match(r"(\t|)\}$", line):
            assert number - begin < LONGEST_FUNCTION, lines[begin]
            begin = None


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_what_a_script_gives_others_says_what_it_does(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    given = [at for at, line in enumerate(lines) if re.match(r"export (async )?(function|class)", line)]
    assert [lines[at] for at in given if not lines[at - 1].endswith("*/")] == []


def test_every_element_that_scripts_look_for_is_there() -> None:
    html = (PAGE / "index.html").read_text(encoding="utf-8") + (PAGE / "shared.html").read_text(encoding="utf-8")
    there = set(re.findall(r'\bid="([\w-]+)"', html))
    wanted = {name for path in SCRIPTS for name in re.findall(r'byId\("([\w-]+)"\)', path.read_text(encoding="utf-8"))}
    assert wanted - there == set()


def test_the_page_is_seen_while_the_server_answers_nothing_else(studio: Studio) -> None:
    studio.page.route(re.compile(r"/v1/"), lambda _route: None)  # no response
    studio.page.reload()
    studio.see("make-go")
    studio.until("document.querySelector('#portrait-frame img').naturalWidth > 0")


def test_a_strict_policy_holds_and_nothing_of_another_host_is_asked_for(studio: Studio, server: Server) -> None:
    policy = http.get(server.url).headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    asked: list[str] = []
    studio.page.on("request", lambda request: asked.append(request.url))
    studio.page.reload()
    studio.see("make-go")
    studio.press("tab-operate")
    studio.until("document.querySelector('#now-used').textContent.includes(' of ')")
    assert asked
    assert [each for each in asked if not each.startswith((server.url, "blob:", "data:"))] == []
