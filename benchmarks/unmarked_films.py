"""Films without a mark, of many kinds, for counting false alarms; film number N is always the same."""

from __future__ import annotations

import random
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from face_free import face_free_pictures
from PIL import Image

sys.path.insert(0, str(Path(__file__).parents[1]))  # the drawn face is the tests' own

from halfgig.media.reduced_frames import WINDOW_S, ReducedFrames, reduced_frames
from halfgig.origin.picture_detect import REDUCED
from tests.support.faces import drawn_face

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

SPACING_S = 0.16
"""Seconds between the frames of a film that is computed: two for each measurement of the detector."""

SIZES = ((96, 96), (54, 96), (96, 54), (72, 96), (96, 77))
"""Heights and widths of the films, square, wide and high."""

PICTURES = {".png", ".jpg", ".jpeg", ".webp"}


class Films:
    """Films computed from pictures and other films: each has a number, and a kind that follows from it."""

    def __init__(self, files: Sequence[Path]) -> None:
        pictures = [path for path in files if path.suffix in PICTURES]
        films = [path for path in files if path.suffix not in PICTURES]
        drawn = {name: _grey(Image.fromarray(picture)) for name, picture in face_free_pictures()}
        self._pages = [picture for name, picture in drawn.items() if name.startswith("print")]
        self._pictures = [*drawn.values(), *(_grey(Image.open(path)) for path in pictures for _ in range(20))]
        self._films = [window for path in films for window in reduced_frames(path, REDUCED, 9.0)]

    def film(self, number: int) -> tuple[str, ReducedFrames]:
        """Return the kind of a film and its frames, as long as what a verification reads at once."""
        chance = random.Random(number)
        kinds: dict[str, Callable[[_Film], Floats]] = {
            "a picture under a moving camera": self._camera,
            "a film with noise": self._filmed,
            "a film in another order": self._shuffled,
            "slides": self._slides,
            "a text that scrolls": self._scrolled,
            "a drawn face that talks": _talking,
            "clouds": _clouds,
            "shades that move": _shades,
            "noise": _noise,
            "flickering cells": _flicker,
            "lights that are switched": self._switched,
            "a crowd of dots": _dots,
        }
        kind = list(kinds)[number % len(kinds)]
        luma = kinds[kind](_Film(chance, np.random.default_rng(number)))
        times = SPACING_S * np.arange(len(luma), dtype=np.float64)
        return kind, ReducedFrames(np.rint(np.clip(luma, 0, 255) * 257).astype(np.uint16), times, 0.0)

    def _picture(self, film: _Film) -> Floats:
        return film.chance.choice(self._pictures)

    def _camera(self, film: _Film) -> Floats:
        picture, (height, width) = self._picture(film), film.size
        path = _walk(film, 3, 0.02)
        y, x = np.mgrid[:height, :width].astype(np.float32)
        zoom = 0.6 * np.exp(0.3 * np.tanh(path[:, 2]))
        shown = []
        for (across, down, _), share in zip(path, zoom, strict=True):
            rows = (0.5 + 0.2 * np.tanh(down) + share * ((y + 0.5) / height - 0.5)) * picture.shape[0]
            columns = (0.5 + 0.2 * np.tanh(across) + share * ((x + 0.5) / width - 0.5)) * picture.shape[1]
            shown.append(_at(picture, rows, columns))
        return np.stack(shown)

    def _steps(self, film: _Film) -> Floats:
        """Return a film that was given, at a speed of its own, repeated to the whole length; noise if there is none."""
        if not self._films:
            return _clouds(film)
        given = film.chance.choice(self._films)
        shown = given.at_steps(SPACING_S, film.chance.uniform(0.7, 1.4))
        turn = film.chance.randrange(len(shown))
        there_and_back = np.concatenate([shown, shown[::-1]])
        return np.roll(there_and_back, turn, axis=0)[np.arange(film.count) % len(there_and_back)]

    def _filmed(self, film: _Film) -> Floats:
        shown = self._steps(film)
        grain = film.noise.normal(scale=film.chance.uniform(0, 3), size=shown.shape)
        return np.asarray(shown + grain, np.float32)

    def _shuffled(self, film: _Film) -> Floats:
        shown = self._steps(film)
        moved = np.roll(shown, film.chance.randrange(shown.shape[1]), axis=1)
        part = film.chance.randrange(2, 24)
        order = np.arange(film.count) // part
        mixed: Floats = moved[
            (film.noise.permutation(order.max() + 1)[order] * part + np.arange(film.count)) % len(moved)
        ]
        return mixed if film.chance.random() < 0.5 else mixed[:, :, ::-1]

    def _slides(self, film: _Film) -> Floats:
        shown = [_fitted(self._picture(film), film.size) for _ in range(8)]
        length = film.chance.uniform(0.5, 5)
        share = np.arange(film.count) * SPACING_S / length
        turn = np.clip((share % 1 - 0.8) * 5, 0, 1)[:, None, None] * film.chance.randrange(2)
        number = share.astype(int) % 8
        slides = np.stack(shown)
        return np.asarray(slides[number] * (1 - turn) + slides[(number + 1) % 8] * turn, np.float32)

    def _scrolled(self, film: _Film) -> Floats:
        page = np.concatenate([_fitted(film.chance.choice(self._pages), (192, film.size[1])) for _ in range(3)])
        speed, first = film.chance.uniform(0, 6), film.chance.randrange(400)
        return np.stack(
            [page[(first + int(speed * at) + np.arange(film.size[0])) % len(page)] for at in range(film.count)]
        )

    def _switched(self, film: _Film) -> Floats:
        picture = _fitted(self._picture(film), film.size)
        lights = [_blob(film) * film.chance.uniform(-40, 40) for _ in range(12)]
        on = [_square_wave(film) for _ in lights]
        light = sum(each[None] * when[:, None, None] for each, when in zip(lights, on, strict=True))
        return np.asarray(picture[None] + light, np.float32)


