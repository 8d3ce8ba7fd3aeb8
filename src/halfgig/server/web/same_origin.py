"""Protection of a server without keys from pages of other sites, which a visitor's browser runs on the same machine.

Two checks: the Host header must have a name of this server, and what a browser says of the page that makes a request
(Sec-Fetch-Site, else Origin) must be this server or one of CORS_ORIGINS, or of AVATAR_ORIGINS where an avatar is used.
Programs that are not browsers send neither.
"""

from collections.abc import Collection

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from halfgig.errors import HalfgigError
from halfgig.server.errors import CrossSite, UnknownHost
from halfgig.server.web.access import SHARED
from halfgig.server.web.avatar_module import MODULES
from halfgig.server.web.errors import response_of
from halfgig.server.web.known_hosts import KnownHosts
from halfgig.server.web.session_tokens import is_use

_HEALTH = frozenset({"/healthz", "/readyz"})
"""Paths that hosting services probe under any name."""

_READS = frozenset({"GET", "HEAD"})

_DEFAULT_PORTS = {"http": ":80", "https": ":443"}


class SameOriginGate:
    """Refuse requests under another name and from pages of other sites; an ASGI middleware.

    `origins` are those of CORS_ORIGINS, `avatars` of AVATAR_ORIGINS; "*" is any.
    """

    def __init__(
        self, app: ASGIApp, hosts: KnownHosts, origins: Collection[str], avatars: Collection[str] = ()
    ) -> None:
        self._app = app
        self._hosts = hosts
        self._origins = origins
        self._avatars = avatars

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        if scope["type"] == "http" and scope["path"] not in _HEALTH:
            headers = Headers(scope=scope)
            try:
                self._check_host(headers)
                self._check_site(scope, headers)
            except HalfgigError as error:
                await response_of(error, scope["path"])(scope, receive, send)
                return
        await self._app(scope, receive, send)

    def _check_host(self, headers: Headers) -> None:
        host = headers.get("host", "")
        if not self._hosts.has(host):
            raise UnknownHost(
                f"this server has no API keys, and {host!r:.100} is not among the names it is known by; "
                "its operator may add the name to ALLOWED_HOSTS, or set API_KEYS"
            )

    def _check_site(self, scope: Scope, headers: Headers) -> None:
        is_read = scope["method"] in _READS
        site, origin = headers.get("sec-fetch-site", "").lower(), headers.get("origin", "")
        if site == "same-origin" or self._is_allowed(origin, scope):
            return
        is_public = scope["path"].startswith(SHARED) or scope["path"] in MODULES
        if is_read and (is_public or _is_navigation(headers)):
            return  # a link that was followed, or what is shared with anyone
        if site not in ("", "none") or not _is_own(origin, headers.get("host", "")):
            whose = f"a page of {origin!r:.100}" if origin else "a page of another site"
            raise CrossSite(
                f"{whose} asked, and this server has no API keys: its operator may add the page's origin to "
                "CORS_ORIGINS, or set API_KEYS"
            )

    def _is_allowed(self, origin: str, scope: Scope) -> bool:
        origins = {*self._origins, *(self._avatars if is_use(scope["path"], scope["method"]) else ())}
        return "*" in origins or (origin != "" and origin in origins)


def _is_navigation(headers: Headers) -> bool:
    return headers.get("sec-fetch-mode") == "navigate" and headers.get("sec-fetch-dest") == "document"


def _is_own(origin: str, host: str) -> bool:
    """Return whether an origin is that of a Host header; the scheme may differ, where a proxy ends TLS."""
    if not origin:
        return True
    scheme, _, place = origin.lower().partition("://")
    default = _DEFAULT_PORTS.get(scheme, "")
    return bool(place) and place.removesuffix(default) == host.strip().lower().removesuffix(default)
