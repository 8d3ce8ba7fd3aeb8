"""The steps of a video outlive every end, count only deaths that cost something, and leave when they are asked to."""

from __future__ import annotations

import contextlib
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest

from halfgig.animators.base import SPEECH
from halfgig.animators.registry import animator
from halfgig.capacity.plan import make_plan, render_cell
from halfgig.errors import CellDied
from halfgig.events import Progress
from halfgig.origin.manifest_check import KNOWN, read_manifest
from halfgig.pipeline.video import FRAMES, THUMBNAIL, VIDEO, WORDS, Artifact
from halfgig.requests import AUDIO, PORTRAIT, SpeechRequest, VideoRequest
from halfgig.resources.limits import Limit
from halfgig.server.errors import Unavailable
from halfgig.server.job import CANCELLED, COMPLETED, FAILED, Job, NewJob
from halfgig.server.job_store import JobStore
from halfgig.server.paths import ServerPaths
from halfgig.server.worker.turns import Turns
from halfgig.server.worker.videos.context import BrokenOff, CellKilled
from halfgig.server.worker.videos.render_cell import RenderCell, _Run
from halfgig.server.worker.videos.steps import MOST_CRASHES, MOST_KILLS, MOST_STARTS, Steps
from halfgig.settings import Settings
from halfgig.storage.record_log import read_records
from halfgig.tts.spool import read_chunks, read_words, repair_spool
from tests.server.worker.videos.contexts import TestAdmission, TestSpeech, accept, claimed, context, plan, text
from tests.support.jobs import load
from tests.support.media import frames as frames_of
from tests.support.media import noise, seconds_of, voice_like
from tests.support.processes import own_cells
from tests.support.waiting import soon

if TYPE_CHECKING:
    from pathlib import Path

    from halfgig.server.worker.videos.context import StepContext


def made(it: StepContext, job_id: str) -> Job:
    """Do all steps of a job, as DBOS does."""
    steps = Steps(it)
    steps.make(job_id, lambda name, before, token: steps.run(name, job_id, before, token))
    return the(it, job_id)


def did(it: StepContext, step: str, job_id: str) -> bool:
    """Do one step of a job; return whether the job goes on."""
    return Steps(it).run(step, job_id, [], claimed(it, job_id)) is not None


def the(it: StepContext, job_id: str) -> Job:
    job = it.store.get(job_id)
    assert job
    return job


def spool(it: StepContext, job_id: str) -> Path:
    return it.paths.job(job_id) / SPEECH


def accept_without_portrait(folder: Path) -> str:
    """Enter a job that the presenter speaks."""
    paths, job_id = ServerPaths.of(Settings(data_dir=folder)), f"video_{'a' * 24}"
    paths.job(job_id).mkdir(parents=True)
    request = VideoRequest(SpeechRequest(text(1)), size=128)
    JobStore(paths.job_store).accept(NewJob(job_id, "", request), most_open=9)
    return job_id


def test_a_text_becomes_a_video_with_a_picture_and_its_words(tmp_path: Path) -> None:
    it = context(tmp_path)
    job = made(it, accept(tmp_path, sentences=2))
    assert (job.status, job.error) == (COMPLETED, None)
    folder = it.paths.job(job.id)
    assert sorted(path.name for path in folder.iterdir()) == sorted((VIDEO, THUMBNAIL, WORDS, PORTRAIT))
    assert len(list(frames_of(folder / VIDEO))) == job.progress["frames"] == 50
    assert (job.progress["seconds"], job.progress["width"], job.progress["maker"]) == (2.0, 128, "tests, voice a")
    assert job.progress["bytes"] == (folder / VIDEO).stat().st_size
    assert job.progress["peak_private_mb"] > 10
    assert job.progress["pace"] > 0
    assert "word" in (folder / WORDS).read_text()
    assert (folder / THUMBNAIL).read_bytes()[:2] == b"\xff\xd8"


