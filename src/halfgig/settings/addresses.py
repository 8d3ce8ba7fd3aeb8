"""Settings that are addresses or lists of them: origins, hosts, networks, stores."""

import re


def listed(text: str) -> tuple[str, ...]:
    """Return the parts of a text between commas, without those that are empty."""
    return tuple(each for part in text.split(",") if (each := part.strip()))


def origins(text: str) -> tuple[str, ...]:
    """Return origins of pages in lower case.  Raises `ValueError` for one that is none, other than *."""
    origins = tuple(each.lower().rstrip("/") for each in listed(text))
    if not all(re.fullmatch(r"\*|https?://[^/\s?#@]+", origin) for origin in origins):
        raise ValueError
    return origins


def hosts(text: str) -> tuple[str, ...]:
    """Return names of hosts without ports.  Raises `ValueError` for one that is none, other than *."""
    names = tuple(re.sub(r":\d+$", "", name.lower().rstrip(".")) for name in listed(text))
    if not all(re.fullmatch(r"\*|(\*?\.)?[\w-]+(\.[\w-]+)*|\[?[0-9a-f:.]+\]?", name) for name in names):
        raise ValueError
    return names


def networks(text: str) -> tuple[str, ...]:
    """Return networks in their usual form.  Raises `ValueError` for one that is none."""
    import ipaddress  # for the few that set it

    return tuple(str(ipaddress.ip_network(each, strict=False)) for each in listed(text))


def store_address(text: str) -> str:
    """Return the address of a store of files.  Raises `ValueError` if it has credentials or is none."""
    if not re.fullmatch(r"s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/[\w./-]*)?|file:///[^?#]+", text):
        raise ValueError
    return text.rstrip("/")


def database_address(text: str) -> str:
    """Return the address of a Postgres database.  Raises `ValueError` if it is none."""
    if not re.fullmatch(r"postgres(ql)?://\S+", text):
        raise ValueError
    return text
