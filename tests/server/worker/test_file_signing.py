"""The cells that sign a file of the server: they start while it is made, where nobody else wants the memory."""

from __future__ import annotations

import socket
import threading
import wave
from typing import TYPE_CHECKING, Any, cast

import pytest

from halfgig.errors import CellDied
from halfgig.media.chunks import SpeechSegment
from halfgig.origin.manifest_check import KNOWN
from halfgig.server import ipc
from halfgig.server.worker.admission import MemoryAdmission
from halfgig.server.worker.connection import Connection
from halfgig.server.worker.file_signing import FileSigning
from halfgig.server.worker.rpc import RequestHandler
from halfgig.server.worker.speech.signer import SOON_S, SoundSigner, SpeechEnd
from halfgig.settings import Settings
from tests.pipeline.signed_files import MAKING, found, installation, sound
from tests.support.processes import own_cells
from tests.support.waiting import soon

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from halfgig.server.worker.speech.stream import StreamRequest

TAKEN = "signing 22 MB"


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Return the settings of an installation that has its key."""
    return installation(tmp_path_factory.mktemp("data"))


def speech(settings: Settings, admission: MemoryAdmission) -> FileSigning:
    return FileSigning(settings, admission, ingredients=False)


def large(path: Path) -> Path:
    """Write a minute of WAV; c2pa holds twice its size."""
    with wave.open(str(path), "wb") as writer:
        writer.setparams((1, 2, 24_000, 0, "NONE", ""))
        writer.writeframes(bytes(60 * 48_000))
    return path


def test_what_started_while_a_file_was_made_signs_it(tmp_path: Path, settings: Settings) -> None:
    path, admission = sound(tmp_path / "a.wav"), MemoryAdmission(100)
    with speech(settings, admission) as signing:
        signing.begin()
        signing.begin()
        assert soon(lambda: len(own_cells()) == 1)
        (early,), held = own_cells(), admission.status()["held"]
        seen = list[int]()
        making = MAKING._replace(tools=cast("Any", Watched(MAKING.tools, lambda: seen.extend(own_cells()))))
        assert signing.sign(path, "wav", making) == ""
        assert (held, set(seen)) == ([TAKEN], {early})
        assert (own_cells(), admission.status()["held"]) == ([], [])
    assert found(path, settings).trust == KNOWN


class Watched(dict[str, str]):
    """A mapping that calls a function when it is sent to a cell."""

    def __init__(self, content: dict[str, str], on_sent: Callable[[], None]) -> None:
        super().__init__(content)
        self._on_sent = on_sent

    def __reduce__(self) -> tuple[Any, ...]:
        self._on_sent()
        return dict, (dict(self),)


@pytest.mark.parametrize("somebody", ["has the memory", "waits for it"])
def test_cells_do_not_start_early_where_memory_is_short(tmp_path: Path, settings: Settings, somebody: str) -> None:
    path, admission = sound(tmp_path / "a.wav"), MemoryAdmission(100)
    mb = 90 if somebody == "has the memory" else 50
    with speech(settings, admission) as signing:
        with admission.hold("rendering", mb, lambda: pytest.fail("it was asked to leave") if mb == 90 else None):
            waiting = threading.Thread(target=lambda: holds(admission, 60))
            if mb == 50:
                waiting.start()
                assert soon(lambda: bool(admission.status()["waiting"]))
            signing.begin()
            assert admission.status()["held"] == [f"rendering {mb} MB"]
            assert own_cells() == []
        if mb == 50:
            waiting.join()
        assert signing.sign(path, "wav", MAKING) == ""
    assert found(path, settings).trust == KNOWN


def holds(admission: MemoryAdmission, mb: int) -> None:
    """Wait for memory, and give it back at once."""
    with admission.hold("measuring", mb):
        pass


def test_early_cells_end_when_others_want_their_memory_and_the_file_is_signed_by_new_ones(
    tmp_path: Path, settings: Settings
) -> None:
    path, admission = sound(tmp_path / "a.wav"), MemoryAdmission(100)
    with speech(settings, admission) as signing:
        signing.begin()
        with admission.hold("rendering", 100):
            assert own_cells() == []
            signing.begin()
            assert admission.status()["held"] == ["rendering 100 MB"]
        assert signing.sign(path, "wav", MAKING) == ""
    assert found(path, settings).trust == KNOWN


def test_early_cells_that_would_wait_for_what_the_file_takes_end_before(tmp_path: Path, settings: Settings) -> None:
    path, admission, said = large(tmp_path / "a.wav"), MemoryAdmission(50), list[str]()
    with speech(settings, admission) as signing:
        with admission.hold("rendering", 28):
            signing.begin()
            assert soon(lambda: len(own_cells()) == 1)
            thread = threading.Thread(target=lambda: said.append(signing.sign(path, "wav", MAKING)))
            thread.start()
            assert soon(lambda: bool(admission.status()["waiting"]) and not own_cells())
            assert admission.status()["held"] == ["rendering 28 MB"]
        thread.join()
    assert said == [""]
    assert found(path, settings).trust == KNOWN


def test_early_cells_end_where_there_is_never_as_much_memory_as_the_file_takes(
    tmp_path: Path, settings: Settings
) -> None:
    path, admission = large(tmp_path / "a.wav"), MemoryAdmission(25)
    with speech(settings, admission) as signing:
        signing.begin()
        assert soon(lambda: len(own_cells()) == 1)
        assert "signing needs more than the 25 MB" in signing.sign(path, "wav", MAKING)
        assert (own_cells(), admission.status()["held"]) == ([], [])


def test_each_of_several_files_reserves_what_its_cells_take(settings: Settings) -> None:
    admission = MemoryAdmission(50)
    with speech(settings, admission) as one, speech(settings, admission) as two, speech(settings, admission) as three:
        for each in (one, two, three):
            each.begin()
        assert admission.status()["held"] == [TAKEN, TAKEN]
        assert soon(lambda: len(own_cells()) == 2)
    assert (own_cells(), admission.status()["held"]) == ([], [])


class Speaker:
    """A voice that says one sentence and then waits, until the client is gone or it is told to go on or to fail."""

    def __init__(self, end: HaltedEnd) -> None:
        self._end = end
        self.begun = threading.Event()
        self.is_asked = False

    def segments(self, request: StreamRequest, is_wanted: Callable[[], bool] = lambda: True) -> Iterator[SpeechSegment]:
        """Yield a speech, whose file is written in the end."""
        self.is_asked = True
        yield SpeechSegment("espeak 1.52, voice en-us", 0.0, 4, data=b"" if request.whole_file else b"sound")
        self.begun.set()
        while is_wanted() and not self._end.wait(0.02):
            pass
        if not is_wanted():
            return
        if self._end.fails:
            raise CellDied("speaking: its cell was killed")
        if request.whole_file:
            sound(request.whole_file.with_suffix(".wav")).rename(request.whole_file)
        yield SpeechSegment("espeak 1.52, voice en-us", 1.0, None)

    def check_voices(self, *_: object) -> None:
        """Accept every voice."""


class HaltedEnd(threading.Event):
    """What ends a halted speech."""

    fails = False


def answered(
    speaker: Speaker,
    settings: Settings,
    admission: MemoryAdmission,
    folder: Path,
    *,
    whole: bool,
    is_short: bool = False,
) -> tuple[socket.socket, threading.Thread]:
    """Ask a handler for a speech; return the client's side and the thread that answers."""
    missing = cast("Any", None)
    signer = SoundSigner(settings, admission, clock=lambda: 0.0)
    services = (missing, missing, missing, missing, missing, lambda: is_short and speaker.is_asked, dict)
    handler = RequestHandler(cast("Any", speaker), *services, signer, folder)
    ours, theirs = socket.socketpair()
    ours.sendall(ipc.packed({"op": "speech", "input": "One. Two.", "format": "wav", "whole": whole}))
    thread = threading.Thread(target=handler.serve, args=(Connection(theirs, 60.0),))
    thread.start()
    return ours, thread


