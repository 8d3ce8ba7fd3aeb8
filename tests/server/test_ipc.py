"""Messages between web and worker are decoded as they were encoded, or refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from halfgig.errors import NoFace
from halfgig.server.errors import BadRequest, Busy
from halfgig.server.ipc import BYTES, HEAD, JSON, LONGEST, WireBroken, body_length, packed, refusal, unpacked

MESSAGES = st.binary() | st.dictionaries(st.text(), st.integers() | st.text() | st.booleans() | st.none())


@given(MESSAGES)
def test_a_message_is_read_as_it_was_written(message: bytes | dict[str, object]) -> None:
    sent = packed(message)
    head, body = sent[: HEAD.size], sent[HEAD.size :]
    assert body_length(head) == len(body)
    assert unpacked(head, body) == message


@given(st.binary(min_size=HEAD.size, max_size=HEAD.size), st.binary())
def test_what_is_no_message_is_refused_and_nothing_else_happens(head: bytes, body: bytes) -> None:
    try:
        assert body_length(head) <= LONGEST
        unpacked(head, body)
    except WireBroken:
        pass


@pytest.mark.parametrize(
    "head", [HEAD.pack(LONGEST + 1, BYTES), HEAD.pack(3, ord("X"))], ids=["too long", "of no kind"]
)
def test_a_head_that_cannot_be_is_refused(head: bytes) -> None:
    with pytest.raises(WireBroken):
        body_length(head)


@pytest.mark.parametrize("body", [b"", b"[1]", b"{", b"\xff"])
def test_json_that_is_no_object_is_refused(body: bytes) -> None:
    with pytest.raises(WireBroken):
        unpacked(HEAD.pack(len(body), JSON), body)


def test_an_error_crosses_with_all_that_a_client_is_told() -> None:
    assert refusal(Busy("come back", 7.5)) == {
        "type": "error",
        "message": "come back",
        "status": 429,
        "code": "busy",
        "param": None,
        "retry": True,
        "after_s": 7.5,
    }
    assert refusal(BadRequest("no", "input"))["param"] == "input"
    assert (refusal(NoFace("none"))["status"], refusal(NoFace("none"))["code"]) == (400, "no_face")
