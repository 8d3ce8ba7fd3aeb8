"""A video waits in a queue of nodes that can make it, of them those of the newest version."""

from __future__ import annotations

from halfgig.requests import SpeechRequest, VideoRequest
from halfgig.server.nodes import SPEECH, Node
from halfgig.server.routing import has_voices, queue_for, queues_of, why_none

EVERYTHING = (SPEECH, "puppet", "sadtalker")


def node(
    name: str, *voices: str, roles: tuple[str, ...] = (SPEECH, "puppet"), version: str = "0.9.0", model: str = "kokoro"
) -> Node:
    """Return a node with these voices of a model."""
    return Node(name, name, roles, 512, 1.0, version, 0.0, ((model, voices),) if voices else ())


def spoken(voice: str = "", text: str = "Hello.", animator: str = "puppet") -> VideoRequest:
    return VideoRequest(SpeechRequest(text, voice), animator=animator)


def takers(request: VideoRequest, *nodes: Node) -> list[str]:
    """Return the nodes that take from the queue of a request."""
    queue = queue_for(request, nodes)
    return [each.name for each in nodes if queue in queues_of(each)]


def test_a_video_goes_to_nodes_with_its_animator_and_with_speech_if_it_has_a_text() -> None:
    nodes = (
        node("all", roles=EVERYTHING),
        node("silent", roles=("puppet", "sadtalker")),
        node("puppet"),
        node("voice", roles=(SPEECH,)),
    )
    assert takers(spoken(), *nodes) == ["all", "puppet"]
    assert takers(spoken(animator="sadtalker"), *nodes) == ["all"]
    assert takers(VideoRequest(audio="audio", animator="sadtalker"), *nodes) == ["all", "silent"]
    assert takers(VideoRequest(idle=2.0), *nodes) == ["all", "silent", "puppet"]
    assert queues_of(nodes[3]) == ()


def test_a_voice_that_some_nodes_have_leads_there_and_other_videos_go_to_all() -> None:
    nodes = (node("one", "af_bella", "af_heart"), node("two", "af_heart"), node("three", "af_bella", "af_heart"))
    assert takers(spoken("af_bella"), *nodes) == ["one", "three"]
    assert takers(spoken("af_heart"), *nodes) == ["one", "two", "three"]
    assert takers(spoken("af_bella(2)+af_heart"), *nodes) == ["one", "three"]
    assert takers(spoken("de"), *nodes) == ["one", "two", "three"]
    assert takers(VideoRequest(idle=2.0), *nodes) == ["one", "two", "three"]


def test_voices_within_a_text_count_as_well() -> None:
    nodes = (node("one", "af_bella", "af_heart"), node("two", "af_heart"))
    text = '<speak><voice name="af_bella">Hello.</voice> Hello.</speak>'
    assert takers(spoken("af_heart", text), *nodes) == ["one"]


def test_a_text_without_a_voice_is_always_spoken_by_the_best_engine_that_any_node_has() -> None:
    nodes = (node("plain"), node("kokoro", "af_heart"))
    assert takers(spoken(), *nodes) == ["kokoro"]
    assert takers(spoken("alloy"), node("plain"), node("kokoro", "af_heart", "af_alloy")) == ["kokoro"]
    assert takers(spoken(), node("plain"), node("other")) == ["plain", "other"]


def test_no_node_takes_a_video_that_none_can_make_and_the_reason_is_told() -> None:
    plain = node("plain")
    assert queue_for(spoken("af_bella"), [plain]) is None
    assert "voices that it names (af_bella)" in why_none(spoken("af_bella"), [plain])
    assert queue_for(spoken(animator="sadtalker"), [plain]) is None
    assert "makes videos with sadtalker" in why_none(spoken(animator="sadtalker"), [plain])
    silent = node("silent", roles=("puppet",))
    assert queue_for(spoken(), [silent]) is None
    assert "both speaks and makes" in why_none(spoken(), [silent])
    assert queue_for(spoken(), []) is None


def test_nodes_of_an_older_version_get_nothing_that_a_newer_one_can_make() -> None:
    old, new = node("old", "af_bella", version="0.9.1"), node("new", version="0.10.0")
    assert takers(VideoRequest(idle=2.0), old, new) == ["new"]
    assert takers(spoken("de"), old, new) == ["new"]
    assert takers(spoken("af_bella"), old, new) == ["old"]
    assert takers(spoken("de"), old) == ["old"]


def test_a_node_has_the_voices_of_a_text_if_it_announces_them() -> None:
    wanted = spoken(text='<speak><voice name="af_bella">Hello.</voice></speak>')
    assert has_voices(wanted, node("one", "af_bella"))
    assert not has_voices(wanted, node("two", "af_heart"))
    assert not has_voices(wanted, node("three", "af_bella", roles=("puppet",)))
