"""What a check of a file's origin found, in sentences for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from halfgig.origin.manifest_check import IngredientFound, ManifestFound
    from halfgig.pipeline.provenance_check import Origin, PictureMarkFound, SoundMarkFound

NO_PROOF = (
    "This does not show that a person made it: other programs mark otherwise or not at all, and marks can be lost."
)

_WORTH = {
    "known": "valid: the file is as it was signed, and the signer is known here",
    "unknown": "valid: the file is as it was signed, by somebody who is not known here (TRUST_ANCHORS)",
    "broken": "NOT valid: the file was changed after it was signed, or the signature is wrong",
    "unchecked": "there, but not checked: the file needs more memory than it may have; allow more with --memory",
}


_CUT = 1.03  # the original's size, relative to what is seen, from which it was surely cut


def described(name: str, origin: Origin) -> list[str]:
    """Write the result for a person, line by line."""
    lines = [
        f"{name}: {'synthetic' if origin.is_synthetic else 'no sign that a machine made it'}",
        *_manifest(origin.manifest),
        *_mark(origin.mark),
        *_picture_mark(origin.picture_mark),
        f"metadata, unsigned: {origin.statement or 'says nothing of how it was made'}",
        *origin.notices,
    ]
    return lines if origin.is_synthetic else [*lines, NO_PROOF]


def _mark(mark: SoundMarkFound | None) -> list[str]:
    if mark is None:
        return ["mark in the sound: none found"]
    pace = (
        "" if mark.speed == 1 else f", at {mark.speed:.2f} times its speed{' with its pitch kept' * mark.keeps_pitch}"
    )
    return [f"mark in the sound: {_maker(mark)}{pace}; by chance at most 1 in {1 / max(mark.chance, 1e-99):.0e}"]


def _picture_mark(mark: PictureMarkFound | None) -> list[str]:
    if mark is None:
        return ["mark in the pictures: none found"]
    how = [f"at {mark.speed:.2f} times its speed"] if mark.speed != 1 else []
    how += ["cut"] if mark.scale > _CUT else []
    how += ["mirrored"] if mark.is_mirrored else []
    said = ", ".join([_maker(mark), *how])
    return [f"mark in the pictures: {said}; by chance at most 1 in {1 / max(mark.chance, 1e-99):.0e}"]


def _maker(mark: SoundMarkFound | PictureMarkFound) -> str:
    if mark.installation is None:
        return "there, but too weak to read its installation"
    return f"installation {mark.installation}, version {mark.version}"


def _manifest(found: ManifestFound | None) -> list[str]:
    if found is None:
        return ["manifest: none"]
    lines = [f"manifest: {_WORTH[found.trust]}"]
    lines += [f"  wrong with it: {problem}" for problem in found.problems]
    if found.signer or found.authority:
        stamp = "by a time stamp" if found.has_timestamp else "as its maker says"
        when = f", {found.signed_at} {stamp}" if found.signed_at else ""
        lines.append(f"  signed by {found.signer or 'nobody named'} ({found.authority or 'no organization'}){when}")
    if found.generator.strip():
        tools = "; ".join(f"{name} {value}" for name, value in found.tools.items())
        lines.append(f"  says: {found.title or 'made'}, by {found.generator}{tools and f' with {tools}'}")
    if found.source_type:
        lines.append(f"  digital source type: {found.source_type.rsplit('/', 1)[-1]}")
    return lines + [f"  made from: {_ingredient(each)}" for each in found.ingredients]


def _ingredient(found: IngredientFound) -> str:
    own = {
        None: "no manifest of its own",
        True: "its own manifest kept",
        False: "its own manifest kept, which is broken",
    }
    digest = f", SHA-256 {found.sha256}" if found.sha256 else ""
    return f"{found.title or 'a file without a name'}{digest}, {own[found.is_intact]}"
