from __future__ import annotations

from functools import cache, partial
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pytest

from halfgig.animators.puppet.blendshapes import Mouth
from halfgig.animators.puppet.lips import OPENING, LipsExtent
from halfgig.animators.puppet.mouth_field import COLUMNS, ROWS, MouthField
from halfgig.animators.puppet.visemes import VISEMES
from halfgig.face.measure import measure_face
from tests.support.faces import drawn_face, plain_shape, presenter

if TYPE_CHECKING:
    from collections.abc import Callable

    from halfgig.face.frame import Map
    from halfgig.face.measure import FaceShape

SHAPES: dict[str, Callable[[], FaceShape]] = {
    "ordinary": plain_shape,
    "presenter": lambda: measure_face(*presenter(512)),
    "open": lambda: measure_face(*drawn_face(open_by=0.15)),
    "toothy": partial(plain_shape, gap=0.12, bow=-0.08),
    "turned": partial(plain_shape, mouth=(0.35, 1.1)),
    "wide": partial(plain_shape, half_width=0.5),
    "small": partial(plain_shape, half_width=0.29),
    "sad": partial(plain_shape, bow=0.1),
}
CLOSED = ("ordinary", "presenter", "turned", "wide", "small", "sad")
SIZED = ("ordinary", "presenter", "wide", "small")

MOUTHS = {name: viseme.mouth for name, viseme in VISEMES.items()} | {
    "wide open": Mouth(jaw_open=1),
    "smile": Mouth(smile=1),
    "frown": Mouth(frown=1),
    "smiling aa": Mouth(jaw_open=1, smile=1, stretch=1, upper_up=1),
    "a ring": Mouth(jaw_open=1, funnel=1),
    "a small ring": Mouth(jaw_open=0.3, pucker=1),
    "frowning ring": Mouth(jaw_open=1, funnel=1, frown=1),
    "closed over an open jaw": Mouth(jaw_open=1, close=1),
}


@cache
def shape(name: str) -> FaceShape:
    return SHAPES[name]()


@cache
def field(name: str) -> MouthField:
    return MouthField(shape(name))


class Ring(NamedTuple):
    """The opening between the lips, in eye distances."""

    width: float
    height: float


def ring(name: str, mouth: Mouth) -> Ring:
    """Return the opening between the inner edges of the lips."""
    lips = field(name).lips
    opening = lips.opening(mouth)
    posed = lips.posed(mouth, opening)
    apart = posed.edges.inner_lower - posed.edges.inner_upper
    return Ring(float((apart > 1e-3).sum()) / COLUMNS * opening.width, float(apart.max()))


def moved(name: str, mouth: Mouth, x: float, y: float) -> tuple[float, float]:
    """Return how far right and down skin is displaced at a place of the frame, above the line of the lips."""
    where = field(name)
    posed = where.pose(mouth)
    row, column = round((y - where.top) * ROWS), round((x - where.left) * COLUMNS)
    across = float(posed.skin[row, column, 0])
    return across, float(posed.down[row, round(column - across * COLUMNS), 0])


@pytest.mark.parametrize("name", SHAPES)
@pytest.mark.parametrize("mouth", [Mouth(close=1), Mouth(jaw_open=1, close=1), Mouth(close=1, funnel=1, upper_up=1)])
def test_lips_meet_at_closures(name: str, mouth: Mouth) -> None:
    assert ring(name, mouth).height < 2e-3


@pytest.mark.parametrize("name", SIZED)
@pytest.mark.parametrize("jaw", [0.3, 0.6, 1.0])
def test_the_ring_of_o_is_round(name: str, jaw: float) -> None:
    found = ring(name, Mouth(jaw_open=jaw, funnel=1))
    assert 0.7 < found.height / found.width < 1.3


@pytest.mark.parametrize("name", ["open", "toothy"])
def test_the_ring_of_a_mouth_that_is_open_in_the_picture_is_no_half_moon(name: str) -> None:
    for jaw in (0.3, 0.5, 1.0):
        found = ring(name, Mouth(jaw_open=jaw, funnel=1))
        assert 0.65 < found.height / found.width < 1.3


