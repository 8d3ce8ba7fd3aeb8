"""Where a file is published decides how it is asked for, and a second place serves when the first does not."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

import pytest

from halfgig.errors import DownloadFailed
from halfgig.events import Notice
from halfgig.models.catalogue import Repository, Source, find_model
from halfgig.models.download import download, part_path
from halfgig.models.hub import address_of, places_of
from halfgig.models.install_request import DownloadJob, Fetched, Mirrors, RetryPolicy
from tests.models.fakes import noise
from tests.support.upstream import Fault, Upstream, serving, sha256

if TYPE_CHECKING:
    from pathlib import Path

HUB = Repository("hub", "acme/face", "main")
RELEASE = Repository("release", "acme/FaceCode", "v1")
ZOO = Repository("lfs", "acme/zoo", "c" * 40)
WEIGHTS, DETECTOR = noise(100_000, 7), noise(20_000, 8)


def source(path: str, content: bytes, repository: Repository = HUB, also: Repository | None = RELEASE) -> Source:
    return Source(repository, path, len(content), sha256(content), also=also)


def at_release(**files: bytes) -> Upstream:
    return Upstream({f"acme/FaceCode/{name}": content for name, content in files.items()})


def fetched(world: Upstream, folder: Path, *sources: Source, revision: str = "") -> tuple[list[Fetched], str]:
    """Fetch files; give what came of it and all that was said."""
    mirrors = Mirrors(hub=world.url, revision=revision, github=world.url)
    said = list(
        download(DownloadJob("downloading face", sources, folder, mirrors, RetryPolicy(attempts=2, pause_s=0.01)))
    )
    files = [each for each in said if isinstance(each, Fetched)]
    return files, " ".join(each.text for each in said if isinstance(each, Notice))


def test_what_git_lfs_keeps_comes_from_where_its_content_is(tmp_path: Path) -> None:
    with serving(Upstream({"acme/zoo/models/d.onnx": DETECTOR})) as world:
        (file,), _ = fetched(world, tmp_path, source("models/d.onnx", DETECTOR, ZOO, None))
    assert file.origin == f"{world.url}/media/acme/zoo/{'c' * 40}/models/d.onnx"
    assert (tmp_path / "models/d.onnx").read_bytes() == DETECTOR


def test_a_file_the_hub_lacks_comes_from_the_release(tmp_path: Path) -> None:
    with serving(at_release(weights=WEIGHTS)) as world:
        (file,), said = fetched(world, tmp_path, source("weights", WEIGHTS))
    assert file.origin == f"{world.url}/acme/FaceCode/releases/download/v1/weights"
    assert file.published
    assert "404" in said
    assert "trying acme/FaceCode instead" in said
    assert (tmp_path / "weights").read_bytes() == WEIGHTS


def test_the_second_place_goes_on_where_the_first_broke_off(tmp_path: Path) -> None:
    with serving(at_release(weights=WEIGHTS)) as world:
        part_path(tmp_path, "weights", sha256(WEIGHTS)).write_bytes(WEIGHTS[:60_000])
        fetched(world, tmp_path, source("weights", WEIGHTS))
    assert world.sent == 40_000
    assert (tmp_path / "weights").read_bytes() == WEIGHTS


def test_a_place_that_failed_is_not_asked_first_again(tmp_path: Path) -> None:
    sources = [source("one", WEIGHTS), source("two", DETECTOR)]
    with serving(at_release(one=WEIGHTS, two=DETECTOR)) as world:
        fetched(world, tmp_path, *sources)
    assert [request.path for request in world.seen if "resolve" in request.path] == ["/acme/face/resolve/main/one"]


def test_a_place_that_alters_files_is_left_for_the_other(tmp_path: Path) -> None:
    world = Upstream({"acme/face/weights": WEIGHTS, "acme/FaceCode/weights": WEIGHTS})
    world.faults = deque([Fault(other_bytes=True)])
    with serving(world):
        (file,), said = fetched(world, tmp_path, source("weights", WEIGHTS))
    assert "releases" in file.origin
    assert "thrown away" in said


def test_where_neither_place_has_a_file_the_last_one_says_why(tmp_path: Path) -> None:
    with serving(Upstream()) as world, pytest.raises(DownloadFailed, match=r"releases/download/v1/weights.*404"):
        fetched(world, tmp_path, source("weights", WEIGHTS))


def test_a_revision_that_was_asked_for_is_the_hubs_alone(tmp_path: Path) -> None:
    with serving(at_release(weights=WEIGHTS)) as world, pytest.raises(DownloadFailed, match=r"resolve/mine/weights"):
        fetched(world, tmp_path, source("weights", WEIGHTS), revision="mine")


def test_sadtalkers_files_are_asked_for_at_their_real_addresses() -> None:
    model = find_model("sadtalker")
    known = [places_of(file, Mirrors()) for file in model.sources]
    found = [address_of(at, Mirrors(hub="https://hub"), 1).url for places in known for at in places]
    assert found[:2] == [
        "https://hub/vinthony/SadTalker-V002rc/resolve/main/SadTalker_V0.0.2_256.safetensors",
        "https://github.com/OpenTalker/SadTalker/releases/download/v0.0.2-rc/SadTalker_V0.0.2_256.safetensors",
    ]
    assert found[-1].startswith("https://github.com/OpenTalker/SadTalker/releases/download/v0.0.2-rc/mapping_")
