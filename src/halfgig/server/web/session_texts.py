"""How much text each session's token has spoken, in memory that all web workers share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from halfgig.server.errors import SessionSpent
from halfgig.server.web.shared_table import SharedTable

if TYPE_CHECKING:
    from halfgig.server.web.session_tokens import Session

MOST_SESSIONS = 16_384
"""Number of tokens remembered; of those that fall on the same few places, the one that expires first is forgotten."""


class SessionTexts:
    """The characters that tokens have spoken; processes forked after it was made share them."""

    def __init__(self, most: int = MOST_SESSIONS) -> None:
        self._table = SharedTable(most)

    def check(self, session: Session, characters: int) -> None:
        """Raise `SessionSpent` for a text that is longer than what a token may still speak."""
        self._spend(session, characters, 0)

    def spend(self, session: Session, characters: int) -> None:
        """Count a text that is spoken from now on.  Raises `SessionSpent` and counts nothing if it is too long."""
        self._spend(session, characters, characters)

    def _spend(self, session: Session, characters: int, counted: int) -> None:
        with self._table.numbers(f"{session.id} {session.avatar}", (0, session.expires_at)) as numbers:
            spoken = round(numbers[0])
            if spoken + characters <= session.most_in_all:
                numbers[0] += counted
                return
        raise spent(session, spoken, characters)


def spent(session: Session, spoken: int, characters: int) -> SessionSpent:
    """Return the error for a text that is longer than what a token may still speak."""
    return SessionSpent(
        f"this token has spoken {spoken} of {session.most_in_all} characters, and the text has {characters}: "
        "make a new one with POST /v1/avatars/ID/sessions, or one with more max_characters"
    )
