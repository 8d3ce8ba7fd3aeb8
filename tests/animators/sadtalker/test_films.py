"""Videos by SadTalker with the seeded weights: their faces are noise, in the right place, and none is lost."""

from __future__ import annotations

import dataclasses
import json
from contextlib import closing
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from halfgig.animators.sadtalker.frame_cache import SQUARES, FrameCache
from halfgig.animators.sadtalker.portrait_features import PortraitFeatures
from halfgig.animators.sadtalker.spec import GROUP, MOVES, SPEC, costs
from halfgig.capacity.plan import CellPlan
from halfgig.cells.cell import Cell
from halfgig.errors import ModelMissing, NoFace
from halfgig.events import Notice, Progress
from halfgig.media.chunks import Chunk
from halfgig.media.sound_decode import read_sound
from halfgig.pipeline.helper_cells import HelperCells
from halfgig.pipeline.video import FRAMES, VIDEO
from halfgig.storage.disk_cache import DiskCache
from tests.media.test_mux import film as written
from tests.support.cgroup import run_in_cgroup
from tests.support.command import COMMAND, plain_environment
from tests.support.faces import PRESENTER as POINTS
from tests.support.jobs import STAGES, render_job
from tests.support.media import PRESENTER, frames, presenter, voice_like

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from halfgig.animators.base import RenderJob

SIZE = 256
COST = costs(SIZE)[0]
CELL = Cell("rendering", COST.budget_mb, 2)
"""Of all stages here, one after the other: it takes as long to start as a stage of a thin network."""
FRAME_S = 0.04
LANDMARKS = " ".join(f"{x},{y}" for x, y in POINTS.as_tuple())


@pytest.fixture(autouse=True, scope="module")
def end_cell() -> Iterator[None]:
    yield
    CELL.close()


def job_in(data_dir: Path, folder: Path, n_frames: int = 1, portrait: Path = PRESENTER, **options: Any) -> RenderJob:
    """Ask for an idle face of the presenter."""
    folder.mkdir(exist_ok=True)
    request: dict[str, Any] = {"idle": n_frames * FRAME_S, "landmarks": LANDMARKS, "seed": options.pop("seed", 0)}
    given = ("audio", "idle", "landmarks", "label", "label_corner")
    request |= {name: options.pop(name) for name in given if name in options}
    model = data_dir / "models" / "sadtalker"
    job = render_job(folder, portrait, model=model, animator="sadtalker", size=SIZE, options=options, **request)
    return dataclasses.replace(job, cache=DiskCache(data_dir / "faces", 30 * 2**20))


def run_until(stage: str, job: RenderJob, frames: int | None = None) -> list[object]:
    """Run a stage; kill its cell once it has reported this many frames."""
    results: list[object] = []
    with closing(CELL.run(f"halfgig.pipeline.video_stages:{stage}", job)) as running:
        for each in running:
            results.append(each)
            if isinstance(each, Progress) and frames is not None and each.done >= frames:
                CELL.stop()
                break
    return results


def video_of(job: RenderJob) -> Iterator[np.ndarray]:
    for stage in STAGES:
        run_until(stage, job)
    yield from frames(job.folder / VIDEO)


def picture() -> np.ndarray:
    from PIL import Image

    with Image.open(PRESENTER) as image:
        return np.asarray(image.convert("RGB").resize((SIZE, SIZE), Image.Resampling.BOX), float)


def test_the_face_is_animated_and_the_rest_of_the_picture_stays(data_dir: Path, tmp_path: Path) -> None:
    found = list(video_of(job_in(data_dir, tmp_path / "job", 2)))
    assert [frame.shape for frame in found] == [(SIZE, SIZE, 3)] * 2
    apart = np.abs(found[1] - picture()).mean(axis=2)
    assert apart[:20].mean() < 4  # the wall above her
    assert apart[90:150, 100:150].mean() > 20  # noise where her face was


