"""The raw espeak-ng: the C library of the `espeakng_loader` wheel, called through ctypes.

espeak-ng has one state per process and is not thread-safe, so there is one `EspeakLibrary` and it has one lock.
Structures and numbers are those of espeak-ng's speak_lib.h, version 1.52, and of sonic.h inside the same library.
"""

from __future__ import annotations

import _ctypes
import ctypes
import functools
import os
import sys
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from halfgig.errors import UnknownVoice

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

RATE_WPM = (80, 449)
"""The slowest and fastest speech in words a minute; from 450 on events come out of order (1.52)."""

NOMINAL_WPM = 175
"""Words a minute at a voice's own pace."""

_SYNCHRONOUS = 2
_PHONEME_EVENTS, _IPA, _DONT_EXIT = 0x0001, 0x0002, 0x8000
_UTF8, _END_PAUSE = 0x0001, 0x1000
_IPA_LETTERS, _TIED = 0x02, 0x80
_POSITION_IN_CHARACTERS = 1
_RATE = 1
_END, _WORD, _PHONEME = 0, 1, 7
_LONGEST_DATA_PATH = 140  # espeak-ng keeps it in 160 bytes and appends names


class SynthEvent(NamedTuple):
    """What begins at a sample: a phoneme, or a word."""

    sample: int
    """Where it begins, in samples of the library's rate."""
    symbol: str | None
    """The phoneme in IPA, stress marks included, "" for a pause; None for a word."""
    position: int
    """Where in the text it stands, in characters from 0."""


class NativeVoice(NamedTuple):
    """A voice as espeak-ng does."""

    identifier: str
    """Its file: "gmw/en-US"."""
    language: str
    """Its first language tag: "en-us"."""
    description: str
    """"English (America)"."""


@dataclass(slots=True)
class _Run:
    """What one synthesis gives back through its callback."""

    take: Callable[[bytes], object]
    events: list[SynthEvent] = field(default_factory=list)
    failure: BaseException | None = None


class _EventId(ctypes.Union):
    _fields_ = (("number", ctypes.c_int), ("name", ctypes.c_char_p), ("string", ctypes.c_char * 8))


class _Event(ctypes.Structure):
    _fields_ = (
        ("type", ctypes.c_int),
        ("unique_identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("id", _EventId),
    )


class _Voice(ctypes.Structure):
    _fields_ = (
        ("name", ctypes.c_char_p),
        ("languages", ctypes.c_void_p),  # a priority byte and a string
        ("identifier", ctypes.c_char_p),
        ("gender", ctypes.c_ubyte),
        ("age", ctypes.c_ubyte),
        ("variant", ctypes.c_ubyte),
        ("xx1", ctypes.c_ubyte),
        ("score", ctypes.c_int),
        ("spare", ctypes.c_void_p),
    )


_Callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int, ctypes.POINTER(_Event))


@functools.cache
def _opened() -> EspeakLibrary:
    return EspeakLibrary()


_opening = threading.Lock()


def espeak_library() -> EspeakLibrary:
    """Return the process's one espeak-ng, loading it on first use."""
    with _opening:
        return _opened()


