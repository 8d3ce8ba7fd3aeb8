"""The nodes that share a database: what each can do, and which of them live.

A node's worker announces it with its lease, whose renewals say that it lives.  A video waits in the queue of its kind,
and a node takes from the queues of those kinds alone that it can make.
"""

from __future__ import annotations

import json
import socket
from typing import TYPE_CHECKING, Any, NamedTuple

from halfgig import __version__
from halfgig.animators.registry import animators
from halfgig.errors import BadSetting
from halfgig.resources.limits import MB
from halfgig.server.plan import is_installed

if TYPE_CHECKING:
    from halfgig.capacity.plan import Plan
    from halfgig.requests import VideoRequest
    from halfgig.server.sql import Database
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


def queue_of(request: VideoRequest) -> str:
    """Return the queue of a video, which nodes take from that can make it."""
    return _queue(request.animator, is_spoken=request.speech is not None)


def queues_of(roles: tuple[str, ...]) -> tuple[str, ...]:
    """Return the queues that a node with these roles takes videos from."""
    spoken = (False, True) if SPEECH in roles else (False,)
    return tuple(_queue(role, is_spoken=each) for role in roles if role != SPEECH for each in spoken)


def _queue(animator: str, *, is_spoken: bool) -> str:
    return f"videos-{animator}{'-spoken' if is_spoken else ''}"


def announcement(settings: Settings, plan: Plan) -> dict[str, Any]:
    """Return what this node says of itself."""
    return {
        "name": socket.gethostname(),
        "roles": roles_of(settings),
        "memory_mb": round(plan.limit.bytes / MB),
        "cpus": plan.cpus,
        "version": __version__,
    }


def living_nodes(database: Database, ttl_s: float = TTL_S) -> list[Node]:
    """Return the nodes whose lease has not expired, by name."""
    with database.open() as session:
        age = f"{session.now} - lease.beat"
        found = session.execute(
            f"SELECT nodes.id, nodes.facts, {age} FROM nodes JOIN executor_lease lease ON lease.id = nodes.id"  # noqa: S608 - constants
            f" WHERE {age} < ? ORDER BY nodes.id",
            (ttl_s,),
        ).fetchall()
    return [_node(node_id, json.loads(facts), age_s) for node_id, facts, age_s in found]


def _node(node_id: str, facts: dict[str, Any], age_s: float) -> Node:
    return Node(
        node_id,
        str(facts.get("name", "")),
        tuple(facts.get("roles", ())),
        int(facts.get("memory_mb", 0)),
        float(facts.get("cpus", 0.0)),
        str(facts.get("version", "")),
        float(age_s),
    )
