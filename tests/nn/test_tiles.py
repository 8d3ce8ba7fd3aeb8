import gc
import resource
import threading
import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from halfgig.errors import DiskFull
from halfgig.nn.buffers import Blocks, SpillBuffer
from halfgig.nn.tiles import Moments, Span, ThreadPool, padded, padded_rows, spans
from tests.nn.noise import floats
from tests.support.waiting import PATIENCE_S


@given(length=st.integers(1, 10_000), size=st.integers(1, 3000))
def test_spans_cover_a_length_without_gap_or_overlap(length: int, size: int) -> None:
    found = spans(length, size)
    assert [step for span in found for step in range(span.start, span.stop)] == list(range(length))
    assert max(span.stop - span.start for span in found) <= size


@given(length=st.integers(1, 3000), size=st.integers(1, 700), step=st.integers(1, 60))
def test_spans_of_steps_begin_at_multiples_and_are_as_long_as_each_other(length: int, size: int, step: int) -> None:
    found = spans(length, size, step)
    assert [at for span in found for at in range(span.start, span.stop)] == list(range(length))
    assert all(span.start % step == 0 for span in found)
    assert max(span.stop - span.start for span in found) <= max(size, step)
    assert max(span.stop - span.start for span in found) - min(span.stop - span.start for span in found) < 2 * step


@pytest.mark.parametrize("mean", [0.0, 1.0, 1e3])
@pytest.mark.parametrize("steps", [1, 15, 16, 400, 401])
def test_moments_of_rows_are_those_of_columns(steps: int, mean: float) -> None:
    x = (np.random.default_rng(0).standard_normal((steps, 3)) + mean).astype(np.float32)
    found = Moments.of_rows(x, np.empty(x.size, np.float32))
    exact = x.astype(np.float64)
    np.testing.assert_allclose(found.mean, exact.mean(axis=0), rtol=1e-6, atol=1e-6)
    np.testing.assert_allclose(found.squares / steps, exact.var(axis=0), rtol=1e-4, atol=1e-7)


@given(size=st.integers(1, 400), mean=st.sampled_from([0.0, 1.0, 1e3]))
def test_moments_joined_over_tiles_are_those_of_the_whole(size: int, mean: float) -> None:
    x = (np.random.default_rng(0).standard_normal((3, 400)) + mean).astype(np.float32)
    found = Moments.joined(Moments.of(x[:, span.slice]) for span in spans(400, size))
    exact = x.astype(np.float64)
    np.testing.assert_allclose(found.mean, exact.mean(axis=1), rtol=1e-6, atol=1e-6)
    np.testing.assert_allclose(found.squares / found.count, exact.var(axis=1), rtol=1e-4)


def test_a_channel_that_never_changes_has_no_variance() -> None:
    x = np.full((1, 1000), 123.456, np.float32)
    found = Moments.joined(Moments.of(x[:, span.slice]) for span in spans(1000, 77))
    assert found.squares[0] < 1e-6


@pytest.mark.parametrize("threads", [1, 2])
def test_a_team_gives_results_in_the_order_of_the_items(threads: int) -> None:
    pool = ThreadPool(threads)

    def late(wait: float) -> float:
        time.sleep(wait)
        return wait

    assert pool.all(late, [0.03, 0.0, 0.01]) == [0.03, 0.0, 0.01]
    pool.close()


def test_a_team_works_on_two_items_at_once() -> None:
    pool, both = ThreadPool(2), threading.Barrier(2, timeout=PATIENCE_S)
    assert sorted(pool.all(lambda _: both.wait(), range(2))) == [0, 1]
    pool.close()


