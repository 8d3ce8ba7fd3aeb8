"""The worker, on a real socket: it answers, and it ends when asked to or when idle."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from halfgig.server import ipc
from halfgig.server.memory_state import HIGH, MemoryState, write_state
from halfgig.server.supervisor.processes import children_of
from tests.support.command import plain_environment
from tests.support.processes import catches, has_open
from tests.support.waiting import PATIENCE_S, gone, soon

if TYPE_CHECKING:
    from collections.abc import Iterator

LONG = "".join(f"Sentence number {number} of a long text. " for number in range(30))


@dataclass
class Client:
    """A connection to the worker."""

    socket: socket.socket

    def say(self, message: dict[str, Any]) -> None:
        """Send a request."""
        self.socket.sendall(ipc.packed(message))

    def replies(self) -> Iterator[Any]:
        """Yield the answers to the end."""
        with self.socket.makefile("rb") as file:
            while head := file.read(ipc.HEAD.size):
                yield ipc.unpacked(head, file.read(ipc.body_length(head)))


@dataclass
class Work:
    """A worker and the socket that was handed to it."""

    process: subprocess.Popen[bytes]
    path: str

    @contextlib.contextmanager
    def client(self, **request: Any) -> Iterator[Client]:
        """Send a request."""
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(PATIENCE_S)
            connection.connect(self.path)
            client = Client(connection)
            if request:
                client.say(request)
            yield client

    def asked(self, **request: Any) -> list[Any]:
        """Send a request; give all answers."""
        with self.client(**request) as client:
            return list(client.replies())

    def status(self) -> Any:
        """Ask how things are."""
        (reply,) = self.asked(op="status")
        return reply


@contextlib.contextmanager
def work(folder: Path, **settings: str) -> Iterator[Work]:
    """Start a worker as the supervisor does."""
    path = str(folder / "work.sock")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path)
        listener.listen()
        number = listener.fileno()
        process = subprocess.Popen(
            [sys.executable, "-m", "halfgig.server.worker.main", "--socket-fd", str(number)],
            env=plain_environment(DATA_DIR=str(folder / "data"), RUN_DIR=str(folder), **settings),
            pass_fds=(number,),
            stderr=subprocess.PIPE,
        )
        try:
            yield Work(process, path)
        finally:
            process.kill()
            process.communicate()


@pytest.fixture(scope="module")
def worker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Work]:
    """Keep a worker for the tests that only ask it."""
    with work(tmp_path_factory.mktemp("worker"), IDLE_SECONDS="3600") as running:
        yield running


def sound(replies: list[Any]) -> bytes:
    return b"".join(reply for reply in replies if isinstance(reply, bytes))


def test_a_speech_is_announced_streamed_and_ended(worker: Work) -> None:
    first, *middle, last = worker.asked(op="speech", input="Hello. It costs $3.", format="pcm", words=True)
    assert first["type"] == "started"
    assert "espeak" in first["maker"]
    assert last == {"type": "done", "seconds": pytest.approx(len(sound(middle)) / 48_000, abs=0.001), "characters": 19}
    words = [word for reply in middle if isinstance(reply, dict) for word in reply["words"]]
    assert [word[0] for word in words] == ["Hello.", "It", "costs", "$3."]
    assert [word[1] for word in words] == sorted(word[1] for word in words)


def test_words_come_with_the_place_and_the_moment_at_which_their_sentence_begins(worker: Work) -> None:
    text = "Hello \N{GRINNING FACE}. It costs $3."
    passed_s = 0.0
    begun = list[tuple[str, float]]()
    for reply in worker.asked(op="speech", input=text, format="pcm", words=True):
        if isinstance(reply, bytes):
            passed_s += len(reply) / 48_000
        elif reply["type"] == "words":
            begun.append((text[reply["offset"] :].split(maxsplit=1)[0], reply["start"]))
            assert reply["start"] == pytest.approx(passed_s)
    assert [word for word, _ in begun] == ["Hello", "It"]


@pytest.mark.parametrize(
    ("request_", "code", "status"),
    [
        ({"op": "speech", "input": " "}, "empty_text", 400),
        ({"op": "speech", "input": "Hi", "voice": "klingon"}, "unknown_voice", 400),
        ({"op": "speech", "input": "Hi", "voice": "af_heart"}, "model_missing", 503),
        ({"op": "speech", "input": "Hi", "speed": 99}, "bad_setting", 400),
        ({"op": "speech", "input": "Hi", "speed": "fast"}, "bad_request", 400),
        ({"op": "speech", "input": "Hi", "format": "midi"}, "unknown_format", 400),
        ({"op": "speech", "input": "Hi. [voice:klingon] Ho."}, "unknown_voice", 400),
        ({"op": "speech", "input": "<speak>Hi <audio/></speak>"}, "bad_markup", 400),
        ({"op": "speech", "input": "Hi", "lexicon": "nginx"}, "bad_lexicon", 400),
        ({"op": "check", "input": "Hi. [voice:klingon] Ho."}, "unknown_voice", 400),
        ({"op": "check", "input": "Hi. [voice:af_heart] Ho."}, "model_missing", 503),
        ({"op": "cancel", "id": "../../etc"}, "bad_request", 400),
        ({"op": "faces", "upload": "../../etc"}, "bad_request", 400),
        ({"op": "faces", "upload": f"faces_{'0' * 24}"}, "picture_unreadable", 400),
        ({"op": "dance"}, "bad_request", 400),
    ],
)
def test_what_cannot_be_done_is_refused_with_a_reason(
    worker: Work, request_: dict[str, Any], code: str, status: int
) -> None:
    (reply,) = worker.asked(**request_)
    assert (reply["type"], reply["code"], reply["status"]) == ("error", code, status)


def test_poses_are_timed_from_the_start_of_the_speech_and_come_before_their_sound(worker: Work) -> None:
    replies = worker.asked(op="speech", input="Hello. It costs $3.", format="pcm", poses=True)
    spans, width, seconds, sound_s = list[float](), 0, 0.0, 0.0
    for reply in replies:
        if isinstance(reply, bytes):
            sound_s += len(reply) / 48_000
            assert seconds >= sound_s - 0.02
        elif reply["type"] == "poses":
            spans.append(reply["start"])
            width = len(reply.get("names", ())) or width
            seconds = reply["start"] + len(base64.b64decode(reply["weights"])) / width / reply["rate"]
    assert spans[0] == 0
    assert spans == sorted(spans)
    assert seconds == pytest.approx(sound_s, abs=0.02)


def test_a_dialogue_says_who_speaks_each_word(worker: Work) -> None:
    text = "[voice:en-gb] Seven apples. [voice:de] Hallo."
    assert worker.asked(op="check", input=text) == [{"type": "ok"}]
    replies = worker.asked(op="speech", input=text, format="pcm", words=True)
    words = [word for reply in replies if isinstance(reply, dict) for word in reply.get("words", [])]
    assert [(word[0], word[3]) for word in words] == [("Seven", "en-gb"), ("apples.", "en-gb"), ("Hallo.", "de")]


def test_voices_are_listed_and_remembered_for_the_next_process(tmp_path: Path) -> None:
    with work(tmp_path) as at:
        (reply,) = at.asked(op="voices")
    names = [voice["name"] for voice in reply["voices"]]
    assert names == sorted(names)
    assert {"en-us", "alloy"} <= set(names)
    assert json.loads((tmp_path / "voices.json").read_text())["voices"] == reply["voices"]


def test_a_client_that_hangs_up_takes_its_wish_back(tmp_path: Path) -> None:
    with work(tmp_path) as at:
        with at.client(op="speech", input=LONG, format="wav") as client:
            next(client.replies())
            assert at.status()["speech"]["streams"] == 1
        assert soon(lambda: at.status()["speech"]["streams"] == 0)


@pytest.mark.parametrize("nonsense", [b"GET / HTTP/1.1\r\n\r\n", b"\0\0\0\2J[]", b"\0\0\0\5B12345", b"\0\0\0\1"])
def test_nonsense_is_hung_up_on_and_harms_nobody(worker: Work, nonsense: bytes) -> None:
    with worker.client() as client:
        client.socket.sendall(nonsense)
        client.socket.shutdown(socket.SHUT_WR)
        with contextlib.suppress(ConnectionResetError):  # it did not read all of it
            assert list(client.replies()) == []
    assert worker.status()["type"] == "status"


def test_nothing_is_begun_while_memory_is_short(tmp_path: Path) -> None:
    with work(tmp_path) as at:
        assert at.status()["memory_is_short"] is False
        write_state(MemoryState(at=time.time() + 3600, pressure=HIGH), tmp_path)
        assert soon(lambda: bool(at.status()["memory_is_short"]))
        (reply,) = at.asked(op="speech", input="Hi.")
        assert (reply["code"], reply["retry"], reply["after_s"]) == ("busy", True, 10)
        write_state(MemoryState(at=time.time() - 60, pressure=HIGH), tmp_path)
        assert soon(lambda: not at.status()["memory_is_short"])


def test_it_ends_well_when_there_is_nothing_to_do(tmp_path: Path) -> None:
    with work(tmp_path, IDLE_SECONDS="0.2") as at:
        assert at.process.wait(PATIENCE_S) == 0


def test_it_ends_well_when_it_is_told_to_and_takes_its_cell_along(tmp_path: Path) -> None:
    with work(tmp_path) as at, at.client(op="speech", input=LONG * 50, format="pcm") as client:
        replies = client.replies()
        next(replies)
        (cell,) = children_of(at.process.pid)
        at.process.send_signal(signal.SIGTERM)
        *_, last = replies
        assert at.process.wait(PATIENCE_S) == 0
        assert (last["type"], last["code"], last["retry"]) == ("error", "unavailable", True)
        assert soon(lambda: gone(cell))


def test_a_speech_goes_on_when_its_cell_is_killed(tmp_path: Path) -> None:
    with work(tmp_path) as at:
        undisturbed = sound(at.asked(op="speech", input=LONG, format="pcm"))
        heard = bytearray()
        with at.client(op="speech", input=LONG, format="pcm") as client:
            for number, reply in enumerate(client.replies()):
                heard += reply if isinstance(reply, bytes) else b""
                if number in (3, 20):
                    (cell,) = children_of(at.process.pid)
                    os.kill(cell, signal.SIGKILL)
    assert heard == undisturbed


def test_there_is_one_work_process_for_a_folder(tmp_path: Path) -> None:
    with work(tmp_path) as first:
        first.status()
        (tmp_path / "second").mkdir()
        data = {"DATA_DIR": str(tmp_path / "data"), "RUN_DIR": str(tmp_path)}
        second = subprocess.Popen(
            [sys.executable, "-m", "halfgig.server.worker.main"], env=plain_environment(**data), stderr=subprocess.PIPE
        )
        assert soon(lambda: has_open(second.pid, tmp_path / "data" / "server" / "work.lock"))
        assert second.poll() is None
        first.process.send_signal(signal.SIGTERM)
        assert first.process.wait(PATIENCE_S) == 0
        assert soon(lambda: catches(second.pid, signal.SIGTERM))
        assert second.poll() is None
        second.send_signal(signal.SIGTERM)
        assert second.wait(PATIENCE_S) == 0
        second.communicate()


def test_a_setting_that_is_wrong_ends_it_with_a_sentence(tmp_path: Path) -> None:
    with work(tmp_path, MAX_STREAMS="none") as at:
        _, said = at.process.communicate(timeout=PATIENCE_S)
        assert at.process.returncode == 2
        assert b"MAX_STREAMS is 'none'" in said


@pytest.mark.memory
def test_without_videos_it_stays_light(tmp_path: Path) -> None:
    with work(tmp_path) as at:
        at.asked(op="voices")
        at.asked(op="speech", input=LONG, format="mp3")
        status = Path(f"/proc/{at.process.pid}/status").read_text()
    (kept_kb,) = [int(line.split()[1]) for line in status.splitlines() if line.startswith("RssAnon")]
    assert kept_kb < 20 * 1024
