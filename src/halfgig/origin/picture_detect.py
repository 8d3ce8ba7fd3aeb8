"""Find the mark in frames of any origin: cut, scaled, mirrored, encoded again, at another frame rate or speed.

Frames come reduced to `REDUCED` pixels. What changes slowly in them, less what changes around it in time and space, is
weighted by how little else moves there, and compared with the known signs at every place, scale and start. The best
guesses are decoded and judged with all signs.

Judged how: as for sound. The key's signs are random, whatever the frames show, so the chance that unmarked frames agree
as well with one guess is at most exp(-evidence), and all guesses are counted. Values that share a sign are added before
they are judged, so that a film that repeats itself is no evidence.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from halfgig.media.reduced_frames import ReducedFrames
from halfgig.origin.evidence import Agreement
from halfgig.origin.payload import CODE_BITS
from halfgig.origin.picture_pattern import CELLS, CHIP_S, CHIPS, SIDE, cell_roles, cell_signs

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    from halfgig.origin.payload import Payload

    Floats = NDArray[np.float32]
    Places = NDArray[np.intp]

FALSE_ALARMS = 1e-7
"""Chance below which frames without a mark may be called marked: less than sound's, so that windows without a mark that
were counted show 1e-6 with confidence."""

REDUCED = 96
"""Longer side of reduced frames in pixels: six a cell."""

STEPS = 4
"""Measurements in a chip."""

CANDIDATES = 48
"""Guesses of a view that are decoded."""

SCALES = tuple(1.02**step for step in range(-8, 19))
"""Sizes of the original frame relative to the one that is seen: cut by up to a seventh on each side, or in a border."""

STRETCHED = tuple(1.03**step for step in range(-2, 10))
ASPECTS = (0.8, 0.9, 1.11, 1.25)
"""Sizes and stretches that are tried together, for frames cut on some sides and stretched to the size before."""

SPEEDS = tuple(1 + step / 40 for step in range(-10, 11) if step)
"""Speeds that are tried: 0.75 to 1.25."""

_PERIOD = CHIPS * STEPS
_FFT = 128
_AVERAGE = 7  # half of an average in time, in measurements
_AROUND, _BESIDE, _NEAR = 21, 5, 3  # pixels of averages in space
_LEAST_SPREAD, _LEAST_POWER = 0.2, 0.0025  # levels, and their squares; what changes less is rounding
_LIMIT = 1.5
_PER_TRY = 6  # guesses kept of each scale
_NEXT = (-1, 0, 1)  # measurements, and pixels, from a place
_START = 3  # phase of a whole film: a mean of four measurements, of cells that turn slowly


class PictureFinding(NamedTuple):
    """A mark in frames."""

    payload: Payload | None
    """What the mark says; None: it is there, but its number cannot be read."""
    chance: float
    """Bound of the chance that frames without a mark look like this."""
    start_s: float
    """Start of the frames in which it is clearest."""
    scale: float
    """Longer side of the original frame, relative to that of the frame seen."""
    speed: float
    """Speed relative to the original."""
    is_mirrored: bool
    """Whether left and right are exchanged."""


class View(NamedTuple):
    """How frames might lie in the original ones."""

    scale: float = 1.0
    aspect: float = 1.0
    is_mirrored: bool = False

    def cells(self, size: tuple[int, int], x: int = 0, y: int = 0) -> Places:
        """Return the cell of each pixel [height, width], `CELLS` where there is none; the original begins at (x, y)."""
        column = (np.arange(size[0]) + 0.5 - x) * SIDE / (REDUCED * self.scale * self.aspect)
        row = (np.arange(size[1]) + 0.5 - y) * SIDE / (REDUCED * self.scale)
        if self.is_mirrored:
            column = SIDE - column
        columns, rows = np.floor(column).astype(int)[None], np.floor(row).astype(int)[:, None]
        inside = (columns >= 0) & (columns < SIDE) & (rows >= 0) & (rows < SIDE)
        return np.where(inside, rows * SIDE + columns, CELLS)


PLANS: tuple[tuple[tuple[View, ...], tuple[float, ...]], ...] = (
    (tuple(View(scale, 1.0, mirrored) for mirrored in (False, True) for scale in SCALES), (1.0,)),
    ((View(),), SPEEDS),
    (tuple(View(scale, aspect) for aspect in ASPECTS for scale in STRETCHED), (1.0,)),
)
"""What is tried one after the other where the frames as they are have no mark: views, each at some speeds."""


class PictureSearch(NamedTuple):
    """The result of searching some frames."""

    evidence: float
    """Evidence in nats: by chance a place has it with a probability of at most exp(-evidence)."""
    payload: Payload | None
    """The likeliest payload; None if it is not clear which."""
    places: int
    """Number of guesses that were tried."""
    view: View = View()
    """How the frames lie there."""

    def chance(self, places: float) -> float:
        """Return a bound of the chance to find this evidence without a mark in this number of places."""
        return float(min(1.0, places * np.exp(-self.evidence)))


class _Guess(NamedTuple):
    score: float
    view: View
    phase: int
    x: int
    y: int


def find_picture_mark(windows: Iterable[ReducedFrames]) -> PictureFinding | None:
    """Return the mark in a video's frames, or None where chance could explain what is there.

    All windows are searched as they are first, at the original's place and then at any, then at all sizes, speeds and
    stretches.
    """
    kept, judge = list[ReducedFrames](), _Judge()
    for window in windows:
        for frames in (window, window.without_bars()):
            if frames:
                kept.append(frames)
                for is_in_place in (True, False):
                    if finding := judge.finding(frames, (View(),), is_in_place=is_in_place):
                        # A copy that was cut a little agrees at the original's size, too, but less.
                        again = judge.finding(frames, PLANS[0][0])
                        return min(finding, again or finding, key=lambda each: each.chance)
    for views, speeds in PLANS:
        for frames in kept:
            for speed in speeds:
                if finding := judge.finding(frames, views, speed):
                    return finding
    return None


class _Judge:
    """Counts what was tried in a file, and says whether chance explains what was found."""

    def __init__(self) -> None:
        self._places = self._searches = 0

    def finding(
        self, frames: ReducedFrames, views: Sequence[View], speed: float = 1.0, is_in_place: bool = False
    ) -> PictureFinding | None:
        found = search(measured(frames.at_steps(CHIP_S / STEPS, speed)), views, is_in_place)
        self._places += found.places
        self._searches += 1
        # As for sound: the shares of all searches sum to less than 2, wherever the search stops.
        chance = found.chance(4 * self._searches * self._places)
        if chance >= FALSE_ALARMS:
            return None
        return PictureFinding(found.payload, chance, frames.start_s, found.view.scale, speed, found.view.is_mirrored)


def search(values: Floats, views: Iterable[View] = (View(),), is_in_place: bool = False) -> PictureSearch:
    """Return the guess that is most likely to be the mark's, given what `measured` returns.

    `is_in_place` tries only starts and places next to the original's, as in a copy that is whole: so few guesses need
    less evidence.
    """
    guesses, tried = list[_Guess](), 0
    spectrum = None if is_in_place else np.fft.rfft2(values, (_FFT, _FFT)).astype(np.complex64)
    for view in views:
        if spectrum is None:
            guesses += [_Guess(0.0, view, _START + phase, x, y) for phase in _NEXT for y in _NEXT for x in _NEXT]
            tried += len(_NEXT) ** 3
        else:
            guesses += _best_places(spectrum, view)
            tried += _PERIOD * _FFT * _FFT
    guesses.sort(key=lambda guess: -guess.score)
    judged = [(_agreement(values, guess), guess) for guess in guesses[:CANDIDATES]]
    agreement, guess = max(judged, key=lambda each: each[0].evidence())
    evidence, payload = agreement.read()
    return PictureSearch(evidence, payload, tried, guess.view)


def measured(steps: Floats) -> Floats:
    """Return what a mark would move, [period, height, width], given frames [time, height, width].

    What moves by itself counts less, by its variance, both as evidence and in the surroundings' mean: else a head that
    nods would shade the wall behind it, where the mark is clearest.
    """
    count, height, width = steps.shape
    around, beside, near = (
        (_whole(_box(height, side)), _whole(_box(width, side))) for side in (_AROUND, _BESIDE, _NEAR)
    )
    changing = _over_time(_box(count, STEPS) @ (np.eye(count, dtype=np.float32) - _triangle(count, _AVERAGE)), steps)
    calm = np.float32(1) / (_around(changing**2, *near) + np.float32(_LEAST_POWER))
    changing -= _around(calm * changing, *around) / _around(calm, *around)
    spread = np.sqrt(_around(changing**2, *beside)) + _LEAST_SPREAD
    values = np.clip(changing / spread, -_LIMIT, _LIMIT) / spread
    padded = np.pad(values, ((0, -count % _PERIOD), (0, 0), (0, 0)))
    folded: Floats = padded.reshape(-1, _PERIOD, height, width).sum(0)
    return folded


def _box(count: int, width: int) -> Floats:
    """Return the matrix of a mean of `width` values around each of `count`, 0 beyond them; means by BLAS are fast."""
    at = np.arange(count)
    away = at[None] - at[:, None] + width // 2
    box: Floats = ((away >= 0) & (away < width)).astype(np.float32) / np.float32(width)
    return box


def _whole(matrix: Floats) -> Floats:
    """Return the matrix of a mean of those values that are there."""
    whole: Floats = matrix / matrix.sum(axis=1, keepdims=True)
    return whole


def _triangle(count: int, half: int) -> Floats:
    """Return the matrix of a mean with triangular weights, `half` values to each side."""
    return _whole(_box(count, half) @ _box(count, half))


def _over_time(matrix: Floats, values: Floats) -> Floats:
    meaned: Floats = (matrix @ values.reshape(len(values), -1)).reshape(values.shape)
    return meaned


def _around(values: Floats, rows: Floats, columns: Floats) -> Floats:
    """Return the mean of each pixel's surroundings, by the matrices of its rows and columns."""
    return rows @ (values @ columns.T)


