from __future__ import annotations

import json

from halfgig.animators.puppet.puppet import Puppet
from halfgig.avatars.painting import painting_of
from tests.support.faces import SKIN, drawn_face, plain_rig, plain_shape, presenter, presenter_rig

MOST_BYTES = 100_000


def test_what_a_face_is_painted_from_is_small() -> None:
    rig = presenter_rig(1024)
    painting = painting_of(Puppet(presenter(1024)[0], rig, (512, 512)), rig, (512, 512))
    assert len(json.dumps(painting.numbers)) + sum(len(each.data) for each in painting.sections) < MOST_BYTES


def test_a_face_without_eyes_is_painted_all_the_same() -> None:
    picture, points = drawn_face()
    picture[120:180] = SKIN
    rig = plain_rig(picture, points)
    painting = painting_of(Puppet(picture, rig, (160, 200)), rig, (160, 200))
    assert painting.numbers["eyes"] == [None, None]
    assert all(each.data for each in painting.sections)


def test_a_mouth_with_its_own_teeth_has_no_others() -> None:
    picture, points = drawn_face(open_by=0.1)
    rig = plain_rig(picture, points, plain_shape(mouth=(0.0, 1.2), gap=0.1))
    painting = painting_of(Puppet(picture, rig, (160, 200)), rig, (160, 200))
    assert next(each for each in painting.sections if each.name == "paint.rows").shape == (1, 1, 4)
