"""Count how often the marks are found where there are none, in sound and in pictures.

python benchmarks/false_alarms.py sound|pictures [--windows N] [--first N] [--whole N] [--work DIR] [FILE ...]
    FILEs are more to draw from: unmarked speeches and recordings, or pictures and unmarked films

A window is 12 s, as a verification examines them, and each is another one. It is searched as it is and in some other
ways of those in which a verification does, chosen by chance; windows of --whole N are verified as whole files are.
With --work each window is kept in DIR, so that work goes on where it ended; several processes share it by --first.

The bound of the detectors holds for any content, but over all keys; the figures here are of the real key. From the
windows with most evidence an exponential tail is fitted and continued to where a file would be called marked; and
windows are counted, to be compared with the number that the bound allows.
"""

from __future__ import annotations

import argparse
import functools
import itertools
import math
import os
import random
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

os.environ |= {"OPENBLAS_NUM_THREADS": "1", "SOUND_MARK": "off", "PICTURE_MARK": "off", "C2PA": "off"}

from kept_results import KeptResults
from report import table
from unmarked_films import Films
from unmarked_sounds import Sounds

from halfgig.origin import picture_detect, sound_detect
from halfgig.origin.picture_pattern import CHIP_S

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

WAYS = 6
"""Ways in which a window is searched."""

TAIL = 0.02
"""Share of the windows that the tail is fitted to."""


class Window(NamedTuple):
    """What was found in a window without a mark."""

    number: int
    kind: str
    """What it is."""
    excess: float
    """Most evidence in nats, less what its own number of places explains."""
    places: int
    """Guesses that were tried."""


def sound_window(sounds: Sounds, number: int) -> Window:
    """Search one sound."""
    kind, samples = sounds.sound(number)
    speeds = [1.0, *random.Random(number).sample(sound_detect.SPEEDS, WAYS - 1)]
    return _window(number, kind, [sound_detect.search(samples, speeds)])


def picture_window(films: Films, number: int) -> Window:
    """Search one film."""
    kind, frames = films.film(number)
    chance = random.Random(number)
    plan = [(view, speed) for views, speeds in picture_detect.PLANS for view in views for speed in speeds]
    ways = [(picture_detect.View(), 1.0), *chance.sample(plan, WAYS - 1)]
    found = []
    for speed, group in itertools.groupby(sorted(ways, key=lambda way: way[1]), key=lambda way: way[1]):
        values = picture_detect.measured(frames.at_steps(CHIP_S / picture_detect.STEPS, speed))
        found.append(picture_detect.search(values, [view for view, _ in group]))
        found.append(picture_detect.search(values, is_in_place=True))
    return _window(number, kind, found)


def _window(number: int, kind: str, found: Sequence[sound_detect.Search | picture_detect.PictureSearch]) -> Window:
    places = sum(each.places for each in found)
    excess = max(each.evidence - math.log(each.places) for each in found)
    return Window(number, kind, excess, places)


class Tail(NamedTuple):
    """An exponential tail, fitted to the values beyond a quantile."""

    start: float
    share: float
    """Share of the values beyond the start."""
    scale: float
    """Mean of what they exceed it by: what is `scale` further away is e times rarer."""
    values: int
    """Number of values that it was fitted to."""

    def beyond(self, value: float) -> tuple[float, float]:
        """Return the share of values beyond one that is far away, as fitted and at most (with 95 % confidence)."""
        # The relative error of a mean of exponential values, and of a count.
        slack = 1 + 1.645 / math.sqrt(self.values)
        return tuple(  # type: ignore[return-value]
            self.share * more * math.exp(-(value - self.start) / (self.scale * more)) for more in (1.0, slack)
        )


def tail_of(values: Sequence[float], share: float) -> Tail:
    """Fit the tail of some values."""
    ordered = sorted(values, reverse=True)
    count = min(len(ordered) - 1, max(5, round(share * len(ordered))))
    start = ordered[count]
    return Tail(start, count / len(ordered), sum(ordered[:count]) / count - start, count)


def report(windows: Sequence[Window], asked: float) -> None:
    """Print the evidence by kind, and the chance of a false alarm that follows; `asked` is the detector's bound."""
    needed = math.log(4 / asked)  # as the detectors ask of their first search; the others sum to as much again
    rows = []
    by_kind = {kind: [each for each in windows if each.kind == kind] for kind in sorted({w.kind for w in windows})}
    for kind, some in {**by_kind, "all": list(windows)}.items():
        tail = tail_of([each.excess for each in some], TAIL if kind == "all" else 5 * TAIL)
        fitted, most = (2 * each for each in tail.beyond(needed))
        best = max(each.excess for each in some)
        called = sum(each.excess > needed for each in some)
        rows.append((kind, len(some), best, needed, tail.scale, f"{fitted:.1g}", f"{most:.1g}", called))
    head = ("kind", "windows", "most nats", "needed", "tail, nats", "chance a file", "at most (95 %)", "alarms")
    table(f"{len(windows)} windows of 12 s without a mark", head, rows)
    counts = [
        (nats, f"{len(windows) * math.exp(-nats):.0f}", sum(each.excess > nats for each in windows))
        for nats in range(9)
    ]
    table("Windows above their places' evidence", ("by nats", "the bound allows", "there are"), counts)


def main() -> None:
    """Print everything."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("sound", "pictures"))
    parser.add_argument("files", nargs="*", type=Path, metavar="FILE")
    parser.add_argument("--windows", type=int, default=10_000)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--whole", type=int, default=100)
    parser.add_argument("--work", type=Path, metavar="DIR")
    asked = parser.parse_args()
    search: Callable[[int], Window]
    verify: Callable[[int], object]
    with tempfile.TemporaryDirectory() as data:
        os.environ["DATA_DIR"] = data

        def verified(number: int) -> tuple[bool, float]:
            start = time.process_time()
            return verify(number) is not None, time.process_time() - start

        if asked.what == "sound":
            sounds = Sounds(asked.files)
            search = functools.partial(sound_window, sounds)
            verify = lambda number: sound_detect.find_mark([sounds.sound(number)[1].tobytes()])  # noqa: E731
        else:
            films = Films(asked.files)
            search = functools.partial(picture_window, films)
            verify = lambda number: picture_detect.find_picture_mark([films.film(number)[1]])  # noqa: E731
        results = KeptResults(asked.work and asked.work / f"false_alarms_{asked.what}.jsonl")
        numbers = range(asked.first, asked.first + asked.windows)
        detector = sound_detect if asked.what == "sound" else picture_detect
        windows = [Window(*results.result(f"window {each}", lambda n=each: search(n))) for each in numbers]  # type: ignore[misc]
        report(windows, detector.FALSE_ALARMS)
        numbers = range(asked.first, asked.first + asked.whole)
        files = [results.result(f"file {each}", lambda n=each: verified(n)) for each in numbers]  # type: ignore[misc]
        called = sum(is_marked for is_marked, _ in files)
        used = sum(seconds for _, seconds in files) / max(1, len(files))
        table(
            "Whole files of 12 s",
            ("files", "called marked", "seconds of processor a file"),
            [(len(files), called, used)],
        )


if __name__ == "__main__":
    main()
