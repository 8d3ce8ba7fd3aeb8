"""Each stage, given the original's input, against the original's output (tests/reference/golden/kokoro.npz)."""

import numpy as np
import pytest

from halfgig.tts.kokoro.networks.decoder import features
from halfgig.tts.kokoro.networks.prosody import aligned, curves, prosody
from halfgig.tts.kokoro.networks.source import BINS, source, spectrum
from halfgig.tts.kokoro.networks.vocoder import vocoder
from tests.nn.noise import decibels
from tests.tts.kokoro.networks.world import CASES, CASES_WITH_ALL, Built, Golden, layer_context
from tools.golden.figures import of_scale

SCALE = 1e-3
FLOAT32_SCALE = 6e-4  # asr's golden for 120 tokens is stored in half precision

PRECISIONS = pytest.mark.parametrize("precision", ["narrow", "float32"])
EVERY_CASE = pytest.mark.parametrize("case", CASES)
CASES_OF_ALL_STAGES = pytest.mark.parametrize("case", CASES_WITH_ALL)


@PRECISIONS
@EVERY_CASE
def test_durations_are_equal(built: Built, case: str, precision: str) -> None:
    golden = Golden(case)
    found = prosody(
        layer_context(getattr(built, precision)), golden("input_ids"), golden.prosody_style, float(golden("speed"))
    )
    assert (found.durations == golden("duration")).all()


@PRECISIONS
@EVERY_CASE
def test_aligned_text_pitch_and_loudness_are_within_a_thousandth_of_their_scale(
    built: Built, case: str, precision: str
) -> None:
    golden, room = Golden(case), layer_context(getattr(built, precision))
    found = prosody(room, golden("input_ids"), golden.prosody_style, float(golden("speed")))
    f0, n = curves(room, found.tokens, golden("duration"), golden.prosody_style)
    asr = aligned(found.text, golden("duration"))
    allowed = FLOAT32_SCALE if precision == "float32" else SCALE
    assert max(of_scale(golden("asr"), asr), of_scale(golden("f0"), f0), of_scale(golden("n"), n)) < allowed


@PRECISIONS
@CASES_OF_ALL_STAGES
def test_features_are_within_a_thousandth_of_their_scale(built: Built, case: str, precision: str) -> None:
    golden = Golden(case)
    found = features(layer_context(getattr(built, precision)), golden("asr"), golden("f0"), golden("n"), golden.style)
    assert of_scale(golden("features"), found) < (1e-5 if precision == "float32" else SCALE)


@PRECISIONS
@CASES_OF_ALL_STAGES
def test_the_source_without_noise_is_within_a_thousandth_of_its_scale(built: Built, case: str, precision: str) -> None:
    golden = Golden(case)
    found = source(layer_context(getattr(built, precision)), golden("f0"), None)
    assert of_scale(golden("source"), found) < (1e-6 if precision == "float32" else SCALE)


@CASES_OF_ALL_STAGES
def test_the_spectrum_of_the_source_is_exact_and_its_real_bins_are_never_at_minus_pi(built: Built, case: str) -> None:
    golden = Golden(case)
    found, wanted = spectrum(layer_context(built.narrow), golden("source")), golden("har")
    assert (found[[BINS, 2 * BINS - 1]] >= 0).all()
    turned = [har[:BINS] * np.exp(1j * har[BINS:]) for har in (found, wanted)]
    assert np.abs(turned[0] - turned[1]).max() < 1e-6


@pytest.mark.parametrize(("precision", "wanted_db"), [("narrow", 75), ("float32", 110)])
@CASES_OF_ALL_STAGES
def test_the_waveform_from_features_and_spectrum_is_the_originals(
    built: Built, case: str, precision: str, wanted_db: float
) -> None:
    golden = Golden(case)
    pieces = vocoder(layer_context(getattr(built, precision)), golden("features"), golden("har"), golden.style)
    assert decibels(golden("audio"), np.concatenate(list(pieces))) > wanted_db


@pytest.mark.parametrize(("precision", "wanted_db"), [("narrow", 75), ("float32", 110)])
def test_the_waveform_from_our_own_features_is_the_originals(built: Built, precision: str, wanted_db: float) -> None:
    golden, room = Golden("30_1.0"), layer_context(getattr(built, precision))
    own = features(room, golden("asr"), golden("f0"), golden("n"), golden.style)
    assert decibels(golden("audio"), np.concatenate(list(vocoder(room, own, golden("har"), golden.style)))) > wanted_db
