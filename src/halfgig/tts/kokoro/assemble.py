"""Build an installed Kokoro from the published files.

kokoro.weights, manifest.json    the network
voices/NAME.f32                  510 x 256 float32, little-endian: one row for each number of phonemes
dictionary/en-us, en-gb          from misaki's word lists, if downloaded
config.json                      upstream's vocabulary
"""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import numpy as np

from halfgig.errors import BadCheckpoint
from halfgig.events import Progress
from halfgig.nn.weights import is_finite
from halfgig.tts.kokoro.g2p.dictionary import DIALECTS, build_dictionary
from halfgig.tts.kokoro.vocabulary import FILE, read_vocabulary

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from halfgig.events import Event

VOICE_SHAPE = (510, 1, 256)
TRIAL_IDS = (50, 83, 54, 156, 31, 4)
"""Tokens of "hello."."""


def assemble(sources: Path, out: Path, on_event: Callable[[Event], None]) -> None:
    """Build everything in `sources` into the new folder `out`. Raises `BadCheckpoint` or `NotFinite`."""
    from halfgig.tts.kokoro.networks.build import build

    read_vocabulary(sources)  # a wrong one is refused before the long work
    build(sources, out, on_event)
    add_voices(sources, out, on_event)
    add_dictionaries(sources, out, on_event)
    shutil.copyfile(sources / FILE, out / FILE)
    for event in try_out(out):
        on_event(event)


def add_voices(sources: Path, out: Path, on_event: Callable[[Event], None]) -> None:
    """Add the voices in `sources` to an existing build. Raises `BadCheckpoint`."""
    (out / "voices").mkdir(exist_ok=True)
    voices = sorted((sources / "voices").glob("*.pt"))
    for done, voice in enumerate(voices, 1):
        write_voice(voice, out / "voices" / f"{voice.stem}.f32")
        on_event(Progress("building voices", done, len(voices), "voices"))


def write_voice(voice: Path, target: Path) -> None:
    """Convert a published voice to raw numbers that can be memory-mapped. Raises `BadCheckpoint`."""
    from halfgig.nn.torch_checkpoint import Tensor, read_checkpoint

    pack = read_checkpoint(voice)
    if not isinstance(pack, Tensor) or tuple(pack.shape) != VOICE_SHAPE:
        found = f"numbers of shape {tuple(pack.shape)}" if isinstance(pack, Tensor) else f"a {type(pack).__name__}"
        raise BadCheckpoint(f"{voice.name} holds {found}, and a voice is {VOICE_SHAPE}; fetch it again")
    rows = pack.read().astype("<f4")  # [510, 1, 256]
    if not is_finite(rows):
        raise BadCheckpoint(f"{voice.name} has NaN or infinity; fetch it again")
    target.write_bytes(rows.tobytes())


def try_out(folder: Path) -> Iterator[Event]:
    """Speak a few phonemes, to see that every stage computes numbers: finite weights can still overflow.

    Raises `NotFinite`.
    """
    from halfgig.tts.kokoro.networks.model import Kokoro
    from halfgig.tts.kokoro.spec import NETWORKS_PRIVATE_MB

    yield Progress("trying kokoro", 0, 1, "texts")
    style = np.fromfile(min((folder / "voices").glob("*.f32")), "<f4").reshape(VOICE_SHAPE)[len(TRIAL_IDS), 0]
    model = Kokoro(folder, 1, NETWORKS_PRIVATE_MB)
    try:
        for _ in model.synthesise((0, *TRIAL_IDS, 0), style, 1.0, seed=0).pieces:
            pass
    finally:
        model.close()
    yield Progress("trying kokoro", 1, 1, "texts")


def add_dictionaries(sources: Path, out: Path, on_event: Callable[[Event], None]) -> None:
    """Add the dictionaries with both word lists in `sources`."""
    (out / "dictionary").mkdir(exist_ok=True)
    for done, (language, short) in enumerate(DIALECTS.items(), 1):
        gold, silver = (sources / "dictionary" / f"{short}_{kind}.json" for kind in ("gold", "silver"))
        if gold.exists() and silver.exists():
            build_dictionary(gold, silver, out / "dictionary" / language)
            on_event(Progress("building dictionaries", done, len(DIALECTS), "dictionaries"))
