"""Process long tensors in tiles: spans of time, a thread pool, and running statistics."""

from __future__ import annotations

import itertools
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from numpy.typing import NDArray

    from halfgig.nn.buffers import Blocks

    Floats = NDArray[np.float32]
    Doubles = NDArray[np.float64]

CANCELS = 0.05
"""Share of a channel's power below which its variance is measured around the mean: float32 errs by 1e-6 / 0.05."""

ABREAST = 16
"""Partial sums per column; rows this wide are also the fastest for a vector product."""

Item = TypeVar("Item")
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Span:
    """A range of a time axis."""

    start: int
    """The first step."""
    stop: int
    """One past the last step."""

    @property
    def slice(self) -> slice:
        """The span as a slice."""
        return slice(self.start, self.stop)

    def widened(self, before: int, after: int) -> Span:
        """Return the span with a halo on both sides, which may extend beyond the axis."""
        return Span(self.start - before, self.stop + after)


def spans(length: int, size: int, step: int = 1) -> list[Span]:
    """Cut a time axis into about equal spans of at most `size`, multiples of `step` but for the last.

    More than one span means an even number of spans, so that two threads finish together.
    """
    steps = -(-length // step)
    count = -(-steps // max(1, size // step))
    count = min(steps, count + count % 2) if count > 1 else 1
    cuts = [steps * i // count * step for i in range(count)] + [length]
    return [Span(start, stop) for start, stop in itertools.pairwise(cuts)]


class ThreadPool:
    """Run a function over items on several threads, results in the order of the items."""

    def __init__(self, threads: int) -> None:
        self.threads = threads
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="tiles") if threads > 1 else None

    def each(self, work: Callable[[Item], Result], items: Iterable[Item]) -> Iterator[Result]:
        """Yield results as they come, in order; at most about two per thread are in flight."""
        if self._pool is None:
            yield from map(work, items)
            return
        waiting: deque[Future[Result]] = deque()
        try:
            for item in items:
                waiting.append(self._pool.submit(work, item))
                if len(waiting) > 2 * self.threads:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()

    def all(self, work: Callable[[Item], Result], items: Iterable[Item]) -> list[Result]:
        """Process all items and return the results."""
        return [work(item) for item in items] if self._pool is None else list(self._pool.map(work, items))

    def begin(self, work: Callable[[], Result]) -> Callable[[], Result]:
        """Start work in the background and return a function that waits for its result."""
        return work if self._pool is None else self._pool.submit(work).result

    def close(self) -> None:
        """Stop the threads."""
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)


@dataclass(frozen=True, slots=True)
class Moments:
    """Mean and summed squared deviation of each channel."""

    count: int
    """Steps seen."""
    mean: Doubles
    """[channels]"""
    squares: Doubles
    """[channels]; divided by `count` it is the biased variance."""

    @staticmethod
    def of(tile: Floats) -> Moments:
        """Measure a tile [channels, time], around its mean if cancellation would lose precision."""
        mean = tile.mean(axis=1, keepdims=True)
        mean64 = mean[:, 0].astype(np.float64)
        power = np.einsum("ct,ct->c", tile, tile).astype(np.float64)
        squares = power - tile.shape[1] * mean64**2
        if (squares < CANCELS * power).any():
            apart = tile - mean
            squares = np.einsum("ct,ct->c", apart, apart).astype(np.float64)
        return Moments(tile.shape[1], mean64, squares)

    @staticmethod
    def of_rows(tile: Floats, room: Floats) -> Moments:
        """Measure a tile [time, channels], which is contiguous; `room` has as many numbers and is overwritten."""
        mean = column_sums(tile) / len(tile)
        room = room.reshape(-1)[: tile.size].reshape(tile.shape)
        power = column_sums(np.multiply(tile, tile, out=room))
        squares = power - len(tile) * mean**2
        if (squares < CANCELS * power).any():
            np.subtract(tile, mean.astype(np.float32), out=room)
            squares = column_sums(np.multiply(room, room, out=room))
        return Moments(len(tile), mean, squares)

    @staticmethod
    def joined(parts: Iterable[Moments]) -> Moments:
        """Combine the moments of a tensor's tiles exactly (Chan, Golub and LeVeque, 1979)."""
        found = list(parts)
        counts = np.array([part.count for part in found])
        means = np.array([part.mean for part in found])  # [tiles, channels]
        count = int(counts.sum())
        mean = counts @ means / count
        squares = np.sum([part.squares for part in found], axis=0) + counts @ np.square(means - mean)
        return Moments(count, mean, squares)


def column_sums(tile: Floats) -> Doubles:
    """Sum a contiguous tile [time, channels] over time, so that float32 adds few numbers to each other."""
    whole = len(tile) // ABREAST * ABREAST
    abreast = tile[:whole].reshape(-1, ABREAST * tile.shape[1])
    sums = np.ones(len(abreast), np.float32) @ abreast
    result: Doubles = sums.reshape(ABREAST, -1).sum(axis=0, dtype=np.float64)
    result += tile[whole:].sum(axis=0, dtype=np.float64)
    return result


def padded(source: Floats, span: Span, fill: float = 0.0, blocks: Blocks | None = None) -> tuple[Floats, slice, slice]:
    """Make an empty tile for a span, in this thread's first block where there are blocks, filled outside the source.

    Gives the tile [channels, span], where in it the source's part belongs, and that part of the source.
    """
    channels, length = source.shape
    start, stop = max(span.start, 0), min(span.stop, length)
    shape = channels, span.stop - span.start
    tile = np.empty(shape, np.float32) if blocks is None else blocks.mine("first", *shape)
    inside = slice(start - span.start, stop - span.start)
    tile[:, : inside.start] = fill
    tile[:, inside.stop :] = fill
    return tile, inside, slice(start, stop)


def padded_rows(source: Floats, start: int, tile: Floats, fill: float = 0.0) -> tuple[Floats, slice]:
    """Fill a tile [rows, channels], that begins at a step of the source [time, channels], outside the source.

    Gives the tile's part within, and which steps of the source belong there.
    """
    first, last = max(start, 0), min(start + len(tile), len(source))
    tile[: first - start] = fill
    tile[last - start :] = fill
    return tile[first - start : last - start], slice(first, last)
