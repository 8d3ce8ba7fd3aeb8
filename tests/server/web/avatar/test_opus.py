"""On a slow link the avatar speaks Opus: the same sound at the same moments, in a fraction of the bytes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from halfgig.animators.base import PRESENTER
from tests.server.web.avatar.pages import KEY, TEXT

if TYPE_CHECKING:
    from playwright.sync_api import Route

    from tests.server.web.avatar.pages import Stage

SPEECH = "**/v1/audio/speech"
RATE = 24_000
SLOW = "Object.defineProperty(navigator, 'connection', { value: { effectiveType: '3g' } });"
UNKNOWN = "Object.defineProperty(navigator, 'connection', { value: undefined });"

LISTEN = """
    window.heard = [];
    const { copyToChannel } = AudioBuffer.prototype;
    AudioBuffer.prototype.copyToChannel = function (samples, ...more) {
        heard.push(...samples);
        return copyToChannel.call(this, samples, ...more);
    };
"""
"""Keeps all samples that are played, one after the other."""

COMPARE = """(() => {
    const [plain, opus] = spoken, step = 6;
    const likeness = (lag) => {
        let [both, left, right] = [0, 0, 0];
        for (let at = 1000; at < plain.length - 1000; at += step) {
            const [a, b] = [plain[at], opus[at + lag] ?? 0];
            [both, left, right] = [both + a * b, left + a * a, right + b * b];
        }
        return both / Math.sqrt(left * right);
    };
    const lags = Array.from({ length: 401 }, (_, at) => at - 200);
    const found = lags.map(likeness);
    const best = Math.max(...found);
    return { lag: lags[found.indexOf(best)], likeness: best, lengths: [plain.length, opus.length] };
})()"""
"""How many samples the second speech is later than the first, and how alike they are then."""


class Link:
    """What was asked for, and how much came."""

    def __init__(self, stage: Stage) -> None:
        self.browser = stage.page.context.new_cdp_session(stage.page)
        self.formats: list[str] = []
        """The formats of the speeches."""
        self.sizes: list[int] = []
        """The bytes of each."""
        self._numbers: dict[str, int] = {}
        self.browser.on("Network.requestWillBeSent", self._note)
        self.browser.on("Network.dataReceived", self._count)
        self.browser.send("Network.enable")

    def _note(self, sent: dict[str, Any]) -> None:
        body = json.loads(sent["request"].get("postData", "{}"))
        if "response_format" in body:
            self._numbers[sent["requestId"]] = len(self.formats)
            self.formats.append(body["response_format"])
            self.sizes.append(0)

    def _count(self, received: dict[str, Any]) -> None:
        if received["requestId"] in self._numbers:
            self.sizes[self._numbers[received["requestId"]]] += received["dataLength"]


def said_in(stage: Stage, audio: str) -> None:
    """Have the text said in a format, and keep what was heard."""
    script = f"heard.length = 0; avatar.setAttribute('audio', '{audio}'); const said = await avatar.speak({TEXT!r});"
    assert stage.do(f"{script} (window.spoken ??= []).push([...heard]); return said;") == "done"


def test_opus_sounds_the_same_at_the_same_moments_in_a_quarter_of_the_bytes(stage: Stage) -> None:
    stage.page.add_init_script(LISTEN)
    stage.open()
    link = Link(stage)
    said_in(stage, "pcm")
    said_in(stage, "opus")
    found: dict[str, Any] = stage.page.evaluate(COMPARE)
    assert abs(found["lag"]) <= 0.001 * RATE
    assert found["likeness"] > 0.9
    assert found["lengths"][0] == found["lengths"][1]
    assert link.formats == ["pcm", "opus"]
    assert link.sizes[1] < link.sizes[0] / 4
    assert stage.words() == f"{TEXT} {TEXT}"
    stage.until("jaws('ada').some((jaw) => jaw > 0.15) && jaws('ada').at(-1) < 0.01")


@pytest.mark.parametrize(
    ("connection", "audio", "wanted"), [(SLOW, "", "opus"), (SLOW, "pcm", "pcm"), (UNKNOWN, "", "pcm")]
)
def test_the_browsers_word_on_its_link_decides_unless_the_page_does(
    stage: Stage, connection: str, audio: str, wanted: str
) -> None:
    stage.page.add_init_script(connection)
    stage.open()
    if audio:
        stage.do(f"avatar.setAttribute('audio', '{audio}');")
    link = Link(stage)
    assert stage.do("return avatar.speak('One.')") == "done"
    assert link.formats == [wanted]


def test_a_link_that_was_slow_to_bring_the_picture_brings_opus(stage: Stage) -> None:
    with stage.server.client(headers={"authorization": f"Bearer {KEY}"}) as client, PRESENTER.open("rb") as portrait:
        avatar = client.post("/v1/avatars", files={"portrait": portrait}).json()["id"]
    stage.page.add_init_script(UNKNOWN)
    link = Link(stage)
    slow = {"offline": False, "latency": 0, "downloadThroughput": 50_000, "uploadThroughput": -1}
    link.browser.send("Network.emulateNetworkConditions", slow)
    stage.open(src=f"/v1/avatars/{avatar}/pack?size=256")
    stage.until("poses.size === 1")
    assert stage.do("return avatar.speak('One.')") == "done"
    assert link.formats == ["opus"]


@pytest.mark.parametrize(
    "lack",
    [
        "delete window.AudioDecoder;",
        "AudioDecoder.isConfigSupported = async () => ({ supported: false });",
        "AudioDecoder.prototype.decode = function () { throw new Error('no'); };",
        """window.AudioDecoder = class extends AudioDecoder {
            constructor(on) { super(on); this.on = on; }
            decode() { this.on.error(new Error("no")); this.close(); }
        };""",
    ],
    ids=["no decoder", "no opus", "it throws", "it gives up"],
)
def test_where_the_browser_cannot_decode_samples_are_asked_for(stage: Stage, lack: str) -> None:
    stage.page.add_init_script(lack)
    stage.open(audio="opus")
    link = Link(stage)
    assert stage.do(f"return avatar.speak({TEXT!r})") == "done"
    assert link.formats[-1] == "pcm"
    assert stage.words() == TEXT
    assert stage.events("error") == []


def test_opus_goes_on_where_a_lost_connection_broke_off_as_long_as_it_would_have_been(stage: Stage) -> None:
    stage.page.add_init_script(LISTEN)
    stage.open()
    said_in(stage, "pcm")
    asked: list[str] = []

    def break_off(route: Route) -> None:
        asked.append(json.loads(route.request.post_data or "{}").get("input", ""))
        if len(asked) > 1:
            route.continue_()
            return
        answer = route.fetch()
        events = answer.text().split("\n\n")
        last = max(at for at, event in enumerate(events) if "speech.audio.words" in event)
        route.fulfill(response=answer, body="\n\n".join(events[: last + 1]) + "\n\n")

    stage.page.route(SPEECH, break_off)
    said_in(stage, "opus")
    assert len(asked) == 2
    assert TEXT.endswith(asked[1])
    assert len(asked[1]) < len(TEXT)
    found = stage.page.evaluate(COMPARE)
    assert found["lengths"][0] == found["lengths"][1]
    assert abs(found["lag"]) <= 0.001 * RATE
    assert found["likeness"] > 0.9
