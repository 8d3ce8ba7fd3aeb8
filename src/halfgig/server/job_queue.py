"""Who may queue another video: a client has places and minutes of its own, which no other can take."""

from __future__ import annotations

from typing import TYPE_CHECKING

from halfgig.server.errors import Busy

if TYPE_CHECKING:
    from halfgig.server.sql import Session

CLIENTS = 8
"""How many clients may fill their places; further ones get one place each, up to twice as many in all."""

_AFTER_S = 30.0


_OPEN = "status IN ('queued', 'in_progress')"


def check_room(
    database: Session, client: str, cost_s: float, most_open: int, most_minutes: float = float("inf")
) -> None:
    """Raise `Busy` if a client may not queue a video that costs as much as `cost_s` seconds of a plain one.

    It may have `most_open` videos, of `most_minutes` minutes of plain video together.
    """
    own, own_s = database.execute(
        f"SELECT count(*), coalesce(sum(cost_s), 0) FROM videos WHERE client = ? AND {_OPEN}",  # noqa: S608 - constant
        (client,),
    ).fetchone()
    if own >= most_open:
        raise Busy(
            f"{own} of your videos wait or are being made, and {most_open} may; come back later, or raise MAX_QUEUE",
            _AFTER_S,
        )
    if own and own_s + cost_s > most_minutes * 60:
        raise Busy(
            f"your videos that wait are as much work as {own_s / 60:.0f} minutes of plain video, and with this one it "
            f"would be more than {most_minutes:g}; come back later, or raise MAX_QUEUED_MINUTES",
            _AFTER_S,
        )
    (everybodys,) = database.execute("SELECT count(*) FROM videos WHERE status IN ('queued', 'in_progress')").fetchone()
    most = CLIENTS * most_open
    if everybodys >= most * (1 if own else 2):
        raise Busy(f"{everybodys} videos of all clients wait or are being made; come back later", _AFTER_S)
