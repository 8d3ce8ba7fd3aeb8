from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from halfgig.media.frame_store import FrameFormat, FrameStore, read_packets
from halfgig.media.reduced_frames import reduced_frames
from halfgig.media.vp9 import decoded
from halfgig.origin.payload import Payload
from halfgig.origin.picture_detect import REDUCED, STEPS, PictureFinding, find_picture_mark, measured, search
from halfgig.origin.picture_mark import PictureMark
from halfgig.origin.picture_pattern import CHIP_S, CHIPS

MARK = Payload(0, 4711)
SIZE, FPS, SECONDS = (240, 192), Fraction(12), 8


def drawn(number: int, shake: float = 0.0) -> NDArray[np.uint8]:
    """Return the luma of a frame: a still room with soft shades, before which something bright moves."""
    y, x = np.mgrid[: SIZE[1], : SIZE[0]].astype(np.float32)
    room = 110 + 50 * np.sin(x / 31) * np.cos(y / 23) + 3 * np.sin(x * 0.9 + y / 3)
    swing = 60 + 8 * np.sin(number / 3) + shake
    head = np.hypot(x - 2 * swing, y - 90) < 30
    return np.asarray(np.where(head, 200 + 10 * np.sin(x / 5 + number), room), np.uint8)


def nodding(number: int) -> NDArray[np.uint8]:
    """Return a frame that is mostly a chequered head, which moves, before the same room."""
    y, x = np.mgrid[: SIZE[1], : SIZE[0]].astype(np.float32)
    swing = 20 * np.sin(number / 7)
    head = np.hypot(x - 120 - swing, y - 96 - swing / 2) < 90
    squares = 150 + 90 * np.sin((x - swing) / 5) * np.sin((y - swing / 2) / 7)
    return np.where(head, squares, drawn(0)).astype(np.uint8)


def film(
    path: Path,
    mark: PictureMark | None,
    cut: int = 0,
    loop: int = 1000,
    shown_at: Callable[[int], NDArray[np.uint8]] = drawn,
) -> Path:
    """Write a film of what is drawn, `cut` pixels narrower on each side; it repeats itself after `loop` frames."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=FPS, options={"crf": "18", "preset": "veryfast"})
        stream.width, stream.height = SIZE[0] - 2 * cut, SIZE[1] - 2 * cut
        for number in range(int(SECONDS * FPS)):
            luma = shown_at(number % loop)
            if mark:
                mark.add(luma, number)
            shown = np.ascontiguousarray(luma[cut : SIZE[1] - cut, cut : SIZE[0] - cut])
            frame = av.VideoFrame.from_ndarray(shown, format="gray8")
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def found(path: Path) -> PictureFinding | None:
    return find_picture_mark(reduced_frames(path, REDUCED, 1.0))


def marker() -> PictureMark:
    return PictureMark(MARK, SIZE, FPS)


def test_marked_pictures_say_which_installation_made_them(tmp_path: Path) -> None:
    mark = found(film(tmp_path / "a.mp4", marker()))
    assert mark
    assert mark.payload == MARK
    assert mark.chance < 1e-6


def test_pictures_whose_border_was_cut_say_it_too(tmp_path: Path) -> None:
    mark = found(film(tmp_path / "a.mp4", marker(), cut=12))
    assert mark
    assert mark.payload == MARK
    assert 1.04 < mark.scale < 1.2


def test_a_head_that_fills_most_of_the_picture_leaves_the_mark_of_the_room_around_it(tmp_path: Path) -> None:
    mark = found(film(tmp_path / "a.mp4", marker(), shown_at=nodding))
    assert mark
    assert mark.payload == MARK


def test_a_head_without_a_mark_that_fills_most_of_the_picture_is_not_called_marked(tmp_path: Path) -> None:
    assert found(film(tmp_path / "a.mp4", None, shown_at=nodding)) is None


def test_pictures_without_a_mark_are_not_called_marked(tmp_path: Path) -> None:
    assert found(film(tmp_path / "a.mp4", None)) is None


def test_a_film_that_repeats_itself_as_the_mark_does_is_no_evidence(tmp_path: Path) -> None:
    loop = round(CHIP_S * CHIPS * FPS)
    (frames,) = reduced_frames(film(tmp_path / "a.mp4", None, loop=loop), REDUCED, 1.0)
    result = search(measured(frames.at_steps(CHIP_S / STEPS)))
    assert result.chance(result.places) > 1e-3


def test_a_film_too_short_for_a_mark_is_no_error(tmp_path: Path) -> None:
    with av.open(str(tmp_path / "a.mp4"), "w") as container:
        stream = container.add_stream("libx264", rate=12)
        stream.width, stream.height = 64, 48
        container.mux(stream.encode(av.VideoFrame.from_ndarray(np.zeros((48, 64), np.uint8), format="gray8")))
        container.mux(stream.encode(None))
    assert found(tmp_path / "a.mp4") is None


def test_no_pixel_changes_by_more_than_a_level() -> None:
    mark, seen = marker(), set()
    for number in range(40):
        luma = drawn(number)
        mark.add(luma, number)
        seen |= set(np.unique(luma.astype(int) - drawn(number)).tolist())
    assert seen == {-1, 0, 1}


def test_a_frames_mark_follows_from_its_number_alone() -> None:
    in_order, alone = marker(), marker()
    for number in range(31):
        first = drawn(number)
        in_order.add(first, number)
    second = drawn(30)
    alone.add(second, 30)
    assert np.array_equal(first, second)


def test_only_opaque_pixels_are_marked() -> None:
    alpha = np.full(SIZE[::-1], 255, np.uint8)
    alpha[:, :101] = 254
    luma = drawn(0)
    marker().add(luma, 0, alpha)
    changed = luma != drawn(0)
    assert not changed[:, :101].any()
    assert changed[:, 140:].mean() > 0.3


def test_frames_with_another_mark_are_made_again(tmp_path: Path) -> None:
    path = tmp_path / "frames"
    for number, expected in ((7, 0), (7, 2), (8, 0)):
        form = FrameFormat((64, 48), FPS, 10, mark=number)
        with FrameStore(path, form, PictureMark(Payload(0, number), form.size, FPS)) as store:
            assert store.frames == expected
            for _ in range(2 - expected):
                store.append(np.zeros((48, 64, 3), np.uint8))


def test_a_transparent_video_is_marked_where_it_is_opaque(tmp_path: Path) -> None:
    y, x = np.mgrid[:96, :128]
    rgba = np.dstack([*3 * [128 + 60 * np.sin(x / 3) * np.cos(y / 4)], np.where(x < 64, 0, 255)]).astype(np.uint8)
    shown = []
    for name, mark in (("plain", None), ("marked", PictureMark(MARK, (128, 96), FPS))):
        with FrameStore(tmp_path / name, FrameFormat((128, 96), FPS, 10, has_alpha=True), mark) as store:
            for _ in range(3):
                store.append(rgba)
        shown.append(np.stack(list(decoded(read_packets(tmp_path / name)))).astype(int))
    assert np.array_equal(shown[0][..., 3], shown[1][..., 3])
    assert np.abs(shown[1] - shown[0])[:, :, 88:, :3].mean() > 0.1
