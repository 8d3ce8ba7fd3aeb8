from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from halfgig.server.supervisor.commands import environment
from halfgig.settings import Settings, read_settings

WORDS = st.lists(st.text("abc-_09", min_size=1, max_size=5), max_size=3).map(tuple)
AMOUNT = st.floats(0.001, 1e9)

SETTINGS = st.builds(
    Settings,
    memory_limit=st.none() | st.integers(1, 2**40),
    max_text_mb=AMOUNT,
    drain_seconds=st.just(0.0) | AMOUNT,
    data_dir=st.sampled_from([Path("/data"), Path("/with blank/ä")]),
    run_dir=st.none() | st.just(Path("/tmp/run")),
    bind=st.sampled_from(["0.0.0.0", "::1"]),
    port=st.integers(1, 65535),
    workers=st.integers(1, 64),
    preload=st.booleans(),
    warm=WORDS,
    api_keys=WORDS,
)


@given(SETTINGS)
def test_children_read_the_settings_the_supervisor_was_given(settings: Settings) -> None:
    assert read_settings(environment(settings, {})) == settings


@given(SETTINGS, SETTINGS)
def test_an_option_counts_more_than_the_environment(given_first: Settings, settings: Settings) -> None:
    plain = {name.removeprefix("HALFGIG_"): text for name, text in environment(given_first, {}).items()}
    assert read_settings(environment(settings, plain)) == settings


def test_what_the_environment_says_already_is_left_alone() -> None:
    environ = {"PORT": "9000", "PATH": "/bin", "MALLOC_ARENA_MAX": "8"}
    assert environment(read_settings(environ), environ) == environ


def test_children_keep_one_heap_for_all_their_threads() -> None:
    assert environment(read_settings({}), {})["MALLOC_ARENA_MAX"] == "1"
