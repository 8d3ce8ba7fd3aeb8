"""Sign a finished file: put a C2PA manifest into it. Runs in a cell, which mostly gets each signature from its parent.

Of MP4 one MB at a time is in memory; of the other formats c2pa holds up to twice the file.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any, NamedTuple

from halfgig.errors import SigningFailed
from halfgig.origin.manifest import Ingredient, Making, definition, media_type_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SETTINGS = {
    "version": 1,
    "core": {"backing_store_memory_threshold_in_mb": 1, "merkle_tree_chunk_size_in_kb": 1024},
    "builder": {"thumbnail": {"enabled": False}},
    # No address in a file is ever visited: neither for its manifest nor for a certificate that was withdrawn.
    "verify": {"verify_after_sign": False, "remote_manifest_fetch": False, "ocsp_fetch": False},
}
"""What c2pa does of itself, and does not."""

LARGEST_READ_MB = 64
"""Larger ingredients are named by their hash; a manifest in them is not read."""


class Credentials(NamedTuple):
    """Who signs, without the key."""

    chain: str
    """The certificate and those of its authorities, in PEM."""
    algorithm: str
    """How its key signs: "es256"."""
    timestamp_url: str = ""
    """Address of a service of time stamps; "": none."""


def import_c2pa() -> None:
    """Import c2pa without the number of its version, whose look-up takes a third of the import's time.

    It loads its library from the current folder if one of that name is there: that folder must be nobody's but ours.
    """
    if "c2pa" in sys.modules:
        return
    name = "importlib.metadata"
    kept = sys.modules.pop(name, None)
    here = os.open(".", getattr(os, "O_PATH", os.O_RDONLY))
    sys.modules[name] = None  # type: ignore[assignment]
    try:
        os.chdir("/")
        import c2pa  # noqa: F401
    finally:
        del sys.modules[name]
        if kept:
            sys.modules[name] = kept
        os.fchdir(here)
        os.close(here)


def prepare() -> None:
    """Load c2pa and what else a manifest takes, by one that is thrown away."""
    import_c2pa()
    import c2pa

    with c2pa.Context.from_dict(SETTINGS) as context, _builder(Making("", ("", ""), {}, ""), "audio/wav", context):
        pass


def part_of(path: Path) -> Path:
    """Return the name under which a file is signed before it takes the other one's place."""
    return path.with_name(f"{path.name}.signed")


def embed_manifest(path: Path, making: Making, who: Credentials, sign: Callable[[bytes], bytes] | str) -> None:
    """Put a signed manifest into a file; `sign` returns the signature of some bytes, or is the private key in PEM.

    Raises `SigningFailed`; the file is then as it was.
    """
    import_c2pa()
    import c2pa

    os.environ["TMPDIR"] = str(path.parent)  # what c2pa cannot hold goes next to the file, not into memory
    signed = part_of(path)
    media_type = media_type_of(path)
    errors = list[Exception]()
    try:
        with (
            c2pa.Context.from_dict(SETTINGS) as context,
            _signer(who, sign, errors) as signer,
            _builder(making, media_type, context) as builder,
            path.open("rb") as source,
            signed.open("w+b") as target,
        ):
            builder.sign(signer, media_type, source, target)
        signed.replace(path)
    except (c2pa.C2paError, OSError) as error:
        raise SigningFailed(f"its manifest could not be written: {(errors or [error])[0]}") from error
    finally:
        signed.unlink(missing_ok=True)


def _signer(who: Credentials, sign: Callable[[bytes], bytes] | str, errors: list[Exception]) -> Any:
    """Return c2pa's signer: of its own with a key, or one whose signatures come from `sign`.

    c2pa swallows the errors of that, so they are kept in `errors`.
    """
    import c2pa

    if isinstance(sign, str):
        own = (who.algorithm, who.chain.encode(), sign.encode(), who.timestamp_url or None)
        return c2pa.Signer.from_info(c2pa.C2paSignerInfo(*own))

    def signature(data: bytes) -> bytes:
        try:
            return sign(data)
        except Exception as error:
            errors.append(error)
            raise

    algorithm = c2pa.C2paSigningAlg[who.algorithm.upper()]
    return c2pa.Signer.from_callback(signature, algorithm, who.chain, who.timestamp_url or None)


def _builder(making: Making, media_type: str, context: Any) -> Any:
    import time

    import c2pa

    ingredients = [_described(title, path) for title, path in making.ingredients]
    now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())  # without datetime, whose import takes a millisecond
    wanted = definition(making, media_type, ingredients, now)
    builder = c2pa.Builder(wanted, context=context)
    for each, (_, path) in zip(ingredients, making.ingredients, strict=True):
        _add(builder, each, path)
    return builder


def _described(title: str, path: Path) -> Ingredient:
    import hashlib

    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    size = path.stat().st_size
    return Ingredient(title, media_type_of(path) if size <= LARGEST_READ_MB << 20 else "", digest, size)


def _add(builder: Any, ingredient: Ingredient, path: Path) -> None:
    """Add an ingredient with the manifest that it has; one that c2pa cannot read is still named, with its hash."""
    import io
    import json

    import c2pa

    facts = {"title": ingredient.title, "label": ingredient.title, "relationship": "componentOf"}
    facts |= {"description": f"sha256:{ingredient.sha256}"}
    if ingredient.media_type:
        try:
            with path.open("rb") as file:
                builder.add_ingredient_from_stream(json.dumps(facts), ingredient.media_type, file)
        except c2pa.C2paError:
            pass
        else:
            return
    # By a manifest of its own kind, and thus without one: the file itself is not read.
    builder.add_ingredient_from_stream(json.dumps(facts), "application/octet-stream", io.BytesIO())