@pytest.mark.parametrize("name", ["open", "toothy"])
def test_a_mouth_that_is_open_in_the_picture_closes_beside_a_ring(name: str) -> None:
    lips = field(name).lips
    mouth = Mouth(jaw_open=0.4, pucker=1)
    opening = lips.opening(mouth)
    edges = lips.posed(mouth, opening).edges
    beside = (np.abs(lips.t) > opening.hole) & (np.abs(lips.t) < 1)
    assert (edges.inner_lower - edges.inner_upper)[beside].max() < 0.1 * lips.gap[beside].max()


@pytest.mark.parametrize("name", SIZED)
def test_a_ring_is_as_wide_as_asked_and_that_of_u_is_smaller(name: str) -> None:
    half = LipsExtent.of(shape(name)).half_width
    for mouth in (Mouth(jaw_open=0.6, funnel=1), Mouth(jaw_open=0.4, pucker=1), Mouth(jaw_open=0.6, funnel=0.6)):
        opening = field(name).lips.opening(mouth)
        asked = 2 * opening.hole * half * opening.width
        assert ring(name, mouth).width == pytest.approx(asked, abs=2.5 / COLUMNS)
    o, u = (ring(name, mouth) for mouth in (Mouth(jaw_open=0.5, funnel=1), Mouth(jaw_open=0.3, pucker=1)))
    assert u.width < 0.7 * o.width
    assert u.height < 0.7 * o.height


@pytest.mark.parametrize("name", CLOSED)
def test_the_corners_stay_when_only_the_jaw_opens(name: str) -> None:
    line = shape(name).lips.line
    for corner in (line[0], line[-1]):
        for jaw in (0.5, 1.0):
            assert np.hypot(*moved(name, Mouth(jaw_open=jaw), *corner)) < 0.02


@pytest.mark.parametrize("name", SIZED)
@pytest.mark.parametrize("shape", ["funnel", "pucker", "stretch", "smile"])
def test_corners_go_together_or_apart(name: str, shape: str) -> None:
    width = field(name).lips.opening(Mouth()._replace(**{shape: 1.0})).width
    assert (width < 0.9) if shape in ("funnel", "pucker") else (1.05 < width < 1.25)


@pytest.mark.parametrize("name", ["ordinary", "presenter"])
def test_a_smile_lifts_the_corners_and_a_frown_lowers_them(name: str) -> None:
    lips = field(name).lips
    corner = int(np.abs(lips.t - 1).argmin())
    smile, frown = (lips.posed(m, lips.opening(m)).edges.inner_upper[corner] for m in (Mouth(smile=1), Mouth(frown=1)))
    assert smile < lips.edges.inner_upper[corner] - 0.04
    assert frown > lips.edges.inner_upper[corner] + 0.03


@pytest.mark.parametrize("name", CLOSED)
@pytest.mark.parametrize("shape", [Mouth(), Mouth(stretch=0.7), Mouth(funnel=1), Mouth(pucker=1), Mouth(upper_up=1)])
def test_the_further_the_jaw_the_higher_the_opening(name: str, shape: Mouth) -> None:
    heights = [ring(name, shape._replace(jaw_open=jaw)).height for jaw in np.linspace(0, 1, 9)]
    assert heights == sorted(heights)
    assert heights[-1] > 0.6 * OPENING


@pytest.mark.parametrize("name", CLOSED)
@pytest.mark.parametrize("mouth", MOUTHS)
def test_the_texture_of_the_lips_is_hardly_stretched(name: str, mouth: str) -> None:
    lips = field(name).lips
    opening = lips.opening(MOUTHS[mouth])
    posed = lips.posed(MOUTHS[mouth], opening).edges
    central = np.abs(lips.t) < 0.7
    for outer, inner in (("outer_upper", "inner_upper"), ("outer_lower", "inner_lower")):
        was, now = (np.abs(getattr(e, inner) - getattr(e, outer))[central] for e in (lips.edges, posed))
        larger = now / was * min(1.0, opening.width)  # in area, where they are narrowed
        assert np.median(larger) < 1.3
        assert larger.max() < 1.41


