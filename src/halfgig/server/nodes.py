"""The nodes that share a database: what each can do, and which of them live.

A node's worker announces it with its lease, whose renewals say that it lives; `server/routing` says what follows.
"""

from __future__ import annotations

import json
import socket
from typing import TYPE_CHECKING, Any, NamedTuple

from halfgig import __version__
from halfgig.animators.registry import animators
from halfgig.errors import BadSetting
from halfgig.models.installed import InstalledModels
from halfgig.resources.limits import MB
from halfgig.server.plan import is_installed
from halfgig.tts.registry import engines

if TYPE_CHECKING:
    from collections.abc import Mapping

    from halfgig.capacity.plan import Plan
    from halfgig.server.sql import Database, Session
    from halfgig.settings import Settings

TTL_S = 60.0
"""Seconds after its last renewal at which a lease expires; long, because a tenth of a processor is slow."""

SPEECH = "speech"
"""The role of speaking a video's text; the other roles are the animators' names."""


class Node(NamedTuple):
    """A node that lives."""

    id: str
    """The name of its worker's start."""
    name: str
    """The name of its machine."""
    roles: tuple[str, ...]
    """What it does, of what it was asked to do and has the models for."""
    memory_mb: int
    """Its limit of memory."""
    cpus: float
    """The processors it may use."""
    version: str
    """The version of halfgig."""
    age_s: float
    """Seconds since it was last heard of."""
    voices: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """The voices of each model of speech that it has and that fits."""


def check_roles(settings: Settings) -> None:
    """Raise `BadSetting` for a role that there is not."""
    known = (SPEECH, *(spec.name for spec in animators()))
    for role in settings.roles:
        if role not in known:
            raise BadSetting(f"ROLES has {role!r:.80}; roles are {', '.join(known)}, separated by commas")


def roles_of(settings: Settings) -> tuple[str, ...]:
    """Return what this node does: of the roles it was given, those that it has the models for."""
    able = (SPEECH, *(spec.name for spec in animators() if is_installed(spec.model, settings)))
    return tuple(role for role in able if not settings.roles or role in settings.roles)


def announcement(settings: Settings, plan: Plan) -> dict[str, Any]:
    """Return what this node says of itself."""
    return {
        "name": socket.gethostname(),
        "roles": roles_of(settings),
        "memory_mb": round(plan.limit.bytes / MB),
        "cpus": plan.cpus,
        "version": __version__,
        "voices": voices_of(settings, plan),
    }


def voices_of(settings: Settings, plan: Plan) -> dict[str, list[str]]:
    """Return the voices of each model of speech that is installed and fits, sorted."""
    models = InstalledModels(settings.data_dir)
    fitting = [spec for spec in engines() if spec.model and spec.cost.private_mb <= plan.speech.private_mb]
    found = {spec.model: models.get(spec.model) for spec in fitting}
    return {model: sorted(each.parts) for model, each in found.items() if each}


def this_node(node_id: str, facts: Mapping[str, Any]) -> Node:
    """Return the node that announces these facts of itself."""
    return _node(node_id, facts, 0.0)


def living_nodes(database: Database, ttl_s: float = TTL_S) -> list[Node]:
    """Return the nodes whose lease has not expired, by name."""
    with database.open() as session:
        return nodes_in(session, ttl_s)


def nodes_in(session: Session, ttl_s: float = TTL_S) -> list[Node]:
    """Return the nodes whose lease has not expired, by name, from an open database."""
    age = f"{session.now} - lease.beat"
    found = session.execute(
        f"SELECT nodes.id, nodes.facts, {age} FROM nodes JOIN executor_lease lease ON lease.id = nodes.id"  # noqa: S608 - constants
        f" WHERE {age} < ? ORDER BY nodes.id",
        (ttl_s,),
    ).fetchall()
    return [_node(node_id, json.loads(facts), age_s) for node_id, facts, age_s in found]


def _node(node_id: str, facts: Mapping[str, Any], age_s: float) -> Node:
    return Node(
        node_id,
        str(facts.get("name", "")),
        tuple(facts.get("roles", ())),
        int(facts.get("memory_mb", 0)),
        float(facts.get("cpus", 0.0)),
        str(facts.get("version", "")),
        float(age_s),
        tuple((model, tuple(parts)) for model, parts in facts.get("voices", {}).items()),
    )