def test_a_label_is_in_its_corner(data_dir: Path, tmp_path: Path) -> None:
    (frame,) = video_of(job_in(data_dir, tmp_path / "job", label="AI-generated", label_corner="top-left"))
    wall = np.abs(frame - picture()).mean(axis=2)[:24]
    assert wall[:, : SIZE // 2].max() > 90
    assert wall[:, SIZE // 2 :].max() < 45


@pytest.mark.parametrize(
    ("mode", "size"), [("crop", (256, 256)), ("extcrop", (256, 256)), ("resize", (256, 256)), ("extfull", (256, 256))]
)
def test_every_part_can_be_animated(data_dir: Path, tmp_path: Path, mode: str, size: tuple[int, int]) -> None:
    (frame,) = video_of(job_in(data_dir, tmp_path / "job", preprocess=mode))
    assert abs(frame.shape[0] - size[0]) <= 8
    assert frame.shape[1] == size[1]
    edge = np.abs(frame - picture())[:10, :10].mean() if frame.shape == picture().shape else 99
    assert (edge < 6) == (mode == "extfull")


def test_a_film_that_was_broken_off_has_the_frames_of_one_that_was_not(data_dir: Path, tmp_path: Path) -> None:
    whole, broken = job_in(data_dir, tmp_path / "whole", 2), job_in(data_dir, tmp_path / "broken", 2)
    for stage in ("measure", "render"):
        run_until(stage, whole)
    run_until("measure", broken)
    run_until("render", broken, frames=1)
    assert (broken.folder / FRAMES).stat().st_size < (whole.folder / FRAMES).stat().st_size
    assert FrameCache(broken.folder / SQUARES, GROUP).get(0) is not None
    said = run_until("render", broken)
    assert min(each.done for each in said if isinstance(each, Progress)) >= 1
    assert (broken.folder / FRAMES).read_bytes() == (whole.folder / FRAMES).read_bytes()
    assert (broken.folder / MOVES).read_bytes() == (whole.folder / MOVES).read_bytes()


def test_two_cells_render_the_frames_of_one(data_dir: Path, tmp_path: Path) -> None:
    alone, helped = (
        dataclasses.replace(job_in(data_dir, tmp_path / name, 2), spec=SPEC._replace(frame_group=1))
        for name in ("alone", "helped")
    )
    for job in (alone, helped):
        run_until("measure", job)
    run_until("render", alone)
    with HelperCells(CellPlan(COST.private_mb, COST.budget_mb, 1), 1, helped):
        run_until("render", helped)
    assert (helped.folder / FRAMES).read_bytes() == (alone.folder / FRAMES).read_bytes()


@pytest.mark.parametrize("name", SPEC.measured)
def test_what_a_disk_has_damaged_is_computed_again(data_dir: Path, tmp_path: Path, name: str) -> None:
    job = job_in(data_dir, tmp_path / "job")
    run_until("measure", job)
    kept = (job.folder / name).read_bytes()
    half = len(kept) // 2
    (job.folder / name).write_bytes(kept[:half] + bytes([kept[half] ^ 1]) + kept[half + 1 :])
    run_until("measure", job)
    assert (job.folder / name).read_bytes() == kept


def test_a_model_that_was_removed_meanwhile_is_refused_with_the_way_back(data_dir: Path, tmp_path: Path) -> None:
    job = job_in(data_dir, tmp_path / "job")
    with pytest.raises(ModelMissing, match="halfgig pull sadtalker"):
        run_until("measure", dataclasses.replace(job, model=tmp_path / "gone"))


@pytest.mark.memory
def test_a_very_large_picture_is_measured_in_the_memory_of_any(published_size: Path, tmp_path: Path) -> None:
    presenter(5000).save(tmp_path / "large.jpg", quality=60)
    job = job_in(published_size, tmp_path / "job", portrait=tmp_path / "large.jpg", landmarks="")
    with Cell("rendering", COST.budget_mb, 2) as cell:
        list(cell.run("halfgig.pipeline.video_stages:measure", job))
    assert cell.peak.private_mb < COST.private_mb


def test_wishes_reach_the_movements_and_a_seed_repeats_them(data_dir: Path, tmp_path: Path) -> None:
    def moves(name: str, **options: Any) -> np.ndarray:
        asked = job_in(data_dir, tmp_path / name, 30, **options)
        run_until("measure", asked)
        return np.asarray(np.load(asked.folder / MOVES))

    usual = moves("usual")
    assert (moves("again") == usual).all()
    wishes: dict[str, dict[str, Any]] = {
        "seed": {"seed": 5},
        "style": {"pose_style": 7},
        "scale": {"expression_scale": 1.5},
        "still": {"still": True},
        "yaw": {"yaw": [0.0, 30.0]},
        "crop": {"preprocess": "crop"},
        "blink": {"blink": False},
    }
    for name, wish in wishes.items():
        assert np.abs(moves(name, **wish)[1:] - usual[1:]).max() > 1e-4, name
    still = moves("still again", still=True, blink=False, expression_scale=0.0)
    assert np.ptp(still[14:-14], axis=0).max() < 1e-5


def film(path: Path, n_frames: int = 4) -> Path:
    """Write a film of the presenter, who sits still and can be heard."""
    recording = voice_like(path.with_suffix(".wav"), seconds=n_frames * FRAME_S)
    return written(path, [np.asarray(presenter(256))] * n_frames, [Chunk(pcm) for pcm in read_sound(recording)])


def test_films_lend_their_eyes_and_their_movements(data_dir: Path, tmp_path: Path) -> None:
    shown = film(tmp_path / "film.mp4")
    rows = {}
    films: dict[str, dict[str, Any]] = {
        "none": {},
        "pose": {"reference_pose": str(shown)},
        "blink": {"reference_blink": str(shown)},
    }
    for name, lent in films.items():
        asked = job_in(data_dir, tmp_path / name, 6, **lent)
        said = run_until("measure", asked)
        assert any(isinstance(each, Progress) and each.stage == "watching" for each in said) == bool(lent)
        rows[name] = np.load(asked.folder / MOVES)
    assert np.abs(rows["pose"] - rows["none"]).max() < 1e-3  # who sits still lends no movement
    assert np.abs(rows["blink"] - rows["none"]).max() > 1e-5


def test_two_films_are_watched_as_one(data_dir: Path, tmp_path: Path) -> None:
    first, second = film(tmp_path / "a.mp4", 2), film(tmp_path / "b.mp4", 3)
    said = run_until(
        "measure", job_in(data_dir, tmp_path / "job", 3, reference_pose=str(first), reference_blink=str(second))
    )
    told = [(each.done, each.total) for each in said if isinstance(each, Progress) and each.stage == "watching"]
    assert told == [(1, 6), (2, 6), (4, 6), (5, 6), (6, 6)]


def test_the_face_of_a_film_is_followed_with_its_sound(data_dir: Path, tmp_path: Path) -> None:
    shown = film(tmp_path / "film.mp4", 2)
    asked = job_in(data_dir, tmp_path / "job", portrait=shown, idle=0.0, audio=str(shown), landmarks="", follow=True)
    found = list(video_of(asked))
    assert len(found) == 2
    moves = np.load(asked.folder / MOVES)
    assert np.ptp(moves[1:], axis=0).max() < 1e-2


def test_a_film_without_a_face_is_refused(data_dir: Path, tmp_path: Path) -> None:
    written(tmp_path / "grey.mp4", [np.full((64, 64, 3), 128, np.uint8)])
    with pytest.raises(NoFace, match=r"no face was found in .*grey\.mp4"):
        run_until("measure", job_in(data_dir, tmp_path / "job", reference_pose=str(tmp_path / "grey.mp4")))


def test_a_portrait_is_computed_once_for_all_its_videos(data_dir: Path, tmp_path: Path) -> None:
    first, second = (job_in(data_dir, tmp_path / name, preprocess="resize") for name in ("first", "second"))
    cache = DiskCache(tmp_path / "faces", 30 * 2**20)
    run_until("measure", dataclasses.replace(first, cache=cache))
    (kept,) = (tmp_path / "faces").iterdir()
    sitter = PortraitFeatures.load(kept)
    assert sitter
    dataclasses.replace(sitter, notices=("seen before",)).save(kept)
    assert Notice("seen before") in run_until("measure", dataclasses.replace(second, cache=cache))


@pytest.mark.memory
def test_talk_with_sadtalker_lives_in_512_mb(published_size: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.mp4"
    asked = ["talk", str(PRESENTER), "--idle", "0.04", "--animator", "sadtalker", "--json", "-o", str(out)]
    environment = plain_environment(DATA_DIR=str(published_size))
    done = run_in_cgroup(512, [*COMMAND, *asked], env=environment)
    print(f"[SadTalker in 512 MB under {done.how}: at most {done.max_usage_mb:.0f} MB, page cache included]")  # noqa: T201
    assert (done.rc, done.oom_kills) == (0, 0), done.stderr
    assert json.loads(done.stdout)["private_mb"] < COST.private_mb
    assert len(list(frames(out))) == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out.mp4"]


def test_a_picture_that_lies_on_its_side_is_animated_upright(data_dir: Path, tmp_path: Path) -> None:
    presenter(SIZE).rotate(90, expand=True).save(tmp_path / "lying.png")
    (frame,) = video_of(job_in(data_dir, tmp_path / "job", portrait=tmp_path / "lying.png", landmarks=""))
    assert frame.shape == (SIZE, SIZE, 3)
    assert np.abs(frame - picture())[:20].mean() < 6  # the wall above her
