"""The worker's request handler: one request per connection."""

from __future__ import annotations

import base64
import contextlib
import tempfile
import traceback
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from halfgig.errors import HalfgigError, OutputUnwritable
from halfgig.log import ERROR, log
from halfgig.media.sound_stream import check_stream_format
from halfgig.requests import SpeechRequest
from halfgig.server import ipc
from halfgig.server.errors import BadRequest, Busy, Unavailable
from halfgig.server.paths import is_job_id
from halfgig.server.worker.connection import Connection, HungUp
from halfgig.server.worker.speech.signer import STREAM
from halfgig.server.worker.speech.stream import StreamRequest
from halfgig.text.script import read_script
from halfgig.tts.base import Voice

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator, Sequence

    from halfgig.media.chunks import PoseRows, SpeechSegment, Word
    from halfgig.server.worker.avatar_maker import AvatarMaker
    from halfgig.server.worker.face_finder import FaceFinder
    from halfgig.server.worker.origin_checker import OriginChecker
    from halfgig.server.worker.speech.signer import SoundSigner
    from halfgig.server.worker.speech.voice_list import VoiceList


PIECE_BYTES = 1 << 16
"""Bytes of a file that are read and sent at once."""

_OPS = "speech, check, voices, faces, origin, avatar, pack, jobs, cancel or status"


class Speech(Protocol):
    """The part of the speech server that requests use."""

    def segments(self, request: StreamRequest, is_wanted: Callable[[], bool]) -> Generator[SpeechSegment]:
        """Yield a speech segment by segment."""
        ...

    def check_voices(self, names: Iterable[str], listed: Callable[[], Sequence[Voice]]) -> None:
        """Raise for a name of no voice."""
        ...


class Videos(Protocol):
    """The part of the video runner that requests use."""

    def notify(self) -> None:
        """Check the job store."""
        ...

    def cancel(self, job_id: str) -> None:
        """Stop working on a job."""
        ...


@dataclass(frozen=True, slots=True)
class RequestHandler:
    """Answers requests; each call of `serve` handles one connection, in the caller's thread."""

    speech: Speech
    """Makes speech."""
    voices: VoiceList
    """Lists the voices."""
    faces: FaceFinder
    """Finds faces in pictures."""
    origins: OriginChecker
    """Checks where files come from."""
    avatars: AvatarMaker
    """Measures portraits for avatars."""
    videos: Callable[[], Videos]
    """Returns the video runner; starts it first if necessary."""
    memory_is_short: Callable[[], bool]
    """Returns whether memory is too short to start anything new."""
    status: Callable[[], dict[str, Any]]
    """Returns the worker's state."""
    signer: SoundSigner
    """Signs sound files that are sent whole."""
    sounds: Path
    """The folder for sound files that are sent whole; it is on disk."""

    def serve(self, connection: Connection) -> None:
        """Answer one request and close the connection; every error is reported to the client."""
        reply = _Reply(connection)
        try:
            with contextlib.suppress(HungUp, ipc.WireBroken):
                self._answer(connection.receive(), reply)
        except Unavailable as error:
            # If nothing was sent yet, close without an answer: the client then retries, and the next worker answers.
            if reply.has_begun:
                _refuse(connection, error)
        except HalfgigError as error:
            _refuse(connection, error)
        except Exception:  # noqa: BLE001 - nothing above this thread would report it to the client and the log
            log("worker", "a request failed; this is a defect, please report it", ERROR, f"\n{traceback.format_exc()}")
            _refuse(connection, HalfgigError("something went wrong in the worker process; its log has the details"))
        finally:
            connection.close()

    def _answer(self, request: dict[str, Any], reply: _Reply) -> None:
        match request.get("op"):
            case "speech":
                speak = self._speak_whole if _of_kind(request, "whole", bool, False) else self._speak
                speak(_stream_request(request), reply)
            case "check":
                text = _of_kind(request, "input", str, "")
                self.speech.check_voices(read_script(text).voices, self._voices)
                reply.send({"type": "ok"})
            case "voices":
                reply.send({"type": "voices", "voices": self.voices.voices()})
            case "faces":
                self._check_memory()
                reply.send({"type": "faces", **self._faces(request, reply)})
            case "origin":
                self._check_memory()
                client = _of_kind(request, "client", str, "")
                found = self.origins.check(request.get("upload"), reply.connection.is_open, client)
                reply.send({"type": "origin", **found})
            case "avatar":
                self._check_memory()
                reply.send({"type": "avatar", **self._avatar(request, reply)})
            case "pack":
                self._check_memory()
                name, size = _of_kind(request, "avatar", str, ""), _of_kind(request, "size", int, 0)
                transparent = _of_kind(request, "transparent", bool, default=False)
                client = _of_kind(request, "client", str, "")
                self.avatars.draw(name, size, reply.connection.is_open, client, transparent=transparent)
                reply.send({"type": "ok"})
            case "jobs":
                self.videos().notify()
                reply.send({"type": "ok"})
            case "cancel":
                self.videos().cancel(_job_id(request))
                reply.send({"type": "ok"})
            case "status":
                reply.send({"type": "status", **self.status()})
            case other:
                raise BadRequest(f"there is no op {other!r:.40}; ask for {_OPS}", "op")

    def _faces(self, request: dict[str, Any], reply: _Reply) -> dict[str, Any]:
        return self.faces.find(request.get("upload"), reply.connection.is_open, _of_kind(request, "client", str, ""))

    def _avatar(self, request: dict[str, Any], reply: _Reply) -> dict[str, Any]:
        given, client = _of_kind(request, "given", dict, {}), _of_kind(request, "client", str, "")
        if voice := _of_kind(given, "voice", str, ""):
            self.speech.check_voices([voice], self._voices)
        return self.avatars.measure(request.get("upload"), given, reply.connection.is_open, client)

    def _voices(self) -> list[Voice]:
        return [Voice(**voice) for voice in self.voices.voices()]

    def _check_memory(self) -> None:
        if self.memory_is_short():
            raise Busy("memory is short at the moment; send the request again in a little while", 10)

    def _speak(self, stream: StreamRequest, reply: _Reply) -> None:
        self._check_memory()
        seconds, sentence = 0.0, (0, 0.0)
        with contextlib.closing(self.speech.segments(stream, reply.connection.is_open)) as segments:
            for made in segments:
                if not reply.has_begun:
                    reply.send({"type": "started", "maker": made.maker, "c2pa": STREAM})
                if made.next_start is not None and made.next_start != sentence[0]:
                    sentence = made.next_start, seconds
                if made.words:
                    words = [_timed(word, seconds) for word in made.words]
                    reply.send({"type": "words", "offset": sentence[0], "start": sentence[1], "words": words})
                if made.poses:
                    reply.send_poses(made.poses, seconds)
                if made.data:
                    reply.connection.send(made.data)
                seconds += made.seconds
                if made.next_start is None:
                    reply.send({"type": "done", "seconds": round(seconds, 3), "characters": len(stream.speech.text)})

    def _speak_whole(self, stream: StreamRequest, reply: _Reply) -> None:
        """Write the whole file to disk before answering, so that the answer states its length."""
        self._check_memory()
        signing = self.signer.signing(stream.sound_format or "", len(stream.speech.text))
        with _folder_in(self.sounds) as folder, signing as signed:
            path, last = folder / "sound", None
            whole = replace(stream, whole_file=path)
            with contextlib.closing(self.speech.segments(whole, reply.connection.is_open)) as segments:
                for made in segments:
                    if made.next_start is None:
                        last = made
                    elif not self.memory_is_short():
                        signed.on_spoken(made.next_start)
            if last is None:
                return  # the client is gone
            c2pa = signed.sign(path, last.maker)
            reply.send({"type": "started", "maker": last.maker, "bytes": path.stat().st_size, "c2pa": c2pa})
            with path.open("rb") as file:
                while piece := file.read(PIECE_BYTES):
                    reply.connection.send(piece)
            reply.send({"type": "done", "seconds": round(last.seconds, 3), "characters": len(stream.speech.text)})


