"""The names by which a server without keys may be called.

A page elsewhere can point its own name at this machine (DNS rebinding): the browser then takes this server for the
page's own and lets the page read its answers, but the Host header still has the page's name.
"""

import ipaddress
import re
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from halfgig.settings import Settings

_HOST = re.compile(r"(?:\[(?P<v6>[0-9a-f:.]+)\]|(?P<name>[^\s:\[\]@/]+))(?::\d*)?")

GIVEN_BY_HOSTS = {
    "RENDER_EXTERNAL_HOSTNAME": "{}",
    "RENDER_EXTERNAL_URL": "{}",
    "FLY_APP_NAME": "{}.fly.dev {}.internal {}.flycast",
    "RAILWAY_PUBLIC_DOMAIN": "{}",
    "RAILWAY_PRIVATE_DOMAIN": "{}",
    "RAILWAY_STATIC_URL": "{}",
    "HEROKU_APP_DEFAULT_DOMAIN_NAME": "{}",
    "HEROKU_APP_NAME": "{}.herokuapp.com",
    "SPACE_HOST": "{}",
    "KOYEB_PUBLIC_DOMAIN": "{}",
    "VERCEL_URL": "{}",
    "WEBSITE_HOSTNAME": "{}",
    "CONTAINER_APP_HOSTNAME": "{}",
    "NF_HOSTS": "{}",
    "ZEABUR_WEB_DOMAIN": "{}",
    "GITPOD_WORKSPACE_URL": "*-{}",
    "GITHUB_CODESPACES_PORT_FORWARDING_DOMAIN": "*.{}",
    "K_SERVICE": "*.run.app",
}
"""Variables in which hosting services give a server its public names, and the names that follow from each value.

Cloud Run gives no name of its own, only that the server runs there.
"""


@dataclass(frozen=True, slots=True)
class KnownHosts:
    """The names of a server, in lower case and without ports."""

    names: frozenset[str]
    """Exact names and addresses; "*": any."""
    suffixes: tuple[str, ...]
    """Ends of further names, such as ".example.com"."""
    is_public: bool
    """Whether the server listens at more than this machine's own addresses.

    Then it is known by any address, and by any name without a dot, as containers and machines in one network call each
    other: no site on the web can have such a name.
    """

    def has(self, host: str) -> bool:
        """Return whether a Host header has a name of this server."""
        name = host_name(host)
        if name is None:
            return "*" in self.names
        address = _address(name)
        if address is not None:
            return address.is_loopback or self.is_public or bool({name, str(address), "*"} & self.names)
        is_near = self.is_public and "." not in name
        return is_near or name in self.names or "*" in self.names or name.endswith(self.suffixes)


def known_hosts(settings: Settings, environment: Mapping[str, str]) -> KnownHosts:
    """Return the names of a server: localhost, its address, ALLOWED_HOSTS, and those its hosting service gives it."""
    given = [*settings.allowed_hosts, "localhost", "*.localhost"]
    for variable, pattern in GIVEN_BY_HOSTS.items():
        for value in re.split(r"[\s,]+", environment.get(variable, "").strip()):
            given += pattern.format(*[_domain(value)] * pattern.count("{}")).split() if value else []
    is_public = not _is_loopback(settings.bind)
    if is_public:
        own = socket.gethostname().lower()
        given += [settings.bind.strip("[]").lower(), own, f"{own.partition('.')[0]}.local"]
    names = frozenset(name.strip("[]") for name in given if name == "*" or name[0] not in "*.")
    suffixes = tuple(name.removeprefix("*") for name in given if name != "*" and name[0] in "*.")
    return KnownHosts(names, suffixes, is_public)


def host_name(host: str) -> str | None:
    """Return the name in a Host header, in lower case without port and final dot; None if there is none."""
    found = _HOST.fullmatch(host.strip().lower())
    return (found["v6"] or found["name"]).removesuffix(".") if found else None


def _domain(value: str) -> str:
    """Return the name in a variable, which some services give as a URL."""
    return (urlsplit(value if "//" in value else f"//{value}").hostname or "").lower()


def _address(name: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        address = ipaddress.ip_address(name)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def _is_loopback(bind: str) -> bool:
    address = _address(bind.strip("[]"))
    return bind == "localhost" if address is None else address.is_loopback
