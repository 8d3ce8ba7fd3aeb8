"""The avatar speaks: from a text or a model's tokens, alone or together with another, until it is stopped."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.server.web.avatar.pages import TEXT
from tests.support.waiting import soon

if TYPE_CHECKING:
    from tests.server.web.avatar.pages import Stage

LONG = TEXT * 30
STREAMS = "halfgig_streams_in_flight"


def streams(stage: Stage) -> float:
    """Return the number of streams that the server makes."""
    with stage.server.client(headers={"authorization": "Bearer a-key"}) as client:
        lines = client.get("/metrics").text.splitlines()
    return sum(float(line.split()[-1]) for line in lines if line.startswith(STREAMS))


def test_a_text_is_said_word_by_word_with_lips_that_move_and_close(stage: Stage) -> None:
    stage.open(captions="")
    assert stage.do(f"return avatar.speak({TEXT!r})") == "done"
    assert [each["name"] for each in stage.events("start", "end", "error")] == ["start", "end"]
    assert stage.words() == TEXT
    stage.until("jaws('ada').some((jaw) => jaw > 0.15) && jaws('ada').at(-1) < 0.01")
    assert stage.do("return avatar.state") == "idle"


def test_each_line_is_announced_while_it_is_said(stage: Stage) -> None:
    stage.open()
    lines = stage.do(
        f"""const lines = [];
        const line = avatar.shadowRoot.querySelector("[aria-live=polite]");
        const note = () => line.textContent && lines.push(line.textContent);
        new MutationObserver(note).observe(line, {{ childList: true }});
        await avatar.speak({TEXT!r});
        return [...lines, line.textContent];"""
    )
    assert lines == [*TEXT.replace(". ", ".|").split("|"), ""]
    assert "Synthetic" in stage.do("return avatar.getAttribute('aria-description')")


def test_a_models_tokens_are_spoken_from_the_first_sentence_on(stage: Stage) -> None:
    stage.open()
    said = stage.do(
        """async function* tokens() {
            yield "Dr. Bob has 3.";
            yield "5 maps. ";
            await new Promise((resolve) => avatar.addEventListener("start", resolve)); // before the rest is written
            yield "And ";
            yield "a hat";
        }
        return avatar.speak(tokens());"""
    )
    assert said == "done"
    assert stage.words() == "Dr. Bob has 3.5 maps. And a hat"


def test_a_brief_first_sentence_is_asked_for_with_the_next_one_where_that_comes_soon(stage: Stage) -> None:
    stage.open()
    asked = list[str]()
    stage.page.on("request", lambda each: asked.append(json.loads(each.post_data or "{}").get("input", "")))
    stage.do(
        """async function* tokens() {
            yield "Yes. ";
            await new Promise((resolve) => setTimeout(resolve, 100));
            yield "It costs three dollars. ";
            await new Promise((resolve) => avatar.addEventListener("start", resolve));
            yield "Buy it.";
        }
        return avatar.speak(tokens());"""
    )
    assert [each for each in asked if each] == ["Yes. It costs three dollars. ", "Buy it."]


def test_a_brief_first_sentence_is_said_alone_where_nothing_follows_soon(stage: Stage) -> None:
    stage.open()
    said = stage.do(
        """async function* tokens() {
            yield "Yes. ";
            await new Promise((resolve) => avatar.addEventListener("start", resolve));
            yield "It costs three dollars.";
        }
        return avatar.speak(tokens());"""
    )
    assert said == "done"
    assert stage.words() == "Yes. It costs three dollars."


def test_what_a_model_cannot_finish_is_an_error_after_what_it_wrote(stage: Stage) -> None:
    stage.open()
    script = 'return avatar.speak((async function* () { yield "One. "; throw new Error("no more"); })());'
    assert stage.do(script) == "failed"
    assert stage.events("error")[0]["code"] == "failed"


def test_stop_in_a_word_silences_it_and_ends_the_servers_work(stage: Stage) -> None:
    stage.open()
    levels = stage.do(
        f"""const context = new AudioContext();
        const meter = new AnalyserNode(context, {{ fftSize: 1024 }});
        new MediaStreamAudioSourceNode(context, {{ mediaStream: avatar.captureStream() }}).connect(meter);
        const level = () => {{
            const samples = new Float32Array(1024);
            meter.getFloatTimeDomainData(samples);
            return Math.hypot(...samples);
        }};
        const said = avatar.speak({LONG!r});
        await new Promise((resolve) => avatar.addEventListener("word", resolve, {{ once: true }}));
        while (level() < 0.5) await new Promise((resolve) => setTimeout(resolve, 5));
        window.isStopped = avatar.stop();
        const reason = await said;
        while (level() > 1e-4) await new Promise((resolve) => setTimeout(resolve, 5));
        return reason;"""
    )
    assert levels == "stopped"
    stage.until("jaws('ada').at(-1) < 0.01")
    assert soon(lambda: streams(stage) == 0)
    assert stage.do("return avatar.speak('Yes?')") == "done"


def test_escape_stops_it(stage: Stage) -> None:
    stage.open()
    stage.do(f"avatar.focus(); window.said = avatar.speak({LONG!r});")
    stage.until("events.some(({ name }) => name === 'word')")
    stage.page.keyboard.press("Escape")
    assert stage.do("return said") == "stopped"


def test_texts_are_said_one_after_the_other_and_stop_forgets_those_that_wait(stage: Stage) -> None:
    stage.open()
    assert stage.do("return Promise.all([avatar.speak('One.'), avatar.speak('Two.')])") == ["done", "done"]
    assert stage.words() == "One. Two."
    script = f"const said = [avatar.speak({LONG!r}), avatar.speak('Never.')]; avatar.stop(); return Promise.all(said);"
    assert stage.do(script) == ["stopped", "stopped"]


def test_two_avatars_on_a_page_speak_at_the_same_time(stage: Stage) -> None:
    stage.open(("ada", "bob"))
    script = """const bob = document.getElementById("bob");
        return Promise.all([avatar.speak("One. Two. Three."), bob.speak("Four. Five. Six.")]);"""
    assert stage.do(script) == ["done", "done"]
    assert (stage.words("ada"), stage.words("bob")) == ("One. Two. Three.", "Four. Five. Six.")
    starts = [each["name"] for each in stage.events("start", "end")]
    assert starts == ["start", "start", "end", "end"]


def test_one_that_leaves_the_page_falls_silent_and_may_come_back(stage: Stage) -> None:
    stage.open()
    stage.do(f"window.ada = avatar; window.said = avatar.speak({LONG!r});")
    stage.until("events.some(({ name }) => name === 'start')")
    assert stage.do("avatar.remove(); return said;") == "stopped"
    stage.do("document.body.append(ada);")
    assert stage.do("return avatar.speak('Back.')") == "done"


def test_a_page_that_closes_ends_the_servers_work(stage: Stage) -> None:
    stage.open()
    stage.do(f"avatar.speak({LONG!r}).then(() => {{}});")
    stage.until("events.some(({ name }) => name === 'start')")
    stage.page.goto("about:blank")
    assert soon(lambda: streams(stage) == 0)
