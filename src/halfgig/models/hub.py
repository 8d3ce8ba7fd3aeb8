"""URLs of published files: on the Hugging Face hub through `huggingface_hub`, on GitHub by URL pattern.

Import only in the download cell: the library takes 25 MB.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from halfgig import __version__
from halfgig.errors import ChecksumMismatch, DownloadFailed
from halfgig.models.files import is_checksum
from halfgig.models.http_transfer import Address, check_status, refusal
from halfgig.models.install_request import GITHUB

if TYPE_CHECKING:
    from halfgig.models.catalogue import Source
    from halfgig.models.install_request import Mirrors


def offline() -> bool:
    """Return whether HF_HUB_OFFLINE forbids network access."""
    from huggingface_hub import is_offline_mode

    return bool(is_offline_mode())


def revision_of(source: Source, mirrors: Mirrors) -> str:
    """Return the requested revision of a file."""
    return (mirrors.revision if source.repository.host == "hub" else "") or source.repository.revision


def known_checksum(source: Source, mirrors: Mirrors) -> str:
    """Return the catalogue's checksum if it is valid for the requested revision, else an empty string."""
    return source.sha256 if revision_of(source, mirrors) == source.repository.revision else ""


def cached(source: Source, mirrors: Mirrors) -> Path | None:
    """Return the file in Hugging Face's shared cache, if another program has downloaded it."""
    from huggingface_hub import try_to_load_from_cache

    if source.repository.host != "hub":
        return None
    found = try_to_load_from_cache(source.repository.name, source.path, revision=revision_of(source, mirrors))
    return Path(found) if isinstance(found, str) else None


def stated_in_cache(path: Path) -> str:
    """Return the checksum in the name of a cached blob; empty if there is none."""
    name = path.resolve().name
    return name if is_checksum(name) else ""


def address_of(source: Source, mirrors: Mirrors, timeout_s: float) -> Address:
    """Return a file's URL and checksum; query the hub if the catalogue has no checksum.

    Raises TransientError for temporary failures, DownloadFailed for permanent ones.
    """
    repository, revision = source.repository, revision_of(source, mirrors)
    if repository.host != "hub":
        return Address(_at_github(source, mirrors), source.sha256, {}, revision)

    from huggingface_hub import hf_hub_url

    url = hf_hub_url(repository.name, source.path, revision=revision, endpoint=mirrors.hub.rstrip("/") or None)
    headers = _headers()
    if checksum := known_checksum(source, mirrors):
        return Address(url, checksum, headers, revision)
    return _asked(url, headers, timeout_s)


def _at_github(source: Source, mirrors: Mirrors) -> str:
    repository = source.repository
    base = (mirrors.github or GITHUB[repository.host]).rstrip("/")
    if repository.host == "release":
        return f"{base}/{repository.name}/releases/download/{repository.revision}/{source.path}"
    media = "media/" if repository.host == "lfs" else ""
    return f"{base}/{media}{repository.name}/{repository.revision}/{source.path}"


def places_of(source: Source, mirrors: Mirrors) -> list[Source]:
    """Return the file's source at each repository that has it, preferred repository first.

    A revision named by the user exists on the hub only.
    """
    if source.also is None or mirrors.revision:
        return [source]
    return [source, replace(source, repository=source.also, also=None)]


def _headers() -> dict[str, str]:
    from huggingface_hub import constants, get_token

    token = None if constants.HF_HUB_DISABLE_IMPLICIT_TOKEN else get_token()
    return {"User-Agent": f"halfgig/{__version__}"} | ({"Authorization": f"Bearer {token}"} if token else {})


def _asked(url: str, headers: dict[str, str], timeout_s: float) -> Address:
    from huggingface_hub import get_hf_file_metadata
    from huggingface_hub.errors import HfHubHTTPError

    try:
        stated = get_hf_file_metadata(url, headers=headers, timeout=timeout_s)
    except HfHubHTTPError as error:
        check_status(url, error.response.status_code, error.response.headers)
        raise DownloadFailed(refusal(url, error.response.status_code)) from error
    if not is_checksum(stated.etag or ""):
        raise ChecksumMismatch(
            f"{url} comes with no checksum (ETag {stated.etag!r}), so nobody could tell whether it arrived whole; "
            "use another mirror, or no --revision"
        )
    return Address(url, stated.etag or "", headers, stated.commit_hash or "")
