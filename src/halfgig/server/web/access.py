"""Access control: API keys compared in constant time, and who a request is from."""

import hashlib
import hmac
from collections.abc import Sequence

from fastapi import Request
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from halfgig.errors import HalfgigError
from halfgig.server.errors import Unauthorized
from halfgig.server.web.avatar_module import MODULES
from halfgig.server.web.client_address import TrustedProxies, client_of
from halfgig.server.web.errors import response_of
from halfgig.server.web.rate_limit import RateLimiter

_FREE = frozenset({"/", "/healthz", "/readyz", "/openapi.json", "/docs", *MODULES})
_FREE_BELOW = ("/docs/", "/page/")
SHARED = "/shared/"
"""Prefix of the paths of shared links, which need no key."""
_OWNER = "halfgig.owner"
_CLIENT = "halfgig.client"


def owner(request: Request) -> str:
    """Return the owner of a request: a digest of its API key, empty if the server has no keys."""
    return str(request.scope.get(_OWNER, ""))


def client(request: Request) -> str:
    """Return the name of a request's client where shares are counted: of its key, or of its address without keys."""
    return client_in(request.scope)


def client_in(scope: Scope) -> str:
    """Return `client` of an ASGI scope."""
    return str(scope.get(_CLIENT, ""))


def digest(key: str) -> str:
    """Return the digest that stands for a key in the job store, where the key itself must not appear."""
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def is_free(path: str) -> bool:
    """Return whether a path needs no key."""
    return path in _FREE or path.startswith(_FREE_BELOW)


class Keys:
    """API keys, compared in constant time."""

    def __init__(self, keys: Sequence[str]) -> None:
        self._digests = [hashlib.sha256(key.encode()).digest() for key in keys]

    def __bool__(self) -> bool:
        return bool(self._digests)

    def owner_of(self, authorization: str) -> str:
        """Return the digest of the key in an Authorization header, "" without keys.  Raises `Unauthorized`."""
        if not self._digests:
            return ""
        scheme, _, key = authorization.strip().partition(" ")
        if scheme.lower() != "bearer" or not key.strip():
            raise Unauthorized('this server asks for a key: send it as the header "Authorization: Bearer <key>"')
        offered = hashlib.sha256(key.strip().encode("utf-8", "surrogatepass")).digest()
        matches = [
            hmac.compare_digest(offered, known) for known in self._digests
        ]  # compare with all of them, so that the time does not depend on the match
        if not any(matches):
            raise Unauthorized("this key is not among the server's API_KEYS; check it, or ask the server's operator")
        return digest(key.strip())


class AccessGate:
    """Check the key and the rate of each request; an ASGI middleware."""

    def __init__(self, app: ASGIApp, keys: Keys, limiter: RateLimiter, proxies: TrustedProxies) -> None:
        self._app = app
        self._keys = keys
        self._limiter = limiter
        self._proxies = proxies

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Store the owner in the scope and pass the request on, or refuse it."""
        if scope["type"] == "http" and not is_free(scope["path"]):
            try:
                self._admit(scope)
            except HalfgigError as error:
                await response_of(error, scope["path"])(scope, receive, send)
                return
        await self._app(scope, receive, send)

    def _admit(self, scope: Scope) -> None:
        if not scope["path"].startswith(SHARED):  # shared links need no key and are limited by address
            scope[_OWNER] = self._keys.owner_of(Headers(scope=scope).get("authorization", ""))
        scope[_CLIENT] = client_of(scope.get(_OWNER, ""), self._proxies.address_of(scope))
        self._limiter.take(scope[_CLIENT])
