"""Attack the mark in pictures: which copies of a video are still recognised.

python benchmarks/picture_mark.py [--videos NUMBER] [--size PIXELS] [--film FILE ...] [--work DIR] [PORTRAIT ...]
    with --work the videos and the results are kept in DIR as they come, and a benchmark that was broken off goes on;
    another mark or detector needs another DIR

Videos of about 6 s are made of the PORTRAITs and the presenter by `halfgig talk`, as it makes them by default and with
some frame rates, shapes and backgrounds; FILEs are videos of the same installation made elsewhere, say by SadTalker.
Printed are how visible the mark is and what it costs, and for each attack the share of copies recognised, the share
whose number was read, and how clear the least clear of those recognised was: the nats by which its chance is below the
one that is asked for.
"""

from __future__ import annotations

import argparse
import contextlib
import math
import os
import sys
import tempfile
import time
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import av
import av.filter
import numpy as np
from kept_results import KeptResults
from report import SUMMARY, summary, table

import halfgig
from halfgig.animators.base import PRESENTER
from halfgig.media.reduced_frames import reduced_frames
from halfgig.origin.installation import read_installation
from halfgig.origin.payload import Payload
from halfgig.origin.picture_detect import FALSE_ALARMS, REDUCED, find_picture_mark
from halfgig.origin.picture_mark import PictureMark

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

SENTENCES = (Path(__file__).parents[1] / "tests" / "reference" / "sentences.txt").read_text(encoding="utf-8")
SHAPES: tuple[dict[str, Any], ...] = (
    {},
    {"fps": 30},
    {},
    {"background": "white"},
    {"aspect": "9:16"},
    {"background": "navy"},
    {"background": "blur", "aspect": "16:9"},
)
SILENT = 14
"""Number of the video in which nobody speaks."""

CRF23, CRF28 = {"preset": "veryfast", "crf": "23"}, {"preset": "veryfast", "crf": "28"}


class Attack(NamedTuple):
    """What is done with a video: ffmpeg's filters, then an encoder."""

    filters: str
    codec: str = "libx264"
    options: Mapping[str, str] = CRF23


ATTACKS = {
    "encoded again, x264 at crf 28": Attack("null", options=CRF28),
    "scaled to half and back": Attack("scale=trunc(iw/4)*2:-2,scale=iw*2:ih*2"),
    "a tenth cut off (5 % on each side)": Attack("crop=trunc(iw*0.45)*2:trunc(ih*0.45)*2"),
    "brighter by 20 levels": Attack("lutyuv=y=val+20"),
    "30 to 25 frames a second": Attack("fps=30,fps=25"),
    "a tenth cut off each side": Attack("crop=trunc(iw*0.4)*2:trunc(ih*0.4)*2"),
    "cut off left and below, stretched back": Attack(
        "crop=trunc(iw*0.45)*2:trunc(ih*0.45)*2:iw-ow:0,scale=trunc(iw/0.9/2)*2:trunc(ih/0.9/2)*2"
    ),
    "scaled to half": Attack("scale=trunc(iw/4)*2:-2"),
    "scaled to 1.5 times": Attack("scale=trunc(iw*0.75)*2:-2"),
    "cut to 4 s": Attack("trim=1.3:5.3,setpts=PTS-STARTPTS"),
    "speed 1.1": Attack("setpts=PTS/1.1"),
    "mirrored": Attack("hflip"),
    "light noise": Attack("noise=alls=6:allf=t"),
    "encoded again, x264 at crf 33": Attack("null", options=CRF28 | {"crf": "33"}),
    "black bars, 16:9": Attack("pad=trunc(ih*8/9)*2:ih:(ow-iw)/2:0"),
    "15 frames a second": Attack("fps=15"),
    "contrast times 0.8": Attack("lutyuv=y=(val-128)*0.8+128"),
    "blurred": Attack("gblur=sigma=1.5"),
    "grey": Attack("lutyuv=u=128:v=128"),
    "VP9 at crf 36": Attack("null", "libvpx-vp9", {"crf": "36", "b": "0", "deadline": "realtime", "cpu-used": "7"}),
    "HEVC at crf 28": Attack("null", "libx265", {"preset": "ultrafast", "crf": "28", "x265-params": "log-level=none"}),
}
"""The attacks, each from the whole marked video to a copy; those that every mark must survive come first."""


def video(path: Path, number: int, portraits: Sequence[Path], size: int) -> Path:
    """Return a video of about 6 s that is like no other one, made unless it is there."""
    if not path.exists():
        lines = [line for line in SENTENCES.splitlines() if 30 < len(line) < 120]
        text = " ".join(lines[(2 * number + each) % len(lines)] for each in range(2))
        said: dict[str, Any] = {"idle": 6} if number == SILENT else {"text": text}
        shape, portrait = SHAPES[number % len(SHAPES)], portraits[number % len(portraits)]
        halfgig.talk(portrait, output=path, seed=number, size=size, **shape, **said)
    return path


