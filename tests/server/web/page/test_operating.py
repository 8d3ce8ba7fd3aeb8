"""Operate: the server's memory, queue, plan and log."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.server.web.page.studio import Studio
    from tests.support.serving import Server


def test_memory_stands_against_the_limit_stacked_by_process(studio: Studio, server: Server) -> None:
    studio.press("tab-operate")
    studio.until("document.querySelector('#now-used').textContent.includes(' of ')")
    used, limit = re.findall(r"\d+", studio.find("now-used").inner_text())
    with server.client() as client:
        now = client.get("/v1/memory").json()["now"]
    assert int(limit) == now["limit_mb"]
    assert abs(int(used) - now["used_mb"]) < 60
    studio.until("document.querySelectorAll('#memory-chart .area').length >= 4")
    names = studio.read("[...document.querySelectorAll('#memory-chart .area')].map((each) => each.classList[1])")
    assert set(names) == {"is-supervisor", "is-web", "is-worker", "is-cells"}


def test_the_chart_can_be_read_with_the_keyboard_and_as_a_table(studio: Studio) -> None:
    studio.press("tab-operate")
    studio.until("document.querySelector('#memory-readout').textContent.startsWith('Now: supervisor')")
    studio.find("memory-chart").focus()
    studio.page.keyboard.press("End")
    studio.until("document.querySelector('#live').textContent.includes('in use')")
    assert studio.page.locator("#memory-rows tr").count() >= 1


def test_plan_marks_and_log_are_told_in_words(studio: Studio) -> None:
    studio.press("tab-operate")
    studio.until("document.querySelector('#plan-text').textContent.includes('keeps within')")
    studio.until("document.querySelectorAll('#log .log-line').length > 0")
    studio.until("document.querySelectorAll('#marks .mark-line').length > 0")
    studio.find("log-level").select_option("warning")
    assert studio.page.locator("#log .is-info").count() == 0
