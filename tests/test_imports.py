"""Importing does nothing and costs nothing: the caller's process stays as small as it was."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.command import plain_environment
from tests.support.source import modules

if TYPE_CHECKING:
    from pathlib import Path

HEAVY = ("numpy", "av", "cv2", "PIL", "onnxruntime", "num2words", "espeakng_loader")


def told_by(code: str) -> Any:
    """Run code in a fresh process; give what it prints, read as JSON."""
    done = subprocess.run(
        [sys.executable, "-c", code], env=plain_environment(), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def loaded_by(name: str) -> set[str]:
    """Return what is in memory after an import in a fresh process."""
    return set(told_by(f"import json, sys, {name}; print(json.dumps(list(sys.modules)))"))


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_a_bare_import_stays_under_15_mb_resident() -> None:
    status = "next(line for line in open('/proc/self/status') if line.startswith('VmRSS'))"
    resident_kb = told_by(f"import halfgig; print({status}.split()[1])")
    assert resident_kb < 15 * 1024


@pytest.mark.parametrize("name", ["halfgig", "halfgig.cli.main", "halfgig.api", "halfgig.cells.cell"])
def test_what_runs_beside_the_cell_loads_nothing_heavy(name: str) -> None:
    assert loaded_by(name).isdisjoint({*HEAVY, "_hashlib"})


@pytest.mark.parametrize("name", ["halfgig.cli.main", "halfgig.server.web.app"])
def test_what_only_checks_a_text_loads_no_rules_for_speaking_it(name: str) -> None:
    assert "halfgig.text.normalization" not in loaded_by(name)


def test_a_speech_is_made_without_what_only_videos_need() -> None:
    videos = {"halfgig.animators.registry", "halfgig.avatars.saved", "halfgig.pipeline.local_video"}
    assert loaded_by("halfgig.api, halfgig.cli.making").isdisjoint({*videos, "logging"})


def test_a_server_starts_without_what_only_other_commands_need() -> None:
    needed = {"halfgig.api", "halfgig.cells.cell", "halfgig.text.lexicon", "halfgig.server.supervisor.main_loop"}
    assert loaded_by("halfgig.cli.main").isdisjoint(needed)


def test_the_supervisor_never_loads_the_engines_and_animators_whose_plan_it_is_given() -> None:
    loaded = loaded_by("halfgig.server.supervisor.__main__, halfgig.server.supervisor.main_loop")
    assert loaded.isdisjoint({"halfgig.tts.registry", "halfgig.animators.registry", "halfgig.requests"})


def test_a_cell_that_speaks_english_by_espeak_loads_nothing_that_it_does_not_need(tmp_path: Path) -> None:
    code = f"""
import json, sys
from pathlib import Path
from halfgig.pipeline.speech import say
from halfgig.requests import SpeechRequest
from halfgig.settings import Limits
from halfgig.tts.espeak.spec import SPEC
from halfgig.tts.readers import SpeechJob
from halfgig.tts.registry import ResolvedVoice
job = SpeechJob(SpeechRequest("It cost $3."), ResolvedVoice(SPEC, "en-us"), Limits())
for _ in say(job, Path({str(tmp_path / "a.wav")!r}), "wav"):
    pass
print(json.dumps(list(sys.modules)))
"""
    assert set(told_by(code)).isdisjoint({"_hashlib", "halfgig.capacity.plan", "halfgig.text.foreign"})


def test_a_bare_import_loads_no_other_part_of_halfgig() -> None:
    assert {name for name in loaded_by("halfgig") if name.startswith("halfgig")} == {"halfgig"}


def test_a_cell_starts_without_anything_heavy() -> None:
    assert loaded_by("halfgig.cells.main").isdisjoint(HEAVY)


def test_what_a_speaking_cell_is_sent_loads_no_means_to_start_processes_or_to_connect() -> None:
    code = "import json, sys, halfgig.tts.readers, halfgig.tts.registry, halfgig.pipeline.speech"
    loaded = set(told_by(f"{code}; print(json.dumps(list(sys.modules)))"))
    assert loaded.isdisjoint({"subprocess", "socket", "selectors", "halfgig.models.install"})


def test_everything_offered_can_be_had() -> None:
    found = told_by("import json, halfgig; print(json.dumps([bool(getattr(halfgig, n)) for n in halfgig.__all__]))")
    assert all(found)


WATCHED = """
import importlib, json, os, sys, threading
# Modules of the cell and of the web process need these at their top; what they do themselves is not ours.
import fastapi, gunicorn.app.base, numpy, prometheus_client, pydantic, python_multipart, uvicorn, uvicorn_worker
done = []
def watch(event, args):
    if event == "open" and not str(args[0]).endswith((".py", ".pyc", ".so")):
        done.append(f"open {args[0]}")
    if event.startswith(("subprocess", "socket", "os.putenv", "os.mkdir", "os.remove", "os.rename", "_thread.start")):
        done.append(event)
    if event.startswith("signal"):
        done.append(event)
sys.dont_write_bytecode = True  # the first import of all would write its compiled file
sys.addaudithook(watch)
before = dict(os.environ)
for name in NAMES:
    importlib.import_module(name)
if os.environ != before:
    done.append("environment")
if threading.active_count() > 1:
    done.append("thread")
print(json.dumps([done, [name for name in HEAVY if name in sys.modules]]))
"""


def test_importing_any_module_does_no_work_and_takes_nothing_heavy_but_numpy() -> None:
    names = [module.name for module in modules() if module.name != "halfgig.__main__"]
    done, heavy = told_by(f"NAMES = {names!r}; HEAVY = {HEAVY!r}\n{WATCHED}")
    assert done == []
    assert heavy == ["numpy"]
