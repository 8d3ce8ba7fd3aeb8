"""Bindings to the C library espeak-ng from the `espeakng_loader` wheel, through ctypes.

espeak-ng has global state and is not thread-safe, so there is a single `EspeakLibrary` with one lock. Structures and
constants are from espeak-ng's speak_lib.h, version 1.52, and from sonic.h inside the same library.
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
"""Slowest and fastest speech in words per minute; from 450 on, events arrive out of order (1.52)."""

NOMINAL_WPM = 175
"""Words per minute at normal speed."""

_SYNCHRONOUS = 2
_PHONEME_EVENTS, _IPA, _DONT_EXIT = 0x0001, 0x0002, 0x8000
_UTF8, _END_PAUSE = 0x0001, 0x1000
_IPA_LETTERS, _TIED = 0x02, 0x80
_POSITION_IN_CHARACTERS = 1
_RATE = 1
_END, _WORD, _PHONEME = 0, 1, 7
_LONGEST_DATA_PATH = 140  # espeak-ng has a buffer of 160 bytes and appends names


class SynthEvent(NamedTuple):
    """The start of a phoneme or a word."""

    sample: int
    """Start in samples at the rate of the library."""
    symbol: str | None
    """The phoneme in IPA, stress marks included, "" for a pause; None for a word."""
    position: int
    """Position in the text, in characters from 0."""


class NativeVoice(NamedTuple):
    """A voice of espeak-ng."""

    identifier: str
    """Voice file: "gmw/en-US"."""
    language: str
    """First language tag: "en-us"."""
    description: str
    """"English (America)"."""


@dataclass(slots=True)
class _Run:
    """State of one synthesis, filled by the callback."""

    on_sound: Callable[[bytes], object]
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
    """Return the espeak-ng of this process, loaded on first use."""
    with _opening:
        return _opened()


class EspeakLibrary:
    """The loaded espeak-ng; use `espeak_library`, which creates one per process.

    `data_path` is the folder with its languages; the default is in the wheel.
    """

    def __init__(self, data_path: str = "") -> None:
        import espeakng_loader

        self._lock = threading.Lock()
        self._run = _Run(len)
        self._callback = _Callback(self._collect)  # C does not keep a reference
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
        # By default it is seeded with the time, and the same speech has different samples in each process.
        self._lib.espeak_ng_SetRandSeed(ctypes.c_long(1))
        self._lib.espeak_SetSynthCallback(self._callback)

    def renew(self) -> None:
        """Reset all state, so that the next sentence sounds as in a new process.

        espeak-ng keeps the phase of a voice's flutter between sentences, and only loading it again resets that: this
        takes 1.6 ms and leaks 3.3 kB.
        """
        with self._lock:
            self._lib.espeak_Terminate()
            _ctypes.dlclose(self._lib._handle)  # noqa: SLF001 - ctypes has no public name for it
            self._load_locked()

    @property
    def version(self) -> str:
        """Version: "1.52.0"."""
        self._lib.espeak_Info.restype = ctypes.c_char_p
        return str(self._lib.espeak_Info(None).decode().split()[0])

    def voices(self) -> list[NativeVoice]:
        """Return the voices of all languages."""
        with self._lock:
            self._lib.espeak_ListVoices.restype = ctypes.POINTER(ctypes.POINTER(_Voice))
            return list(_native_voices(self._lib.espeak_ListVoices(None)))

    def synthesise(
        self, text: str, voice: str, wpm: int, on_sound: Callable[[bytes], object], *, ends: bool = True
    ) -> list[SynthEvent]:
        """Speak a text and return the events; `on_sound` is called with mono s16le at `sample_rate`.

        `ends` adds the pause after a sentence.
        The text must not contain control characters, which espeak-ng interprets as commands. An exception in
        `on_sound` stops the speech and is raised again here.
        """
        encoded = text.encode() + b"\0"
        with self._lock:
            self._set_voice_locked(voice)
            self._lib.espeak_SetParameter(_RATE, wpm, 0)
            self._run = run = _Run(on_sound)
            size = ctypes.c_size_t(len(encoded))
            flags = _UTF8 | (_END_PAUSE if ends else 0)
            self._lib.espeak_Synth(encoded, size, 0, _POSITION_IN_CHARACTERS, 0, flags, None, None)
        if run.failure:
            raise run.failure
        return run.events

    def phonemes(self, text: str, voice: str, tie: str = "^") -> str:
        """Return the phonemes of a text in IPA, words separated by spaces, without punctuation; makes no sound.

        `tie` joins the letters of one phoneme; "(en)" marks a switch of language, as espeak-ng writes it. The text
        must not contain control characters.
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
        """Time-stretch mono s16le sound by `factor` at the same pitch, with the sonic library inside espeak-ng.

        Positions are accurate to about 4 ms (ffmpeg's atempo, also tried, shifts them by 10 to 50 ms).
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
        # Each change leaks 1.3 kB in espeak-ng. An unknown name would silently keep the previous voice.
        if voice == self._voice:
            return
        if self._lib.espeak_SetVoiceByName(voice.encode()):
            raise UnknownVoice(f'espeak-ng has no voice "{voice}"; list those it has with: halfgig voices')
        self._voice = voice

    def _collect(self, wav: int | None, count: int, events: ctypes._Pointer[_Event]) -> int:
        # An exception cannot pass through C: ctypes would print it and continue. This includes Ctrl-C.
        try:
            if wav and count:
                self._run.on_sound(ctypes.string_at(wav, 2 * count))
            self._run.events.extend(_synth_events(events))
        except BaseException as failure:  # noqa: BLE001 - raised again by synthesise
            self._run.failure = failure
            return 1
        return 0


def _synth_events(events: ctypes._Pointer[_Event]) -> Iterator[SynthEvent]:
    index = 0
    while (event := events[index]).type != _END:
        if event.type == _PHONEME:
            # Eight bytes: a longer symbol loses its last character completely.
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
    # Stays open for the life of the process: espeak-ng reads the rules of a language on first use.
    descriptor = os.open(Path(path), os.O_RDONLY | os.O_DIRECTORY)
    return f"/proc/self/fd/{descriptor}".encode()
