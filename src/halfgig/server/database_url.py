"""The address of a Postgres database: how programs connect to it, and how it is kept out of what people read."""

from __future__ import annotations

import logging
import re
import traceback
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit, urlunsplit

CONNECT_S = 5
"""Seconds after which a connection that is not made counts as refused."""

SILENT_S = 10
"""Seconds of a network without answers after which a connection counts as lost."""

CONNECTION: dict[str, str | int] = {
    "application_name": "halfgig",
    "connect_timeout": CONNECT_S,
    "keepalives_idle": SILENT_S,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": SILENT_S * 1000,
    # After a fail-over the address may still lead to the old server, which only reads.
    "target_session_attrs": "read-write",
}
"""Parameters of each connection, where the address has no other."""

HIDDEN = "..."

_PLACES = (
    (
        re.compile(r'(?:connection to server )?(?:at|on) (?:socket )?"[^"]*"(?: \([^)]*\))?(?:, port \d+)?'),
        "connection",
    ),
    (re.compile(r'(?:host(?: name)?|user|role|database) "[^"]*"'), HIDDEN),
    (re.compile(r"postgres(?:ql)?(?:\+\w+)?://\S+"), HIDDEN),
)


def connection_url(url: str) -> str:
    """Return an address with the parameters of `CONNECTION` that it does not have."""
    parts = urlsplit(url)
    given = dict(parse_qsl(parts.query, keep_blank_values=True))
    query = urlencode({name: str(value) for name, value in CONNECTION.items()} | given, quote_via=quote)
    return urlunsplit(("postgresql", parts.netloc, parts.path, query, ""))


def redacted(text: str, url: str) -> str:
    """Return a text without the address, user and password of a database, as drivers quote them."""
    for place, said in _PLACES:
        text = place.sub(said, text)
    for secret in sorted(_secrets(url), key=len, reverse=True):
        text = re.sub(rf"(?<![\w.]){re.escape(secret)}(?![\w])", HIDDEN, text)
    return text


def _secrets(url: str) -> set[str]:
    """Return the parts of an address that say where the database is, or open it."""
    parts = urlsplit(url)
    login, _, places = parts.netloc.rpartition("@")
    user, _, password = login.partition(":")
    hosts = {place.rpartition(":")[0] or place for place in places.split(",")}
    given = dict(parse_qsl(parts.query))
    hosts |= {given.get(name, "") for name in ("host", "hostaddr", "password", "user")}
    return {each for part in (user, password, *hosts) for each in (part, unquote(part))} - {"", "localhost", "postgres"}


class Redaction(logging.Filter):
    """Keeps the address of a database out of the lines that a library logs."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self._url = url

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrite a record; none is held back."""
        text = record.getMessage()
        if record.exc_info and record.exc_info[1]:
            text += f"\n{''.join(traceback.format_exception(record.exc_info[1]))}"
        record.msg, record.args, record.exc_info = redacted(text, self._url), (), None
        return True
