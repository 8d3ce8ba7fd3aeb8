"""Speech in slices: the same sound as in one go, wherever a slice ends and whatever is said between two."""

from __future__ import annotations

import itertools
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from halfgig.errors import BadSetting, EmptyText, ServiceError, UnknownFormat, UnknownVoice
from halfgig.media.chunks import BYTES_PER_SAMPLE, SAMPLE_RATE, Chunk, SpeechSegment
from halfgig.nn.interruption import stop_if_asked
from halfgig.pipeline.speech_stream import SliceRequest, speak_slice
from halfgig.settings import Limits
from halfgig.tts.espeak.engine import EspeakEngine
from halfgig.tts.registry import ResolvedVoice, default_engine
from tests.support.jobs import speech_job

if TYPE_CHECKING:
    from collections.abc import Iterator

    from halfgig.text.sentences import Sentence
    from halfgig.tts.base import Voice

PIECE_BYTES = 9600
"""A fifth of a second."""

TEXT = (
    "Bob may buy a map. It costs $3.50, [pause:0.3s] doesn't it? Yes!\n\nWe say so. And so on, and so forth: the end."
)

numbers = itertools.count(1000)


def asked(text: str = TEXT, sound_format: str | None = "pcm", **more: object) -> SliceRequest:
    voice, speed = str(more.pop("voice", "en-us")), float(str(more.pop("speed", 1.0)))
    job = speech_job(text, voice, speed, wants_words=True)
    return SliceRequest(next(numbers), job, sound_format, **more)  # type: ignore[arg-type]


def after(request: SliceRequest, part: SpeechSegment) -> SliceRequest:
    start = 0 if part.next_start is None else part.next_start
    return SliceRequest(
        request.stream, request.job, request.sound_format, start, part.given, is_begun=True, alive=request.alive
    )


def slices(request: SliceRequest) -> Iterator[list[SpeechSegment]]:
    """Make a speech slice by slice."""
    while True:
        parts = list(speak_slice(request))
        yield parts
        if parts[-1].next_start is None:
            return
        request = after(request, parts[-1])


def test_a_marked_speech_goes_on_after_a_crash_as_if_there_had_been_none(tmp_path: Path) -> None:
    first = asked()
    limits = Limits(installation=tmp_path / "installation")
    first = replace(first, job=first.job._replace(limits=limits))
    whole = sound(replace(first, stream=next(numbers)))
    assert whole != sound(asked())
    begun = list(speak_slice(first))
    passed = sum(round(part.seconds * SAMPLE_RATE) for part in begun)
    lost = replace(after(first, begun[-1]), stream=next(numbers), passed=passed)
    assert b"".join(part.data for part in begun) + sound(lost) == whole


def sound(request: SliceRequest) -> bytes:
    return b"".join(part.data for parts in slices(request) for part in parts)


def test_a_speech_that_begins_gives_one_sentence_and_then_slices_of_a_second_or_two() -> None:
    lengths = [sum(part.seconds for part in parts) for parts in slices(asked("Yes. " * 12))]
    assert lengths[0] < 1.2
    assert all(1.5 <= length < 2.7 for length in lengths[1:-1])
    assert len(lengths) > 4


def test_two_speeches_by_turns_sound_as_each_alone() -> None:
    alone = sound(asked()), sound(asked("Oui. Bonjour tout le monde! Ça va?", voice="fr"))
    first, second = asked(), asked("Oui. Bonjour tout le monde! Ça va?", voice="fr")
    both = tuple((request.stream,) for request in (first, second))
    alive = both[0] + both[1]
    told: list[list[bytes]] = [[], []]
    rows = [slices(SliceRequest(each.stream, each.job, "pcm", alive=alive)) for each in (first, second)]
    for turn in itertools.zip_longest(*rows):
        for heard, parts in zip(told, turn, strict=True):
            heard.extend(part.data for part in parts or ())
    assert tuple(b"".join(each) for each in told) == alone


@pytest.mark.parametrize("lost_after", range(3))
def test_a_cell_that_takes_over_goes_on_where_the_other_died(lost_after: int) -> None:
    request, heard = asked(), []
    for parts in itertools.islice(slices(request), lost_after + 1):
        heard += parts
    fresh = SliceRequest(next(numbers), request.job, "pcm", heard[-1].next_start or 0, heard[-1].given, is_begun=True)
    assert b"".join(part.data for part in heard) + sound(fresh) == sound(asked())


def test_what_was_given_of_a_sentence_is_not_given_again() -> None:
    first, end = list(speak_slice(asked("Hello. Goodbye.")))
    assert (first.next_start, end.next_start, end.seconds) == (0, 7, 0)
    assert first.given == len(first.data) // BYTES_PER_SAMPLE
    died_before_the_end = asked("Hello. Goodbye.", start=0, given=first.given, is_begun=True)
    assert first.data + sound(died_before_the_end) == sound(asked("Hello. Goodbye."))


def test_a_pause_between_two_slices_is_kept_once() -> None:
    text = "[pause:0.5s] One. [pause:1s] Two. [pause:2s] Three."
    parts = [part for parts in slices(asked(text, None)) for part in parts]
    bare = sum(part.seconds for parts in slices(asked("One. Two. Three.", None)) for part in parts)
    assert sum(part.seconds for part in parts) == pytest.approx(bare + 3.5, abs=0.3)


def test_without_a_format_sentences_come_whole_with_their_phonemes_and_words() -> None:
    parts = [part for parts in slices(asked(sound_format=None)) for part in parts]
    assert all(part.chunks and part.chunks[0].phonemes and not part.data for part in parts)
    starts = [0, *(part.next_start for part in parts[:-1])]
    assert [TEXT[start or 0 :].split(maxsplit=1)[0] for start in starts] == [part.words[0].text for part in parts]


