"""What goes wrong around an avatar: connections, keys, tabs that are hidden."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from halfgig.animators.base import PRESENTER
from halfgig.server.web.session_tokens import Signer
from tests.server.web.avatar.pages import KEY, ORIGIN, TEXT

if TYPE_CHECKING:
    from playwright.sync_api import Route

    from tests.server.web.avatar.pages import Stage

SPEECH = "**/v1/audio/speech"


def test_speech_goes_on_where_a_lost_connection_broke_off(stage: Stage) -> None:
    stage.open()
    asked: list[str] = []

    def break_off(route: Route) -> None:
        if route.request.method != "POST":
            route.continue_()
            return
        asked.append(json.loads(route.request.post_data or "{}")["input"])
        if len(asked) == 1:
            route.abort("connectionfailed")
        elif len(asked) == 2:
            answer = route.fetch()
            events = answer.text().split("\n\n")
            last = max(at for at, event in enumerate(events) if "speech.audio.words" in event)
            route.fulfill(response=answer, body="\n\n".join(events[: last + 3]) + "\n\n")
        else:
            route.continue_()

    stage.page.route(SPEECH, break_off)
    assert stage.do(f"return avatar.speak({TEXT!r})") == "done"
    assert stage.words() == TEXT
    assert len(asked) == 3
    assert TEXT.endswith(asked[2])
    assert len(asked[2]) < len(TEXT)
    assert stage.events("error") == []


def test_it_says_that_it_waits_while_the_server_is_away(stage: Stage) -> None:
    stage.open()
    stage.page.route(SPEECH, lambda route: route.abort("connectionfailed"))
    stage.do(f"window.said = avatar.speak({TEXT!r});")
    stage.until("document.querySelector('halfgig-avatar').state === 'waiting'")
    stage.page.unroute(SPEECH)
    assert stage.do("return said") == "done"


def test_a_wrong_key_is_an_error_and_not_tried_again(stage: Stage) -> None:
    stage.open(key="another-key")
    assert stage.do(f"return avatar.speak({TEXT!r})") == "failed"
    (error,) = stage.events("error")
    assert (error["status"], error["code"]) == (401, "invalid_api_key")


def test_a_key_is_sent_to_its_server_and_to_nobody_else(stage: Stage) -> None:
    sent: dict[str, str | None] = {}
    stage.page.on("request", lambda each: sent.update({each.url: each.headers.get("authorization")}))
    stage.open()
    assert stage.do("return avatar.speak('One.')") == "done"
    assert sent[f"{ORIGIN}/ada.avatar"] is None
    assert sent[f"{stage.server.url}/v1/audio/speech"] == f"Bearer {KEY}"


def test_a_token_is_enough_and_an_old_one_is_an_error_until_the_page_has_a_new_one(stage: Stage) -> None:
    signer = Signer(stage.server.data / "server")
    with stage.server.client(headers={"authorization": f"Bearer {KEY}"}) as client, PRESENTER.open("rb") as portrait:
        avatar = client.post("/v1/avatars", files={"portrait": portrait}).json()["id"]
        fresh = client.post(f"/v1/avatars/{avatar}/sessions", json={}).json()["token"]
    old = signer.token(signer.session(fresh)._replace(expires_at=1))
    stage.open(src=f"/v1/avatars/{avatar}/pack?size=256", token=old)
    stage.until("events.some(({ name, code }) => name === 'error' && code === 'token_expired')")
    assert stage.do("return avatar.speak('One.')") == "failed"
    stage.do(f"avatar.credentials = async () => '{fresh}'; avatar.remove(); document.body.append(avatar);")
    stage.until("poses.size === 1")
    assert stage.do("return avatar.speak('Two.')") == "done"
    assert stage.words() == "Two."


def test_an_avatar_that_is_not_there_is_an_error(stage: Stage) -> None:
    stage.open(src=f"{stage.server.url}/v1/avatars/avatar_none/pack")
    stage.until("events.some(({ name, status }) => name === 'error' && status === 404)")


def test_a_hidden_tab_goes_on_speaking_and_shows_the_right_face_when_it_is_seen_again(stage: Stage) -> None:
    stage.open()
    stage.do(f"window.isHidden = true; window.said = avatar.speak({TEXT!r});")
    stage.until("events.filter(({ name }) => name === 'word').length > 3")
    drawn = stage.do("return poses.get('ada').length")
    stage.until("events.filter(({ name }) => name === 'word').length > 5")
    assert stage.do("return poses.get('ada').length") <= drawn + 1
    stage.do("window.isHidden = false;")
    stage.until(f"poses.get('ada').length > {drawn + 2}")
    assert stage.do("return said") == "done"
    assert stage.words() == TEXT
