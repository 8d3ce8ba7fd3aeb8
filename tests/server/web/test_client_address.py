from __future__ import annotations

from halfgig.server.web.client_address import TrustedProxies, client_of


def scope(peer: str, *forwarded: str) -> dict[str, object]:
    return {"client": (peer, 1), "headers": [(b"x-forwarded-for", each.encode()) for each in forwarded]}


def test_an_address_that_a_stranger_names_is_not_believed() -> None:
    assert TrustedProxies([]).address_of(scope("127.0.0.1", "10.0.0.1")) == "127.0.0.1"
    assert TrustedProxies(["10.0.0.0/8"]).address_of(scope("192.0.2.1", "10.0.0.1")) == "192.0.2.1"


def test_the_last_address_before_the_trusted_proxies_counts() -> None:
    proxies = TrustedProxies(["10.0.0.0/8"])
    assert proxies.address_of(scope("10.0.0.9", "203.0.113.5, 198.51.100.7, 10.0.0.2")) == "198.51.100.7"
    assert proxies.address_of(scope("10.0.0.9", "203.0.113.5", "198.51.100.7")) == "198.51.100.7"
    assert proxies.address_of(scope("10.0.0.9", "nonsense")) == "10.0.0.9"
    assert proxies.address_of(scope("10.0.0.9")) == "10.0.0.9"


def test_a_proxy_that_a_socket_for_both_families_names_is_known() -> None:
    assert TrustedProxies(["10.0.0.1"]).address_of(scope("::ffff:10.0.0.1", "192.0.2.1")) == "192.0.2.1"


def test_a_home_of_many_addresses_is_one_client_and_a_key_wherever_it_comes_from() -> None:
    assert client_of("", "2001:db8::1") == client_of("", "2001:db8::ffff")
    assert client_of("", "2001:db8::1") != client_of("", "2001:db8:1::1")
    assert client_of("", "192.0.2.1") != client_of("", "192.0.2.2")
    assert client_of("key", "192.0.2.1") == client_of("key", "192.0.2.2") == "key"
