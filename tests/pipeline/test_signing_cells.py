"""The cells that sign: how many there are, which of them gets the key, and what they load."""

from __future__ import annotations

import _ctypes
import contextlib
import errno
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

import pytest

from halfgig.animators.base import PRESENTER
from halfgig.cells.cell import Cell
from halfgig.origin.certificate import KEY
from halfgig.origin.manifest_check import KNOWN
from halfgig.origin.signing import Credentials
from halfgig.pipeline import runner
from halfgig.pipeline.manifest_cell import embed
from halfgig.pipeline.product_signer import Product
from halfgig.pipeline.runner import LocalRunner, Task
from halfgig.pipeline.signing import MAKER_SPARE_MB, SigningCells, sign
from halfgig.settings import CHAIN, SIGNING, Settings
from halfgig.tts.espeak.spec import SPEC
from tests.pipeline.signed_files import MAKING, found, installation, signed, sound
from tests.support.serving import free_port

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

    from halfgig.origin.manifest import Making
    from halfgig.pipeline.reports import StageResult


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Return the settings of an installation that has its key."""
    return installation(tmp_path_factory.mktemp("data"))


class WatchedCell(Cell):
    """A cell that notes what it is asked to do."""

    asked: ClassVar[list[tuple[Cell, str, str]]] = []
    """Each job's cell, target and arguments."""

    def _run(self, kind: str, target: str, args: tuple[object, ...]) -> Generator[object]:
        self.asked.append((self, target.rpartition(".")[2], repr(args)))
        return super()._run(kind, target, args)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Cell, str, str]]:
    """Watch the cells that make a file and sign it; return what they are asked."""
    monkeypatch.setattr("halfgig.pipeline.signing.Cell", WatchedCell)
    monkeypatch.setattr("halfgig.pipeline.runner.Cell", WatchedCell)
    monkeypatch.setattr(WatchedCell, "asked", [])
    return WatchedCell.asked


def jobs_of(asked: list[tuple[Cell, str, str]]) -> list[list[str]]:
    """Return what each cell was asked, in the order of their first jobs."""
    jobs = dict[int, list[str]]()
    for cell, target, _ in asked:
        jobs.setdefault(id(cell), []).append(target)
    return list(jobs.values())


def test_a_speech_is_signed_by_the_cell_that_made_it_which_ends_with_that(
    tmp_path: Path, settings: Settings, asked: list[tuple[Cell, str, str]]
) -> None:
    path = sound(tmp_path / "a.wav")
    assert signed(path, settings) == ""
    assert found(path, settings).trust == KNOWN
    assert jobs_of(asked) == [["signing_job:made", "manifest_cell:embed"]]
    assert asked[0][0].pid is None


def test_a_cell_that_is_kept_for_other_texts_does_not_get_the_key(
    tmp_path: Path, settings: Settings, asked: list[tuple[Cell, str, str]]
) -> None:
    path = sound(tmp_path / "a.wav")
    task = Task("making", (SPEC.cost,), "tests.pipeline.signing_job:made", (), is_kept=True)
    try:
        LocalRunner(settings, None).do(task, None, Product(path, "wav", lambda _: MAKING, has_ingredients=False))
    finally:
        runner.close()
    assert found(path, settings).trust == KNOWN
    assert jobs_of(asked) == [["manifest_cell:load", "manifest_cell:embed"]]