class EspeakLibrary:
    """Espeak-ng; made by `espeak_library`, once in a process.

    `data_path` is where its languages lie; without, in the wheel.
    """

    def __init__(self, data_path: str = "") -> None:
        import espeakng_loader

        self._lock = threading.Lock()
        self._run = _Run(len)
        self._callback = _Callback(self._collect)  # kept here, for C holds no reference
        self._data_path = data_path or espeakng_loader.get_data_path()
        self._data = _short_path(self._data_path)
        self._path = espeakng_loader.get_library_path()
        self._load_locked()

    def _load_locked(self) -> None:
        self._voice = ""
        self._lib = ctypes.CDLL(self._path)
        self.sample_rate: int = self._lib.espeak_Initialize(
            _SYNCHRONOUS, 0, self._data, _PHONEME_EVENTS | _IPA | _DONT_EXIT
        )
        if self.sample_rate <= 0:
            raise OSError(f"espeak-ng cannot read its data in {self._data_path!r}; install espeakng-loader again")
        # Otherwise seeded with the time: with it a process that says the same says it with the same samples.
        self._lib.espeak_ng_SetRandSeed(ctypes.c_long(1))
        self._lib.espeak_SetSynthCallback(self._callback)

    def renew(self) -> None:
        """Forget all that was said: what is said next sounds as it does in a new process.

        espeak-ng carries where it is in a voice's flutter from one sentence to the next, and nothing but loading it
        again sets that back: 1.6 ms, and 3.3 kB that it does not give back.
        """
        with self._lock:
            self._lib.espeak_Terminate()
            _ctypes.dlclose(self._lib._handle)  # noqa: SLF001 - what ctypes calls it; there is no other name
            self._load_locked()

    @property
    def version(self) -> str:
        """The library's version: "1.52.0"."""
        self._lib.espeak_Info.restype = ctypes.c_char_p
        return str(self._lib.espeak_Info(None).decode().split()[0])

    def voices(self) -> list[NativeVoice]:
        """List the voices of all languages."""
        with self._lock:
            self._lib.espeak_ListVoices.restype = ctypes.POINTER(ctypes.POINTER(_Voice))
            return list(_native_voices(self._lib.espeak_ListVoices(None)))

    def synthesise(self, text: str, voice: str, wpm: int, take: Callable[[bytes], object]) -> list[SynthEvent]:
        """Speak the text, giving `take` the sound (mono s16le at `sample_rate`) as it is made; return the events.

        The text must be free of control characters, which espeak-ng takes for commands.  What `take` raises ends the
        speech and is raised again here.
        """
        encoded = text.encode() + b"\0"
        with self._lock:
            self._set_voice_locked(voice)
            self._lib.espeak_SetParameter(_RATE, wpm, 0)
            self._run = run = _Run(take)
            size = ctypes.c_size_t(len(encoded))
            flags = _UTF8 | _END_PAUSE
            self._lib.espeak_Synth(encoded, size, 0, _POSITION_IN_CHARACTERS, 0, flags, None, None)
        if run.failure:
            raise run.failure
        return run.events

    def phonemes(self, text: str, voice: str, tie: str = "^") -> str:
        """Return a text's phonemes in IPA, words parted by spaces, without its punctuation and without a sound.

        `tie` stands between the letters of one phoneme; "(en)" where another language begins, as espeak-ng writes it.
        The text must be free of control characters.
        """
        self._lib.espeak_TextToPhonemes.restype = ctypes.c_char_p
        rest = ctypes.c_char_p(text.encode())
        mode = _IPA_LETTERS | _TIED | ord(tie) << 8
        clauses = []
        with self._lock:
            self._set_voice_locked(voice)
            while rest.value:
                clauses.append((self._lib.espeak_TextToPhonemes(ctypes.byref(rest), _UTF8, mode) or b"").decode())
        return " ".join(clause.strip() for clause in clauses if clause.strip())

    def stretched(self, pcm: bytes, factor: float) -> bytes:
        """Make mono s16le sound last `factor` times as long at the same pitch, with the sonic inside espeak-ng.

        Positions keep their places to some 4 ms (ffmpeg's atempo, tried as well, moves them by 10 to 50).
        """
        stream = self._sonic_stream(1 / factor)
        out = bytearray()
        second = 2 * self.sample_rate
        try:
            for start in range(0, len(pcm), second):
                block = pcm[start : start + second]
                self._lib.sonicWriteShortToStream(stream, block, len(block) // 2)
                self._read_sonic(stream, out)
            self._lib.sonicFlushStream(stream)
            self._read_sonic(stream, out)
        finally:
            self._lib.sonicDestroyStream(stream)
        length = 2 * round(len(pcm) // 2 * factor)
        return bytes(out[:length]).ljust(length, b"\0")

    def _read_sonic(self, stream: ctypes.c_void_p, out: bytearray) -> None:
        block = ctypes.create_string_buffer(2 * 4096)
        while read := self._lib.sonicReadShortFromStream(stream, block, 4096):
            out += block.raw[: 2 * read]

    def _sonic_stream(self, speed: float) -> ctypes.c_void_p:
        self._lib.sonicCreateStream.restype = ctypes.c_void_p
        stream = ctypes.c_void_p(self._lib.sonicCreateStream(self.sample_rate, 1))
        if not stream:
            raise MemoryError("no memory to stretch speech")
        self._lib.sonicSetSpeed(stream, ctypes.c_float(speed))
        return stream

    def _set_voice_locked(self, voice: str) -> None:
        # Each change leaks 1.3 kB in espeak-ng; a name it does not know silently keeps the voice before.
        if voice == self._voice:
            return
        if self._lib.espeak_SetVoiceByName(voice.encode()):
            raise UnknownVoice(f'espeak-ng has no voice "{voice}"; list those it has with: halfgig voices')
        self._voice = voice

    def _collect(self, wav: int | None, count: int, events: ctypes._Pointer[_Event]) -> int:
        # An exception cannot pass through C: ctypes would print it and go on. Ctrl-C can come here too.
        try:
            if wav and count:
                self._run.take(ctypes.string_at(wav, 2 * count))
            self._run.events.extend(_synth_events(events))
        except BaseException as failure:  # noqa: BLE001 - raised again by synthesise
            self._run.failure = failure
            return 1
        return 0


def _synth_events(events: ctypes._Pointer[_Event]) -> Iterator[SynthEvent]:
    index = 0
    while (event := events[index]).type != _END:
        if event.type == _PHONEME:
            # Eight bytes: a longer symbol loses its last character, wholly.
            raw = ctypes.string_at(ctypes.addressof(event.id), 8).split(b"\0")[0]
            yield SynthEvent(event.sample, raw.decode("utf-8", "ignore"), event.text_position - 1)
        elif event.type == _WORD:
            yield SynthEvent(event.sample, None, event.text_position - 1)
        index += 1


def _native_voices(voices: ctypes._Pointer[ctypes._Pointer[_Voice]]) -> Iterator[NativeVoice]:
    index = 0
    while pointer := voices[index]:
        voice = pointer.contents
        language = ctypes.string_at(voice.languages + 1).decode()
        yield NativeVoice(voice.identifier.decode(), language, voice.name.decode().strip())
        index += 1


def _short_path(path: str) -> bytes:
    encoded = os.fsencode(path)
    if len(encoded) < _LONGEST_DATA_PATH or sys.platform != "linux":
        return encoded
    # Held open for the life of the process: espeak-ng reads a language's rules when it is first spoken.
    descriptor = os.open(Path(path), os.O_RDONLY | os.O_DIRECTORY)
    return f"/proc/self/fd/{descriptor}".encode()
