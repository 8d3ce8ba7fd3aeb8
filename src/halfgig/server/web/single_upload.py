"""A single file that is uploaded, examined in a cell, and removed again."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from starlette.concurrency import run_in_threadpool

from halfgig.server.errors import BadRequest
from halfgig.server.web.access import client
from halfgig.server.web.form import FormRules
from halfgig.server.web.limits import StreamLimit
from halfgig.server.web.upload import read_form, remove_abandoned, upload_folder

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from starlette.requests import Request

    from halfgig.server.paths import ServerPaths
    from halfgig.server.web.form import FileRule
    from halfgig.server.web.worker_client import WorkerClient


class SingleUpload:
    """Receives the file of a field, and asks the worker about it; `most` at the same time in one web worker."""

    def __init__(self, paths: ServerPaths, worker: WorkerClient, field: str, rule: FileRule, most: int) -> None:
        self._uploads, self._worker = paths.uploads, worker
        self._field, self._rule = field, rule
        self._rules, self._places = FormRules({}, {field: rule}), StreamLimit(most)

    async def ask(
        self, op: str, what: str, request: Request, patience_s: float, check: Callable[[Path], object] = lambda _: None
    ) -> dict[str, Any]:
        """Return the worker's answer to `op`; `check` looks at the file before, in a thread.

        `what` names the file where it is missing: "picture".

        Raises `HalfgigError`, as for a request without a file.
        """
        name, by = f"{op}_{secrets.token_hex(12)}", client(request)
        with self._places.slot(by):
            await run_in_threadpool(remove_abandoned, self._uploads)
            with upload_folder(self._uploads / name) as folder:
                form = await read_form(request, folder, self._rules, patience_s)
                if self._field not in form.digests:
                    raise BadRequest(f"no {what} was sent; send it in the field {self._field}", self._field)
                await run_in_threadpool(check, folder / self._rule.name)
                return await self._worker.call_patiently({"op": op, "upload": name, "client": by})
