"""How well faces are found: portraits, variants of them and pictures without a face.

python benchmarks/faces.py [PORTRAIT ...] [--keep FOLDER]     (without a portrait: the presenter)

A face is right when its eyes and the middle of its mouth lie within a quarter of the eye distance of where they are in
the untouched portrait; a picture without a face in which one is found is a false alarm.  `--keep` writes the pictures
and `truth.json`, to try another detector on them.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from face_free import face_free_pictures
from PIL import Image, ImageFilter

import halfgig
from halfgig.face.detect import FaceDetector
from halfgig.face.points import FivePoints, Point
from halfgig.media.picture import load_picture

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    Pixels = NDArray[np.uint8]

PRESENTER = Path(halfgig.__file__).parent / "assets" / "presenter.png"
LONGEST = 1280
"""Pixels to which pictures are reduced, as the page's search for faces does."""

NEAR = 0.25
"""Largest distance of a point that is right, in eye distances."""


class Variant(NamedTuple):
    """A change of a portrait, and where its pixels go."""

    picture: Pixels
    place: Callable[[Point], Point]
    """From pixels of the portrait to pixels of the variant."""


def variants(rgb: Pixels) -> Iterator[tuple[str, Variant]]:
    """Yield the variants of RGB [H, W, 3] by name."""
    height, width = rgb.shape[:2]

    def same(point: Point) -> Point:
        return point

    yield "as it is", Variant(rgb, same)
    yield "mirrored", Variant(np.ascontiguousarray(rgb[:, ::-1]), lambda at: Point(width - 1 - at.x, at.y))
    for degrees in (-30, -15, 15, 30):
        yield f"tilted by {degrees}", _tilted(rgb, degrees)
    yield "grey", Variant(np.asarray(Image.fromarray(rgb).convert("L").convert("RGB")), same)
    yield "dark", Variant((255 * (rgb / 255.0) ** 1.6 * 0.35).astype(np.uint8), same)
    yield "pale", Variant((255 - (255 - rgb) * 0.35).astype(np.uint8), same)
    soft = Image.fromarray(rgb).filter(ImageFilter.GaussianBlur(max(width, height) / 160))
    yield "soft", Variant(np.asarray(soft), same)
    noise = np.random.default_rng(1).normal(0, 18, rgb.shape)
    yield "noisy", Variant((rgb + noise).clip(0, 255).astype(np.uint8), same)
    for longest in (100, 160):
        yield f"{longest} pixels", _small(rgb, longest)
    wide = np.full((3 * height, 3 * width, 3), 128, np.uint8)
    wide[height : 2 * height, width : 2 * width] = rgb
    yield "far away", Variant(wide, lambda at: Point(at.x + width, at.y + height))
    for turns in (1, 2, 3):
        yield f"turned by {90 * turns}", _turned(rgb, turns)


def _turned(rgb: Pixels, turns: int) -> Variant:
    """Turn a picture by quarter turns counterclockwise."""

    def place(at: Point) -> Point:
        height, width = rgb.shape[:2]
        for _ in range(turns):
            at, width, height = Point(at.y, width - 1 - at.x), height, width
        return at

    return Variant(np.ascontiguousarray(np.rot90(rgb, turns)), place)


def _small(rgb: Pixels, longest: int) -> Variant:
    height, width = rgb.shape[:2]
    scale = longest / max(width, height)
    size = round(width * scale), round(height * scale)
    small = np.asarray(Image.fromarray(rgb).resize(size, Image.Resampling.BOX))
    return Variant(small, lambda at: Point(at.x * scale, at.y * scale))


def _tilted(rgb: Pixels, degrees: float) -> Variant:
    """Turn a picture clockwise about its centre; what comes in from outside is grey."""
    height, width = rgb.shape[:2]
    cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    turned = Image.fromarray(rgb).rotate(-degrees, Image.Resampling.BICUBIC, fillcolor=(128, 128, 128))

    def place(at: Point) -> Point:
        x, y = at.x - width / 2, at.y - height / 2
        return Point(width / 2 + cos * x - sin * y, height / 2 + sin * x + cos * y)

    return Variant(np.asarray(turned), place)


