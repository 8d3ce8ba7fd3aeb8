"""Films are read at the pace that is wanted, whatever their own, and what is no film is refused with what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from halfgig.errors import PictureTooLarge, PictureUnreadable
from halfgig.media.film import film_frames
from tests.media.test_mux import film as written
from tests.support.media import voice_like

if TYPE_CHECKING:
    from pathlib import Path


def film(path: Path, fps: int, frames: int, size: tuple[int, int] = (64, 48)) -> Path:
    """Write a film that gets lighter frame by frame."""
    return written(
        path, [np.full((size[1], size[0], 3), 20 + 4 * number, np.uint8) for number in range(frames)], fps=fps
    )


def shades(path: Path, fps: float = 25) -> list[int]:
    return [round((float(rgb.mean()) - 20) / 4) for rgb in film_frames(path, fps, 64, 1.0)]


def test_a_film_at_the_wanted_pace_is_read_frame_by_frame(tmp_path: Path) -> None:
    assert shades(film(tmp_path / "film.mp4", 25, 8)) == list(range(8))


def test_a_faster_film_is_thinned_and_a_slower_one_repeated(tmp_path: Path) -> None:
    assert shades(film(tmp_path / "fast.mp4", 50, 8)) == [1, 3, 5, 7]
    slow = shades(film(tmp_path / "slow.mp4", 10, 4))
    assert sorted(slow) == slow
    assert {shade: slow.count(shade) for shade in (0, 1, 2)} == {0: 2, 1: 3, 2: 2}


def test_large_frames_are_made_smaller(tmp_path: Path) -> None:
    (first, *_) = film_frames(film(tmp_path / "film.mp4", 25, 1, (320, 160)), 25, 80, 1.0)
    assert first.shape == (40, 80, 3)


def test_frames_over_the_limit_are_refused_with_it(tmp_path: Path) -> None:
    with pytest.raises(PictureTooLarge, match=r"320 x 160 pixels; the limit is 0\.01 megapixels"):
        next(film_frames(film(tmp_path / "film.mp4", 25, 1, (320, 160)), 25, 80, 0.01))


def test_what_is_no_film_is_refused_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "text.mp4").write_text("no film")
    sound = voice_like(tmp_path / "voice.wav", seconds=0.5)
    for path in (tmp_path / "text.mp4", tmp_path / "nothing.mp4", sound):
        with pytest.raises(PictureUnreadable, match=r"give a film such as \.mp4"):
            next(film_frames(path, 25, 64, 1.0))