def test_a_finished_video_is_signed_and_what_is_recorded_is_the_signed_file(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    it = context(tmp_path, settings=settings)
    job_id, steps, recorded = accept(tmp_path), Steps(it), dict[str, str]()

    def step(name: str, before: Any, token: int) -> Any:
        made = steps.run(name, job_id, before, token)
        recorded.update((name, checksum) for name, checksum in made or [])
        return made

    steps.make(job_id, step)
    video, facts = it.paths.job(job_id) / VIDEO, the(it, job_id).progress
    manifest = read_manifest(video, settings.limits.anchors)
    assert manifest
    assert manifest.trust == KNOWN
    assert [each.title for each in manifest.ingredients] == ["portrait"]
    assert manifest.tools["voice"] == facts["maker"]
    assert facts["bytes"] == video.stat().st_size
    assert Artifact(VIDEO, recorded[VIDEO]).is_intact(video.parent)


def test_a_video_that_cannot_be_signed_is_kept_and_its_notices_say_why(tmp_path: Path) -> None:
    it = context(tmp_path, settings=Settings(data_dir=tmp_path, signing_cert="no certificate", signing_key="no key"))
    job = made(it, accept(tmp_path))
    assert job.status == COMPLETED
    assert any("SIGNING_CERT has no certificate" in notice for notice in job.progress["notices"])


def test_what_signs_a_video_starts_while_that_is_written_and_ends_with_the_work_on_it(tmp_path: Path) -> None:
    class Room(TestAdmission):
        def __init__(self) -> None:
            super().__init__()
            self.seen: list[str] = []

        @contextlib.contextmanager
        def hold_spare(self, name: str, mb: int, evict: Any) -> Any:
            self.seen.append(f"{name}, spare {mb} MB, of {the(it, job_id).progress.get('total')} frames")
            with super().hold_spare(name, mb, evict) as is_held:
                yield is_held
            self.seen.append("given back")

        def hold(self, name: str, *args: Any) -> Any:
            if name == "signing":
                assert soon(lambda: len(own_cells()) == 2)
                raise Unavailable("the program is ending")
            return super().hold(name, *args)

    room = Room()
    it = context(tmp_path, admission=room, settings=Settings(data_dir=tmp_path))
    job_id = accept(tmp_path)
    with pytest.raises(BrokenOff):
        made(it, job_id)
    assert room.seen == ["signing, spare 34 MB, of None frames", "given back"]
    assert own_cells() == []


@pytest.mark.parametrize("wanted", [True, False])
def test_cells_that_render_stand_back_unless_the_operator_says_otherwise(tmp_path: Path, wanted: bool) -> None:
    it = context(tmp_path, settings=Settings(data_dir=tmp_path, stand_back=wanted))
    assert it.render_job(the(it, accept(tmp_path))).stands_back is wanted
    assert Settings().stand_back


def test_a_recording_is_spoken_along_with(tmp_path: Path) -> None:
    it = context(tmp_path)
    job_id = accept(tmp_path, speech=None, audio=AUDIO)
    voice_like(tmp_path / "voice.wav", seconds=1.5).rename(it.paths.job(job_id) / AUDIO)
    job = made(it, job_id)
    assert (job.status, job.progress["maker"], job.progress["frames"]) == (COMPLETED, "a recording", 37)
    assert abs(seconds_of(it.paths.job(job_id) / VIDEO) - 1.5) < 0.1


def test_without_a_portrait_the_presenter_speaks(tmp_path: Path) -> None:
    it = context(tmp_path)
    assert made(it, accept_without_portrait(tmp_path)).status == COMPLETED


def test_speaking_goes_on_at_the_sentence_it_was_in(tmp_path: Path) -> None:
    voice = TestSpeech()
    it = context(tmp_path, voice)
    job_id = accept(tmp_path, sentences=4)
    speech = the(it, job_id).request.speech
    assert speech
    voice.dies_at = speech.text.index("This is sentence 2") - 1
    did(it, "speak", job_id)
    assert repair_spool(spool(it, job_id)).seconds == 2.0
    whole = spool(it, job_id).read_bytes()
    spool(it, job_id).write_bytes(whole[:-5])  # killed while the second was written

    again = TestSpeech()
    it = context(tmp_path / "again", again)
    other = accept(tmp_path / "again", sentences=4)
    spool(it, other).write_bytes(whole[:-5])
    assert did(it, "speak", other)
    assert again.starts == [len("This is sentence 0.")]
    assert len(list(read_chunks(spool(it, other)))) == 4
    assert [word.start for word in read_words(spool(it, other))] == [0.1, 1.1, 2.1, 3.1]


def test_what_was_spoken_is_not_spoken_again(tmp_path: Path) -> None:
    voice = TestSpeech()
    it = context(tmp_path, voice)
    job_id = accept(tmp_path)
    assert did(it, "speak", job_id)
    assert did(it, "speak", job_id)
    assert voice.starts == [0]


def test_a_job_whose_cells_die_without_coming_further_is_set_aside_with_its_figures(tmp_path: Path) -> None:
    voice = TestSpeech()
    voice.dies_at = 0
    it = context(tmp_path, voice)
    job_id = accept(tmp_path)
    assert not did(it, "speak", job_id)
    job = the(it, job_id)
    assert job.status == FAILED
    assert job.error
    assert job.error["code"] == "cell_died"
    assert f"{MOST_CRASHES} cells" in job.error["message"]
    assert "its cell was killed" in job.error["message"]
    assert len(voice.starts) == MOST_CRASHES


def test_deaths_between_which_work_came_further_do_not_add_up(tmp_path: Path) -> None:
    class Dying(TestSpeech):
        def segments(self, request: Any, is_wanted: Any = lambda: True) -> Any:
            for made in super().segments(request, is_wanted):
                yield made
                raise CellDied("speaking: its cell was killed")

    it = context(tmp_path, Dying())
    job_id = accept(tmp_path, sentences=9)
    assert did(it, "speak", job_id)
    assert the(it, job_id).status != FAILED


@pytest.mark.parametrize(("kills", "goes_on"), [(MOST_CRASHES + 1, True), (MOST_KILLS, False)])
def test_cells_that_others_kill_are_held_against_a_job_only_when_they_are_many(
    tmp_path: Path, kills: int, goes_on: bool
) -> None:
    class Killed(TestSpeech):
        def segments(self, request: Any, is_wanted: Any = lambda: True) -> Any:
            if len(self.starts) < kills:
                self.starts.append(0)
                raise CellKilled("speaking: its cell was killed from outside")
            return super().segments(request, is_wanted)

    it = context(tmp_path, Killed())
    assert did(it, "speak", accept(tmp_path)) is goes_on


def test_a_step_of_which_the_whole_process_dies_again_and_again_is_set_aside(tmp_path: Path) -> None:
    class Killing(TestSpeech):
        def segments(self, request: Any, is_wanted: Any = lambda: True) -> Any:  # noqa: ARG002
            raise KeyboardInterrupt  # as little of us is left as after a kill

    it = context(tmp_path, Killing())
    job_id = accept(tmp_path)
    for _ in range(MOST_STARTS):
        with pytest.raises(KeyboardInterrupt):
            did(it, "speak", job_id)
    assert not did(it, "speak", job_id)
    error = the(it, job_id).error
    assert error
    assert f"begun {MOST_STARTS} times" in error["message"]


def test_a_picture_without_a_face_fails_the_job_and_tells_no_paths(tmp_path: Path) -> None:
    it = context(tmp_path)
    job = made(it, accept(tmp_path, portrait=noise(tmp_path / "noise.png")))
    assert job.status == FAILED
    assert job.error
    assert (job.error["code"], job.error["status"]) == ("no_face", 400)
    assert "no face was found in 'portrait'" in job.error["message"]
    assert str(tmp_path) not in job.error["message"]


def test_frames_too_large_for_the_machine_are_refused_with_the_figures(tmp_path: Path) -> None:
    it = context(tmp_path, plan=plan(320))
    job = made(it, accept(tmp_path, size=2160))
    assert job.error
    assert job.error["status"] == 413
    assert "2160 pixels take" in job.error["message"]


def test_a_face_that_was_measured_for_one_job_is_not_measured_for_the_next(tmp_path: Path) -> None:
    it = context(tmp_path)
    (it.paths.cache / "faces").mkdir(parents=True)  # of its own
    first, second = accept(tmp_path, sentences=1), accept(tmp_path, sentences=2)
    assert all(did(it, step, job_id) for job_id in (first, second) for step in ("speak", "measure"))
    (entry,) = (it.paths.cache / "faces").iterdir()
    assert {(it.paths.job(job_id) / "rig.json").read_bytes() for job_id in (first, second)} == {entry.read_bytes()}


def test_a_cell_that_is_asked_to_leave_goes_on_later_with_the_frames_it_has(tmp_path: Path) -> None:
    class Crowded(TestAdmission):
        def hold(self, name: str, mb: int, evict: Any, stands_still: Any = None, check: Any = None) -> Any:
            if name == "rendering" and self.held < 4:
                evict()
            return super().hold(name, mb, evict, stands_still, check)

    room = Crowded()
    it = context(tmp_path, admission=room)
    job = made(it, accept(tmp_path, sentences=3, size=256))
    assert (job.status, job.progress["frames"], job.crash_count) == (COMPLETED, 75, 0)
    assert room.held > 3


def test_a_video_that_several_cells_render_has_the_frames_of_one(tmp_path: Path) -> None:
    class Room(TestAdmission):
        spare = 0

        def hold_spare(self, name: str, mb: int, evict: Any) -> Any:
            self.spare += 1
            return super().hold_spare(name, mb, evict)

    videos, spare = [], []
    for mb in (512, 1024):
        room = Room()
        # Without the mark in pictures, which has the number of each installation.
        settings = Settings(data_dir=tmp_path / str(mb), c2pa=False, picture_mark=False)
        it = context(tmp_path / str(mb), admission=room, plan=plan(mb), settings=settings)
        job = made(it, accept(tmp_path / str(mb), sentences=6, size=64))
        assert (job.status, job.progress["frames"]) == (COMPLETED, 150)
        videos.append(it.paths.job(job.id) / VIDEO)
        spare.append(room.spare)
    assert spare == [0, 1]
    shown = zip(*map(frames_of, videos), strict=True)
    assert all((one == several).all() for one, several in shown)


def test_a_job_that_was_cancelled_is_left(tmp_path: Path) -> None:
    it = context(tmp_path)
    job_id = accept(tmp_path)
    it.store.cancel(job_id)
    assert not did(it, "speak", job_id)
    assert the(it, job_id).status == CANCELLED


def test_a_job_that_is_cancelled_while_it_is_rendered_ends_its_cell(tmp_path: Path) -> None:
    it = context(tmp_path)
    job_id = accept(tmp_path, sentences=60, size=256)
    assert did(it, "speak", job_id)
    assert did(it, "measure", job_id)
    results: list[bool] = []
    thread = threading.Thread(target=lambda: results.append(did(it, "render", job_id)))
    thread.start()
    frames = it.paths.job(job_id) / FRAMES
    while not frames.exists() or sum(1 for _ in read_records(frames)) < 2:
        time.sleep(0.05)
    it.store.cancel(job_id)
    thread.join()
    assert results == [False]
    assert sum(1 for _ in read_records(frames)) < 60 * 25 / 125


def test_a_process_that_ends_leaves_its_job_open(tmp_path: Path) -> None:
    it = context(tmp_path)
    job_id = accept(tmp_path)
    it.closing.set()
    with pytest.raises(BrokenOff):
        did(it, "speak", job_id)
    assert the(it, job_id).is_open


def test_the_fencing_token_grows_when_work_begins_and_not_with_each_step(tmp_path: Path) -> None:
    it = context(tmp_path)
    job_id = accept(tmp_path, sentences=1)
    steps, tokens = Steps(it), list[int]()

    def step(name: str, before: Any, token: int) -> Any:
        tokens.append(token)
        if len(tokens) == 2:
            raise BrokenOff
        return steps.run(name, job_id, before, token)

    with pytest.raises(BrokenOff):
        steps.make(job_id, step)
    steps.make(job_id, step)
    assert tokens == [1, 1, 2, 2, 2, 2]
    assert the(it, job_id).status == COMPLETED


def test_who_lost_a_job_while_it_works_leaves_it_without_a_word_to_the_client(tmp_path: Path) -> None:
    job_id = accept(tmp_path, sentences=3)

    class Losing(TestSpeech):
        def segments(self, request: Any, is_wanted: Any = lambda: True) -> Any:
            for made in super().segments(request, is_wanted):
                if len(self.starts) == 1:
                    claimed(it, job_id)  # another process has begun
                yield made

    it = context(tmp_path, Losing())
    with pytest.raises(BrokenOff):
        did(it, "speak", job_id)
    job = the(it, job_id)
    assert (job.is_open, job.error, job.crash_count) == (True, None, 0)
    assert it.store.refused_writes()["rows"] > 0
    assert made(it, job_id).status == COMPLETED


@pytest.mark.parametrize(
    ("name", "asked", "held"),
    [("puppet", False, True), ("puppet", True, False), ("sadtalker", False, False)],
    ids=["fits beside speech", "is asked away", "does not fit beside speech"],
)
def test_who_has_to_leave_for_speech_is_not_held_for_it(tmp_path: Path, name: str, asked: bool, held: bool) -> None:
    voice = TestSpeech()
    voice.someone_listens = True
    small = make_plan(Limit(512 * 2**20, "a test"), 2.0, load(1, "kokoro"))
    it = context(tmp_path, voice, plan=small)
    run = _Run(threading.Event())
    if asked:
        run.evicted.set()
    job = the(it, accept(tmp_path))
    with Turns().hold(job.id, "", 0.0, lambda: None) as turn:
        cell = RenderCell(it, job, turn)
        assert cell._should_pause(render_cell(small, animator(name).costs, 512), run) is held


@pytest.mark.parametrize(
    ("stage", "may_lose", "leaves"),
    [("moving", True, True), ("moving", False, False), ("watching", False, False), ("rendering", False, True)],
)
def test_what_would_begin_anew_is_left_for_speech_once_and_then_finished(
    stage: str, may_lose: bool, leaves: bool
) -> None:
    run = _Run(threading.Event(), may_lose)
    run.evicted.set()
    for done in (1, 2):
        assert not run.may_leave
        run.take(Progress(stage, done, 9, "frames", done if stage == "rendering" else None))
    assert run.may_leave is leaves
