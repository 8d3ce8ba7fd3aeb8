"""Avatars that are saved on one node are there on all, with their links and tokens."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from halfgig.requests import PORTRAIT
from halfgig.server import avatar_store
from halfgig.server.avatar_store import Avatar, AvatarStore
from halfgig.server.errors import AvatarsFull, FileStoreUnavailable
from halfgig.server.file_store import file_store
from halfgig.server.paths import ServerPaths
from halfgig.server.web.session_tokens import Session, Signer
from halfgig.settings import Settings
from tests.server.web.servers import refused, site
from tests.support.object_stores import Relay, environment

if TYPE_CHECKING:
    from pathlib import Path

AVATAR = Avatar(f"avatar_{'1' * 24}", "", 1000.0, name="Ada")


@pytest.fixture(autouse=True)
def always_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ask the store each time, as if a few seconds had passed."""
    monkeypatch.setattr(avatar_store, "FRESH_S", 0.0)


def node(root: Path, name: str) -> Settings:
    return Settings(data_dir=root / name, store_url=f"file://{root / 'store'}")


def save(settings: Settings, avatar: Avatar = AVATAR) -> None:
    """Save an avatar on a node, as its web process does."""
    folder = ServerPaths.of(settings).uploads / avatar.id
    folder.mkdir(parents=True)
    (folder / PORTRAIT).write_bytes(b"a picture")
    AvatarStore(settings).save(avatar, folder)


def test_an_avatar_of_one_node_is_there_on_another(tmp_path: Path) -> None:
    save(node(tmp_path, "first"))
    second = node(tmp_path, "second")
    assert AvatarStore(second).get(AVATAR.id) == AVATAR
    assert (ServerPaths.of(second).avatar(AVATAR.id) / PORTRAIT).read_bytes() == b"a picture"


def test_a_list_has_the_avatars_of_all_nodes(tmp_path: Path) -> None:
    other = replace(AVATAR, id=f"avatar_{'2' * 24}", created_at=2000.0)
    save(node(tmp_path, "first"))
    save(node(tmp_path, "second"), other)
    for name in ("first", "second", "third"):
        page = AvatarStore(node(tmp_path, name)).page("", None, 10, newest_first=True)
        assert page
        assert page.avatars == [other, AVATAR]


def test_an_avatar_that_is_deleted_on_one_node_is_gone_on_all(tmp_path: Path) -> None:
    first, second = node(tmp_path, "first"), node(tmp_path, "second")
    save(first)
    assert AvatarStore(second).get(AVATAR.id)
    AvatarStore(second).remove(AVATAR.id)
    assert AvatarStore(first).get(AVATAR.id) is None
    assert not ServerPaths.of(first).avatar(AVATAR.id).exists()
    assert file_store(first).avatars() == set()


def test_the_limit_counts_the_avatars_of_all_nodes(tmp_path: Path) -> None:
    save(node(tmp_path, "first"))
    with pytest.raises(AvatarsFull):
        AvatarStore(replace(node(tmp_path, "second"), max_avatars=1)).check_room("")


def test_an_avatar_that_the_store_did_not_take_is_not_saved(
    tmp_path: Path, s3_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Relay(s3_port) as relay:
        for name, value in environment(relay.port).items():
            monkeypatch.setenv(name, value)
        settings = Settings(data_dir=tmp_path, store_url="s3://tests/avatars")
        store, home = AvatarStore(settings), ServerPaths.of(settings).avatar(AVATAR.id)
        home.mkdir(parents=True)
        relay.cut()
        with pytest.raises(FileStoreUnavailable):
            store._keep(AVATAR.id, home)
        assert not home.exists()


def test_tokens_and_links_of_one_node_are_known_on_another(tmp_path: Path) -> None:
    first, second = (Signer(tmp_path / name, file_store(node(tmp_path, name))) for name in ("first", "second"))
    session = Session(AVATAR.id, "", int(time.time()) + 600, 100)
    assert second.session(first.token(session)) == session
    assert second.link(AVATAR.id, 1) == first.link(AVATAR.id, 1)


@pytest.mark.parametrize("is_deleted", [False, True])
def test_a_page_is_let_in_on_any_node_while_its_avatar_is_there(tmp_path: Path, is_deleted: bool) -> None:
    first = node(tmp_path, "first")
    save(first)
    options: dict[str, Any] = {"store_url": first.store_url}
    with site(tmp_path / "second", **options) as server:
        answer = server.http.post(f"/v1/avatars/{AVATAR.id}/sessions")
        assert answer.status_code == 201, answer.text
        if is_deleted:
            AvatarStore(first).remove(AVATAR.id)
        with site(tmp_path / "third", **options) as third:
            seen = third.http.get(
                f"/v1/avatars/{AVATAR.id}", headers={"authorization": f"Bearer {answer.json()['token']}"}
            )
    if is_deleted:
        refused(seen, 401, "invalid_token")
    else:
        assert seen.json()["name"] == "Ada"
