"""Errors for requests that the server refuses or cannot serve now.

ServiceError
|- Busy                   come back later
|   |- RateLimited, StorageFull
|   `- Unavailable
|       |- FileStoreUnavailable
|       `- StoreFailed
|           `- StoreDamaged, DatabaseUnavailable
|- NotFound, ModelNotFound, NotReady, NotYet, Conflict, BadRequest, UploadTooLarge, TooSlow
|- Unauthorized
|   `- InvalidToken, TokenExpired
|- AvatarsFull, NotAllowed, SessionSpent, OrderTooLarge, UnknownHost, CrossSite, UnsatisfiableRange, LateWriter
`- Relayed                an error of another process of the server
"""

from collections.abc import Mapping
from typing import Any

from halfgig.errors import ServiceError


class Busy(ServiceError):
    """Ask a client to retry later: the queue is full, or memory is short.

    `after_s` is the number of seconds to wait before retrying.
    """

    status = 429
    code = "busy"
    retry = True

    def __init__(self, message: str, after_s: float = 5.0) -> None:
        super().__init__(message, after_s)
        self.after_s = after_s

    def __str__(self) -> str:
        return str(self.args[0])


class NotFound(ServiceError):
    """Report that a name does not exist."""

    status = 404
    code = "not_found"


class NotReady(ServiceError):
    """Report that the requested file is still being made."""

    status = 409
    code = "not_ready"


class NotYet(NotReady):
    """Report that the first part of a file is not ready yet."""

    status = 404


class Unauthorized(ServiceError):
    """Refuse a request without a key, or with a wrong one."""

    status = 401
    code = "invalid_api_key"


class InvalidToken(Unauthorized):
    """Refuse a token or a link that this server did not make, or whose avatar or key is gone."""

    code = "invalid_token"


class TokenExpired(Unauthorized):
    """Refuse a token or a link whose time is over."""

    code = "token_expired"


class NotAllowed(ServiceError):
    """Refuse what a session's token does not give."""

    status = 403
    code = "not_allowed"


class SessionSpent(ServiceError):
    """Refuse a text to a session's token that has spoken as much as it may."""

    status = 403
    code = "session_spent"


class UnknownHost(ServiceError):
    """Refuse a request to a server without keys under a name that is not the server's."""

    status = 403
    code = "unknown_host"


class CrossSite(ServiceError):
    """Refuse a request to a server without keys from a page of another site."""

    status = 403
    code = "cross_site"


class UnsatisfiableRange(ServiceError):
    """Refuse a Range of a file that begins after its end."""

    status = 416
    code = "range_not_satisfiable"


class Conflict(ServiceError):
    """Refuse a request that contradicts an earlier one: another body under the same Idempotency-Key."""

    status = 409
    code = "conflict"


class BadRequest(ServiceError):
    """Refuse a malformed request: a broken form, a missing field or one of the wrong type.

    `param` names the field; empty if the error concerns no single field.
    """

    status = 400
    code = "bad_request"

    def __init__(self, message: str, param: str = "") -> None:
        super().__init__(message, param)
        self.param = param

    def __str__(self) -> str:
        return str(self.args[0])


class UploadTooLarge(ServiceError):
    """Refuse a body over the configured size."""

    status = 413
    code = "upload_too_large"


class RateLimited(Busy):
    """Ask a client that exceeded its request rate to wait; the queue may be empty."""

    code = "rate_limit_exceeded"


class Unavailable(Busy):
    """Report that a process of the server is starting or restarting."""

    status = 503
    code = "unavailable"


class OrderTooLarge(ServiceError):
    """Refuse a video that is more work than one request may ask for."""

    status = 413
    code = "order_too_large"


class AvatarsFull(ServiceError):
    """Refuse an avatar for which there is no place among those that are saved."""

    status = 507
    code = "avatars_full"


class StoreFailed(Unavailable):
    """Report that the job store failed during a request: work on a video stops, and goes on later from its files."""

    code = "store_failed"


class DatabaseUnavailable(StoreFailed):
    """Report that the database of DATABASE_URL cannot be reached, or was lost during a request."""

    code = "database_unavailable"


class StoreDamaged(StoreFailed):
    """Report that the job store was damaged during a request, and was rewritten from what can be recovered."""

    code = "store_damaged"


class FileStoreUnavailable(Unavailable):
    """Report that the store of STORE_URL cannot be reached, refuses, or returns something else than was written."""

    code = "file_store_unavailable"


class LateWriter(ServiceError):
    """Refuse what a process writes to a video, or to its files, that another process has taken over."""

    status = 409
    code = "late_writer"


class StorageFull(Busy):
    """Report that nothing can be written to the server's disk: it is full, read-only or failing."""

    status = 507
    code = "storage_full"


class TooSlow(ServiceError):
    """Disconnect a client whose request did not arrive in time."""

    status = 408
    code = "request_timeout"


class ModelNotFound(ServiceError):
    """Refuse the name of a model that does not exist."""

    status = 404
    code = "model_not_found"


class Relayed(ServiceError):
    """Pass on an error of another process, with its message, status and code."""

    def __init__(self, refusal: Mapping[str, Any]) -> None:
        super().__init__(dict(refusal))
        self.status = int(refusal.get("status") or 500)
        self.code = str(refusal.get("code") or "internal_error")
        self.param = str(refusal.get("param") or "")
        self.retry = bool(refusal.get("retry"))
        after_s = refusal.get("after_s")
        self.after_s = None if after_s is None else float(after_s)

    def __str__(self) -> str:
        return str(self.args[0].get("message") or "the worker process refused the request")
