from __future__ import annotations

import itertools
import json
from typing import TYPE_CHECKING

import numpy as np
import pytest

from halfgig.errors import BadCheckpoint, ModelMissing
from halfgig.media.chunks import SAMPLE_RATE, Chunk
from halfgig.nn.interruption import Interrupted, interruptible
from halfgig.text.sentences import sentences
from halfgig.tts.kokoro.engine import KokoroEngine
from halfgig.tts.kokoro.pauses import silence_s
from halfgig.tts.speech import Speech
from tests.tts.kokoro.g2p.worlds import VOCABULARY

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from halfgig.models.installed import Installed
    from halfgig.tts.base import Voice


@pytest.fixture(scope="module")
def speaker(installed: Installed) -> Iterator[KokoroEngine]:
    made = KokoroEngine(installed.folder, threads=2, budget_mb=220)
    yield made
    made.close()


PHONEMES = "w\N{MODIFIER LETTER VERTICAL LINE}At"


def voice_named(speaker: KokoroEngine, name: str) -> Voice:
    (voice,) = [voice for voice in speaker.voices() if voice.name == name]
    return voice


def spoken(speaker: KokoroEngine, text: str, name: str = "af_heart", speed: float = 2.0) -> list[Chunk]:
    voice = voice_named(speaker, name)
    return [chunk for sentence in sentences(text) for chunk in speaker.speak(sentence, voice, speed)]


def sound(chunks: list[Chunk]) -> np.ndarray[tuple[int], np.dtype[np.int16]]:
    return np.frombuffer(b"".join(chunk.pcm for chunk in chunks), "<i2")


def test_sound_comes_in_pieces_before_the_sentence_is_done(speaker: KokoroEngine) -> None:
    (sentence,) = sentences("We wait in the harbour, and nobody spoke above a whisper.")
    pieces = speaker.speak(sentence, voice_named(speaker, "af_heart"), 1.0)
    first = next(pieces)
    assert 0 < first.seconds < 1
    assert sum(piece.seconds for piece in pieces) > first.seconds


def test_a_sentence_that_was_given_up_halfway_sounds_as_ever_when_it_is_said_again(speaker: KokoroEngine) -> None:
    (sentence,), voice = sentences("We wait in the pipe."), voice_named(speaker, "af_heart")
    undisturbed = sound(list(speaker.speak(sentence, voice, 2.0)))
    for steps in (0, 5, 15, 22, 60):
        passed = itertools.count()
        with pytest.raises(Interrupted):
            list(interruptible(speaker.speak(sentence, voice, 2.0), lambda last=steps, at=passed: next(at) >= last))  # type: ignore[misc]
        assert next(passed) == steps + 1
        assert np.array_equal(sound(list(speaker.speak(sentence, voice, 2.0))), undisturbed)


def test_phonemes_fill_every_piece_without_a_gap(speaker: KokoroEngine) -> None:
    for chunk in spoken(speaker, "A pear, an apple. We wait in the pipe!"):
        assert chunk.phonemes[0].start == 0
        assert chunk.phonemes[-1].end == pytest.approx(chunk.seconds)
        ends = [phoneme.end for phoneme in chunk.phonemes]
        assert [phoneme.start for phoneme in chunk.phonemes[1:]] == ends[:-1]


def test_eight_sentences_last_as_long_as_their_times_say(speaker: KokoroEngine) -> None:
    chunks = spoken(speaker, "We wait in the pipe. " * 8, speed=4.0)
    speech = Speech(iter(chunks), has_phonemes=True, maker="kokoro", length=1, keeps_words=True)
    list(speech)
    words = speech.take_words()
    assert len(words) == 40
    starts = [word.start for word in words]
    assert starts == sorted(starts)
    assert words[-1].end <= len(sound(chunks)) / SAMPLE_RATE
    length = words[5].start - words[0].start  # all sentences are the same
    assert [word.start - words[0].start for word in words[::5]] == pytest.approx([length * n for n in range(8)])


def test_no_joint_between_chunks_clicks(speaker: KokoroEngine) -> None:
    chunks = spoken(speaker, "We wait. An apple. " * 3, speed=3.0)
    whole = sound(chunks).astype(np.int32)
    jumps = np.abs(np.diff(whole))
    place = 0
    for chunk in chunks:
        place += len(chunk.pcm) // 2
        if 2400 < place < len(whole) - 2400:
            around = np.r_[jumps[place - 2400 : place - 20], jumps[place + 20 : place + 2400]]
            assert jumps[place - 3 : place + 3].max() <= max(around.max(), 30)


def test_the_same_sentences_sound_the_same_twice(installed: Installed) -> None:
    first, second = (sound(spoken(KokoroEngine(installed.folder, 1, 220), "We wait.")) for _ in range(2))
    assert np.array_equal(first, second)


def test_a_mix_is_the_weighted_mean_of_its_voices_styles(speaker: KokoroEngine) -> None:
    heart, emma = (speaker.style(name, PHONEMES) for name in ("af_heart", "bf_emma"))
    assert np.allclose(speaker.style("af_heart(3)+bf_emma", PHONEMES), 0.75 * heart + 0.25 * emma, atol=1e-6)


@pytest.mark.parametrize(("text", "silent_s"), [("We wait. [pause:0.5s] An apple.", 0.5), ("We wait. An apple.", 0.0)])
def test_a_pause_of_the_text_is_added_to_that_of_the_mark(speaker: KokoroEngine, text: str, silent_s: float) -> None:
    first, last = (chunk.seconds for chunk in spoken(speaker, text) if not sound([chunk]).any())
    assert first == pytest.approx(last + silent_s)


def test_a_pause_without_a_mark_is_as_long_as_the_text_says(speaker: KokoroEngine) -> None:
    first, _ = (
        chunk.seconds for chunk in spoken(speaker, "We wait [pause:0.5s] an apple.") if not sound([chunk]).any()
    )
    assert first == pytest.approx(silence_s(0.5), abs=1e-3)


def test_the_sound_begins_at_once(speaker: KokoroEngine) -> None:
    first = spoken(speaker, "We wait.")[0]
    assert np.abs(sound([first])[:1200]).max() > 0


def test_only_voices_that_are_here_are_listed(speaker: KokoroEngine) -> None:
    assert [voice.name for voice in speaker.voices()] == ["af_heart", "am_michael", "ash", "bf_emma", "marin", "sage"]


def test_a_voice_that_is_not_here_is_refused_with_the_way_to_fetch_it(speaker: KokoroEngine) -> None:
    with pytest.raises(ModelMissing, match="halfgig pull kokoro --voice af_bella"):
        speaker.style("af_bella", PHONEMES)


def test_a_model_without_its_vocabulary_is_refused(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text(json.dumps({"vocabulary": VOCABULARY}))
    with pytest.raises(BadCheckpoint, match="pull it again"):
        KokoroEngine(tmp_path, 1, 220)
