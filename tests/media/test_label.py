"""The label in a corner of the frames, for those who watch."""

from __future__ import annotations

import numpy as np
import pytest

from halfgig.errors import BadSetting
from halfgig.media.label import Label
from halfgig.requests import LABEL_CORNERS
from halfgig.text.label import LONGEST_LABEL, checked_label

SIZES = ((64, 64), (256, 256), (1024, 1024), (288, 512), (512, 288), (64, 8))


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("shade", [0, 128, 255])
def test_letters_stand_out_of_every_ground_in_every_size(size: tuple[int, int], shade: int) -> None:
    frame = np.full((size[1], size[0], 3), shade, np.uint8)
    changed = Label("AI-generated", LABEL_CORNERS[0], size).drawn_on(frame)
    row = changed[(changed != shade).any((1, 2))]
    assert int(changed.max()) > 150
    assert int(row.max()) - int(row.min()) > 90


@pytest.mark.parametrize("corner", LABEL_CORNERS)
def test_a_label_is_in_its_corner_and_nowhere_else(corner: str) -> None:
    frame = np.full((256, 256, 3), 200, np.uint8)
    added = np.abs(Label("AI-generated", corner, (256, 256)).drawn_on(frame).astype(int) - frame)
    rows, columns = np.flatnonzero(added.sum((1, 2))), np.flatnonzero(added.sum((0, 2)))
    assert (rows.mean() > 128) == corner.startswith("bottom")
    assert (columns.mean() > 128) == corner.endswith("right")
    assert rows.size < 40
    assert (frame == 200).all()


def test_the_longest_label_is_drawn_within_a_narrow_frame() -> None:
    frame = np.zeros((256, 144, 3), np.uint8)
    drawn = Label("W" * LONGEST_LABEL, LABEL_CORNERS[0], (144, 256)).drawn_on(frame)
    seen = np.count_nonzero(drawn, axis=(0, 2))
    assert np.count_nonzero(seen) > 100
    assert not seen[0]
    assert not seen[-1]


def test_a_label_is_seen_where_the_background_is_transparent() -> None:
    frame = np.zeros((256, 256, 4), np.uint8)
    drawn = Label("AI-generated", LABEL_CORNERS[0], (256, 256)).drawn_on(frame)
    assert drawn[..., 3].max() > 230
    assert drawn[drawn[..., 3] > 230][:, :3].min() > 150
    assert not drawn[:128].any()


@pytest.mark.parametrize("text", ["x" * (LONGEST_LABEL + 1), "g\u00e9n\u00e9r\u00e9", "two\nlines"])
def test_what_cannot_be_drawn_is_refused(text: str) -> None:
    with pytest.raises(BadSetting, match="label"):
        checked_label(text)
