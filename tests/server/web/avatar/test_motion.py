"""What the face does apart from speaking: it listens, looks, hears, and keeps still for those who ask for that."""

from __future__ import annotations

import io
import wave
from typing import TYPE_CHECKING, Literal

import pytest

from halfgig.animators.base import PRESENTER
from tests.server.web.avatar.pages import KEY, ORIGIN, SIDE

if TYPE_CHECKING:
    from tests.server.web.avatar.pages import Stage
    from tests.support.serving import Server


def recording(server: Server) -> bytes:
    """Return a spoken sentence and a second of silence as a WAV file."""
    with server.client(headers={"authorization": "Bearer a-key"}) as client:
        body = {"model": "tts-1", "voice": "en-us", "input": "Bob may buy a map.", "response_format": "pcm"}
        pcm = client.post("/v1/audio/speech", json=body).content + bytes(48_000)
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(24_000)
        sound.writeframes(pcm)
    return file.getvalue()


def test_the_lips_follow_the_sound_of_an_audio_element_and_close_after_it(stage: Stage, server: Server) -> None:
    stage.serve_sound("/sound.wav", recording(server))
    stage.open()
    stage.do("window.sound = new Audio('/sound.wav'); await avatar.attach(sound); await sound.play();")
    stage.until("jaws('ada').some((jaw) => jaw > 0.2)")
    stage.until("sound.ended && jaws('ada').at(-1) < 0.02")
    stage.do("await avatar.attach(null); sound.currentTime = 0; poses.get('ada').length = 0; await sound.play();")
    stage.until("sound.ended")
    assert stage.do("return Math.max(...jaws('ada'))") < 0.02


def test_the_lips_follow_a_stream(stage: Stage) -> None:
    stage.open()
    stage.do(
        """const context = new AudioContext();
        const tone = new OscillatorNode(context, { type: "sawtooth", frequency: 150 });
        const stream = new MediaStreamAudioDestinationNode(context);
        tone.connect(new GainNode(context, { gain: 0.3 })).connect(stream);
        tone.start();
        await avatar.attach(stream.stream);"""
    )
    stage.until("jaws('ada').at(-1) > 0.2")


def test_it_looks_where_it_is_told_and_at_the_viewer_while_it_listens(stage: Stage) -> None:
    stage.open()
    right = "weights.eyeLookOutLeft - weights.eyeLookInLeft"
    stage.do("const box = avatar.getBoundingClientRect(); avatar.look(box.right + 300, box.y);")
    stage.until(f"(({{ weights, head }}) => {right} > 0.2 && weights.eyeLookUpLeft > 0)(pose('ada'))")
    stage.do("avatar.look(); avatar.listen(true);")
    assert stage.do("return avatar.state") == "listening"
    stage.until(f"(({{ weights, head }}) => Math.abs({right} + head.yaw / 30) < 0.1)(pose('ada'))")
    stage.do("avatar.listen(false);")
    assert stage.do("return avatar.state") == "idle"


def test_a_mood_shows(stage: Stage) -> None:
    stage.open()
    stage.do("avatar.mood = 'happy';")
    stage.until("pose('ada').weights.mouthSmileLeft > 0.5")
    stage.do("avatar.mood = 'neutral';")
    stage.until("pose('ada').weights.mouthSmileLeft === 0")


@pytest.mark.parametrize("motion", ["reduce", "no-preference"])
def test_who_wants_less_motion_sees_lips_alone(stage: Stage, motion: Literal["reduce", "no-preference"]) -> None:
    stage.page.emulate_media(reduced_motion=motion)
    stage.open()
    stage.until("poses.get('ada').length > 40")
    far = "Object.values(head).some((place) => Math.abs(place) > 1e-6)"
    moves = stage.do(f"return poses.get('ada').some(({{ head }}) => {far})")
    assert moves is (motion == "no-preference")


def without_webgl(stage: Stage, **attributes: str) -> None:
    """Open a page with an avatar in a browser that has no WebGL2."""
    stage.page.add_init_script(
        """const open = HTMLCanvasElement.prototype.getContext;
        HTMLCanvasElement.prototype.getContext = function (kind, ...more) {
            return kind === "webgl2" ? null : open.call(this, kind, ...more);
        };"""
    )
    stage.open(("ada",), **attributes)
    stage.do(
        """const { HalfgigAvatar } = await import(`${avatar.getAttribute("server")}/halfgig-avatar.js`);
        HalfgigAvatar.face = drawn;
        avatar.remove();
        document.body.append(avatar);"""
    )
    stage.until(f"document.querySelector('halfgig-avatar').shadowRoot.querySelector('canvas').width === {SIDE}")


def test_where_there_is_no_webgl_the_portrait_is_shown_and_speaks(stage: Stage) -> None:
    without_webgl(stage)
    shown = stage.do(
        """const canvas = avatar.shadowRoot.querySelector("canvas");
        const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
        return data.some((value, at) => at % 4 === 0 && value > 100);"""
    )
    assert shown
    assert stage.do("return avatar.speak('One.')") == "done"
    assert stage.words() == "One."


def test_where_there_is_no_webgl_a_saved_avatar_speaks_in_the_servers_videos(stage: Stage) -> None:
    with stage.server.client(headers={"authorization": f"Bearer {KEY}"}) as client, PRESENTER.open("rb") as portrait:
        avatar = client.post("/v1/avatars", files={"portrait": portrait}).json()["id"]
        without_webgl(stage, src=f"{ORIGIN}/ada.avatar#{avatar}", voice="en-us")
        stage.do(
            """const root = avatar.shadowRoot;
            window.films = 0;
            const count = () => { films += root.querySelectorAll("video").length; };
            new MutationObserver(count).observe(root, { childList: true });"""
        )
        assert stage.do("return avatar.speak('One.')") == "done"
        assert stage.do("return films") == 1
        assert [each["name"] for each in stage.events("start", "end", "error")] == ["start", "end"]
        assert client.get("/v1/videos").json()["data"] == []