class _Film:
    """What a film's kind draws from, its size [height, width], and its number of frames."""

    def __init__(self, chance: random.Random, noise: np.random.Generator) -> None:
        self.chance, self.noise = chance, noise
        self.size = chance.choice(SIZES)
        self.count = round(WINDOW_S / SPACING_S)


def _grey(picture: Image.Image) -> Floats:
    small = picture.convert("L")
    small.thumbnail((192, 192))
    return np.asarray(small, np.float32)


def _fitted(picture: Floats, size: tuple[int, int]) -> Floats:
    return np.asarray(Image.fromarray(picture).resize(size[::-1]), np.float32)


def _at(picture: Floats, rows: Floats, columns: Floats) -> Floats:
    """Return a picture between its pixels."""
    y, x = np.clip(rows, 0, picture.shape[0] - 1.001), np.clip(columns, 0, picture.shape[1] - 1.001)
    top, left = y.astype(int), x.astype(int)
    down, across = y - top, x - left
    upper = picture[top, left] * (1 - across) + picture[top, left + 1] * across
    lower = picture[top + 1, left] * (1 - across) + picture[top + 1, left + 1] * across
    return np.asarray(upper * (1 - down) + lower * down, np.float32)


def _walk(film: _Film, numbers: int, step: float) -> NDArray[np.float64]:
    """Return a smooth random path, [frames, numbers]."""
    pushes = film.noise.normal(scale=step * film.chance.uniform(0.1, 3), size=(film.count, numbers))
    start = film.noise.normal(size=numbers)
    return np.asarray(start + np.cumsum(np.cumsum(pushes, axis=0) * 0.2, axis=0))


def _square_wave(film: _Film) -> Floats:
    """Return 0 or 1 for each frame, of any period from 0.3 to 8 s; a third of them at the mark's."""
    period = film.chance.choice((1.28, 3.84, film.chance.uniform(0.3, 8)))
    at = (np.arange(film.count) * SPACING_S / period + film.chance.random()) % 1
    return (at < film.chance.uniform(0.2, 0.8)).astype(np.float32)


def _blob(film: _Film) -> Floats:
    y, x = np.mgrid[: film.size[0], : film.size[1]]
    across, down = film.chance.uniform(0, film.size[1]), film.chance.uniform(0, film.size[0])
    blob = np.exp(-((x - across) ** 2 + (y - down) ** 2) / film.chance.uniform(4, 900))
    return np.asarray(blob, np.float32)


