"""Errors of the clients."""

from __future__ import annotations

from halfgig.errors import HalfgigError


class ApiError(HalfgigError):
    """The server refused a request, or failed at it; the message is the server's."""

    def __init__(
        self, message: str, status: int, code: str = "", param: str | None = None, request_id: str = ""
    ) -> None:
        super().__init__(message)
        self.status = status
        """The HTTP status."""
        self.code = code
        """A name for programs, such as unknown_voice."""
        self.param = param
        """The field that is wrong, if it is one."""
        self.request_id = request_id
        """Name of the request in the server's log."""


class ConnectionFailed(HalfgigError):
    """Report a server that could not be reached, or a connection that ended in the middle of an answer."""

    code = "connection_failed"
    retry = True


class VideoFailed(HalfgigError):
    """Report a video that failed or was cancelled."""

    code = "video_failed"
