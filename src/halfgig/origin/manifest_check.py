"""Read and check the manifest of a file, anybody's: what it says, who signed it, and whether the file is unchanged."""

from __future__ import annotations

import json
import resource
from typing import TYPE_CHECKING, Any, NamedTuple

from halfgig.origin.manifest import ACTIONS, MAKING, media_type_of
from halfgig.origin.signing import SETTINGS, import_c2pa

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

KNOWN, UNKNOWN, BROKEN, UNCHECKED = "known", "unknown", "broken", "unchecked"
"""A manifest that is valid, and whose signer is known or not; one that is not valid; one that was only read."""

HASHED_AT_ONCE_MB = 256
"""c2pa reads up to this much of a file at once, twice: the next block while it hashes one."""

_VERIFY: Any = SETTINGS["verify"]
_SPARE_MB = 64
_LONGEST = 200


class IngredientFound(NamedTuple):
    """A file that the checked one was made from, as the manifest says."""

    title: str
    """What it is: "portrait"."""
    sha256: str
    """Its hash; "" if the manifest has none."""
    has_manifest: bool
    """Whether its own manifest was kept."""
    is_intact: bool | None
    """Whether that was valid when it was added; None: it has none."""


class ManifestFound(NamedTuple):
    """The signed manifest of a file."""

    trust: str
    """`KNOWN`, `UNKNOWN`, `BROKEN` or `UNCHECKED`."""
    problems: tuple[str, ...]
    """What is wrong with a broken one, in words."""
    signer: str
    """Whom the certificate names."""
    authority: str
    """The organization that it names."""
    signed_at: str
    """Time of a time stamp, or else the time that the maker says; "" if there is none."""
    has_timestamp: bool
    """Whether a service of time stamps vouches for it."""
    generator: str
    """The program that made the file."""
    title: str
    """What the file is: "Synthetic speech"."""
    source_type: str
    """IPTC digital source type of what it created."""
    tools: dict[str, str]
    """Voice, animator: what halfgig says of how it was made."""
    ingredients: tuple[IngredientFound, ...]
    """What it was made from."""

    @property
    def is_synthetic(self) -> bool:
        """Whether it says that a machine made at least a part of the file."""
        kind = self.source_type.lower()
        return "algorithmic" in kind or "synthetic" in kind

    def facts(self) -> dict[str, Any]:
        """Return all of it as values that JSON can write."""
        ingredients = [each._asdict() for each in self.ingredients]
        return {**self._asdict(), "problems": list(self.problems), "ingredients": ingredients}


def hashing_mb(size: int) -> int:
    """Return the MB that c2pa takes for hashing a file of `size` bytes that was signed in one piece."""
    return round(2 * min(size / 2**20, HASHED_AT_ONCE_MB))


def read_manifest(path: Path, anchors: Iterable[Path] = ()) -> ManifestFound | None:
    """Return a file's manifest; None if there is none. `anchors` are certificates in PEM whose signatures are known.

    Nothing outside the file is visited.  A manifest that cannot be read is `BROKEN`.
    """
    import_c2pa()
    import c2pa

    media_type = media_type_of(path)
    if not media_type:
        return None
    try:
        facts = _facts(path, media_type, {**SETTINGS, "verify": {**_VERIFY, "verify_after_reading": False}})
        if facts is None:
            return None
        if not _is_checkable(path, facts):
            return _found(facts, UNCHECKED)
        known = "\n".join(each.read_text(encoding="utf-8") for each in anchors if each.exists())
        facts = _facts(path, media_type, {**SETTINGS, "trust": {"user_anchors": known}} if known else SETTINGS)
    except c2pa.C2paError as error:
        return _NOTHING_READ._replace(problems=(str(error)[:_LONGEST],))
    assert facts
    return _found(facts, {"Trusted": KNOWN, "Valid": UNKNOWN}.get(facts["validation_state"], BROKEN))