def test_a_file_for_which_its_maker_has_no_room_is_signed_by_another_cell(
    tmp_path: Path, settings: Settings, asked: list[tuple[Cell, str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("halfgig.pipeline.signing.MAKER_SPARE_MB", -1)
    path = sound(tmp_path / "a.wav")
    assert signed(path, settings) == ""
    assert found(path, settings).trust == KNOWN
    assert jobs_of(asked) == [["signing_job:made"], ["manifest_cell:load", "manifest_cell:embed"]]


def test_a_file_whose_maker_fails_to_sign_it_is_signed_by_another_cell(
    tmp_path: Path, settings: Settings, asked: list[tuple[Cell, str, str]]
) -> None:
    path = sound(tmp_path / "a.wav")
    task = Task("making", (SPEC.cost,), "tests.pipeline.signing_job:made_without_c2pa", ())
    LocalRunner(settings, None).do(task, None, Product(path, "wav", lambda _: MAKING, has_ingredients=False))
    assert found(path, settings).trust == KNOWN
    makers, *others = jobs_of(asked)
    assert makers == ["signing_job:made_without_c2pa", "manifest_cell:embed"]
    assert others == [["manifest_cell:load", "manifest_cell:embed"]]


def test_what_a_service_of_time_stamps_answers_is_read_by_a_cell_without_the_key(
    tmp_path: Path, settings: Settings, asked: list[tuple[Cell, str, str]]
) -> None:
    path = sound(tmp_path / "a.wav")
    signed(path, replace(settings, timestamp_url=f"http://127.0.0.1:{free_port()}"))
    assert found(path, settings).trust == KNOWN
    key = (settings.data_dir / SIGNING / KEY).read_text().splitlines()[1]
    assert {target.partition(":")[0] for _, target, given in asked if key in given} == {"certificate"}


@pytest.mark.parametrize("room_mb", [MAKER_SPARE_MB, -1], ids=["its maker writes", "another writes"])
@pytest.mark.parametrize("whose", ["own", "made at first use", "the operator's"])
def test_the_key_never_reaches_a_cell_that_reads_what_others_sent(
    whose: str,
    room_mb: int,
    tmp_path: Path,
    settings: Settings,
    asked: list[tuple[Cell, str, str]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("halfgig.pipeline.signing.MAKER_SPARE_MB", room_mb)
    path, folder = sound(tmp_path / "a.mp4"), settings.data_dir / SIGNING
    ours = settings
    if whose == "made at first use":
        ours = replace(settings, data_dir=tmp_path / "new")
        folder = ours.data_dir / SIGNING
    elif whose == "the operator's":
        ours = replace(settings, signing_cert=(folder / CHAIN).read_text(), signing_key=(folder / KEY).read_text())
    assert signed(path, ours, MAKING._replace(ingredients=(("portrait", PRESENTER),))) == ""
    assert found(path, ours).trust == KNOWN
    key = (folder / KEY).read_text().splitlines()[1]
    cells = sorted(sorted({each.partition(":")[0] for each in jobs}) for jobs in jobs_of(asked))
    writers = [["manifest_cell", "signing_job"]] if room_mb > 0 else [["manifest_cell"], ["signing_job"]]
    assert cells == [["certificate"], *writers]
    assert {target.partition(":")[0] for _, target, given in asked if key in given} == {"certificate"}


def test_the_cell_that_writes_manifests_refuses_a_key_beside_an_ingredient(tmp_path: Path) -> None:
    making = MAKING._replace(ingredients=(("portrait", PRESENTER),))
    with pytest.raises(ValueError, match="must not get the key"):
        next(embed(sound(tmp_path / "a.wav"), making, Credentials("", "es256"), "a key"))


def test_a_fault_while_the_making_cell_ends_is_not_lost(tmp_path: Path, settings: Settings) -> None:
    def making(_made: StageResult) -> Making:
        raise LookupError("no such maker")

    task = Task("making", (SPEC.cost,), "tests.pipeline.signing_job:made", ())
    with pytest.raises(LookupError, match="no such maker"):
        LocalRunner(settings, None).do(task, None, Product(sound(tmp_path / "a.wav"), "wav", making))


def test_what_a_second_attempt_makes_is_signed(tmp_path: Path, settings: Settings) -> None:
    path, first = sound(tmp_path / "a.wav"), tmp_path / "first"
    task = Task("making", (SPEC.cost,), "tests.pipeline.signing_job:made_in_a_second_attempt", (first,))
    command = LocalRunner(replace(settings, memory_limit=512 << 20), None)
    command.do(task, None, Product(path, "wav", lambda _: MAKING, has_ingredients=False))
    assert first.exists()
    assert [notice for notice in command.notices if "signed" in notice] == []
    assert found(path, settings).trust == KNOWN


def test_a_file_is_kept_where_no_process_can_be_started_to_sign_it(
    tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object, **__: object) -> None:
        raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN))

    path = sound(tmp_path / "a.mp3")
    before = path.read_bytes()
    monkeypatch.setattr("halfgig.cells.process.subprocess.Popen", refused)
    with SigningCells(settings, ingredients=False) as cells:
        cells.start()
        said = sign(path, "mp3", MAKING, cells, lambda _mb: contextlib.nullcontext())
    assert "could not start (Resource temporarily unavailable)" in said
    assert path.read_bytes() == before


def test_a_library_in_the_current_folder_is_not_loaded_in_place_of_c2pas(tmp_path: Path) -> None:
    name = "libc2pa_c.dylib" if sys.platform == "darwin" else "libc2pa_c.so"
    shutil.copy(_ctypes.__file__, tmp_path / name)
    code = "import os; from halfgig.origin.signing import import_c2pa; import_c2pa(); print(os.getcwd())"
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.strip()) == (0, str(tmp_path)), done.stderr
