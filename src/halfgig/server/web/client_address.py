"""Where a request comes from: the peer's address, or the one that a trusted proxy names."""

from __future__ import annotations

import hashlib
import ipaddress
from typing import TYPE_CHECKING

from starlette.datastructures import Headers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.types import Scope

_HOME = 64  # bits of an IPv6 address that a home or a server gets as a whole

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class TrustedProxies:
    """The proxies whose X-Forwarded-For is believed; anybody else could write any address into it."""

    def __init__(self, names: Sequence[str]) -> None:
        self._networks: list[Network] = [ipaddress.ip_network(name, strict=False) for name in names]

    def address_of(self, scope: Scope) -> str:
        """Return the address a request comes from: the last one that no trusted proxy has."""
        peer = str((scope.get("client") or ("",))[0])
        if not self.trusts(peer):
            return peer
        named = ",".join(Headers(scope=scope).getlist("x-forwarded-for"))
        for name in reversed([each.strip() for each in named.split(",")]):
            if _parsed(name) is None:
                break
            peer = name
            if not self.trusts(name):
                break
        return peer

    def trusts(self, name: str) -> bool:
        """Return whether an address is one of the trusted proxies."""
        address = _parsed(name)
        return address is not None and any(address in network for network in self._networks)


def client_of(owner: str, address: str) -> str:
    """Return the name that stands for a client where shares are counted: its key's digest, else its address's.

    Of an IPv6 address only the part counts that its owner cannot choose.
    """
    if owner:
        return owner
    parsed = _parsed(address)
    if isinstance(parsed, ipaddress.IPv6Address):
        address = str(ipaddress.ip_network((int(parsed) >> _HOME << _HOME, _HOME)))
    return hashlib.sha256(address.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _parsed(name: str) -> Address | None:
    try:
        address = ipaddress.ip_address(name)
    except ValueError:
        return None
    mapped = getattr(address, "ipv4_mapped", None)  # ::ffff:10.0.0.1, as a socket for both families says it
    return mapped or address
