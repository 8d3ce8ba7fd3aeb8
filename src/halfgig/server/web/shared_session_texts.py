"""How much text each session's token has spoken at all nodes together, counted by the database that they share.

If the database cannot be reached a text is spoken, and counted by this node alone for now.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from halfgig.log import WARNING, log
from halfgig.server.errors import StorageFull, StoreFailed
from halfgig.server.web.session_texts import SessionTexts, spent

if TYPE_CHECKING:
    from halfgig.server.sql import Database
    from halfgig.server.web.session_tokens import Session

SWEEP_EVERY_S = 600.0
"""Seconds between two removals of the rows of tokens that have expired, by each process."""


class SharedSessionTexts(SessionTexts):
    """The characters that tokens have spoken at all nodes; methods may block, and be called from any thread."""

    def __init__(self, database: Database, own: SessionTexts) -> None:
        """`own` counts what this node alone has spoken."""
        self._database = database
        self._own = own
        self._sweep_at = 0.0
        self._is_away = False

    def check(self, session: Session, characters: int) -> None:
        """Raise `SessionSpent` for a text that is longer than what a token may still speak."""
        self._own.check(session, characters)
        self._shared(session, characters, 0)

    def spend(self, session: Session, characters: int) -> None:
        """Count a text that is spoken from now on.  Raises `SessionSpent` and counts nothing if it is too long."""
        self._own.check(session, characters)
        self._shared(session, characters, characters)
        self._own.spend(session, characters)

    def _shared(self, session: Session, characters: int, counted: int) -> None:
        try:
            spoken = self._counted(session, characters, counted)
        except (StoreFailed, StorageFull) as error:
            if not self._is_away:
                log("web", f"what tokens speak is counted by this node alone for now: {error}", WARNING)
            self._is_away = True
            return
        self._is_away = False
        if spoken is not None:
            raise spent(session, spoken, characters)

    def _counted(self, session: Session, characters: int, counted: int) -> int | None:
        """Count a text; return what the token has spoken if the text is too long for it, else None."""
        name = f"{session.id} {session.avatar}"
        with self._database.open() as database:
            if time.monotonic() >= self._sweep_at:
                self._sweep_at = time.monotonic() + SWEEP_EVERY_S
                database.execute(f"DELETE FROM session_texts WHERE expires_at < {database.now}")  # noqa: S608 - constants
            taken = database.execute(
                "INSERT INTO session_texts (name, spoken, expires_at) VALUES (?, ?, ?) ON CONFLICT (name) DO UPDATE"
                " SET spoken = session_texts.spoken + ? WHERE session_texts.spoken + ? <= ? RETURNING 1",
                (name, counted, session.expires_at, counted, characters, session.most_in_all),
            ).fetchone()
            if taken:
                return None
            found = database.execute("SELECT spoken FROM session_texts WHERE name = ?", (name,)).fetchone()
            return int(found[0]) if found else None