def test_words_are_timed_from_the_start_of_their_part() -> None:
    words = [part.words for parts in slices(asked()) for part in parts if part.words]
    assert all(row[0].start < 0.2 for row in words)
    assert [row[0].text for row in words] == ["Bob", "It", "doesn't", "Yes!", "We", "And"]


@pytest.mark.parametrize(
    ("wish", "error"),
    [
        ({"text": " \n"}, EmptyText),
        ({"voice": "klingon"}, UnknownVoice),
        ({"speed": 9.0}, BadSetting),
        ({"sound_format": "m4a"}, UnknownFormat),
    ],
)
def test_what_is_wrong_with_a_wish_is_said_before_the_first_sound(
    wish: dict[str, object], error: type[Exception]
) -> None:
    with pytest.raises(error):
        next(iter(speak_slice(asked(**wish))))  # type: ignore[arg-type]


def test_flac_ends_with_a_sentence_when_its_encoder_was_lost() -> None:
    with pytest.raises(ServiceError, match="flac cannot go on"):
        next(iter(speak_slice(asked(sound_format="flac", start=19, is_begun=True))))


def test_a_slice_nobody_wants_any_more_ends_at_the_next_sentence(tmp_path: Path) -> None:
    stop = tmp_path / "stop"
    stop.touch()
    parts = list(speak_slice(asked("Yes. " * 50, None, is_begun=True, stop=stop)))
    assert len(parts) == 1


def test_a_slice_ends_at_the_next_sentence_for_who_waits_and_the_speech_goes_on_as_if_it_had_not(
    tmp_path: Path,
) -> None:
    way = tmp_path / "way"
    way.touch()
    text = "Yes. " * 9
    begun = asked(text, "mp3", is_begun=True, give_way=way)
    first = list(speak_slice(begun))
    assert first[-1].next_start == len("Yes. ")
    rest = sound(replace(after(begun, first[-1]), give_way=None))
    undisturbed = sound(asked(text, "mp3", is_begun=True))
    assert b"".join(part.data for part in first) + rest == undisturbed


class InPieces(EspeakEngine):
    """Speaks a sentence in pieces, with a step between any two, as a network does."""

    def speak(self, sentence: Sentence, voice: Voice, speed: float) -> Iterator[Chunk]:
        """Yield the pieces."""
        for chunk in super().speak(sentence, voice, speed):
            for start in range(0, len(chunk.pcm), PIECE_BYTES):
                stop_if_asked()
                yield Chunk(chunk.pcm[start : start + PIECE_BYTES])


def asked_in_pieces(text: str, sound_format: str, **more: object) -> SliceRequest:
    request = asked(text, sound_format, **more)
    spec = default_engine()._replace(name="pieces", make=lambda _folder: InPieces())
    return replace(request, job=request.job._replace(voice=ResolvedVoice(spec, "en-us", Path("a model"))))


@pytest.mark.parametrize("sound_format", ["pcm", "mp3"])
def test_a_sentence_that_is_given_up_after_some_of_it_was_sent_goes_on_from_there(
    sound_format: str, tmp_path: Path
) -> None:
    text, way = "Bob may buy a map. She sells sea shells.", tmp_path / "way"
    begun, parts = asked_in_pieces(text, sound_format, give_way=way), list[SpeechSegment]()
    for part in speak_slice(begun):
        parts.append(part)
        if len(parts) == 2:
            way.touch()
    assert (len(parts), parts[-1].next_start) == (2, 0)
    rest = sound(after(begun, parts[-1]))
    assert b"".join(part.data for part in parts) + rest == sound(asked_in_pieces(text, sound_format))


def test_from_where_the_text_ends_there_is_only_the_end() -> None:
    (part,) = speak_slice(asked(start=len(TEXT), is_begun=True))
    assert (part.next_start, part.data, part.seconds) == (None, b"", 0)


def test_poses_come_with_the_sound_they_belong_to_also_where_another_cell_goes_on() -> None:
    parts = [part for each in slices(asked(wants_poses=True)) for part in each if part.seconds]
    begin = 0.0
    for part in parts:
        assert part.poses
        rows = len(part.poses.weights) / len(part.poses.names)
        assert part.poses.start <= 0
        assert part.poses.start + rows / part.poses.rate == pytest.approx(part.seconds, abs=0.51 / part.poses.rate)
        begin += part.seconds
    lost = asked(wants_poses=True, start=parts[1].next_start, is_begun=True)
    again = next(part for part in speak_slice(lost) if part.seconds)
    assert again.poses
    assert again.poses.start == 0
    assert again.poses.weights[: 10 * len(again.poses.names)]


def test_no_poses_are_made_unless_they_are_asked_for() -> None:
    assert all(part.poses is None for each in slices(asked()) for part in each)


def test_listeners_of_the_same_text_cost_one_synthesis_of_each_sentence() -> None:
    made: list[str] = []

    class Counting(EspeakEngine):
        def speak(self, sentence: Sentence, voice: Voice, speed: float) -> Iterator[Chunk]:
            made.append(sentence.spoken)
            return super().speak(sentence, voice, speed)

    spec = default_engine()._replace(make=lambda _folder: Counting())
    text = "Nobody said this before. And nobody will."
    job = speech_job(text)._replace(voice=ResolvedVoice(spec, "en-us"))
    heard = [sound(SliceRequest(next(numbers), job, "pcm")) for _ in range(3)]
    assert made == ["Nobody said this before.", "And nobody will."]
    assert heard == [sound(asked(text))] * 3