def _timed(word: Word, seconds: float) -> list[str | float]:
    """Return a word with its times after `seconds`, and with its speaker in a text for several voices."""
    return [word.text, word.start + seconds, word.end + seconds, *([word.speaker] if word.speaker else [])]


class _Reply:
    """Sends messages to a client and remembers whether any was sent."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.has_begun = False
        self._has_names = False

    def send_poses(self, poses: PoseRows, seconds: float) -> None:
        """Send rows of weights with the time of the first one after `seconds`; the first message says their names."""
        names = {} if self._has_names else {"names": poses.names}
        self._has_names = True
        weights = base64.b64encode(poses.weights).decode("ascii")
        start = round(seconds + poses.start, 3)
        self.send({"type": "poses", "start": start, "rate": poses.rate, **names, "weights": weights})

    def send(self, message: dict[str, Any]) -> None:
        self.has_begun = True
        self.connection.send(message)


@contextlib.contextmanager
def _folder_in(parent: Path) -> Iterator[Path]:
    """Yield a new folder, which is removed in the end.  Raises `OutputUnwritable`, as for a full disk."""
    try:
        parent.mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory(dir=parent) as folder:
            yield Path(folder)
    except OSError as error:
        raise OutputUnwritable(f"the server cannot keep the sound: {error.strerror}; free its disk") from error


def _refuse(connection: Connection, error: HalfgigError) -> None:
    with contextlib.suppress(HungUp):
        connection.send(ipc.refusal(error))


def _stream_request(request: dict[str, Any]) -> StreamRequest:
    """Parse a request for speech. Raises `BadRequest` and `UnknownFormat`."""
    sound_format = _of_kind(request, "format", str, "mp3")
    check_stream_format(sound_format)
    text, voice = _of_kind(request, "input", str, ""), _of_kind(request, "voice", str, "")
    speed, lexicon = float(_of_kind(request, "speed", (int, float), 1.0)), _of_kind(request, "lexicon", str, "")
    speech = SpeechRequest(text, voice, speed, lexicon)
    engine, wants_words = _of_kind(request, "engine", str, ""), _of_kind(request, "words", bool, False)
    wants_poses, client = _of_kind(request, "poses", bool, False), _of_kind(request, "client", str, "")
    unheard_s = float(_of_kind(request, "unheard", (int, float), 0.0))
    made = StreamRequest(speech, sound_format, engine=engine, wants_words=wants_words, wants_poses=wants_poses)
    return replace(made, client=client, unheard_s=unheard_s)


def _of_kind(request: dict[str, Any], name: str, kind: Any, default: Any) -> Any:
    value = request.get(name)
    if value is None:
        return default
    if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
        raise BadRequest(f"{name!r} is {value!r:.40}, which is of the wrong kind", name)
    return value


def _job_id(request: dict[str, Any]) -> str:
    job_id = request.get("id")
    if not isinstance(job_id, str) or not is_job_id(job_id):
        raise BadRequest(f"{job_id!r:.40} is no job", "id")
    return job_id
