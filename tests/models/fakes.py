"""A small model with the layout of a real one, and builds to try."""

from __future__ import annotations

import json
import random
import shutil
import time
from typing import TYPE_CHECKING

from halfgig.events import Progress
from halfgig.models.catalogue import Model, Repository, Source
from tests.support.upstream import Upstream, sha256

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from halfgig.events import Event

HUB = Repository("hub", "acme/tiny", "f" * 40)
WORDS = Repository("github", "acme/words", "e" * 40)
HERE = "tests.models.fakes"


def noise(size: int, seed: int) -> bytes:
    return random.Random(seed).randbytes(size)


CONTENTS = {
    "acme/tiny/tiny.pth": noise(200_000, 1),
    "acme/tiny/config.json": b'{"layers": 1}',
    "acme/tiny/voices/ann.pt": noise(12_000, 2),
    "acme/tiny/voices/ben.pt": noise(12_000, 3),
    "acme/words/data/words.json": b'{"word": "w"}',
}


def upstream(**changes: object) -> Upstream:
    return Upstream(files=dict(CONTENTS), commit=HUB.revision, **changes)  # type: ignore[arg-type]


def source(repository: Repository, path: str, part: str = "", saved_as: str = "", optional: bool = False) -> Source:
    content = CONTENTS[f"{repository.name}/{path}"]
    return Source(repository, path, len(content), sha256(content), saved_as, part, optional, "words are guessed")


def model(build: str = "copy", built_size: int = 0, extend: str = "add") -> Model:
    return Model(
        "tiny",
        "Tiny, for tests",
        (
            source(HUB, "tiny.pth"),
            source(HUB, "config.json"),
            source(WORDS, "data/words.json", saved_as="words.json", optional=True),
            source(HUB, "voices/ann.pt", part="ann"),
            source(HUB, "voices/ben.pt", part="ben"),
        ),
        f"{HERE}:{build}",
        build_mb=48,
        built_size=built_size,
        extend=f"{HERE}:{extend}" if extend else "",
    )


def copy(sources: Path, out: Path, tell: Callable[[Event], None]) -> None:
    """Copy all files, as a build that only takes long."""
    shutil.copytree(sources, out, symlinks=False)
    (out / "manifest.json").write_text(json.dumps({"format": 1, "footprint": {"private_mb": 12}}))
    tell(Progress("building tiny", 1, 1, "tensors"))


def add(sources: Path, out: Path, tell: Callable[[Event], None]) -> None:
    """Add voices."""
    for voice in (sources / "voices").glob("*.pt"):
        shutil.copyfile(voice, out / "voices" / voice.name)
    tell(Progress("building tiny", 1, 1, "voices"))


def slow(sources: Path, out: Path, tell: Callable[[Event], None]) -> None:
    """Write something and stay at it."""
    copy(sources, out, tell)
    time.sleep(36_000)


def broken(sources: Path, out: Path, tell: Callable[[Event], None]) -> None:
    """Fail after writing something."""
    copy(sources, out, tell)
    raise ZeroDivisionError


def greedy(sources: Path, out: Path, tell: Callable[[Event], None]) -> None:
    """Write more than the disk of a test has room for."""
    copy(sources, out, tell)
    with (out / "weights").open("wb") as file:
        for _ in range(64):
            file.write(bytes(1 << 20))


def local_folder(folder: Path, *left_out: str) -> Path:
    """Write the files as they are published into a folder."""
    for name, content in CONTENTS.items():
        path = folder / name.split("/", 2)[2].replace("data/", "")
        if path.name not in left_out:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
    return folder
