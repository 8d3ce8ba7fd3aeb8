"""Real voices pause as people do, and not longer than upstream."""

from __future__ import annotations

from dataclasses import replace
from itertools import accumulate
from typing import TYPE_CHECKING

import pytest

from halfgig.tts.kokoro.voices import GRADES
from tests.tts.kokoro.real.spoken import PARAGRAPHS, gaps_s, loudness_steps, spoken, upstream_seconds

if TYPE_CHECKING:
    from halfgig.tts.kokoro.engine import KokoroEngine
    from tests.tts.kokoro.real.spoken import Spoken

pytestmark = pytest.mark.real


@pytest.mark.parametrize("name", sorted(PARAGRAPHS))
def test_paragraphs_are_within_5_percent_of_upstreams_length(
    engine: KokoroEngine, paragraphs: dict[str, Spoken], name: str
) -> None:
    upstream_s = upstream_seconds(engine, engine.find_voice(name), PARAGRAPHS[name])
    assert paragraphs[name].seconds == pytest.approx(upstream_s, rel=0.05)


@pytest.mark.parametrize("name", sorted(GRADES))
def test_every_voice_leaves_0_3_to_0_6_s_between_sentences(engine: KokoroEngine, name: str) -> None:
    voice = replace(engine.find_voice(name), language="en-us")  # Japanese and Mandarin need more packages
    said = spoken(engine, voice, "Hi.").pcm
    gap = max(gaps_s(said + said, 0.1))  # a sentence's sound does not depend on the one before
    assert 0.3 <= gap <= 0.6


@pytest.mark.parametrize(("speed", "shortest_s", "longest_s"), [(0.5, 0.6, 1.2), (2.0, 0.13, 0.3)])
def test_pauses_follow_the_speed(engine: KokoroEngine, speed: float, shortest_s: float, longest_s: float) -> None:
    said = spoken(engine, engine.find_voice("af_heart"), "He sat by the boat. Is that it?", speed)
    (gap,) = gaps_s(said.pcm, shortest_s)[:1]
    assert shortest_s <= gap <= longest_s


@pytest.mark.parametrize("name", sorted(PARAGRAPHS))
def test_no_joint_clicks(paragraphs: dict[str, Spoken], name: str) -> None:
    said = paragraphs[name]
    ends = accumulate(sum(len(chunk.pcm) // 2 for chunk in chunks) for chunks in said.sentences)
    assert loudness_steps(said.pcm, list(ends)[:-1]).max() < 30


@pytest.mark.parametrize("name", sorted(PARAGRAPHS))
def test_a_sentence_is_heard_within_50_ms(paragraphs: dict[str, Spoken], name: str) -> None:
    first = paragraphs[name].sentences[0]
    assert first[0].phonemes[0].symbol
    assert first[0].words[0].start < 0.05
