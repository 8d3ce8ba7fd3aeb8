"""The modules for other people's pages are a few small files that need no key."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest

from halfgig import __version__
from halfgig.server.web.avatar_module import MODULES, SOURCES, joined, write_modules
from tests.server.web.servers import site
from tests.support.media import ROOT

if TYPE_CHECKING:
    from pathlib import Path

LONGEST_FILE = 350
PACKAGE = ROOT / "packages" / "halfgig-avatar"


def test_files_are_joined_after_those_they_need_each_once(tmp_path: Path) -> None:
    (tmp_path / "a.js").write_text('// A.\nimport { b } from "./b.js";\n\n/** Says. */\nexport const a = b; // why\n')
    (tmp_path / "b.js").write_text("// B.\nexport function* b() {\n\tyield 1;\n}\n")
    (tmp_path / "index.js").write_text('import { b } from "./b.js";\n\nb();\n\nexport { a } from "./a.js";\n')
    lines = joined("index.js", tmp_path).splitlines()
    assert lines[1:] == ["function* b() {", "yield 1;", "}", "const a = b;", "b();", "export { a };"]


@pytest.mark.parametrize(
    ("path", "most_bytes", "exports"),
    [
        ("/halfgig-avatar.js", 60 * 2**10, ["{ HalfgigAvatar };", "{ AvatarError };"]),
        ("/halfgig-hearing.js", 6 * 2**10, ["class Listener {", "class Hearing {"]),
        ("/halfgig-opus.js", 4 * 2**10, ["async function opus() {", "class Opus {"]),
        ("/halfgig-still.js", 8 * 2**10, ["class Still {"]),
        ("/halfgig-videos.js", 4 * 2**10, ["class Videos {"]),
    ],
)
def test_a_module_is_one_small_file_whose_names_are_unique(path: str, most_bytes: int, exports: list[str]) -> None:
    module = joined(MODULES[path])
    assert len(module.encode()) <= most_bytes
    assert "./" not in module
    assert re.findall(r"^export (.*)", module, re.MULTILINE) == exports


def test_every_file_says_what_it_is_for_and_can_be_read_at_once() -> None:
    for path in SOURCES.glob("*.js"):
        lines = path.read_text(encoding="utf-8").splitlines()
        assert lines[0].startswith("// ")
        assert len(lines) < LONGEST_FILE


def test_pages_of_any_origin_may_load_them_without_a_key(tmp_path: Path) -> None:
    for keys in ((), ("a-key",)):
        with site(tmp_path, api_keys=keys) as server:
            headers = {"origin": "https://elsewhere.test", "sec-fetch-site": "cross-site", "sec-fetch-mode": "cors"}
            for path, entry in MODULES.items():
                answer = server.http.get(path, headers=headers)
                again = server.http.get(path, headers={"if-none-match": answer.headers["etag"]})
                assert (answer.status_code, answer.text) == (200, joined(entry))
                assert answer.headers["access-control-allow-origin"] == "*"
                assert answer.headers["content-type"].startswith("text/javascript")
                assert again.status_code == 304


def test_the_npm_package_has_the_modules_with_types_for_all_that_they_export(tmp_path: Path) -> None:
    facts = json.loads((PACKAGE / "package.json").read_text(encoding="utf-8"))
    assert facts["version"] == __version__
    write_modules(tmp_path)
    assert {f"/{path.name}" for path in tmp_path.iterdir()} == set(MODULES)
    for each in (facts["exports"]["."], facts["exports"]["./videos"]):
        module = (tmp_path / each["default"]).read_text(encoding="utf-8")
        typed = (PACKAGE / each["types"]).read_text(encoding="utf-8")
        exported = set(re.findall(r"^export (?:class|\{) ?(\w+)", module, re.MULTILINE))
        assert exported
        assert exported <= set(re.findall(r"^export class (\w+)", typed, re.MULTILINE))


def test_the_types_have_every_method_of_the_element() -> None:
    source = (SOURCES / "element.js").read_text(encoding="utf-8")
    own = set(re.findall(r"^\t(?:async )?([a-z]\w+)\([^)]*\) \{", source, re.MULTILINE))
    typed = set(re.findall(r"^\t(\w+)\(", (PACKAGE / "halfgig-avatar.d.ts").read_text(encoding="utf-8"), re.MULTILINE))
    called_by_browsers = {"connectedCallback", "disconnectedCallback", "attributeChangedCallback"}
    assert own - called_by_browsers <= typed
