"""Nodes say what they can do, are known while they live, and take the videos alone that they can make."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from halfgig.errors import BadSetting
from halfgig.server.doctor import checks
from halfgig.server.nodes import SPEECH, announcement, check_roles, living_nodes, roles_of
from halfgig.server.worker.videos.lease import Lease
from halfgig.settings import Settings
from tests.server.test_job_store import address, store
from tests.server.worker.videos.contexts import plan

if TYPE_CHECKING:
    from pathlib import Path

    from halfgig.server.job_store import JobStore

__all__ = ["address", "store"]


def with_sadtalker(folder: Path, *roles: str) -> Settings:
    """Return the settings of a node that has SadTalker's model."""
    manifest = folder / "models" / "sadtalker" / "manifest.json"
    manifest.parent.mkdir(parents=True, exist_ok=True)
    manifest.touch()
    return Settings(data_dir=folder, roles=roles)


def test_a_node_does_what_it_was_asked_to_and_has_the_models_for(tmp_path: Path) -> None:
    assert roles_of(Settings(data_dir=tmp_path / "bare")) == (SPEECH, "puppet")
    assert roles_of(with_sadtalker(tmp_path)) == (SPEECH, "puppet", "sadtalker")
    assert roles_of(with_sadtalker(tmp_path, "sadtalker")) == ("sadtalker",)
    assert roles_of(Settings(data_dir=tmp_path / "bare", roles=("sadtalker", SPEECH))) == (SPEECH,)


def test_a_role_that_there_is_not_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(BadSetting, match="'pupet'; roles are speech, puppet, sadtalker"):
        check_roles(Settings(roles=("pupet",)))


def test_a_node_is_known_from_its_start_to_its_end_or_until_its_lease_expires(store: JobStore, tmp_path: Path) -> None:
    database = store._database
    settings = with_sadtalker(tmp_path)
    one, two = (Lease(database, name, facts=announcement(settings, plan())) for name in ("one", "two"))
    one.start()
    two.start()
    try:
        found = living_nodes(database)
        assert [(node.id, node.roles) for node in found] == [
            ("one", (SPEECH, "puppet", "sadtalker")),
            ("two", (SPEECH, "puppet", "sadtalker")),
        ]
        assert (found[0].memory_mb, found[0].cpus) == (1024, 2.0)
        with database.open() as session:
            session.execute("UPDATE executor_lease SET beat = beat - 90000 WHERE id = ?", ("two",))
        assert [node.id for node in store.nodes()] == ["one"]
        three = Lease(database, "three", facts=announcement(settings, plan()))
        three.start()
        three.close()
        with database.open() as session:
            assert session.execute("SELECT id FROM nodes").fetchall() == [("one",)]
            assert session.execute("SELECT id FROM executor_lease").fetchall() == [("one",)]
    finally:
        one.close()
        two.close()
    assert store.nodes() == []


def test_the_doctor_tells_the_nodes_and_warns_of_two_versions_and_of_none(store: JobStore, tmp_path: Path) -> None:
    it = Lease(store._database, "host-1a2b", facts=announcement(with_sadtalker(tmp_path), plan()))
    it.start()
    try:
        (node,) = store.nodes()
    finally:
        it.close()
    told = checks.of_nodes([node])
    assert told.grade == checks.OK
    assert all(word in told.said for word in (node.name, "1a2b", "speech, puppet, sadtalker", "1024 MB", node.version))
    assert checks.of_nodes([node, node._replace(version="0.0.1")]).grade == checks.WARNING
    assert checks.of_nodes([]).grade == checks.WARNING
