"""Groups of a video's frames as rows that nodes claim: each has a holder, a fencing token and a lease.

On one machine cells claim groups by locked files (`media/frame_groups`); these rows are for several machines, so they
are in Postgres only. All times are by the database's clock. A row goes with its video.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

    from halfgig.server.sql import Database

TTL_S = 60.0
"""Seconds after its last renewal at which the lease of a group expires, as that of an executor."""


class GroupClaim(NamedTuple):
    """A group that a node may render, until its lease expires."""

    job_id: str
    """The id of the video."""
    group: int
    """The number of the group, from 0."""
    token: int
    """The fencing token: it grows with every claim to the group."""


class MadeGroup(NamedTuple):
    """A group that is rendered and in the store."""

    group: int
    """The number of the group, from 0."""
    key: str
    """The key of its object."""
    checksum: str
    """Its CRC-32 and length."""


class GroupClaims:
    """The groups of all videos, as the node `holder` sees them; any thread may call.

    The holder's name is unique for each start of a node: a node that comes back is another holder.
    """

    def __init__(self, database: Database, holder: str, ttl_s: float = TTL_S) -> None:
        self._database = database
        self._holder = holder
        self._ttl_s = ttl_s

    def offer(self, job_id: str, animator: str, groups: Iterable[int]) -> None:
        """Offer groups of a video to nodes with this animator; those that were offered before stay as they are."""
        added = "INSERT INTO frame_groups (job, number, animator) VALUES (?, ?, ?) ON CONFLICT DO NOTHING"
        with self._database.open() as database:
            for group in groups:
                database.execute(added, (job_id, group, animator))

    def take_any(self, animators: Iterable[str]) -> GroupClaim | None:
        """Claim a group of the oldest video that one of these animators can render; None if there is none.

        Helpers begin with the last group, since the leading node begins with the first one.
        """
        names = tuple(animators)
        marks = ", ".join("?" for _ in names) or "NULL"
        return self._take(f"AND animator IN ({marks}) ORDER BY videos.seq, number DESC", *names)

    def take(self, job_id: str, group: int) -> GroupClaim | None:
        """Claim a group of a video; None if it is rendered, another node renders it, or the video has ended."""
        return self._take("AND job = ? AND number = ?", job_id, group)

    def renew(self, claim: GroupClaim) -> bool:
        """Renew the lease of a claim; return False if the group is another node's, or its video has ended."""
        return self._change(claim, "lease = {now} + ?", self._ttl_s)

    def give_back(self, claim: GroupClaim) -> bool:
        """End a claim, so that others can take the group at once; return False if it was lost before."""
        return self._change(claim, "lease = 0, holder = ?", "")

    def finish(self, claim: GroupClaim, key: str, checksum: str) -> bool:
        """Commit the object of a rendered group; return False if the claim was lost: then nobody reads the object.

        A claim whose lease has expired still counts until another node has the group, since all nodes render the same.
        """
        return self._change(claim, "key = ?, checksum = ?", key, checksum)

    def made(self, job_id: str) -> list[MadeGroup]:
        """Return the groups of a video that are rendered, in order."""
        asked = "SELECT number, key, checksum FROM frame_groups WHERE job = ? AND key IS NOT NULL ORDER BY number"
        with self._database.open() as database:
            return [MadeGroup(*row) for row in database.execute(asked, (job_id,)).fetchall()]

    def _take(self, which: str, *values: object) -> GroupClaim | None:
        """Claim the first free group of an open video; a row that another node is claiming now is passed over."""
        with self._database.open() as database:
            free = (
                "SELECT job, number FROM frame_groups JOIN videos ON videos.id = job "  # noqa: S608 - `which` is written above
                f"WHERE key IS NULL AND lease < {database.now} AND {_IS_OPEN} {which} "
                "LIMIT 1 FOR UPDATE OF frame_groups SKIP LOCKED"
            )
            taken = database.execute(
                f"UPDATE frame_groups SET holder = ?, token = token + 1, lease = {database.now} + ? "  # noqa: S608 - constants
                f"WHERE (job, number) = ({free}) RETURNING job, number, token",
                (self._holder, self._ttl_s, *values),
            ).fetchone()
        return GroupClaim(*taken) if taken else None

    def _change(self, claim: GroupClaim, change: str, *values: object) -> bool:
        """Change the row of a claim, if it is still this node's and its video is open; return whether it was."""
        with self._database.open() as database:
            changed = (
                f"UPDATE frame_groups SET {change.format(now=database.now)} FROM videos "  # noqa: S608 - constants
                f"WHERE job = ? AND number = ? AND token = ? AND holder = ? AND key IS NULL "
                f"AND videos.id = job AND {_IS_OPEN}"
            )
            row = (claim.job_id, claim.group, claim.token, self._holder)
            return database.execute(changed, (*values, *row)).rowcount > 0


_IS_OPEN = "videos.status IN ('queued', 'in_progress')"
