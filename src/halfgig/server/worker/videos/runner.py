"""Videos: what stands in the book is made, one at a time, whatever is killed on the way.

Web writes jobs into the book and pokes; a thread here hands them to DBOS, settles what DBOS has given up, looks after
dead executors, and sweeps.  DBOS is launched with the first job that is open.
"""

from __future__ import annotations

import functools
import threading
import time
import traceback
from typing import TYPE_CHECKING, Any

from halfgig.capacity.measured_peaks import record
from halfgig.log import ERROR, WARNING, log
from halfgig.server.job_store import JobStore
from halfgig.server.paths import ServerPaths
from halfgig.server.worker.videos.context import BrokenOff, Room, StepContext, Voice
from halfgig.server.worker.videos.lease import TTL_S, executor_id
from halfgig.server.worker.videos.retention import RetentionSweeper
from halfgig.server.worker.videos.steps import Steps
from halfgig.server.worker.videos.workflow import ENDED, Workflows

if TYPE_CHECKING:
    from collections.abc import Callable

    from halfgig.capacity.plan import Plan
    from halfgig.server.worker.videos.workflow import Known
    from halfgig.settings import Settings

LOOK_EVERY_S = 15.0
"""Seconds between two looks at the book when nobody pokes, and at who is dead."""

FAREWELL_S = 5.0
"""Seconds that a step has to leave its work."""


class VideoRunner:
    """Make videos; all methods may be called from any thread.

    `ttl_s` is after how many seconds without a sign others take our jobs over.
    """

    def __init__(self, settings: Settings, plan: Plan, seats: Room, speech: Voice, ttl_s: float = TTL_S) -> None:
        places = ServerPaths.of(settings)
        self._places = places
        self._ttl_s = ttl_s
        self._workflows: Workflows | None = None
        self._studio = StepContext(
            settings,
            plan,
            seats,
            speech,
            JobStore(places.book),
            places,
            functools.partial(record, places.root),
            holds_lease=self._holds_lease,
        )
        self._steps = Steps(self._studio)
        self._broom = RetentionSweeper(settings, places, self._studio.book)
        self._poked = threading.Event()
        self._changing = threading.Lock()
        self._running: str | None = None
        self._left: set[str] = set()
        self._thread = threading.Thread(target=self._look_after, name="videos", daemon=True)

    def start(self) -> None:
        """Go on with what is open, and take what comes."""
        self._thread.start()
        self.poke()

    def poke(self) -> None:
        """Look into the book now: something was written there."""
        self._poked.set()

    def cancel(self, job_id: str) -> None:
        """Leave a job of which the book says that it is cancelled; its cell ends by itself within half a second."""
        with self._changing:
            if self._workflows and self._workflows.known([job_id]):
                self._workflows.cancel(job_id)
        self.poke()

    def is_busy(self) -> bool:
        """Tell whether there is anything to do."""
        return self._places.book.exists() and bool(self._studio.book.open_jobs())

    def status(self) -> dict[str, Any]:
        """Tell what is being done."""
        open_jobs = self._studio.book.open_jobs() if self._places.book.exists() else []
        running = self._running
        facts = next((job.facts for job in open_jobs if job.id == running), {})
        shown = {name: facts.get(name) for name in ("stage", "done", "total", "unit", "rate", "left_s")}
        return {
            "running": {"id": running, **shown} if running else None,
            "waiting": sum(job.id != running for job in open_jobs),
            "is_launched": self._workflows is not None,
        }

    def close(self) -> None:
        """Leave the work, within seconds; what is open goes on at the next start."""
        self._studio.closing.set()
        self.poke()
        if self._thread.ident:
            self._thread.join(FAREWELL_S)
        deadline = time.monotonic() + FAREWELL_S
        while self._running and time.monotonic() < deadline:
            time.sleep(0.02)
        with self._changing:
            workflows, self._workflows = self._workflows, None
            if workflows:
                workflows.close()

    def _holds_lease(self) -> bool:
        workflows = self._workflows
        return workflows is not None and workflows.holds_lease()

    def _look_after(self) -> None:
        while not self._studio.closing.is_set():
            self._poked.clear()
            try:
                if self._places.book.exists():
                    with self._changing:
                        self._hand_over()
                    self._sweep()
            except Exception:  # noqa: BLE001 - a database may be busy, a disk full: it is said, and tried again
                log("work", "looking after videos failed, trying again", ERROR, f"\n{traceback.format_exc()}")
            self._poked.wait(min(LOOK_EVERY_S, self._ttl_s / 4))

    def _hand_over(self) -> None:
        """Give DBOS what is open, and take from it what it does not go on with."""
        jobs = self._studio.book.open_jobs()
        if self._workflows is None:
            if not jobs or self._studio.closing.is_set():
                return
            self._launch()
        assert self._workflows
        known = self._workflows.known([job.id for job in jobs])
        for job in jobs:
            found = known.get(job.id)
            if found is None:
                self._workflows.hand_over(job.id)
            elif found.status in ENDED:
                self._settle(job.id, found)
        if dead := self._workflows.recover():
            gone = f"the jobs of {', '.join(dead)} go on elsewhere: no sign of it for {self._ttl_s:.0f} s"
            log("work", gone, WARNING)
        if self._left and not self._running and self._workflows.holds_lease():
            self._left.clear()
            self._workflows.take_up_again()

    def _launch(self) -> None:
        self._places.root.mkdir(parents=True, exist_ok=True)
        steps = [
            (name, self._followed(work))
            for name, work in (
                ("speak", self._steps.speak),
                ("measure", self._steps.measure),
                ("film", self._steps.film),
                ("assemble", self._steps.assemble),
            )
        ]
        executor = executor_id(self._places.root)
        workflows = Workflows(f"sqlite:///{self._places.workflows}", executor, steps, self._ttl_s)
        self._workflows = workflows  # before it is launched: a step may begin at once, and asks for the lease
        workflows.launch()
        log("work", f"videos are made by executor {executor}")

    def _followed(self, work: Callable[[str], bool]) -> Callable[[str], bool]:
        """Note which job is worked on, and which was left although we go on."""

        def step(job_id: str) -> bool:
            self._running = job_id
            try:
                return work(job_id)
            except BrokenOff:
                self._left.add(job_id)
                raise
            finally:
                self._running = None

        return step

    def _settle(self, job_id: str, found: Known) -> None:
        """Close an open job that DBOS has ended: by mistake of ours or of somebody's hand."""
        book = self._studio.book
        job = book.get(job_id)  # once more: its last step may have closed it since
        if job is None or not job.is_open or not self._workflows:
            return
        if found.status == "CANCELLED":
            book.cancel(job_id)
        elif found.status == "SUCCESS":
            self._workflows.forget([job_id])  # the book came from an older copy: its files tell how far it is
            self._workflows.hand_over(job_id)
        else:
            what = f"the work on this video ended with {found.status} after {found.attempts} attempts"
            log("work", f"{job_id}: {what}", ERROR)
            book.fail(job_id, {"message": f"{what}; send it again", "code": "internal_error", "status": 500})

    def _sweep(self) -> None:
        self._broom.sweep()
        with self._changing:
            if self._workflows:
                kept = {job.id for job in (*self._studio.book.open_jobs(), *self._studio.book.finished_jobs())}
                known = self._workflows.known()
                self._workflows.forget(
                    job_id for job_id, found in known.items() if found.status in ENDED and job_id not in kept
                )