def test_cupids_bow_is_kept_as_the_mouth_opens() -> None:
    lips = field("presenter").lips
    columns = [int(np.abs(lips.t - t).argmin()) for t in (-0.27, 0.0, 0.27)]
    for mouth in (Mouth(jaw_open=0.9), VISEMES["O"].mouth, VISEMES["SS"].mouth):
        bow = lips.posed(mouth, lips.opening(mouth)).edges.outer_upper[columns]
        assert bow[1] > bow[0]
        assert bow[1] > bow[2]


@pytest.mark.parametrize("name", SHAPES)
@pytest.mark.parametrize("mouth", MOUTHS)
def test_no_skin_is_folded_over(name: str, mouth: str) -> None:
    posed = field(name).pose(MOUTHS[mouth])
    assert 1 - np.gradient(posed.skin[..., 0], 1 / COLUMNS, axis=1).max() > 0.1
    y = field(name).top + np.arange(len(posed.down))[:, None] / ROWS
    for part, is_seen in (
        (0, y - posed.down[..., 0] < posed.down[..., 2]),
        (1, y - posed.down[..., 1] > posed.down[..., 3]),
    ):
        order = 1 - np.gradient(posed.down[..., part], 1 / ROWS, axis=0)
        assert order[is_seen].min() > 0


@pytest.mark.parametrize("name", SHAPES)
@pytest.mark.parametrize("mouth", MOUTHS)
def test_nothing_moves_at_the_border_of_what_can_move(name: str, mouth: str) -> None:
    posed = field(name).pose(MOUTHS[mouth])
    for values in (posed.skin[..., 0], posed.down[..., 0], posed.down[..., 1]):
        sides: Map = np.concatenate([values[:, 0], values[:, -1]])
        assert np.abs(sides).max() < 5e-4  # of an eye distance: a twentieth of a pixel
    assert np.abs(posed.down[0, :, 0]).max() < 5e-4
    assert np.abs(posed.down[-1, :, 1]).max() < 5e-4


@pytest.mark.parametrize("name", SHAPES)
@pytest.mark.parametrize("mouth", MOUTHS)
def test_upper_and_lower_face_agree_beside_the_mouth(name: str, mouth: str) -> None:
    lips, posed = field(name).lips, field(name).pose(MOUTHS[mouth])
    y = field(name).top + np.arange(len(posed.down))[:, None] / ROWS
    line = (lips.posed(MOUTHS[mouth], posed.opening).edges.inner_upper - y) ** 2
    rows, columns = line.argmin(axis=0), np.arange(len(lips.t))
    aside = np.abs(lips.t) > 1
    upper, lower = (posed.down[rows, columns, part][aside] for part in (0, 1))
    assert np.abs(upper - lower).max() < 0.012  # the row is up to half a step from the line


def test_the_jaw_takes_the_chin_along_and_leaves_the_nose() -> None:
    chin_y = shape("ordinary").chin.y
    where = field("ordinary")
    down = where.pose(Mouth(jaw_open=1)).down

    def at(x: float, y: float, part: int) -> float:
        return float(down[round((y - where.top) * ROWS), round((x - where.left) * COLUMNS), part])

    lip, chin = at(0, 1.1 + OPENING, 1), at(0, chin_y + 0.17, 1)
    assert 0.15 < lip < 0.26
    assert 0.7 * lip < chin < lip
    assert at(0, 0.6, 0) == 0


@pytest.mark.parametrize("name", ["ordinary", "presenter", "toothy"])
def test_folds_take_a_hint_of_light_where_skin_moves(name: str) -> None:
    assert not field(name).pose(Mouth(close=0.5)).skin[..., 1].any()
    for mouth in MOUTHS.values():
        shade = field(name).pose(mouth).skin[..., 1]
        assert 0 <= shade.min() <= shade.max() < 0.25
    assert field(name).pose(Mouth(smile=1)).skin[..., 1].max() > 0.05


@pytest.mark.parametrize("name", SHAPES)
def test_the_edge_of_the_face_stays_as_lips_are_rounded(name: str) -> None:
    outline = shape(name).outline
    for mouth in (Mouth(jaw_open=0.3, pucker=1), Mouth(jaw_open=0.6, funnel=1)):
        for x, y in outline:
            left, top, right, _ = field(name).area
            if left < x < right and top < y < shape(name).chin.y - 0.1:
                assert abs(moved(name, mouth, x, y)[0]) < 0.03
