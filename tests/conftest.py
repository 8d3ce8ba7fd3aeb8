"""What holds for all tests."""

import gc
import logging
import os
import signal
import sys
from collections.abc import Iterator

import hypothesis
import pytest
from xdist.remote import Producer

from halfgig.log import configure
from tests.support.jobs import STAGES_CELL
from tests.support.measured_faces import keep_faces_in
from tests.support.once import once, remove_all
from tests.support.postgres import postgres
from tests.support.schedule import Scheduling, order
from tests.support.shared import shared

__all__ = [
    "postgres",
    "shared",
]  # a fixture; and imported so that its variable, which is no setting of halfgig's, leaves the environment

# A test worker multiplies on one thread, as cells do: with more workers than cores, more threads wait for each other.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

# Each of the many hundred processes that tests start would otherwise compile halfgig again, for half a second.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

# Signing takes two processes for each file, and no two signatures are equal: the tests of it switch it on.
os.environ.setdefault("C2PA", "off")

# A shell's job in the background ignores Ctrl-C, and all that it starts does; what is tested is what a terminal starts.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# What collection makes stays: looking through it for garbage is a third of its time.
gc.disable()

# No example has a deadline: how long one takes says nothing on a busy machine.  The same examples come in every run.
_CHECKS = hypothesis.HealthCheck
hypothesis.settings.register_profile(
    "halfgig",
    deadline=None,
    derandomize=True,
    suppress_health_check=[_CHECKS.too_slow, _CHECKS.function_scoped_fixture],
)
hypothesis.settings.load_profile("halfgig")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Scheduling:
    """Keep together what shares a server, with several workers, whatever --dist says."""
    return Scheduling(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run the tests of a folder one after the other and long ones first; modules are shuffled before."""
    order(items)


def pytest_collection_finish() -> None:
    """Begin with garbage collection, and exempt what exists by now: about a million objects, which stay."""
    gc.freeze()
    gc.enable()


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Remove what the workers shared, once all have ended."""
    if not hasattr(session.config, "workerinput"):
        remove_all(session.config._tmp_path_factory.getbasetemp())  # type: ignore[attr-defined]


@pytest.fixture(autouse=True, scope="session")
def measured_faces(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Measure the face of a picture once for all workers."""
    keep_faces_in(once(tmp_path_factory, "faces", lambda _: None))


@pytest.fixture(autouse=True, scope="module")
def end_cell() -> Iterator[None]:
    """End the cell in which the tests of a file ran stages."""
    yield
    STAGES_CELL.close()


@pytest.fixture(autouse=True)
def log_on_stderr() -> Iterator[None]:
    """Print the log's lines on stderr, as the server's programs do."""
    configure()
    yield
    logging.getLogger("halfgig").handlers.clear()
