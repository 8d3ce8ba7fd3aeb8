"""What the server's stores need of a database, SQLite or Postgres: the same statements, and what differs as values.

Statements have `?` for each value, end what they began when the block ends, and use `session.now` and
`session.merged` where the two databases differ.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence
    from contextlib import AbstractContextManager


class Rows(Protocol):
    """The rows that a statement found, or the number of those that it changed."""

    @property
    def rowcount(self) -> int:
        """The number of rows that were changed."""
        ...

    def fetchone(self) -> Any:
        """Return the next row; None if there is none."""
        ...

    def fetchall(self) -> list[Any]:
        """Return the remaining rows."""
        ...


class Session(Protocol):
    """An open database; each statement is a transaction, unless `begin_alone` began one."""

    now: str
    """An expression: seconds since 1970 on the database's own clock."""

    def execute(self, statement: str, values: Sequence[object] = ()) -> Rows:
        """Run a statement."""
        ...

    def begin_alone(self) -> None:
        """Begin a transaction that runs alone among those of its kind; it is durable when the block has ended."""
        ...

    def merged(self, column: str) -> str:
        """Return an expression for a column of JSON with a JSON value merged into it; its null members are removed."""
        ...

    def member(self, column: str, name: str) -> str:
        """Return an expression: a member of a column of JSON, as text; NULL if there is none."""
        ...

    def as_json(self, value: object) -> str:
        """Format a value that will be merged."""
        ...


class Database(Protocol):
    """Opens a database; any thread or process may."""

    def open(self) -> AbstractContextManager[Session]:
        """Open the database, creating its tables on first use; a transaction is committed at the block's end."""
        ...

    def at_once(self) -> Database:
        """Return the same database without patience, for those who must not wait."""
        ...

    def exists(self) -> bool:
        """Return whether anything was ever stored."""
        ...

    def keep_open(self) -> None:
        """Keep what reading needs on the disk, which may have no room for it later."""
        ...

    def check(self) -> None:
        """Recover the database if it is damaged."""
        ...
