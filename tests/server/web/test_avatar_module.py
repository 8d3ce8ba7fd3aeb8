"""The module for other people's pages is one small file that needs no key."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from halfgig.server.web.avatar_module import ENTRY, PATH, SOURCES, avatar_module
from tests.server.web.servers import site

if TYPE_CHECKING:
    from pathlib import Path

LARGEST_BYTES = 60 * 2**10
LONGEST_FILE = 350


def test_files_are_joined_after_those_they_need_each_once(tmp_path: Path) -> None:
    (tmp_path / "a.js").write_text('// A.\nimport { b } from "./b.js";\n\n/** Says. */\nexport const a = b; // why\n')
    (tmp_path / "b.js").write_text("// B.\nexport function* b() {}\nexport async function c() {}\n")
    (tmp_path / ENTRY).write_text('import { b } from "./b.js";\n\nb();\n\nexport { a } from "./a.js";\n')
    joined = avatar_module(tmp_path).split("\n", 1)[1]
    told = "function* b() {} async function c() {} const a = b; b(); export { a };"
    assert joined.split() == told.split()


def test_the_module_is_one_file_of_at_most_60_kb_whose_names_are_unique() -> None:
    module = avatar_module()
    assert len(module.encode()) <= LARGEST_BYTES
    assert "./" not in module
    assert re.findall(r"^export .*", module, re.MULTILINE) == [
        "export { HalfgigAvatar };",
        "export { AvatarError };",
        "export { Videos };",
    ]
    names = re.findall(r"^(?:async )?(?:function\*?|class|const|let) (\w+)", module, re.MULTILINE)
    assert len(set(names)) == len(names)


def test_every_file_says_what_it_is_for_and_can_be_read_at_once() -> None:
    for path in SOURCES.glob("*.js"):
        lines = path.read_text(encoding="utf-8").splitlines()
        assert lines[0].startswith("// ")
        assert len(lines) < LONGEST_FILE


def test_pages_of_any_origin_may_load_it_without_a_key(tmp_path: Path) -> None:
    for keys in ((), ("a-key",)):
        with site(tmp_path, api_keys=keys) as server:
            headers = {"origin": "https://elsewhere.test", "sec-fetch-site": "cross-site", "sec-fetch-mode": "cors"}
            answer = server.http.get(PATH, headers=headers)
            again = server.http.get(PATH, headers={"if-none-match": answer.headers["etag"]})
        assert (answer.status_code, answer.text) == (200, avatar_module())
        assert answer.headers["access-control-allow-origin"] == "*"
        assert answer.headers["content-type"].startswith("text/javascript")
        assert again.status_code == 304