@functools.cache
def _signs() -> tuple[Floats, Places]:
    """Return the key's signs and roles, [chips, cells]."""
    return np.array(cell_signs(), np.float32), np.array(cell_roles())


def _best_places(spectrum: NDArray[np.complex64], view: View) -> Iterator[_Guess]:
    """Yield the phases and places at which the known signs fit best."""
    signs, roles = _signs()
    known = np.pad(np.where(roles < 0, signs, 0), ((0, 0), (0, 1)))
    size = min(_FFT, round(REDUCED * view.scale * view.aspect)), min(_FFT, round(REDUCED * view.scale))
    kernels = np.conj(np.fft.rfft2(known[:, view.cells(size)], (_FFT, _FFT))).astype(np.complex64)
    together = np.zeros_like(spectrum)
    for chip in range(CHIPS):
        together += np.roll(spectrum, -STEPS * chip, axis=0) * kernels[chip]
    scores = np.fft.irfft2(together, (_FFT, _FFT)).ravel()
    for place in _highest(scores):
        phase, y, x = (int(each) for each in np.unravel_index(place, (_PERIOD, _FFT, _FFT)))
        yield _Guess(float(scores[place]), view, phase, *(at - _FFT if at >= _FFT // 4 else at for at in (x, y)))


def _highest(scores: NDArray[Any]) -> Places:
    """Return where the `_PER_TRY` highest scores are; they are in the rows with the highest maxima."""
    rows = scores.reshape(-1, _FFT)
    found = np.argpartition(rows.max(axis=1), -_PER_TRY)[-_PER_TRY:]
    within = np.argpartition(rows[found].ravel(), -_PER_TRY)[-_PER_TRY:]
    highest: Places = found[within // _FFT] * _FFT + within % _FFT
    return highest


def _agreement(values: Floats, guess: _Guess) -> Agreement:
    """Return how well a place agrees with the key."""
    cells = guess.view.cells((values.shape[2], values.shape[1]), guess.x, guess.y).ravel()
    sums = np.stack(
        [
            np.bincount(cells, values[(guess.phase + STEPS * chip) % _PERIOD].ravel(), minlength=CELLS + 1)[:CELLS]
            for chip in range(CHIPS)
        ]
    )
    signs, roles = _signs()
    agreeing = sums * signs
    bits = np.bincount(roles[roles >= 0], agreeing[roles >= 0], minlength=CODE_BITS)
    return Agreement(sums, float(agreeing[roles < 0].sum()), bits)
