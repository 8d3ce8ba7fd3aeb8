"""What pages of other origins may read: everything for those of CORS_ORIGINS, avatars and speech for AVATAR_ORIGINS."""

from collections.abc import Collection

from starlette.datastructures import Headers
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from halfgig.server.web.session_tokens import is_use

EXPOSED = ["x-request-id", "x-c2pa", "retry-after", "retry-after-ms", "openai-processing-ms"]
"""Headers of answers that pages may read."""

SENT = ["authorization", "content-type", "if-none-match"]
"""Headers of requests that pages with an avatar may send."""

KEPT_S = 600
"""Seconds for which a browser remembers what was allowed."""


class CrossOrigin:
    """Answer preflights and allow origins; an ASGI middleware.

    `everywhere` are the origins that may call all of the API, `avatars` those that may use avatars.
    """

    def __init__(self, app: ASGIApp, everywhere: Collection[str], avatars: Collection[str]) -> None:
        self._everywhere = frozenset(everywhere)
        self._general: ASGIApp = app
        if everywhere:
            self._general = CORSMiddleware(app, everywhere, ["*"], ["*"], expose_headers=EXPOSED)
        self._of_avatars = CORSMiddleware(app, avatars, ["GET", "POST"], SENT, expose_headers=EXPOSED, max_age=KEPT_S)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on with the rules for it."""
        await (self._of_avatars if self._is_for_avatars(scope) else self._general)(scope, receive, send)

    def _is_for_avatars(self, scope: Scope) -> bool:
        if scope["type"] != "http" or "*" in self._everywhere:
            return False
        headers = Headers(scope=scope)
        method = headers.get("access-control-request-method", "") if scope["method"] == "OPTIONS" else scope["method"]
        return headers.get("origin", "") not in self._everywhere and is_use(scope["path"], method)
