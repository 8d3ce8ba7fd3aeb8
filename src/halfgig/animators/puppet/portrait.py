"""From a picture file to a puppet: load the picture, locate and measure the face, choose the frame size."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from halfgig.animators.puppet.backdrop import Backdrop, blurred, covering, plain
from halfgig.animators.puppet.canvas import SHARPNESS, make_canvas, placed, resized
from halfgig.animators.puppet.spec import KNOWN_RIG
from halfgig.face.cache import RigCache, face_key
from halfgig.face.detect import locate_face, quarter_turns, turned_points
from halfgig.face.framing import framing, moved, parse_aspect
from halfgig.face.matte import make_matte
from halfgig.face.rig import make_rig, read_rig, scaled_rig, write_rig
from halfgig.media.colour import parse_colour
from halfgig.media.picture import Picture, PictureLimits, check_file, load_picture
from halfgig.requests import BLUR, TRANSPARENT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    from halfgig.animators.base import RenderJob
    from halfgig.animators.puppet.canvas import Canvas
    from halfgig.animators.puppet.puppet import Puppet
    from halfgig.face.framing import Part
    from halfgig.face.mesh import Mesh
    from halfgig.face.rig import Rig

SMALLEST_FACE = 24
"""Eye distance in pixels of the frame below which a mouth is too small for its motion to be visible."""


SURE_MATTE = 0.5
"""Confidence of a matte below which the user is told."""

SAME_SHAPE = 0.02
"""Share of a picture's height by which its rig's may differ: sides of frames are even numbers."""

WORTH_SAYING = 0.02
"""Share of a frame that lies outside the picture from which the user is told."""


@dataclass(frozen=True, slots=True)
class Portrait:
    """A portrait ready to be animated."""

    puppet: Puppet
    """Renders the frames."""
    size: tuple[int, int]
    """Width and height of the frames."""


def _limits(job: RenderJob) -> PictureLimits:
    return PictureLimits(job.limits.max_picture_mb, job.limits.max_picture_megapixels)


def _picture(job: RenderJob) -> Picture:
    return load_picture(job.portrait, SHARPNESS * job.request.size, _limits(job))


def _measured(job: RenderJob, known: Rig | None) -> Rig:
    """Return the rig of a job's portrait; with a known one of the whole portrait, its face is not looked for again."""
    picture = _picture(job)
    if known and (fitted := _fitted(known, picture, job)):
        known, canvas = fitted
        if not job.request.aspect:
            return known
        turns, notices, mesh = known.turns, known.notices, known.mesh
    else:
        turns, notices, canvas, mesh = _located(job, picture)
    alpha = None if picture.alpha is None else np.ascontiguousarray(np.rot90(picture.alpha, turns))
    matte, part = known.matte if known else make_matte(canvas.rgb, mesh, alpha), None
    if job.request.aspect:
        size = canvas.rgb.shape[1], canvas.rgb.shape[0]
        part = framing(mesh, matte, size, parse_aspect(job.request.aspect))
        canvas = make_canvas(picture, turns, job.request.size, part)
        shown = canvas.rgb.shape[1], canvas.rgb.shape[0]
        mesh = moved(mesh, part, size, shown)
        matte = make_matte(canvas.rgb, mesh, None if alpha is None else placed(alpha, part, shown)[0], canvas.known)
    notices = (*notices, *_remarks(job, mesh, part))
    return make_rig(canvas.rgb, mesh, turns, notices, matte, part)


def _fitted(known: Rig, picture: Picture, job: RenderJob) -> tuple[Rig, Canvas] | None:
    """Return a known rig in the size of a picture's canvas, and the canvas; None if it is of another picture."""
    canvas = make_canvas(picture, known.turns, job.request.size)
    height, width = canvas.rgb.shape[:2]
    if known.part or abs(width / known.size[0] * known.size[1] - height) > SAME_SHAPE * height:
        return None
    return replace(scaled_rig(known, width / known.size[0]), size=(width, height)), canvas