def test_an_error_in_a_tile_reaches_the_caller() -> None:
    pool = ThreadPool(2)
    with pytest.raises(ZeroDivisionError):
        pool.all(lambda x: 1 // x, [1, 0, 1])
    pool.close()


def test_a_team_holds_few_results_before_they_are_asked_for() -> None:
    begun: list[int] = []
    pool = ThreadPool(2)
    results = pool.each(begun.append, range(100))
    next(results)
    assert len(begun) <= 2 * 2 + 1
    results.close()  # type: ignore[attr-defined]
    pool.close()


def test_a_halo_outside_the_source_is_filled() -> None:
    source = floats([[1, 2, 3]])
    tile, inside, part = padded(source, Span(-2, 5), fill=-1)
    tile[:, inside] = source[:, part]
    assert tile.tolist() == [[-1, -1, 1, 2, 3, -1, -1]]


def test_rows_outside_the_source_are_filled() -> None:
    source, tile = floats([[1], [2], [3]]), np.empty((7, 1), np.float32)
    inside, part = padded_rows(source, -2, tile, fill=-1)
    inside[:] = source[part]
    assert tile[:, 0].tolist() == [-1, -1, 1, 2, 3, -1, -1]


def test_scratch_returns_its_memory_when_nobody_holds_it() -> None:
    scratch = SpillBuffer(1 << 20)
    array = scratch.array(2, 1000)
    row = array[1]
    del array
    assert scratch.used_bytes == 8000
    del row
    assert scratch.used_bytes == 0


def test_scratch_beyond_its_limit_goes_to_a_file_without_a_name(tmp_path: Path) -> None:
    scratch = SpillBuffer(10_000, tmp_path)
    first, second = scratch.array(2, 1000), scratch.array(2, 1000)
    second[:] = 7
    assert scratch.used_bytes == first.nbytes
    assert scratch.spilled_bytes == second.nbytes
    assert (second == 7).all()
    assert not list(tmp_path.iterdir())


def test_a_disk_without_room_is_an_error_that_says_how_much_was_asked_for(tmp_path: Path) -> None:
    allowed, most = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, most))  # a longer file is refused as by a full disk
    try:
        with pytest.raises(DiskFull, match="8 MB more do not fit"):
            SpillBuffer(0, tmp_path).array(1000, 2000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (allowed, most))
    assert not list(tmp_path.iterdir())


def test_arrays_are_counted_whichever_thread_makes_them_and_lets_them_go() -> None:
    scratch, pool = SpillBuffer(1 << 30), ThreadPool(2)
    pool.all(lambda _: scratch.array(100).sum(), range(500))
    pool.close()
    gc.collect()
    assert scratch.used_bytes == 0


@pytest.mark.parametrize("threads", [1, 2])
def test_what_a_team_begins_is_there_when_it_is_asked_for(threads: int) -> None:
    pool = ThreadPool(threads)
    assert pool.begin(lambda: 42)() == 42
    pool.close()


def test_several_spans_are_an_even_number_so_that_two_threads_end_together() -> None:
    assert [len(spans(100, size)) for size in (100, 50, 40, 30)] == [1, 2, 4, 4]


def test_a_block_is_the_same_memory_each_time_it_is_asked_for() -> None:
    blocks = Blocks()
    large = blocks.mine("first", 4, 100)
    assert np.shares_memory(large, blocks.mine("first", 3, 20))
    assert blocks.mine("first", 5, 100).shape == (5, 100)
    assert not np.shares_memory(blocks.mine("first", 1), blocks.mine("second", 1))


def test_threads_share_the_blocks_that_are_shared_and_no_others() -> None:
    blocks, pool = Blocks(), ThreadPool(2)
    mine, shared = blocks.mine("first", 9), blocks.shared("first", 9)
    others_mine, others_shared = pool.begin(lambda: (blocks.mine("first", 9), blocks.shared("first", 9)))()
    pool.close()
    assert np.shares_memory(shared, others_shared)
    assert not np.shares_memory(mine, others_mine)
    assert not np.shares_memory(mine, shared)


def test_a_block_that_was_let_go_is_not_overwritten_where_it_is_still_held() -> None:
    blocks = Blocks()
    held = blocks.mine("first", 9)
    blocks.clear()
    blocks.mine("first", 9)[:] = 7
    assert not held.any()
