"""A sound file that is asked for whole is made before it is sent, and its header says how long it is."""

from __future__ import annotations

import io
import threading
import wave
from collections import deque
from typing import TYPE_CHECKING

import av
import pytest

from halfgig.media.sound_stream import STREAM_FORMATS
from halfgig.origin.manifest_check import KNOWN, read_manifest
from halfgig.settings import CHAIN, SIGNING
from tests.server.worker.speech.test_server import LONG, kill_cell, server, wish
from tests.server.worker.test_main import sound, work
from tests.support.waiting import soon

if TYPE_CHECKING:
    from pathlib import Path

TEXT = "".join(f"Sentence number {number} of a text. " for number in range(3))
PADDED_S = {"mp3": 0.1, "aac": 0.1}
"""Seconds by which the sound of a format is longer than what was encoded, at most: whole frames, and one before."""


def seconds_told(file: bytes, sound_format: str) -> float:
    """Return the length in seconds that a file's header tells; of a format whose header has none, that of its sound."""
    if sound_format == "pcm":
        return len(file) / 48_000
    if sound_format == "wav":
        with wave.open(io.BytesIO(file)) as reader:
            return float(reader.getnframes() / reader.getframerate())
    if sound_format == "flac":
        return (int.from_bytes(file[18:26]) & (1 << 36) - 1) / 24_000  # STREAMINFO's number of samples
    if sound_format == "mp3":
        at = max(file.find(b"Xing"), file.find(b"Info"))
        return int.from_bytes(file[at + 8 : at + 12]) * 576 / 24_000
    with av.open(io.BytesIO(file), "r") as container:
        return sum(frame.samples / frame.sample_rate for frame in container.decode(audio=0))


def test_each_format_comes_with_its_size_and_length(tmp_path: Path) -> None:
    with work(tmp_path) as at:
        for sound_format in STREAM_FORMATS:
            first, *middle, last = at.asked(op="speech", input=TEXT, format=sound_format, whole=True)
            file = sound(middle)
            assert (first["type"], first["bytes"], last["characters"]) == ("started", len(file), len(TEXT))
            told = seconds_told(file, sound_format)
            assert told == pytest.approx(last["seconds"], abs=PADDED_S.get(sound_format, 0.001)), sound_format
        assert not list((tmp_path / "data" / "server" / "sounds").iterdir())


def test_a_whole_file_is_signed_and_a_stream_says_that_it_is_not(tmp_path: Path) -> None:
    with work(tmp_path, C2PA="on") as at:
        whole = {each: at.asked(op="speech", input="Hi.", format=each, whole=True) for each in ("mp3", "opus")}
        streamed = at.asked(op="speech", input="Hi.", format="mp3")
    assert [each[0]["c2pa"] for each in (*whole.values(), streamed)] == ["signed", "format", "stream"]
    first, *middle, _ = whole["mp3"]
    (tmp_path / "a.mp3").write_bytes(sound(middle))
    manifest = read_manifest(tmp_path / "a.mp3", [tmp_path / "data" / SIGNING / CHAIN])
    assert manifest
    assert (manifest.trust, manifest.tools["voice"]) == (KNOWN, first["maker"])
    assert first["bytes"] == (tmp_path / "a.mp3").stat().st_size


def test_a_refusal_comes_before_the_file(tmp_path: Path) -> None:
    with work(tmp_path) as at:
        (reply,) = at.asked(op="speech", input=" ", whole=True)
    assert (reply["type"], reply["code"]) == ("error", "empty_text")


def test_a_disk_that_takes_nothing_is_told_without_the_servers_paths(tmp_path: Path) -> None:
    with work(tmp_path) as at:
        assert at.status()["type"] == "status"
        (tmp_path / "data" / "server" / "sounds").write_text("in the way")
        (reply,) = at.asked(op="speech", input="Hi.", whole=True)
    assert (reply["code"], reply["status"]) == ("output_unwritable", 507)
    assert str(tmp_path) not in reply["message"]


@pytest.mark.parametrize("sound_format", ["wav", "flac"])
def test_a_cell_that_is_killed_leaves_no_trace_in_the_file(tmp_path: Path, sound_format: str) -> None:
    undisturbed, disturbed = tmp_path / "a", tmp_path / "b"
    with server(tmp_path) as speech:
        assert deque(speech.segments(wish(2 * LONG, sound_format, whole_file=undisturbed)), 1)[0].next_start is None
        making = threading.Thread(
            target=deque, args=(speech.segments(wish(2 * LONG, sound_format, whole_file=disturbed)), 0)
        )
        making.start()
        assert soon(lambda: disturbed.exists() and disturbed.stat().st_size > 0)
        kill_cell()
        making.join()
        assert speech.status()["deaths"] == 1
    assert disturbed.read_bytes() == undisturbed.read_bytes()