def _located(job: RenderJob, picture: Picture) -> tuple[int, tuple[str, ...], Canvas, Mesh]:
    """Return the quarter turns that make a picture upright, remarks on it, its canvas, and the mesh of its face."""
    from halfgig.face.measure import measure_mesh

    points, notices = locate_face(picture, job.portrait, job.request.landmarks, job.limits.yunet)
    turns = quarter_turns(points)
    points = turned_points(points, turns, picture.rgb.shape[1], picture.rgb.shape[0])
    canvas = make_canvas(picture, turns, job.request.size)
    return turns, notices, canvas, measure_mesh(canvas.rgb, points.scaled(canvas.enlarged))


def _remarks(job: RenderJob, mesh: Mesh, part: Part | None) -> Iterator[str]:
    """Yield what a user should know of a picture."""
    eyes = mesh.five.eye_distance / SHARPNESS
    if eyes < SMALLEST_FACE:
        yield f"the face is small: {eyes:.0f} pixels between the eyes; cut the picture closer, or raise --size"
    if part and part.added > WORTH_SAYING:
        yield (
            f"the picture is too narrow for {job.request.aspect} with the whole head: {100 * part.added:.0f} % of each "
            "frame is made up; give a picture with more around the face"
        )


def rig_of(job: RenderJob, path: Path) -> Rig:
    """Return the rig of a job's portrait: from a file, from the cache of portraits, or measured now.

    Raises `PictureError` if the picture cannot be used, `BadLandmarks` if the given landmarks form no face.
    """
    if rig := read_rig(path):
        return rig
    check_file(job.portrait, _limits(job))
    cache, detector = RigCache(job.cache), str(job.limits.yunet or "")
    request = job.request
    key = face_key(job.portrait, request.landmarks, request.size, request.aspect, SHARPNESS, detector)
    known = read_rig(job.folder / KNOWN_RIG)
    rig = None if known else cache.get(key)
    if rig is None:
        rig = _measured(job, known)
        if not known:  # which somebody brought, and others must not get
            cache.put(key, rig)
    write_rig(rig, path)
    return rig


def notices_of(job: RenderJob, rig: Rig) -> tuple[str, ...]:
    """Return the remarks for the user about a picture and what is asked of it."""
    if rig.matte.confidence < SURE_MATTE and (job.request.background or job.request.background_picture):
        doubt = "the person cannot be told from the background for sure: the new one may show wrong edges"
        return (*rig.notices, doubt)
    return rig.notices


def make_portrait(job: RenderJob, rig: Rig) -> Portrait:
    """Load the picture and make a puppet of it.  Raises `PictureError` if the picture cannot be used."""
    from halfgig.animators.puppet.puppet import Puppet

    canvas = make_canvas(_picture(job), rig.turns, job.request.size, rig.part)
    if not (job.request.background or job.request.background_picture):
        return Portrait(Puppet(canvas.rgb, rig, canvas.size), canvas.size)
    alpha = resized(rig.matte.person, (canvas.rgb.shape[1], canvas.rgb.shape[0]))
    backdrop = Backdrop(_behind(job, canvas, alpha))
    return Portrait(Puppet(canvas.rgb, rig, canvas.size, backdrop), canvas.size)


def _behind(job: RenderJob, canvas: Canvas, alpha: NDArray[np.uint8]) -> NDArray[np.uint8] | None:
    """Return what a request wants behind the person, RGB [h, w, 3] in the frames' size; None: nothing."""
    if job.request.background == TRANSPARENT:
        return None
    if job.request.background_picture:
        path = job.path(job.request.background_picture)
        return covering(load_picture(path, SHARPNESS * job.request.size, _limits(job)).rgb, canvas.size)
    if job.request.background == BLUR:
        return blurred(canvas.rgb, alpha, canvas.size)
    colour = parse_colour(job.request.background)
    assert colour is not None
    return plain(colour, canvas.size)