def crops_without_face(rgb: Pixels, points: FivePoints) -> Iterator[Pixels]:
    """Yield parts of a portrait that do not show its face: clothes, hands, hair, walls."""
    chance = random.Random(1)
    height, width = rgb.shape[:2]
    reach = 0.7 * points.eye_distance
    for _ in range(30):
        wide, high = (chance.randint(side // 5, side * 7 // 10) for side in (width, height))
        left, top = chance.randint(0, width - wide), chance.randint(0, height - high)
        is_near_x = left - reach < points.nose.x < left + wide + reach
        if not (is_near_x and top - reach < points.nose.y < top + high + reach):
            yield np.ascontiguousarray(rgb[top : top + high, left : left + wide])


def _mirrored(points: FivePoints) -> FivePoints:
    """Name the points of a mirrored face by the sides that they have now."""
    right_eye, left_eye, nose, right_mouth, left_mouth = points.as_tuple()
    return FivePoints(left_eye, right_eye, nose, left_mouth, right_mouth)


def is_right(found: FivePoints, expected: FivePoints) -> bool:
    """Return whether eyes and mouth are where they should be."""
    pairs = ((found.right_eye, expected.right_eye), (found.left_eye, expected.left_eye), (found.mouth, expected.mouth))
    return max(math.dist(a, b) for a, b in pairs) < NEAR * expected.eye_distance


class Tally:
    """Faces found and right, by kind of picture."""

    def __init__(self) -> None:
        self.counts: dict[str, list[int]] = {}
        self.seconds: list[float] = []

    def add(self, kind: str, *, found: bool, right: bool) -> None:
        """Count one picture."""
        counts = self.counts.setdefault(kind, [0, 0, 0])
        for i, is_so in enumerate((True, found, right)):
            counts[i] += is_so

    def report(self) -> None:
        """Print the table."""
        print(f"{'kind':20} {'of':>4} {'found':>6} {'right':>6}")
        for kind, (of, found, right) in self.counts.items():
            print(f"{kind:20} {of:4} {found:6} {right:6}")
        of, found, right = (sum(column) for column in zip(*self.counts.values(), strict=True))
        print(f"{'all':20} {of:4} {found:6} {right:6}")
        self.seconds.sort()
        middle, longest = (1000 * self.seconds[at] for at in (len(self.seconds) // 2, -1))
        print(f"{middle:.0f} ms a picture (median), {longest:.0f} at most")


def timed(detector: FaceDetector, rgb: Pixels, tally: Tally) -> list[FivePoints]:
    """Return the points of the faces in a picture, largest face first."""
    start = time.perf_counter()
    faces = detector.detect(rgb)
    tally.seconds.append(time.perf_counter() - start)
    return [face.points for face in faces]


def main() -> None:
    """Print how many faces are found, how many are right, and the false alarms."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("portraits", nargs="*", type=Path)
    parser.add_argument("--keep", type=Path)
    asked = parser.parse_args()
    detector, tally, truth = FaceDetector(), Tally(), dict[str, Any]()
    empty = list(face_free_pictures())
    for path in asked.portraits or [PRESENTER]:
        rgb = load_picture(path, LONGEST).rgb
        expected = detector.detect(rgb)[0].points
        empty += [(f"crop of {path.stem} {i}", cut) for i, cut in enumerate(crops_without_face(rgb, expected))]
        for kind, variant in variants(rgb):
            goal = FivePoints(*(variant.place(at) for at in expected.as_tuple()))
            goal = _mirrored(goal) if kind == "mirrored" else goal
            found = timed(detector, variant.picture, tally)
            tally.add(kind, found=bool(found), right=bool(found) and is_right(found[0], goal))
            _keep(asked.keep, truth, f"{path.stem} {kind}", variant.picture, goal)
    tally.report()
    alarms = Tally()
    for name, picture in empty:
        if found := timed(detector, picture, alarms):
            alarms.add(name.split(" ", maxsplit=1)[0], found=True, right=False)
        _keep(asked.keep, truth, name, picture, None)
    kinds = {name: counts[1] for name, counts in alarms.counts.items()}
    print(f"false alarms in {len(empty)} pictures without a face: {sum(kinds.values())} {kinds or ''}")
    if asked.keep:
        (asked.keep / "truth.json").write_text(json.dumps(truth))


def _keep(folder: Path | None, truth: dict[str, Any], name: str, picture: Pixels, goal: FivePoints | None) -> None:
    if folder:
        folder.mkdir(parents=True, exist_ok=True)
        Image.fromarray(picture).save(folder / f"{name}.png")
        truth[f"{name}.png"] = goal and goal.as_tuple()


if __name__ == "__main__":
    main()
