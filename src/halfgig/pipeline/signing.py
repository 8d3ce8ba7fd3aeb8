"""Signing a finished file by a cell, which puts the manifest in: the one that made the file, or one of its own.

If it reads what others sent, the ingredients, it never sees the key, which a small cell of its own has then: that does
nothing but sign the few bytes that the first one asks about, by way of the process that started both. With
SIGNING_COMMAND that program signs them instead. A speech has no ingredients, and is signed by one cell alone.
"""

from __future__ import annotations

import contextlib
import shlex
import subprocess
import threading
from typing import TYPE_CHECKING

from halfgig import __version__
from halfgig.cells.cell import Cell
from halfgig.cells.process import Peak
from halfgig.errors import (
    BadSetting,
    CellDied,
    CellFailed,
    HalfgigError,
    MemoryExceeded,
    OutputUnwritable,
    SigningFailed,
)
from halfgig.origin.certificate import KEY, OWN_ALGORITHM
from halfgig.origin.manifest import MEDIA_TYPES, Making
from halfgig.origin.signing import LARGEST_READ_MB, Credentials, part_of
from halfgig.requests import options_of
from halfgig.settings import CHAIN, SIGNING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

    from halfgig.animators.base import RenderJob
    from halfgig.pipeline.reports import StageResult
    from halfgig.settings import Settings

STAGE = "signing"

COMMAND_S = 60.0
"""Seconds that SIGNING_COMMAND may take for a signature."""

MANIFEST_MB, KEY_MB = 22, 12
"""Private memory of the cell that writes the manifest, without what is held of the file, and of the one with the key.

Measured: 17 and 9 MB.
"""

KEY_BUDGET_MB, MANIFEST_BUDGET_MB = 48, 96
"""Budgets of the cells with the key, which reserves 10 MB, and without it, which reserves 18."""

_SPARE_MB = 48
"""What the budget of the second leaves for the file."""

LOAD_KEYS = "halfgig.origin.certificate:load"

MAKER_SPARE_MB = 8
"""What c2pa may hold of a file in the cell that made it, which then peaks 4 MB higher at most: half is given back."""

_TIMES_THE_FILE = 2.2
"""What c2pa holds of a sound file, or of an ingredient that has a manifest: 1.9 times its size for 192 MB of WAV."""

_PATIENCE_S, _PATIENCE_S_PER_MB = 120.0, 1.0
"""Seconds after which a cell that signs is ended: an ingredient may be made to keep it busy for ever."""

_TITLES = {"portrait": "portrait", "audio": "recording", "background_picture": "background"}


def is_signed(ending: str, settings: Settings) -> bool:
    """Return whether files with an ending, such as "mp3" or "mp4", are signed."""
    return settings.c2pa and ending in MEDIA_TYPES


def speech_making(maker: str, source_type: str) -> Making:
    """Return how a speech was made; `maker` is for example "espeak 1.52.0, voice en-us"."""
    return Making("Synthetic speech", ("halfgig", __version__), {"voice": maker}, source_type)


def video_making(job: RenderJob, made: StageResult) -> Making:
    """Return how a video was made, with its ingredients; names of files may tell of a person, and are left out."""
    from halfgig.animators.registry import animator

    request = job.request
    given = {title: job.path(name) for field, title in _TITLES.items() if (name := getattr(request, field))}
    files = [each.name for each in options_of(animator(request.animator).options_type) if each.is_file]
    given |= {name: job.path(str(request.options[name])) for name in files if request.options.get(name)}
    voice = {"voice": made.maker} if request.speech else {}
    tools = {"animator": job.spec.name} | ({"model": job.spec.model} if job.spec.model else {}) | voice
    ingredients = tuple({"portrait": job.portrait, **given}.items())
    return Making("Synthetic talking head", ("halfgig", __version__), tools, made.source_type, ingredients)


