"""Access control: API keys compared in constant time, and who a request is from."""

import hashlib
import hmac
from collections.abc import Callable, Sequence

from fastapi import Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, QueryParams
from starlette.types import ASGIApp, Receive, Scope, Send

from halfgig.errors import HalfgigError
from halfgig.server.errors import InvalidToken, NotAllowed, Unauthorized
from halfgig.server.shared_rates import SharedRates
from halfgig.server.web.avatar_module import MODULES
from halfgig.server.web.client_address import TrustedProxies, client_of
from halfgig.server.web.errors import response_of
from halfgig.server.web.rate_limit import RateLimiter
from halfgig.server.web.session_tokens import PREFIX, READS, Session, Signer, avatar_in, is_pack, is_use

_FREE = frozenset({"/", "/healthz", "/readyz", "/openapi.json", "/docs", *MODULES})
_FREE_BELOW = ("/docs/", "/page/")
SHARED = "/shared/"
"""Prefix of the paths of shared links, which need no key."""
_DIGITS = 32
_OWNER = "halfgig.owner"
_CLIENT = "halfgig.client"
_SESSION = "halfgig.session"
_LINKED = "halfgig.linked"


def owner(request: Request) -> str:
    """Return the owner of a request: a digest of its API key, empty if the server has no keys."""
    return str(request.scope.get(_OWNER, ""))


def client(request: Request) -> str:
    """Return the name of a request's client where shares are counted: of its key, or of its address without keys."""
    return client_in(request.scope)


def client_in(scope: Scope) -> str:
    """Return `client` of an ASGI scope."""
    return str(scope.get(_CLIENT, ""))


def session(request: Request) -> Session | None:
    """Return the session whose token a request carries, if it does."""
    found: Session | None = request.scope.get(_SESSION)
    return found


def is_linked(request: Request) -> bool:
    """Return whether a request came by a signed link, which stands for the owner."""
    return bool(request.scope.get(_LINKED))


def digest(key: str) -> str:
    """Return the digest that stands for a key in the job store, where the key itself must not appear."""
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:_DIGITS]


def is_free(path: str) -> bool:
    """Return whether a path needs no key."""
    return path in _FREE or path.startswith(_FREE_BELOW)


class Keys:
    """API keys, compared in constant time."""

    def __init__(self, keys: Sequence[str]) -> None:
        self._digests = [hashlib.sha256(key.encode()).digest() for key in keys]

    def __bool__(self) -> bool:
        return bool(self._digests)

    def has_owner(self, owner: str) -> bool:
        """Return whether an owner's key is still among the keys; without keys, whether it is nobody."""
        return owner in [known.hex()[:_DIGITS] for known in self._digests] if self._digests else owner == ""

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


class Passes:
    """What stands for a key on a page: sessions' tokens, and signed links."""

    def __init__(
        self, signer: Signer, keys: Keys, has_avatar: Callable[[str, str], bool], *, is_shared: bool = False
    ) -> None:
        """`has_avatar` returns whether an avatar, by its id, is there and belongs to an owner.

        `is_shared`: it and the signer may ask a store that several nodes share; then `prepare` must be called first.
        """
        self._signer, self._keys, self._has_avatar = signer, keys, has_avatar
        self._is_shared = is_shared

    def must_prepare(self, scope: Scope) -> bool:
        """Return whether a store may have to be asked before a request is admitted."""
        has_token = PREFIX in Headers(scope=scope).get("authorization", "")
        return self._is_shared and (has_token or b"signature=" in scope["query_string"])

    def prepare(self, scope: Scope) -> None:
        """Read from the store what admitting a request needs.  Raises `HalfgigError`."""
        self._signer.load()
        self.session_of(Headers(scope=scope).get("authorization", ""))

    def session_of(self, authorization: str) -> Session | None:
        """Return the session in an Authorization header; None if it has no token.

        Raises `InvalidToken` and `TokenExpired`.
        """
        scheme, _, token = authorization.strip().partition(" ")
        if scheme.lower() != "bearer" or not token.strip().startswith(PREFIX):
            return None
        found = self._signer.session(token.strip())
        if not self._keys.has_owner(found.owner):
            raise InvalidToken("the key that made this token is not among the server's API_KEYS any more")
        if not self._has_avatar(found.avatar, found.owner):
            raise InvalidToken(f"the avatar of this token, {found.avatar}, was deleted; make a token for another one")
        return found

    def is_linked(self, scope: Scope) -> bool:
        """Return whether a request has a signature that gives it.  Raises `InvalidToken` and `TokenExpired`."""
        query = QueryParams(scope["query_string"])
        if not is_pack(scope["path"]) or scope["method"] not in READS or "signature" not in query:
            return False
        self._signer.check_link(avatar_in(scope["path"]) or "", query.get("expires", ""), query["signature"])
        return True


def check_allowed(found: Session, scope: Scope) -> None:
    """Raise `NotAllowed` for a request that a session's token does not give."""
    is_own = avatar_in(scope["path"]) in (None, found.avatar)
    if not (is_own and is_use(scope["path"], scope["method"])):
        raise NotAllowed(f"this token is for {found.avatar}, its pack, and speech alone; for the rest use a key")


class AccessGate:
    """Check the key and the rate of each request; an ASGI middleware."""

    def __init__(
        self,
        app: ASGIApp,
        keys: Keys,
        passes: Passes,
        limiter: RateLimiter,
        proxies: TrustedProxies,
        rates: SharedRates | None = None,
    ) -> None:
        """`limiter` counts the requests to this node, `rates` those to all nodes; None: there is this one alone."""
        self._app = app
        self._keys = keys
        self._passes = passes
        self._limiter = limiter
        self._proxies = proxies
        self._rates = rates

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Store the owner in the scope and pass the request on, or refuse it."""
        if scope["type"] == "http" and not is_free(scope["path"]):
            try:
                if self._passes.must_prepare(scope):
                    await run_in_threadpool(self._passes.prepare, scope)
                self._admit(scope)
                if self._rates:
                    await run_in_threadpool(self._rates.take, scope[_CLIENT])
            except HalfgigError as error:
                await response_of(error, scope["path"])(scope, receive, send)
                return
        await self._app(scope, receive, send)

    def _admit(self, scope: Scope) -> None:
        authorization = Headers(scope=scope).get("authorization", "")
        if scope["path"].startswith(SHARED) or self._passes.is_linked(scope):
            scope[_LINKED] = True  # links need no key and are limited by address
        elif found := self._passes.session_of(authorization):
            check_allowed(found, scope)
            scope[_SESSION], scope[_OWNER] = found, found.owner
        else:
            scope[_OWNER] = self._keys.owner_of(authorization)
        scope[_CLIENT] = client_of(scope.get(_OWNER, ""), self._proxies.address_of(scope))
        self._limiter.take(scope[_CLIENT])
