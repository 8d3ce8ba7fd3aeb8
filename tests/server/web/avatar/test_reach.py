"""Accessibility of an avatar in somebody's page: axe-core finds nothing serious, at rest and while it speaks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.server.web.page.test_reach import FOUND, axe

if TYPE_CHECKING:
    from tests.server.web.avatar.pages import Stage


def test_axe_finds_no_serious_fault_in_an_avatar_at_rest_and_while_it_speaks(stage: Stage) -> None:
    stage.open(captions="")
    stage.page.evaluate(axe())
    at_rest = stage.page.evaluate(FOUND)
    stage.do(f"window.said = avatar.speak({'Bob may buy a map. ' * 30!r});")
    stage.until("document.querySelector('halfgig-avatar').shadowRoot.querySelector('p').textContent")
    speaking = stage.page.evaluate(FOUND)
    assert stage.do("avatar.stop(); return said;") == "stopped"
    assert (at_rest, speaking) == ([], [])
