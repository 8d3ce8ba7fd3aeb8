"""Kokoro against `kokoro.npz` or `kokoro_real.npz`: each stage given the original's input, and the whole."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np

from halfgig.errors import ModelMissing, UsageError
from halfgig.resources.limits import usable_threads
from halfgig.tts.kokoro.networks.build import MANIFEST
from halfgig.tts.kokoro.networks.decoder import features
from halfgig.tts.kokoro.networks.model import Kokoro
from halfgig.tts.kokoro.networks.prosody import aligned, curves, prosody
from halfgig.tts.kokoro.networks.source import BINS, source, spectrum
from halfgig.tts.kokoro.networks.vocoder import vocoder
from halfgig.tts.kokoro.spec import MAX_THREADS, NETWORKS_PRIVATE_MB
from tools.golden.figures import Figure, largest, of_scale, signal_db

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path
    from typing import Any

    from numpy.typing import NDArray

    Floats = NDArray[np.float32]
    Numbers = Mapping[str, NDArray[Any]]

GOLDEN = {
    "d0eaa5a29d604f26619317a60b4700d997a8794a209836ac6aa131baeee795ac": "kokoro.npz",
    "086a318ff8a9ac2301a2169d25dc38c7d33e923f271209d92856a7f17137c684": "kokoro_real.npz",
}
"""File of golden numbers by the checksum of the checkpoint that they were computed from: seeded and real weights."""

ASKED = 1e-3
ASKED_OF_SPECTRUM = 1e-6
ASKED_DB = {"int16": 80.0, "float32": 115.0}
"""What is asked of the waveform, by the precision the weights are stored in."""
ASKED_LOG_MEL_DB = {"kokoro.npz": 2.0, "kokoro_real.npz": 0.5}
"""Mean difference of the whole, whose waveforms cannot be compared: phases of weak bins are rounding noise.

All that the seeded network makes is noise, hence the larger figure.
"""

RATE, WINDOW, HOP, BANDS = 24_000, 1200, 300, 80
QUIETEST_DB = -80.0
"""Bands are compared down to this level below the loudest."""


def check(model_dir: Path, golden_dir: Path) -> Iterator[Figure]:
    """Compare everything there are golden numbers for.

    Raises `UsageError` for a checkpoint without golden numbers, and `ModelMissing` where their file is not there.
    """
    manifest = json.loads((model_dir / MANIFEST).read_text())
    if manifest["source"]["sha256"] not in GOLDEN:
        raise UsageError(
            "there are golden numbers for the checkpoints that tests/reference/seeded_checkpoints.py and "
            "tests/reference/real_kokoro.py write, and this kokoro was built from another; build one of those: "
            "halfgig pull kokoro --from DIR"
        )
    path = golden_dir / GOLDEN[manifest["source"]["sha256"]]
    if not path.is_file():
        raise ModelMissing(f"{str(golden_dir)!r} has no {path.name}; --golden takes a folder of golden numbers")
    with np.load(path, allow_pickle=False) as file:
        numbers = dict(file)
    model = Kokoro(model_dir, usable_threads(MAX_THREADS), NETWORKS_PRIVATE_MB)
    for case in dict.fromkeys(name.partition("/")[0] for name in numbers):
        golden = {name.partition("/")[2]: values for name, values in numbers.items() if name.startswith(f"{case}/")}
        yield from of_prosody(model, case, golden)
        if "features" in golden:
            yield from of_sound(model, case, golden, ASKED_DB[manifest["precision"]])
        yield of_whole(model, case, golden, ASKED_LOG_MEL_DB[path.name])
    model.close()


def of_prosody(model: Kokoro, case: str, golden: Numbers) -> Iterator[Figure]:
    """Compare durations, aligned text, pitch and loudness."""
    style = golden["style"][0, 128:]
    found = prosody(model.context, golden["input_ids"][0], style, float(golden["speed"]))
    yield Figure(f"durations, {case}", largest(golden["duration"], found.durations), 0)
    if "asr" in golden:
        yield Figure(f"text, {case}", of_scale(golden["asr"][0], aligned(found.text, golden["duration"])), ASKED)
    f0, n = curves(model.context, found.tokens, golden["duration"], style)
    yield Figure(f"pitch, {case}", of_scale(golden["f0"][0], f0), ASKED)
    yield Figure(f"loudness, {case}", of_scale(golden["n"][0], n), ASKED)


def of_sound(model: Kokoro, case: str, golden: Numbers, asked_db: float) -> Iterator[Figure]:
    """Compare features, source, spectrum and waveform, each given the original's input."""
    context, style = model.context, golden["style"][0, :128]
    asr, f0, n, wanted, har = (golden[name][0] for name in ("asr", "f0", "n", "features", "har"))
    yield Figure(f"features, {case}", of_scale(wanted, features(context, asr, f0, n, style)), ASKED)
    yield Figure(f"source, {case}", of_scale(golden["source"][0], source(context, f0, None)), ASKED)
    turned = [each[:BINS] * np.exp(1j * each[BINS:]) for each in (har, spectrum(context, golden["source"][0]))]
    yield Figure(f"spectrum, {case}", float(np.abs(turned[0] - turned[1]).max()), ASKED_OF_SPECTRUM)
    waveform = np.concatenate(list(vocoder(context, wanted, har, style)))
    yield Figure(f"waveform, {case}", signal_db(golden["audio"], waveform), asked_db, "dB")


def of_whole(model: Kokoro, case: str, golden: Numbers, asked_db: float) -> Figure:
    """Compare the sound from phonemes alone, as it is heard."""
    ids, speed = golden["input_ids"][0].tolist(), float(golden["speed"])
    sound = np.concatenate(list(model.synthesise(ids, golden["style"], speed, seed=None).pieces))
    apart = np.abs(log_mel(golden["audio"]) - log_mel(sound)).mean() if len(sound) == len(golden["audio"]) else np.inf
    return Figure(f"log-mel in dB, {case}", float(apart), asked_db)


def log_mel(sound: Floats) -> Floats:
    """Return levels in dB relative to the loudest, [frames, bands]."""
    frames = np.lib.stride_tricks.sliding_window_view(sound, WINDOW)[::HOP] * np.hanning(WINDOW)
    power = np.square(np.abs(np.fft.rfft(frames))) @ mel_filters().T
    levels: Floats = np.maximum(10 * np.log10(power / power.max() + 1e-12), QUIETEST_DB).astype(np.float32)
    return levels


def mel_filters() -> Floats:
    """Return triangles on the mel scale from 0 to 12 kHz, [bands, bins]."""
    edges = 700 * (10 ** (np.linspace(0, 2595 * np.log10(1 + RATE / 2 / 700), BANDS + 2) / 2595) - 1)
    hertz = np.fft.rfftfreq(WINDOW, 1 / RATE)
    rising = (hertz - edges[:-2, None]) / np.diff(edges)[:-1, None]
    falling = (edges[2:, None] - hertz) / np.diff(edges)[1:, None]
    filters: Floats = np.maximum(0, np.minimum(rising, falling)).astype(np.float32)
    return filters