class SigningCells:
    """The cells that sign a file; leaving the `with` block ends them.

    They may start while the file is still being made. Those for a file that has `ingredients` are two: one reads them
    and writes the manifest, the other one has the key. Where the cell that made the file writes the manifest, the first
    one starts only if that fails.
    """

    def __init__(self, settings: Settings, *, ingredients: bool) -> None:
        self._signer = _Signer(settings)
        # What a service of time stamps answers is as strange as an ingredient.
        self._is_alone = not ingredients and not settings.timestamp_url and self._signer.has_own_key
        self._writer = Cell(STAGE, MANIFEST_BUDGET_MB, 1, answer=self._signer.signature)
        self._starting: list[threading.Thread] = []
        self._over = threading.Event()  # set when they need not load anything more
        self.mb = MANIFEST_MB if self._is_alone else MANIFEST_MB + KEY_MB
        """Private memory that they take, without what is held of the file."""
        self.peak = Peak()
        """Peak memory of all of them together."""
        self.remark = ""
        """What the user should know of a file that was signed: it has no time stamp."""

    def __enter__(self) -> SigningCells:
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    def start(self, *, has_writer: bool = False) -> None:
        """Start the cells while the file is still being made, without waiting for them.

        One after the other: together they would take a processor from what makes it. With `has_writer` another cell
        will write the manifest, and only the one with the key starts, if that is not the same.
        """
        needed = self._needed[1:] if has_writer else self._needed
        if needed and not self._starting:
            self._in_thread(needed)

    def end(self) -> None:
        """End the cells, also while they start; `sign` starts others. Not while it runs."""
        cells = (self._writer, self._signer.cell)
        self._over.set()
        for cell in cells:  # they have nothing to put in order, and to wait for their own ends would take longer
            cell.stop()
        for thread in self._starting:
            while thread.is_alive():
                for cell in cells:  # again, since a child may only just be starting
                    cell.stop()
                thread.join(0.01)
        for cell in cells:
            cell.close(kill=True)
        self._starting, self._over = [], threading.Event()

    @property
    def _needed(self) -> list[tuple[Cell, str]]:
        """The cells, each with the job by which it loads what it needs."""
        keys = [] if self._is_alone else [(self._signer.cell, LOAD_KEYS)]
        return [(self._writer, "halfgig.pipeline.manifest_cell:load"), *keys]

    def _in_thread(self, jobs: list[tuple[Cell, str]]) -> None:
        self._starting.append(threading.Thread(target=_load, args=(jobs, self._over)))
        self._starting[-1].start()

    def sign(self, path: Path, making: Making, extra_mb: int) -> None:
        """Sign a file.  Raises `SigningFailed`, `BadSetting`, `OutputUnwritable` and what cells raise."""
        if not self._starting:
            for each in self._needed:
                self._in_thread([each])
        self._wait()
        if extra_mb > _SPARE_MB:
            self._writer.close()
            self._writer = Cell(STAGE, MANIFEST_BUDGET_MB + extra_mb, 1, answer=self._signer.signature)
        self._sign_by(self._writer, path, making)

    def sign_by(self, maker: Cell, path: Path, making: Making) -> None:
        """Sign a file by the cell that made it; raises as `sign`.

        It is the cell's last job, since it may get the key, and must not read what anybody sent after that.
        """
        self._wait()
        maker.answer = self._signer.signature
        self._sign_by(maker, path, making)

    def _sign_by(self, writer: Cell, path: Path, making: Making) -> None:
        who = self._signer.credentials()
        try:
            self._embed(writer, path, making, who)
        except SigningFailed as error:
            if not who.timestamp_url:
                raise
            self._embed(writer, path, making, who._replace(timestamp_url=""))
            self.remark = f"the file is signed without a time stamp of TIMESTAMP_URL: {error}"

    def _embed(self, writer: Cell, path: Path, making: Making, who: Credentials) -> None:
        key = self._signer.key() if self._is_alone and not making.ingredients else ""
        try:
            with _patience(writer, path, making):
                for _ in writer.run_last("halfgig.pipeline.manifest_cell:embed", path, making, who, key):
                    pass
        finally:
            part_of(path).unlink(missing_ok=True)  # of a cell that was ended
            ours, keys = self._writer.peak, self._signer.cell.peak
            both = (ours.resident_mb + keys.resident_mb, ours.private_mb + keys.private_mb, ours.data_mb + keys.data_mb)
            self.peak |= Peak(*both)

    def _wait(self) -> None:
        for thread in self._starting:
            thread.join()


def _load(jobs: list[tuple[Cell, str]], over: threading.Event) -> None:
    """Run a job in each cell; where that fails, the one that follows starts another, and says why that fails too."""
    for cell, target in jobs:
        if over.is_set():
            return
        with contextlib.suppress(HalfgigError, OSError):
            for _ in cell.run(target):
                pass


def sign(
    path: Path, ending: str, making: Making, cells: SigningCells, room: Callable[[int], AbstractContextManager[object]]
) -> str:
    """Sign a finished file with an ending such as "mp3"; return why it is not signed, in words, where that failed.

    Such a file is kept as it is.  `room` reserves memory in MB for the block, or raises `MemoryExceeded` where there is
    never that much.
    """
    extra_mb = _held_mb(path, ending, making)
    try:
        with room(cells.mb + extra_mb):
            try:
                cells.sign(path, making, extra_mb)
            except CellDied:  # ended by the system, whose memory was short: once more
                cells.sign(path, making, extra_mb)
    except (SigningFailed, MemoryExceeded, CellDied, CellFailed, BadSetting, OutputUnwritable) as error:
        return f"the file is not signed: {error}"
    except OSError as error:  # no process can be started
        return f"the file is not signed: its cell could not start ({error.strerror or error})"
    return ""


