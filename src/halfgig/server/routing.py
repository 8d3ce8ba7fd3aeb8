"""Which nodes make a video: those that have its animator and its voices, of them those of the newest version.

A queue of DBOS is read by nodes that are alike.  Every node finds the same queue for a video from the list of nodes
that live: a video that waits is moved to another one when that list changes.  So a node of an older version gets
nothing new when one of a newer version can do the same: it ends what it has begun, and the newer one does the rest.
"""

from __future__ import annotations

import functools
import re
import zlib
from collections import Counter
from typing import TYPE_CHECKING

from halfgig.errors import HalfgigError
from halfgig.server.nodes import SPEECH
from halfgig.text.script import read_script
from halfgig.tts.registry import engines

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from halfgig.requests import VideoRequest
    from halfgig.server.nodes import Node

Speakers = tuple[int, ...]
"""For each voice of a text the place of its engine among all, the best one first."""


def queues_of(node: Node) -> tuple[str, ...]:
    """Return the queues that a node takes videos from."""
    names = []
    for role in node.roles:
        if role != SPEECH:
            names.append(_queue(role, node.version))
            if SPEECH in node.roles:
                names.append(_queue(role, node.version, "spoken"))
                names.append(_queue(role, node.version, _voices(node)))
    return tuple(names)


def queue_for(request: VideoRequest, nodes: Iterable[Node]) -> str | None:
    """Return the queue of a video, given the nodes that live; None if none of them can make it."""
    able = [node for node in nodes if request.animator in node.roles]
    if request.speech is None:
        return _queue(request.animator, _newest(able)) if able else None
    able = [node for node in able if SPEECH in node.roles]
    by_voices = {each: speakers_of(request, dict(each)) for each in {node.voices for node in able}}
    speakers = {node: found for node in able if (found := by_voices[node.voices]) is not None}
    if not speakers:
        return None
    best = min(speakers.values())
    chosen = [node for node, found in speakers.items() if found == best]
    version = _newest(chosen)
    chosen = [node for node in chosen if node.version == version]
    if len(chosen) == sum(node.version == version for node in able):
        return _queue(request.animator, version, "spoken")
    groups = Counter(sorted(_voices(node) for node in chosen))
    return _queue(request.animator, version, groups.most_common(1)[0][0])


def why_none(request: VideoRequest, nodes: Sequence[Node]) -> str:
    """Return why no node that lives can make a video."""
    able = [node for node in nodes if request.animator in node.roles]
    if not able:
        return f"no node that is there now makes videos with {request.animator}"
    if not any(SPEECH in node.roles for node in able):
        return f"no node that is there now both speaks and makes videos with {request.animator}"
    named = ", ".join(name for name in _named(request) if name)
    return f"no node that is there now has the voices that it names ({named:.200})"


def speakers_of(request: VideoRequest, voices: Mapping[str, Sequence[str]]) -> Speakers | None:
    """Return which engines speak a request's text where these voices are, by model; None if one is missing."""
    found = [_speaker(name, voices) for name in _named(request)]
    return tuple(place for place in found if place is not None) if None not in found else None


def has_voices(request: VideoRequest, node: Node) -> bool:
    """Return whether a node speaks a request's text by engines with a model, whose voices it announces."""
    found, specs = speakers_of(request, dict(node.voices)), engines()
    named = _named(request)
    return (
        SPEECH in node.roles
        and found is not None
        and all(specs[place].model for place, name in zip(found, named, strict=True) if name)
    )


def _speaker(name: str, voices: Mapping[str, Sequence[str]]) -> int | None:
    """Return the place of the engine that speaks with a voice, as `resolve_voice` chooses it; None: it is missing."""
    try:
        for place, spec in enumerate(engines()):
            parts = voices.get(spec.model) if spec.model else None
            asked = name or spec.default_voice(parts)
            if asked and spec.claims(asked, parts):
                is_there = not spec.model or (
                    parts is not None and all(part in parts for part in spec.voices_of(asked))
                )
                return place if is_there else None
    except HalfgigError:  # a voice of a model that is not there, or a mix that cannot be read
        return None
    return None


def _named(request: VideoRequest) -> tuple[str, ...]:
    """Return the names of the voices that speak a text."""
    assert request.speech
    return (request.speech.voice, *_voices_in(request.speech.text))


@functools.lru_cache(128)  # each open video is looked at again and again
def _voices_in(text: str) -> tuple[str, ...]:
    try:
        return read_script(text).voices
    except HalfgigError:  # it was accepted by another version, and fails when it is spoken
        return ()


def _newest(nodes: Iterable[Node]) -> str:
    return max((node.version for node in nodes), key=_age)


def _age(version: str) -> tuple[list[int], str]:
    """Return what sorts versions, the oldest first: 0.9.0 before 0.10.0."""
    return [int(number) for number in re.findall(r"\d+", version)], version


def _voices(node: Node) -> str:
    """Return a name that nodes with the same voices share."""
    said = repr(sorted((model, sorted(parts)) for model, parts in node.voices))
    return f"voices-{zlib.crc32(said.encode()):08x}"


def _queue(animator: str, version: str, kind: str = "silent") -> str:
    return f"videos-{animator}-{version}-{kind}"
