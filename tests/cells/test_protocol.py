"""Messages arrive complete, however the stream is cut into reads."""

from __future__ import annotations

import os
import socket
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from halfgig.cells.protocol import CellConnection, HangupError, Message

messages = st.lists(st.tuples(st.sampled_from(["made", "done"]), st.binary(max_size=500)), max_size=5)


@given(messages, st.integers(1, 700))
def test_messages_arrive_whole_and_in_order_from_pieces_of_any_size(sent: list[Message], piece_bytes: int) -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        for message in sent:
            CellConnection(ours.fileno()).send(message)
        ours.shutdown(socket.SHUT_WR)
        stream = b"".join(iter(lambda: theirs.recv(2**16), b""))
    reader, writer = os.pipe()
    wire = CellConnection(reader)
    arrived: list[Message] = []
    for at in range(0, len(stream), piece_bytes):
        os.write(writer, stream[at : at + piece_bytes])
        wire.fill()
        arrived += iter(wire.take, None)
    os.close(writer)
    os.close(reader)
    assert arrived == sent


def test_a_message_larger_than_the_socket_holds_waits_for_its_reader() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        sender = threading.Thread(target=CellConnection(ours.fileno()).send, args=[("made", bytes(5_000_000))])
        sender.start()
        assert CellConnection(theirs.fileno()).receive() == ("made", bytes(5_000_000))
        sender.join()


def test_an_end_in_the_middle_of_a_message_is_a_hang_up() -> None:
    ours, theirs = socket.socketpair()
    with theirs:
        with ours:
            ours.send(b"\0" * 7 + b"\x63" + b"half")
        with pytest.raises(HangupError):
            CellConnection(theirs.fileno()).receive()


def test_sending_to_nobody_is_a_hang_up() -> None:
    ours, theirs = socket.socketpair()
    theirs.close()
    with ours, pytest.raises(HangupError):
        CellConnection(ours.fileno()).send(("done",))
