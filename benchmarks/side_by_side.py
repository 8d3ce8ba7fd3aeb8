"""Print how fast cells that render one video side by side are, and what memory they take together.

python benchmarks/side_by_side.py [--data DIR] [--repeats N] [ANIMATOR ...]    animators: sadtalker, puppet, waits

"waits" sleeps instead of computing, so it shows how well any number of cells share a video, whatever the processors do.
Each way renders the same frames, turn by turn, and must leave the same bytes. Without a data folder SadTalker is
installed with seeded weights: its faces are noise, its time and memory are real.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from report import table
from waiting import SPEC as WAITS

sys.path.insert(0, str(Path(__file__).parents[1]))

from halfgig.animators.registry import animator
from halfgig.capacity.plan import CellPlan
from halfgig.cells.cell import Cell
from halfgig.media.frame_store import KeptGroups, read_format
from halfgig.pipeline.helper_cells import HelperCells
from halfgig.pipeline.video import FRAMES
from tests.animators.sadtalker.networks.installed import install
from tests.support.faces import PRESENTER as POINTS
from tests.support.jobs import render_job
from tests.support.media import PRESENTER

if TYPE_CHECKING:
    from halfgig.animators.base import RenderJob

STAGES = "halfgig.pipeline.video_stages"


class Way(NamedTuple):
    """A number of cells, and of threads in each."""

    cells: int
    threads: int


class Work(NamedTuple):
    """What is rendered: enough frames for a run of half a minute."""

    frames: int
    group: int
    size: int
    ways: tuple[Way, ...]


WORK = {
    "sadtalker": Work(8, 2, 256, (Way(1, 2), Way(2, 1))),
    "puppet": Work(1500, 125, 512, (Way(1, 1), Way(2, 1))),
    "waits": Work(400, 25, 64, (Way(1, 1), Way(2, 1), Way(4, 1))),
}


class Run(NamedTuple):
    """What one run took."""

    seconds: float
    cell_mb: float
    """The most private memory of a cell."""
    frames: bytes


def measured_job(name: str, data: Path, folder: Path) -> RenderJob:
    """Measure the presenter; return the job."""
    work, spec = WORK[name], WAITS if name == "waits" else animator(name)
    model = data / "models" / spec.model if spec.model else None
    landmarks = " ".join(f"{x},{y}" for x, y in POINTS.as_tuple())
    job = render_job(
        folder,
        PRESENTER,
        model=model,
        animator="puppet" if name == "waits" else name,
        size=work.size,
        idle=work.frames / 25,
        landmarks=landmarks,
    )
    job = replace(job, spec=spec._replace(frame_group=work.group))
    with Cell("measuring", spec.costs(work.size)[0].budget_mb) as cell:
        for _ in cell.run(f"{STAGES}:measure", job):
            pass
    return job


def render(job: RenderJob, way: Way) -> Run:
    """Render all frames one way."""
    for path in (*job.folder.glob(f"{FRAMES}*"), *job.folder.glob("squares*")):
        path.unlink()
    budget_mb = job.spec.costs(job.request.size)[0].budget_mb
    start = time.monotonic()
    with (
        Cell("rendering", budget_mb, way.threads) as cell,
        HelperCells(CellPlan(budget_mb, budget_mb, way.threads), way.cells - 1, job) as helpers,
    ):
        for _ in cell.run(f"{STAGES}:render", job):
            pass
    seconds = time.monotonic() - start
    path = job.folder / FRAMES
    frame_format = read_format(path)
    assert frame_format
    kept = KeptGroups(path, frame_format)
    kept.refresh()
    assert kept.frames == WORK[job.spec.name].frames
    return Run(seconds, max(cell.peak.private_mb, helpers.peak.private_mb), path.read_bytes())


def compare(name: str, data: Path, repeats: int) -> None:
    """Print the table of one animator, the best of some runs each."""
    work = WORK[name]
    with tempfile.TemporaryDirectory() as folder:
        job = measured_job(name, data, Path(folder))
        turns = [{way: render(job, way) for way in work.ways} for _ in range(repeats)]
    assert len({run.frames for turn in turns for run in turn.values()}) == 1, "the frames differ"
    best = {way: min((turn[way] for turn in turns), key=lambda run: run.seconds) for way in work.ways}
    rows = [
        [f"{way.cells} x {way.threads}", work.frames / run.seconds, round(run.cell_mb), round(way.cells * run.cell_mb)]
        for way, run in best.items()
    ]
    rows += [
        [f"{way.cells} to {work.ways[0].cells}", best[work.ways[0]].seconds / best[way].seconds, "", ""]
        for way in work.ways[1:]
    ]
    table(
        f"{name}, {work.frames} frames, with the start of the cells, best of {repeats}",
        ["cells x threads", "frames a second", "MB a cell", "MB together"],
        rows,
    )


def main() -> None:
    """Compare the animators that were asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("animators", nargs="*", metavar="ANIMATOR", help=", ".join(WORK))
    parser.add_argument("--data", type=Path)
    parser.add_argument("--repeats", type=int, default=2)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        names = asked.animators or list(WORK)
        if "sadtalker" in names and asked.data is None:
            install(Path(folder))
        for name in names:
            compare(name, asked.data or Path(folder), asked.repeats)


if __name__ == "__main__":
    main()
