"""The puppet in short groups, as "alone", and as "meeting", which begins when cells of two nodes are there.

Imported by PLUGINS=tests.plugins.meeting, it registers both.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import halfgig.animators.registry as animators
from halfgig.animators.base import NoOptions
from halfgig.animators.puppet.spec import SPEC as PUPPET
from tests.support.nodes import GROUP, NODES
from tests.support.waiting import soon

if TYPE_CHECKING:
    from collections.abc import Iterator
    from fractions import Fraction
    from pathlib import Path
    from typing import Any

    import numpy as np
    from numpy.typing import NDArray

    from halfgig.animators.base import Animator, RenderJob
    from halfgig.media.chunks import Chunk
    from halfgig.tts.speech import Speech


class Meeting:
    """An animator that renders nothing before both nodes are there."""

    def __init__(self, animator: Animator, node: Path) -> None:
        self.size = animator.size
        self._animator = animator
        self._node: Path | None = node

    def moves(self, speech: Speech, chunks: Iterator[Chunk], fps: Fraction) -> Iterator[Any]:
        """Yield each frame's move."""
        return self._animator.moves(speech, chunks, fps)

    def render(self, move: Any) -> NDArray[np.uint8]:
        """Return the frame of a move."""
        if node := self._node:
            self._node = None
            (node / "is here").touch()
            assert soon(lambda: all((node.parent / name / "is here").exists() for name in NODES))
        return self._animator.render(move)

    def kept(self, encoded: int) -> int:
        """Return the number of frames that survive a kill."""
        return self._animator.kept(encoded)


def make_alone(job: RenderJob) -> Animator:
    """Return the puppet."""
    return PUPPET.make(replace(job, spec=PUPPET))


def make_meeting(job: RenderJob) -> Animator:
    """Return the puppet that waits for the other node."""
    return Meeting(make_alone(job), job.folder.parents[2])


ALONE = PUPPET._replace(name="alone", frame_group=GROUP, make=make_alone, options_type=NoOptions, track=None)
for spec in (ALONE, ALONE._replace(name="meeting", make=make_meeting)):
    animators.register(spec)