def _facts(path: Path, media_type: str, settings: dict[str, Any]) -> dict[str, Any] | None:
    import c2pa

    with c2pa.Context.from_dict(settings) as context, path.open("rb") as file:
        reader = c2pa.Reader.try_create(media_type, file, context=context)
        if reader is None:
            return None
        with reader:
            facts: dict[str, Any] = json.loads(reader.json())
            return {"validation_state": None, **facts}


def _is_checkable(path: Path, facts: dict[str, Any]) -> bool:
    """Return whether this process may take the memory for hashing a file: none where it is hashed in small blocks."""
    if any(hashes.get("merkle") for hashes in _assertions(_active(facts), "c2pa.hash.bmff")):
        return True
    most, _ = resource.getrlimit(resource.RLIMIT_DATA)
    needed_mb = hashing_mb(path.stat().st_size) + _SPARE_MB
    return most == resource.RLIM_INFINITY or needed_mb < most / 2**20


def _active(facts: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = facts.get("manifests", {}).get(facts.get("active_manifest"), {})
    return found


def _assertions(manifest: dict[str, Any], label: str) -> list[dict[str, Any]]:
    """Return the contents of the assertions with a label, whatever its version."""
    return [
        each["data"]
        for each in manifest.get("assertions", ())
        if str(each.get("label")).startswith(label) and isinstance(each.get("data"), dict)
    ]


def _found(facts: dict[str, Any], trust: str) -> ManifestFound:
    active = _active(facts)
    signature = active.get("signature_info") or {}
    actions = [step for found in _assertions(active, ACTIONS.rsplit(".", 1)[0]) for step in found.get("actions", ())]
    making = next(iter(_assertions(active, MAKING)), {})
    tools = {str(name): _text(value) for name, value in making.items() if isinstance(value, str)}
    return ManifestFound(
        trust,
        _problems(facts) if trust == BROKEN else (),
        _text(signature.get("common_name")),
        _text(signature.get("issuer")),
        _text(signature.get("time") or next((step["when"] for step in actions if step.get("when")), "")),
        any(each["code"] == "timeStamp.trusted" for each in _checks(facts, "success")),
        " ".join(_text((active.get("claim_generator_info") or [{}])[0].get(each)) for each in ("name", "version")),
        _text(active.get("title")),
        _text(next((step["digitalSourceType"] for step in actions if step.get("digitalSourceType")), "")),
        {name: value for name, value in tools.items() if name not in ("made", "software")},
        tuple(_ingredient(each) for each in active.get("ingredients", ())),
    )


def _problems(facts: dict[str, Any]) -> tuple[str, ...]:
    failures = _checks(facts, "failure")
    of_trust = "signingCredential.untrusted"  # which is no fault of the file
    return tuple(_text(each.get("explanation") or each["code"]) for each in failures if each["code"] != of_trust)


def _checks(facts: dict[str, Any], outcome: str) -> list[dict[str, Any]]:
    """Return C2PA's checks of a manifest, or of an ingredient's, with one outcome: "success", "failure"."""
    found: list[dict[str, Any]] = (facts.get("validation_results") or {}).get("activeManifest", {}).get(outcome, [])
    return found


def _ingredient(given: dict[str, Any]) -> IngredientFound:
    description = str(given.get("description", ""))
    digest = description.removeprefix("sha256:") if description.startswith("sha256:") else ""
    has_manifest = "active_manifest" in given
    wrong = [each for each in _checks(given, "failure") if each.get("code") != "signingCredential.untrusted"]
    return IngredientFound(_text(given.get("title")), digest, has_manifest, not wrong if has_manifest else None)


def _text(value: object) -> str:
    """Return a value of anybody's manifest as a short line."""
    return " ".join(str(value or "").split())[:_LONGEST]


_NOTHING_READ = ManifestFound(BROKEN, (), "", "", "", False, "", "", "", {}, ())