def _talking(film: _Film) -> Floats:
    """Return a drawn face that nods and opens its mouth."""
    path, chance = _walk(film, 2, 0.01), film.chance
    height, width = film.size
    unit = chance.uniform(12, 30)
    shown = []
    for at, (across, down) in enumerate(path):
        x, y = width / 2 + 8 * np.tanh(across), height / 3 + 8 * np.tanh(down)
        mouth = 0.3 * max(0.0, float(np.sin(at * SPACING_S * 9) * np.sin(at * 0.7)))
        picture, _ = drawn_face(width, height, unit, float(x), float(y), mouth)
        shown.append(picture.mean(axis=2))
    return np.stack(shown).astype(np.float32)


def _clouds(film: _Film) -> Floats:
    """Return noise whose power falls with the frequency, in space and time, as in nature."""
    shape = (film.count, *film.size)
    axes = [np.fft.fftfreq(shape[0]) * film.chance.uniform(0.3, 30), *(np.fft.fftfreq(side) for side in shape[1:])]
    axes[2] = np.fft.rfftfreq(shape[2])
    rate = np.sqrt(sum(each**2 for each in np.meshgrid(*axes, indexing="ij"))) + 0.003
    spectrum = np.fft.rfftn(film.noise.normal(size=shape).astype(np.float32)) / rate ** film.chance.uniform(0.8, 2.5)
    clouds = np.fft.irfftn(spectrum, shape, axes=(0, 1, 2))
    return np.asarray(128 + film.chance.uniform(1, 60) * clouds / clouds.std(), np.float32)


def _shades(film: _Film) -> Floats:
    y, x = np.mgrid[: film.size[0], : film.size[1]].astype(np.float32)
    at = np.arange(film.count, dtype=np.float32)[:, None, None]
    waves = [
        film.chance.uniform(1, 40)
        * np.sin(x / film.chance.uniform(2, 60) + y / film.chance.uniform(-60, 60) + at * film.chance.uniform(-1, 1))
        for _ in range(3)
    ]
    return np.asarray(128 + sum(waves) + film.noise.normal(scale=film.chance.uniform(0, 2), size=at.shape), np.float32)


def _noise(film: _Film) -> Floats:
    shape = (film.count, *film.size)
    grain = film.noise.normal(scale=film.chance.uniform(0.1, 60), size=shape)
    held = np.arange(film.count) // film.chance.randrange(1, 12)
    return np.asarray(film.chance.uniform(30, 220) + grain[held], np.float32)


def _flicker(film: _Film) -> Floats:
    """Return cells that turn brighter and darker by chance: the mark's shape with other signs."""
    cell, held = film.chance.uniform(3, 14), film.chance.uniform(1, 24)
    rows, columns = (np.arange(side) / cell for side in film.size)
    moved = film.chance.random(), film.chance.random()
    period = film.chance.choice((3, 4, 30))
    signs = film.noise.choice((-1.0, 1.0), size=(period, 40, 40))
    chips = ((np.arange(film.count) / held).astype(int)) % period
    cells = signs[chips][:, (rows + moved[0]).astype(int)][:, :, (columns + moved[1]).astype(int)]
    grain = film.noise.normal(scale=film.chance.uniform(0, 2), size=cells.shape)
    return np.asarray(128 + film.chance.uniform(0.3, 20) * cells + grain, np.float32)


def _dots(film: _Film) -> Floats:
    height, width = film.size
    path = _walk(film, 2 * film.chance.randrange(3, 40), 0.3)
    luma = np.full((film.count, height, width), film.chance.uniform(20, 230), np.float32)
    side, frames = film.chance.randrange(1, 8), np.arange(film.count)
    for dot in range(path.shape[1] // 2):
        x, y = (
            (path[:, 2 * dot] * 9).astype(int) % (width - side),
            (path[:, 2 * dot + 1] * 9).astype(int) % (height - side),
        )
        bright = film.chance.uniform(0, 255)
        for down in range(side):
            for across in range(side):
                luma[frames, y + down, x + across] = bright
    return luma
