from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from halfgig.animators.puppet.animator import make_puppet
from halfgig.animators.puppet.blendshapes import Head
from tests.support.jobs import render_job

if TYPE_CHECKING:
    from pathlib import Path


def test_liveliness_and_mood_reach_the_poses(tmp_path: Path) -> None:
    job = render_job(tmp_path, idle=2.0, size=64, options={"liveliness": 0.0, "mood": "happy"})
    speech = job.speech()
    *_, last = make_puppet(job).moves(speech, iter(speech), Fraction(25))
    assert last.head == Head()
    assert last.mouth.smile > 0.3
