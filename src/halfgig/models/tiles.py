"""Work through long tensors in tiles: spans of time, a team of threads, and statistics gathered on the way."""

from __future__ import annotations

from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from numpy.typing import NDArray

    from halfgig.models.scratch import Blocks

    Floats = NDArray[np.float32]
    Doubles = NDArray[np.float64]

CANCELS = 0.05
"""Share of a channel's power below which its variance is measured apart: float32 leaves it 1e-6 / 0.05 of error."""

Item = TypeVar("Item")
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Span:
    """Bound a stretch of a time axis."""

    start: int
    """The first step."""
    stop: int
    """One past the last step."""

    @property
    def slice(self) -> slice:
        """Give it for indexing."""
        return slice(self.start, self.stop)

    def widened(self, before: int, after: int) -> Span:
        """Give it with a halo on both sides, which may reach outside the axis."""
        return Span(self.start - before, self.stop + after)


def spans(length: int, size: int) -> list[Span]:
    """Cut a time axis into about equal spans of at most `size` steps.

    Where there are several they are an even number of even lengths, but for the last: two threads end together, and
    filters run by pairs of steps.
    """
    count = max(1, -(-length // size))
    step = -(-length // (count + count % 2)) if count > 1 else length
    step = min(step + step % 2, size)
    return [Span(start, min(start + step, length)) for start in range(0, length, step)]


class Team:
    """Run a function over items on several threads, results in the order of the items."""

    def __init__(self, threads: int) -> None:
        self.threads = threads
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="tiles") if threads > 1 else None

    def each(self, work: Callable[[Item], Result], items: Iterable[Item]) -> Iterator[Result]:
        """Yield results as they come, in order; only twice as many as there are threads are under way."""
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
        """Run over all items and give the results."""
        return list(self.each(work, items))

    def begin(self, work: Callable[[], Result]) -> Callable[[], Result]:
        """Start something that is needed later; the call that is given back waits for it."""
        return work if self._pool is None else self._pool.submit(work).result

    def close(self) -> None:
        """End the threads."""
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)


@dataclass(frozen=True, slots=True)
class Moments:
    """Hold each channel's mean and summed squared distance from it, over the steps seen so far."""

    count: int
    """Steps seen."""
    mean: Doubles
    """[channels]"""
    squares: Doubles
    """[channels]; divided by `count` it is the biased variance."""

    @staticmethod
    def of(tile: Floats) -> Moments:
        """Measure a tile [channels, time], around its own mean where anything would cancel otherwise."""
        mean = tile.mean(axis=1, keepdims=True)
        mean64 = mean[:, 0].astype(np.float64)
        power = np.einsum("ct,ct->c", tile, tile).astype(np.float64)
        squares = power - tile.shape[1] * mean64**2
        if (squares < CANCELS * power).any():
            apart = tile - mean
            squares = np.einsum("ct,ct->c", apart, apart).astype(np.float64)
        return Moments(tile.shape[1], mean64, squares)

    @staticmethod
    def joined(parts: Iterable[Moments]) -> Moments:
        """Join the tiles of one tensor, exactly (Chan, Golub and LeVeque, 1979)."""
        found = list(parts)
        counts = np.array([part.count for part in found])
        means = np.array([part.mean for part in found])  # [tiles, channels]
        count = int(counts.sum())
        mean = counts @ means / count
        squares = np.sum([part.squares for part in found], axis=0) + counts @ np.square(means - mean)
        return Moments(count, mean, squares)


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
