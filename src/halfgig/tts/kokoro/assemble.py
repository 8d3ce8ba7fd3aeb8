"""Build an installed Kokoro from the published files.

kokoro.weights, manifest.json    the network
voices/NAME.f32                  510 x 256 float32, little-endian: one row for each number of phonemes
dictionary/en-us, en-gb          from misaki's word lists, if downloaded
config.json                      upstream's vocabulary, if downloaded
"""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from halfgig.errors import BadCheckpoint
from halfgig.events import Progress
from halfgig.tts.kokoro.g2p.dictionary import DIALECTS, build_dictionary

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from halfgig.events import Event

VOICE_SHAPE = (510, 1, 256)


def assemble(sources: Path, out: Path, on_event: Callable[[Event], None]) -> None:
    """Build everything in `sources` into the new folder `out`. Raises `BadCheckpoint`."""
    from halfgig.tts.kokoro.networks.build import build

    build(sources, out, on_event)
    add_voices(sources, out, on_event)
    add_dictionaries(sources, out, on_event)
    if (sources / "config.json").exists():
        shutil.copyfile(sources / "config.json", out / "config.json")


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
    target.write_bytes(pack.read().astype("<f4").tobytes())  # [510, 1, 256]


def add_dictionaries(sources: Path, out: Path, on_event: Callable[[Event], None]) -> None:
    """Add the dictionaries with both word lists in `sources`."""
    (out / "dictionary").mkdir(exist_ok=True)
    for done, (language, short) in enumerate(DIALECTS.items(), 1):
        gold, silver = (sources / "dictionary" / f"{short}_{kind}.json" for kind in ("gold", "silver"))
        if gold.exists() and silver.exists():
            build_dictionary(gold, silver, out / "dictionary" / language)
            on_event(Progress("building dictionaries", done, len(DIALECTS), "dictionaries"))