def replies(client: socket.socket) -> Iterator[Any]:
    with client, client.makefile("rb") as file:
        while head := file.read(ipc.HEAD.size):
            yield ipc.unpacked(head, file.read(ipc.body_length(head)))


def test_a_whole_speech_starts_its_cell_while_it_is_spoken(tmp_path: Path, settings: Settings) -> None:
    end, admission = HaltedEnd(), MemoryAdmission(100)
    client, thread = answered(Speaker(end), settings, admission, tmp_path / "sounds", whole=True)
    assert soon(lambda: len(own_cells()) == 1)
    assert admission.status()["held"] == [TAKEN]
    end.set()
    first, *_ = replies(client)
    thread.join()
    assert first["c2pa"] == "signed"
    assert (own_cells(), admission.status()["held"]) == ([], [])


@pytest.mark.parametrize("how", ["cancelled", "failed"])
def test_a_speech_that_comes_to_nothing_ends_its_cell_and_gives_the_memory_back(
    how: str, tmp_path: Path, settings: Settings
) -> None:
    end, admission = HaltedEnd(), MemoryAdmission(100)
    client, thread = answered(Speaker(end), settings, admission, tmp_path / "sounds", whole=True)
    assert soon(lambda: len(own_cells()) == 1)
    if how == "failed":
        end.fails = True
        end.set()
        assert [each["code"] for each in replies(client)] == ["cell_died"]
    client.close()
    thread.join()
    assert (own_cells(), admission.status()["held"]) == ([], [])


@pytest.mark.parametrize("why", ["stream", "off", "the system's memory is short"])
def test_where_there_is_no_cause_or_no_room_no_cell_starts_early(why: str, tmp_path: Path, settings: Settings) -> None:
    end, admission = HaltedEnd(), MemoryAdmission(100)
    ours = Settings(data_dir=tmp_path, c2pa=False) if why == "off" else settings
    speaker, is_short = Speaker(end), why not in ("stream", "off")
    client, thread = answered(speaker, ours, admission, tmp_path / "sounds", whole=why != "stream", is_short=is_short)
    assert speaker.begun.wait()
    assert (own_cells(), admission.status()["held"]) == ([], [])
    end.set()
    first, *_ = replies(client)
    thread.join()
    assert first["c2pa"] == ("signed" if is_short else why)


def test_the_end_of_a_speech_is_told_by_what_was_spoken() -> None:
    now = [0.0]
    end = SpeechEnd(1000, lambda: now[0])
    now[0] = 10 * SOON_S
    assert [end.is_soon(spoken) for spoken in (0, 200, 900, 920, 1000)] == [False, False, False, True, True]
    now[0] = SOON_S / 10
    assert end.is_soon(200)