def attacked(path: Path, attack: Attack, to: Path) -> Path:
    """Write a video's pictures after an attack."""
    with av.open(str(path)) as source, av.open(str(to), "w") as target:
        pictures = source.streams.video[0]
        graph = av.filter.Graph()
        graph.threads = 1
        chain = [graph.add_buffer(template=pictures)]
        for part in attack.filters.split(","):
            name, _, options = part.partition("=")
            chain.append(graph.add(name, options or None))
        chain.append(graph.add("format", "yuv420p"))
        chain.append(graph.add("buffersink"))
        graph.link_nodes(*chain).configure()
        stream: Any = None
        for frame in _filtered(graph, source.decode(pictures)):
            if stream is None:
                rate = next((Fraction(part[4:]) for part in attack.filters.split(",")[::-1] if "fps=" in part), None)
                stream = target.add_stream(
                    attack.codec, rate=rate or pictures.average_rate, options=dict(attack.options)
                )
                stream.width, stream.height, stream.pix_fmt = frame.width, frame.height, "yuv420p"
                stream.codec_context.time_base = Fraction(1, 12_800)
                stream.codec_context.thread_count = 1
            frame.pts = round(float(frame.pts * frame.time_base) * 12_800)
            frame.time_base, frame.pict_type = Fraction(1, 12_800), 0
            target.mux(stream.encode(frame))
        target.mux(stream.encode(None))
    return to


def _filtered(graph: Any, frames: Iterator[Any]) -> Iterator[Any]:
    for frame in (*frames, None):
        with contextlib.suppress(av.error.EOFError):  # a filter that has seen enough
            graph.push(frame)
        with contextlib.suppress(av.error.BlockingIOError, av.error.EOFError):
            while True:
                yield graph.pull()


def report_attacks(marked: Sequence[Path], installation: int, folder: Path, results: KeptResults) -> None:
    """Print the share of copies recognised for each attack."""
    rows = []
    for name, attack in ATTACKS.items():
        found = [
            results.result(f"{path.name}: {name}", lambda p=path, a=attack: _found(p, a, installation, folder))  # type: ignore[misc]
            for path in marked
        ]
        rows.append(summary(name, found))
        print(*rows[-1], file=sys.stderr, flush=True)
    table(f"Copies recognised, of {len(marked)}", SUMMARY, rows)


def _found(path: Path, attack: Attack, installation: int, folder: Path) -> tuple[bool, str, float]:
    copy = attacked(path, attack, folder / ("copy.webm" if "vp9" in attack.codec else "copy.mp4"))
    finding = find_picture_mark(reduced_frames(copy, REDUCED, 9.0))
    if finding is None:
        return False, "no", 0.0
    number = finding.payload and finding.payload.installation
    read = "no" if number is None else "right" if number == installation else "wrong"
    return True, read, math.log(FALSE_ALARMS / max(1e-300, finding.chance))


def report_frames(clean: Sequence[Path]) -> None:
    """Print how far marked frames are from unmarked ones, and the processor time of marking."""
    rows = []
    for path in clean:
        with av.open(str(path)) as source:
            frames = [frame.to_ndarray(format="yuv420p")[: frame.height] for frame in source.decode(video=0)]
            rate = source.streams.video[0].average_rate
        size = frames[0].shape[1], frames[0].shape[0]
        mark, squares, used = PictureMark(Payload(0, 4711), size, Fraction(rate or 25)), [], 0.0
        for number, luma in enumerate(frames):
            marked, start = luma.copy(), time.process_time()
            mark.add(marked.astype(np.uint8, copy=False), number)
            used += time.process_time() - start
            squares.append(float(np.square(marked.astype(np.float32) - luma).mean()))
        psnr = [10 * math.log10(255**2 / each) for each in (float(np.mean(squares)), max(squares))]
        rows.append((f"{size[0]} x {size[1]}", *psnr, 1000 * used / len(frames)))
    table("Frames", ("size", "PSNR of luma, dB", "worst frame", "ms of processor a frame"), rows)


def main() -> None:
    """Print everything."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("portraits", nargs="*", type=Path, metavar="PORTRAIT")
    parser.add_argument("--videos", type=int, default=20)
    parser.add_argument("--size", type=int, default=512)
    parser.add_argument("--film", action="append", default=[], type=Path, metavar="FILE")
    parser.add_argument("--work", type=Path, metavar="DIR")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        work = asked.work or Path(name)
        os.environ |= {"DATA_DIR": str(work / "data"), "C2PA": "off", "PICTURE_MARK": "on"}
        portraits = [PRESENTER, *asked.portraits]
        marked = [video(work / f"{number}.mp4", number, portraits, asked.size) for number in range(asked.videos)]
        installation = read_installation(work / "data" / "installation")
        os.environ["PICTURE_MARK"] = "off"
        count = min(len(SHAPES), asked.videos)
        report_frames([video(work / f"clean-{number}.mp4", number, portraits, asked.size) for number in range(count)])
        report_attacks([*marked, *asked.film], installation, Path(name), KeptResults(work / "pictures.jsonl"))


if __name__ == "__main__":
    main()
