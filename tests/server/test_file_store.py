"""Files in a shared store are whole or not there, and belong to one writer at a time; on S3 and in a folder."""

from __future__ import annotations

import os
import secrets
import sys
import time
from typing import TYPE_CHECKING

import pytest

from halfgig.server.errors import FileStoreUnavailable, LateWriter
from halfgig.server.file_store import LocalFiles, file_store
from halfgig.server.object_store import BLOCK, PART, ObjectStore
from halfgig.server.shared_files import SharedFiles
from halfgig.settings import Settings
from tests.support.command import plain_environment
from tests.support.object_stores import KEY, SECRET, Relay, environment
from tests.test_imports import told_by

if TYPE_CHECKING:
    from pathlib import Path

    from halfgig.server.file_store import FileStore, KeptFolder

JOB = "video_" + "1" * 24


@pytest.fixture(params=["s3", "file"])
def store(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FileStore:
    """Return an empty store of each kind, by the address that an operator sets."""
    if request.param == "file":
        return file_store(Settings(store_url=f"file://{tmp_path / 'store'}"))
    for name, value in environment(request.getfixturevalue("s3_port")).items():
        monkeypatch.setenv(name, value)
    return file_store(Settings(store_url=f"s3://tests/{secrets.token_hex(8)}"))


def claimed(store: FileStore, job_id: str = JOB) -> KeptFolder:
    kept = store.job(job_id)
    kept.claim()
    return kept


def folder_of(root: Path, **files: bytes) -> Path:
    root.mkdir(exist_ok=True)
    for name, data in files.items():
        (root / name).write_bytes(data)
    return root


def test_what_is_kept_comes_back_on_another_machine(store: FileStore, tmp_path: Path) -> None:
    large = secrets.token_bytes(PART + BLOCK + 7)  # in several parts, and read in several blocks
    here = folder_of(tmp_path / "here", large=large, empty=b"", other=b"not kept")
    claimed(store).save(here, ["large", "empty", "missing"])
    store.job(JOB).fetch(tmp_path / "there")
    assert {path.name: path.read_bytes() for path in (tmp_path / "there").iterdir()} == {"large": large, "empty": b""}


def test_a_range_is_read_without_the_rest(store: FileStore, tmp_path: Path) -> None:
    data = secrets.token_bytes(3 * BLOCK)
    claimed(store).save(folder_of(tmp_path / "here", video=data), ["video"])
    found = store.job(JOB).find("video")
    assert found
    assert found.size == len(data)
    assert b"".join(store.read(found, BLOCK - 3, 2 * BLOCK + 5)) == data[BLOCK - 3 : 2 * BLOCK + 5]


def test_a_changed_file_replaces_the_earlier_one(store: FileStore, tmp_path: Path) -> None:
    kept, here = claimed(store), folder_of(tmp_path / "here", a=b"one", b=b"two")
    kept.save(here, ["a", "b"])
    kept.save(folder_of(here, a=b"three"), ["a"])
    store.job(JOB).fetch(tmp_path / "there")
    assert ((tmp_path / "there" / "a").read_bytes(), (tmp_path / "there" / "b").read_bytes()) == (b"three", b"two")


def test_who_lost_a_video_writes_no_more_to_it(store: FileStore, tmp_path: Path) -> None:
    late, here = claimed(store), folder_of(tmp_path / "here", a=b"whole")
    late.save(here, ["a"])
    holder = claimed(store)
    folder_of(here, a=b"late", b=b"late")
    with pytest.raises(LateWriter, match=f"{JOB} .* token is 2, this one's was 1"):
        late.save(here, ["a", "b"])
    with pytest.raises(LateWriter, match=f"{JOB} .* token is 2, this one's was 1"):
        late.keep_only([])
    found = store.job(JOB).find("a")
    assert found
    assert b"".join(store.read(found, 0, found.size)) == b"whole"
    holder.save(folder_of(here, a=b"new"), ["a"])
    assert store.job(JOB).names() == {"a"}


def test_the_token_of_an_older_lease_claims_nothing(store: FileStore) -> None:
    store.job(JOB).claim(7)
    store.job(JOB).claim(7)  # the same lease, at its next step
    with pytest.raises(LateWriter, match="token is 7, this one's was 6"):
        store.job(JOB).claim(6)


def test_only_who_claimed_a_video_writes(store: FileStore, tmp_path: Path) -> None:
    with pytest.raises(LateWriter, match="not claimed"):
        store.job(JOB).save(folder_of(tmp_path / "here", a=b"1"), ["a"])


def test_what_is_not_kept_any_more_leaves_the_store(store: FileStore, tmp_path: Path) -> None:
    kept = claimed(store)
    kept.save(folder_of(tmp_path / "here", a=b"1" * 1000, b=b"2" * 1000), ["a", "b"])
    kept.keep_only(["b"])
    assert store.job(JOB).names() == {"b"}
    assert 1000 < store.sizes()[JOB][0] < 2000
    store.job(JOB).remove()
    assert store.sizes() == {}
    assert store.job(JOB).names() == set()


def test_files_that_are_there_are_not_fetched_again(store: FileStore, tmp_path: Path) -> None:
    here = folder_of(tmp_path / "here", a=b"1")
    claimed(store).save(here, ["a"])
    before = (here / "a").stat().st_ino
    store.job(JOB).fetch(here)
    assert (here / "a").stat().st_ino == before


def test_what_is_damaged_or_lost_in_the_store_is_not_handed_out(store: FileStore, tmp_path: Path) -> None:
    assert isinstance(store, SharedFiles)
    claimed(store).save(folder_of(tmp_path / "here", a=b"whole", b=b"lost", c=b"fine"), ["a", "b", "c"])
    changed, lost = store.job(JOB).find("a"), store.job(JOB).find("b")
    assert changed
    assert lost
    store._objects.put(changed.key, b"other")
    store._objects.remove([lost.key])
    store.job(JOB).fetch(tmp_path / "there")
    assert {path.name: path.read_bytes() for path in (tmp_path / "there").iterdir()} == {"c": b"fine"}


def test_a_file_that_was_put_aside_is_the_writers_when_it_adopts_it(store: FileStore, tmp_path: Path) -> None:
    kept, here, there = claimed(store), folder_of(tmp_path / "here", group=b"frames"), folder_of(tmp_path / "there")
    files = [store.job(JOB).put_aside(here / "group", token) for token in (4, 5)]
    assert kept.names() == set()
    assert kept.adopt(there, "group", files[1])
    assert (there / "group").read_bytes() == b"frames"
    store.job(JOB).fetch(tmp_path / "elsewhere")
    assert (tmp_path / "elsewhere" / "group").read_bytes() == b"frames"
    kept.keep_only(["group"])
    assert not kept.adopt(there, "other", files[0])  # removed with what nobody named
    assert not (there / "other").exists()


def test_who_lost_a_video_adopts_nothing_and_nobody_what_is_damaged(store: FileStore, tmp_path: Path) -> None:
    assert isinstance(store, SharedFiles)
    late, here = claimed(store), folder_of(tmp_path / "here", group=b"frames")
    file = late.put_aside(here / "group", 1)
    writer = claimed(store)
    with pytest.raises(LateWriter):
        late.adopt(tmp_path, "group", file)
    store._objects.put(file.key, b"others")
    assert not writer.adopt(tmp_path / "here", "mended", file)
    assert writer.names() == set()


def test_one_process_lists_a_store_at_a_time(store: FileStore) -> None:
    now = time.time()
    assert store.is_to_be_listed(now, 600)
    assert not store.is_to_be_listed(now + 60, 600)  # by another node
    assert store.is_to_be_listed(now + 1200, 600)
    assert store.sizes() == {}


def test_a_store_is_probed_and_left_as_it_was(store: FileStore) -> None:
    assert isinstance(store, SharedFiles)
    assert store.check() > 0
    assert store._objects.list("probe") == []


def test_without_an_address_files_stay_where_they_are(tmp_path: Path) -> None:
    store = file_store(Settings())
    assert isinstance(store, LocalFiles)
    kept = claimed(store)
    kept.save(folder_of(tmp_path / "here", a=b"1"), ["a"])
    kept.keep_only([])
    kept.remove()
    assert (tmp_path / "here" / "a").read_bytes() == b"1"
    assert kept.find("a") is None


def test_a_store_that_cannot_be_reached_says_so_without_its_secrets(
    s3_port: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with Relay(s3_port) as relay:
        for name, value in environment(relay.port).items():
            monkeypatch.setenv(name, value)
        store = file_store(Settings(store_url="s3://tests/away"))
        assert store.check() > 0
        relay.cut()
        with pytest.raises(FileStoreUnavailable, match="cannot be reached") as refused:
            store.check()
        relay.mend()
        assert store.check() > 0
    said = f"{refused.value} {capsys.readouterr()}"
    assert not any(each in said for each in (KEY, SECRET, "127.0.0.1", str(relay.port), "away"))


def test_wrong_credentials_are_named_as_such(s3_port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (environment(s3_port) | {"AWS_SECRET_ACCESS_KEY": "wrong"}).items():
        monkeypatch.setenv(name, value)
    with pytest.raises(FileStoreUnavailable, match=r"it answered 403 Forbidden \(SignatureDoesNotMatch\)"):
        ObjectStore("s3://tests").put("a", b"")


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_nothing_is_loaded_before_a_store_is_used() -> None:
    code = "import json, sys, halfgig.server.file_store as f, halfgig.settings as s; f.file_store(s.Settings())"
    assert "obstore" not in set(told_by(f"{code}; print(json.dumps(list(sys.modules)))"))


def test_a_cell_is_told_nothing_of_the_store() -> None:
    from halfgig.cells.process import environment as of_cell

    given = plain_environment() | environment(1) | {"STORE_URL": "s3://a", "HALFGIG_STORE_URL": "s3://a"}
    assert not any("AWS" in name or "STORE" in name for name in of_cell(given | dict(os.environ), [], 1.0))