def sign_by_maker(path: Path, ending: str, making: Making, cells: SigningCells, maker: Cell) -> str | None:
    """Sign a finished file by the cell that made it, as its last job; return as `sign`, or None if it cannot."""
    if _held_mb(path, ending, making) > MAKER_SPARE_MB:
        return None
    try:
        cells.sign_by(maker, path, making)
    except (SigningFailed, BadSetting, OutputUnwritable) as error:
        return f"the file is not signed: {error}"
    except (MemoryExceeded, CellDied, CellFailed, OSError):  # another cell signs it, or says why it cannot
        return None
    return ""


def _held_mb(path: Path, ending: str, making: Making) -> int:
    """Return the MB of a file and its ingredients that c2pa holds at the same time."""
    sizes = [each.stat().st_size / 2**20 for _, each in making.ingredients]
    held = [size for size in sizes if size <= LARGEST_READ_MB]
    held += [] if ending in ("mp4", "m4a") else [path.stat().st_size / 2**20]
    return round(_TIMES_THE_FILE * max(held, default=0))


@contextlib.contextmanager
def _patience(cell: Cell, path: Path, making: Making) -> Iterator[None]:
    """End a cell that takes too long."""
    size_mb = sum(each.stat().st_size for each in (path, *(file for _, file in making.ingredients))) / 2**20
    timer = threading.Timer(_PATIENCE_S + _PATIENCE_S_PER_MB * size_mb, cell.stop)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


class _Signer:
    """Who signs, by a key in a cell of its own, or by the operator's command."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._folder = settings.data_dir / SIGNING
        self.cell = Cell(STAGE, KEY_BUDGET_MB, 1)
        """The cell that gets the key."""
        self._algorithm = ""

    @property
    def has_own_key(self) -> bool:
        """Whether the installation's own key signs, and is there."""
        given = (self._settings.signing_cert, self._settings.signing_key, self._settings.signing_command)
        return not any(given) and (self._folder / CHAIN).exists()

    def key(self) -> str:
        """Return the installation's own key. Raises `SigningFailed`."""
        return _read(self._folder / KEY)

    def credentials(self) -> Credentials:
        """Return who signs; makes the installation's own key at first use.

        Raises `BadSetting` for settings that do not belong together, and `OutputUnwritable` if no key can be kept.
        """
        given = self._settings
        if given.signing_cert and (given.signing_key or given.signing_command):
            key = "" if given.signing_command else given.signing_key
            self._algorithm = str(self._do("algorithm_of", given.signing_cert, key))
            return Credentials(given.signing_cert, self._algorithm, given.timestamp_url)
        if given.signing_cert or given.signing_key or given.signing_command:
            raise BadSetting("SIGNING_CERT needs SIGNING_KEY or SIGNING_COMMAND beside it, and each of them needs it")
        if not (self._folder / CHAIN).exists():
            self._do("make_own", self._folder)
        self._algorithm = OWN_ALGORITHM
        return Credentials(_read(self._folder / CHAIN), OWN_ALGORITHM, given.timestamp_url)

    def signature(self, data: bytes) -> bytes:
        """Return the signature of some bytes.  Raises `BadSetting` and `SigningFailed`."""
        if self._settings.signing_command:
            made = self._do("joined", _signed_by(self._settings.signing_command, data), self._algorithm)
        else:
            made = self._do("signature", self._settings.signing_key or self.key(), data)
        assert isinstance(made, bytes)
        return made

    def _do(self, function: str, *args: object) -> object:
        (made,) = self.cell.run(f"halfgig.origin.certificate:{function}", *args)
        return made


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii")
    except (OSError, ValueError) as error:
        raise SigningFailed(f"{path.name} of this installation cannot be read ({error}); remove its folder") from error


def _signed_by(command: str, data: bytes) -> bytes:
    """Return what the operator's command makes of some bytes.  Raises `SigningFailed` with its last words."""
    try:
        done = subprocess.run(shlex.split(command), input=data, capture_output=True, timeout=COMMAND_S, check=False)  # noqa: S603 - the operator's own
    except (OSError, ValueError, subprocess.TimeoutExpired) as error:
        raise SigningFailed(f"SIGNING_COMMAND failed: {error}") from error
    if done.returncode or not done.stdout:
        said = done.stderr.decode(errors="replace").strip()[-200:]
        raise SigningFailed(f"SIGNING_COMMAND ended with {done.returncode} and {len(done.stdout)} bytes: {said}")
    return done.stdout
