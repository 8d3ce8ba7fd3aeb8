"""Groups of a video's frames as rows that nodes claim: each has a holder, a fencing token and a lease.

On one machine cells claim groups by locked files (`media/frame_groups`); these rows are for several machines, so they
are in Postgres only. All times are by the database's clock. A row goes with its video, and when its group is there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from halfgig import __version__

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


class OfferedGroup(NamedTuple):
    """A row, as the node that leads the video sees it."""

    group: int
    """The number of the group, from 0."""
    is_own: bool
    """Whether this node has it."""
    is_held: bool
    """Whether some node has it, and its lease has not expired."""
    lease: float
    """When the lease expires, in seconds since 1970; it grows with every renewal."""
    left_s: float
    """Seconds until then."""
    frames: int
    """How many frames the holder had rendered at its last renewal."""
    key: str | None
    """The key of the rendered group's object; None: it is not rendered."""
    checksum: str | None
    """CRC-32 and length of the object."""


class GroupClaims:
    """The groups of all videos, as the node `holder` sees them; any thread may call.

    The holder's name is unique for each start of a node: a node that comes back is another holder. Groups are claimed
    by nodes of the `version` that offered them, since another one may draw other frames.
    """

    def __init__(self, database: Database, holder: str, ttl_s: float = TTL_S, version: str = __version__) -> None:
        self.ttl_s = ttl_s
        """Seconds after its last renewal at which a lease expires."""
        self._database = database
        self._holder = holder
        self._version = version

    def offer(self, job_id: str, animator: str, groups: Iterable[int]) -> None:
        """Offer groups of a video to nodes with this animator; those that were offered before stay as they are."""
        added = (
            "INSERT INTO frame_groups (job, number, animator, version) "
            "SELECT ?, number, ?, ? FROM unnest(?::integer[]) AS number ON CONFLICT DO NOTHING"
        )
        with self._database.open() as database:
            database.execute(added, (job_id, animator, self._version, list(groups)))

    def take_any(self, animators: Iterable[str], but: Iterable[str] = ()) -> GroupClaim | None:
        """Claim a group of the oldest video, except some, that one of these animators can render; None: there is none.

        Helpers begin with the last group, since the leading node begins with the first one.
        """
        names, refused = tuple(animators), tuple(but)
        if not names:
            return None
        which = f"AND animator IN ({_marks(names)}) AND version = ?"
        if refused:
            which += f" AND job NOT IN ({_marks(refused)})"
        return self._take(f"{which} ORDER BY videos.seq, number DESC", *names, self._version, *refused)

    def take(self, job_id: str, group: int) -> GroupClaim | None:
        """Claim a group of a video; None if it is rendered, another node renders it, or the video has ended."""
        return self._take("AND job = ? AND number = ?", job_id, group)

    def renew(self, claim: GroupClaim, frames: int = 0) -> bool:
        """Renew the lease of a claim; return False if the group is another node's, or its video has ended.

        It does not wait for a database that cannot be reached.
        """
        return self._change(claim, "lease = {now} + ?, frames = ?", self.ttl_s, frames, at_once=True)

    def give_back(self, claim: GroupClaim) -> bool:
        """End a claim, so that others can take the group at once; return False if it was lost before."""
        return self._change(claim, _FREE)

    def drop(self, claim: GroupClaim) -> bool:
        """Remove a claimed group that the video does not have; return False if the claim was lost before."""
        with self._database.open() as database:
            gone = "DELETE FROM frame_groups WHERE job = ? AND number = ? AND token = ? AND holder = ?"
            return database.execute(gone, (*claim, self._holder)).rowcount > 0

    def finish(self, claim: GroupClaim, key: str, checksum: str) -> bool:
        """Commit the object of a rendered group; return False if the claim was lost: then nobody reads the object.

        A claim whose lease has expired still counts until another node has the group, since all nodes render the same.
        """
        return self._change(claim, "key = ?, checksum = ?", key, checksum)

    def offered(self, job_id: str) -> list[OfferedGroup]:
        """Return the groups of a video that are offered, claimed or rendered, and not yet closed, in order.

        As `take_any` it does not wait for a database that cannot be reached: both are called again and again.
        """
        with self._database.at_once().open() as database:
            asked = (
                f"SELECT number, holder, lease, lease - {database.now}, frames, key, checksum "  # noqa: S608 - constants
                "FROM frame_groups WHERE job = ? ORDER BY number"
            )
            rows = database.execute(asked, (job_id,)).fetchall()
        return [
            OfferedGroup(number, holder == self._holder, bool(holder) and left_s > 0, lease, left_s, *rest)
            for number, holder, lease, left_s, *rest in rows
        ]

    def seize(self, job_id: str, group: int) -> None:
        """Take a group that is not rendered from its holder, for the node that leads the video."""
        with self._database.open() as database:
            taken = (
                f"UPDATE frame_groups SET holder = ?, token = token + 1, frames = 0, lease = {database.now} + ? "  # noqa: S608 - constants
                "WHERE job = ? AND number = ? AND key IS NULL"
            )
            database.execute(taken, (self._holder, self.ttl_s, job_id, group))

    def reopen(self, job_id: str, group: int) -> None:
        """Offer a group again: what was rendered is lost, or the cell of the leading node that had it has ended."""
        with self._database.open() as database:
            again = f"UPDATE frame_groups SET {_FREE}, key = NULL, checksum = NULL WHERE job = ? AND number = ?"  # noqa: S608 - constants
            database.execute(again, (job_id, group))

    def close(self, job_id: str, groups: Iterable[int] | None = None) -> None:
        """Remove groups that the leading node has, or all; who still renders one loses its claim."""
        numbers = None if groups is None else tuple(groups)
        if numbers == ():
            return
        gone, values = "DELETE FROM frame_groups WHERE job = ?", numbers or ()
        if numbers:
            gone += f" AND number IN ({_marks(numbers)})"
        with self._database.open() as database:
            database.execute(gone, (job_id, *values))

    def _take(self, which: str, *values: object) -> GroupClaim | None:
        """Claim the first free group of an open video; a row that another node is claiming now is passed over."""
        with self._database.at_once().open() as database:
            free = (
                "SELECT job, number FROM frame_groups JOIN videos ON videos.id = job "  # noqa: S608 - `which` is written above
                f"WHERE key IS NULL AND lease < {database.now} AND {_IS_OPEN} {which} "
                "LIMIT 1 FOR UPDATE OF frame_groups SKIP LOCKED"
            )
            taken = database.execute(
                f"UPDATE frame_groups SET holder = ?, token = token + 1, frames = 0, lease = {database.now} + ? "  # noqa: S608 - constants
                f"WHERE (job, number) = ({free}) RETURNING job, number, token",
                (self._holder, self.ttl_s, *values),
            ).fetchone()
        return GroupClaim(*taken) if taken else None

    def _change(self, claim: GroupClaim, change: str, *values: object, at_once: bool = False) -> bool:
        """Change the row of a claim, if it is still this node's and its video is open; return whether it was."""
        with (self._database.at_once() if at_once else self._database).open() as database:
            changed = (
                f"UPDATE frame_groups SET {change.format(now=database.now)} FROM videos "  # noqa: S608 - constants
                f"WHERE job = ? AND number = ? AND token = ? AND holder = ? AND key IS NULL "
                f"AND videos.id = job AND {_IS_OPEN}"
            )
            return database.execute(changed, (*values, *claim, self._holder)).rowcount > 0


_IS_OPEN = "videos.status IN ('queued', 'in_progress')"

_FREE = "holder = '', lease = 0, frames = 0"


def _marks(values: tuple[object, ...]) -> str:
    return ", ".join("?" for _ in values)
