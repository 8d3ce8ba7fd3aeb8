"""Acceptance of video requests: a refused one leaves nothing behind, an accepted one is complete in the job store."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
from dataclasses import replace
from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool

from halfgig.animators.puppet.spec import KNOWN_RIG, RIG
from halfgig.animators.registry import animator, check_request
from halfgig.capacity.plan import render_cell
from halfgig.errors import EmptyText
from halfgig.requests import PORTRAIT, SpeechRequest, VideoRequest
from halfgig.server.avatar_store import AvatarStore
from halfgig.server.disk import Disk
from halfgig.server.errors import Conflict, FileStoreUnavailable, ModelNotFound, NotFound
from halfgig.server.job import NewJob
from halfgig.server.job_recovery import REQUEST_FILE, request_text
from halfgig.server.job_store import JobStore
from halfgig.server.order_cost import check_cost, plain_seconds
from halfgig.server.plan import is_installed
from halfgig.server.web.access import client, owner
from halfgig.server.web.avatar_form import filled
from halfgig.server.web.form import checked_text
from halfgig.server.web.json_form import read_json
from halfgig.server.web.picture_check import check_picture
from halfgig.server.web.upload import disk_has_room, read_form, remove_abandoned, upload_folder
from halfgig.server.web.video_form import form_rules, request_from
from halfgig.text.script import read_script

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from starlette.requests import Request

    from halfgig.capacity.plan import Plan
    from halfgig.server.avatar_store import Avatar
    from halfgig.server.file_store import FileStore
    from halfgig.server.job import Accepted, Job
    from halfgig.server.paths import ServerPaths
    from halfgig.server.web.form import Form
    from halfgig.settings import Settings


class Intake:
    """Accepts requests for videos."""

    def __init__(
        self,
        settings: Settings,
        paths: ServerPaths,
        plan: Callable[[], Plan],
        check_voices: Callable[[str], Awaitable[None]],
        files: FileStore,
    ) -> None:
        """`check_voices` refuses a text that names an unknown voice."""
        self._settings, self._places, self._plan = settings, paths, plan
        self._check_voices, self._files = check_voices, files
        self._jobs = JobStore.of(settings)
        self._avatars = AvatarStore(settings)
        self._disk = Disk(paths.root)
        self._rules = form_rules(settings)
        self._most_open = settings.max_queue + 1  # the waiting ones, and the one being made

    async def accept(self, request: Request, key: str | None) -> Accepted:
        """Accept a request and its files; `key` is its Idempotency-Key.

        Raises `HalfgigError`, and then leaves nothing behind.
        """
        key = key or None
        by = client(request)
        length = request.headers.get("content-length", "")
        announced = int(length[:20]) if length.isdecimal() else 0  # a body over the limit is refused for that instead
        await run_in_threadpool(self._prepare, None if key else by, min(announced, self._rules.most_bytes))
        job_id = _new_job_id()
        with upload_folder(self._places.uploads / job_id) as folder:
            form = await self._read(request, folder)
            wanted = await run_in_threadpool(self._checked, form, folder, owner(request))
            if wanted.speech:
                await self._check_voices(wanted.speech.text)
            draft = NewJob(job_id, owner(request), wanted, key, form.fingerprint(), by)
            return await run_in_threadpool(self._enter, draft, folder)

    async def remix(self, job: Job, prompt: str, by: str) -> Accepted:
        """Accept a copy of an existing job with another text for the client `by`.  Raises `HalfgigError`."""
        if not prompt.strip():
            raise EmptyText("the prompt is empty; send the text to be said")
        checked_text("prompt", prompt, self._settings.max_input_characters)
        read_script(prompt)
        await run_in_threadpool(self._prepare, by)
        await self._check_voices(prompt)
        return await run_in_threadpool(self._remixed, job, prompt, by)

    def _remixed(self, job: Job, prompt: str, by: str) -> Accepted:
        accepted = self._copy(job, _with_text(job.request, prompt), by)
        self._jobs.note(accepted.job.id, {"remixed_from": job.id})
        return accepted._replace(job=self._jobs.get(accepted.job.id) or accepted.job)

    def retry(self, job: Job, by: str) -> Accepted:
        """Accept a copy of a job that has ended for the client `by`.  Raises `HalfgigError`."""
        if job.is_open:
            raise Conflict(f"{job.id} is {job.status.replace('_', ' ')}; cancel it, or wait until it has ended")
        self._prepare(by)
        self._check_request(job.request)
        return self._copy(job, job.request, by)

    def _copy(self, job: Job, wanted: VideoRequest, by: str) -> Accepted:
        """Accept a request that uses the files of another job."""
        draft = NewJob(_new_job_id(), job.owner, wanted, client=by)
        with upload_folder(self._places.uploads / draft.id) as folder:
            for name in animator(wanted.animator).files(wanted):
                self._take(job, name, folder)
            return self._enter(draft, folder)

    def _take(self, job: Job, name: str, folder: Path) -> None:
        """Put an upload of another job, from its folder or the store, into a folder."""
        if (self._places.job(job.id) / name).exists():
            _link(self._places.job(job.id) / name, folder / name)
            return
        self._files.job(job.id).fetch(folder, [name])
        if not (folder / name).exists():
            raise NotFound(_gone(name))

    def _prepare(self, by: str | None, more_bytes: int = 0) -> None:
        """Remove abandoned uploads, and refuse a client early that has no place left, or a body of no room."""
        remove_abandoned(self._places.uploads)
        self._disk.check(more_bytes)
        if by is None:
            self._jobs.counts()  # a damaged job store is noticed before the upload
        else:
            self._jobs.check_room(by, self._most_open)

    async def _read(self, request: Request, folder: Path) -> Form:
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind == "application/json":
            return await run_in_threadpool(read_json, await request.body(), folder, self._rules)
        return await read_form(request, folder, self._rules, self._settings.slow_client_seconds)

    def _checked(self, form: Form, folder: Path, by: str) -> VideoRequest:
        """Return the request of a form of the owner `by` if this server can fulfil it."""
        avatar = self._avatar(form, by)
        form = filled(form, avatar) if avatar else form
        wanted = request_from(form, self._settings.max_sound_minutes * 60)
        wanted = replace(wanted, label=wanted.label or self._settings.label)
        self._check_request(wanted)
        if avatar:
            self._link_avatar(avatar, wanted, folder)
        for name in filter(None, (wanted.portrait, wanted.background_picture)):
            check_picture(folder / name, self._settings.max_picture_megapixels)
        return wanted

    def _avatar(self, form: Form, by: str) -> Avatar | None:
        """Return the saved avatar that a form names, if it does.  Raises `NotFound`."""
        avatar_id = form.texts.get("avatar", "").strip()
        avatar = self._avatars.get(avatar_id, by) if avatar_id else None
        if avatar_id and avatar is None:
            raise NotFound(f"there is no avatar {avatar_id!r:.80}; GET /v1/avatars lists those there are")
        return avatar

    def _link_avatar(self, avatar: Avatar, wanted: VideoRequest, folder: Path) -> None:
        """Put an avatar's portrait into an upload's folder, and its rig if the video has the same landmarks."""
        home = self._places.avatar(avatar.id)
        _link(home / PORTRAIT, folder / PORTRAIT)
        if wanted.landmarks == avatar.landmarks:
            with contextlib.suppress(OSError):  # then it is measured again
                os.link(home / RIG, folder / KNOWN_RIG)

    def _check_request(self, wanted: VideoRequest) -> None:
        """Refuse a request that this server can never fulfil."""
        spec = check_request(wanted)
        if not is_installed(spec.model, self._settings) and not self._others_have(spec.name):
            missing = f"{spec.title} is not on this server; its operator fetches it with: halfgig pull {spec.model}"
            raise ModelNotFound(missing)
        render_cell(self._plan(), spec.costs_of(wanted), wanted.size)

    def _others_have(self, role: str) -> bool:
        """Return whether another node that lives can make such videos."""
        return bool(self._settings.database_url) and any(role in node.roles for node in self._jobs.nodes())

    def _enter(self, draft: NewJob, folder: Path) -> Accepted:
        """Store a job whose files are complete; they are kept before the job becomes visible."""
        cost_s = plain_seconds(draft.request, folder)
        check_cost(cost_s, self._settings.max_video_minutes)
        draft = draft._replace(cost_s=cost_s)
        home = self._places.job(draft.id)
        with disk_has_room():
            _write_request(draft, folder / REQUEST_FILE)
            home.parent.mkdir(parents=True, exist_ok=True)
            folder.rename(home)
            _flush(home)
            _flush(home.parent)
        is_kept = False
        kept = self._files.job(draft.id)
        try:
            kept.claim()
            kept.save(home, [path.name for path in home.iterdir()])
            accepted = self._jobs.accept(draft, self._most_open, self._settings.max_queued_minutes)
            is_kept = accepted.is_new
            return accepted
        finally:
            if not is_kept:
                shutil.rmtree(home, ignore_errors=True)
                with contextlib.suppress(FileStoreUnavailable):  # what is left there is removed by its age
                    kept.remove()


def _write_request(draft: NewJob, path: Path) -> None:
    """Write what a damaged job store is recovered from."""
    with path.open("x", encoding="utf-8") as file:
        file.write(request_text({**draft._asdict(), "request": draft.request.as_json()}))
        file.flush()
        os.fsync(file.fileno())


def _with_text(wanted: VideoRequest, text: str) -> VideoRequest:
    """Return a copy of a request with another text."""
    speech = replace(wanted.speech, text=text) if wanted.speech else SpeechRequest(text)
    return replace(wanted, speech=speech, audio="", idle=0.0)


def _new_job_id() -> str:
    return f"video_{secrets.token_hex(12)}"


def _flush(folder: Path) -> None:
    """Flush a folder's entries to disk, so that they survive a power failure as the job store's row does."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _gone(name: str) -> str:
    return f"the video's {name} is not there any more; upload it again with POST /v1/videos"


def _link(upload: Path, name: Path) -> None:
    try:
        os.link(upload, name)
    except FileNotFoundError:
        raise NotFound(_gone(upload.name)) from None
    except OSError:  # a file system without hard links
        with disk_has_room():
            shutil.copyfile(upload, name)
