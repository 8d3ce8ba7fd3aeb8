"""Attack the mark in pictures: which copies of a video are still recognised.

python benchmarks/picture_mark.py [--videos NUMBER] [--seconds 12] [--largest PIXELS] [--film FILE ...] [PORTRAIT ...]

Videos are made of the PORTRAITs and the presenter by `halfgig talk`, in several sizes, frame rates and
backgrounds; FILEs are marked videos made elsewhere, say by SadTalker. Printed are how visible the mark is and what it
costs, and the share of copies recognised for each attack.
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
from report import table

import halfgig
from halfgig.animators.base import PRESENTER
from halfgig.media.reduced_frames import reduced_frames
from halfgig.origin.installation import read_installation
from halfgig.origin.payload import Payload
from halfgig.origin.picture_detect import REDUCED, find_picture_mark
from halfgig.origin.picture_mark import PictureMark

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

TEXT = "The harbour was quiet, and a pale morning light lay over the boats; nobody spoke above a whisper, all day. "
SHAPES: tuple[dict[str, Any], ...] = (
    {"size": 512},
    {"size": 384, "fps": 30},
    {"size": 256},
    {"size": 480, "background": "white"},
    {"size": 360, "fps": 12, "aspect": "9:16"},
    {"size": 400, "background": "navy"},
    {"size": 512, "background": "blur", "aspect": "16:9"},
)


CRF23, CRF28 = {"preset": "veryfast", "crf": "23"}, {"preset": "veryfast", "crf": "28"}


class Attack(NamedTuple):
    """What is done with a video: ffmpeg's filters, then an encoder."""

    filters: str
    codec: str = "libx264"
    options: Mapping[str, str] = CRF23


ATTACKS = {
    "encoded again, x264 at crf 28": Attack("null", options=CRF28),
    "encoded again, x264 at crf 33": Attack("null", options=CRF28 | {"crf": "33"}),
    "VP9 at crf 36": Attack("null", "libvpx-vp9", {"crf": "36", "b": "0", "deadline": "realtime", "cpu-used": "7"}),
    "HEVC at crf 28": Attack("null", "libx265", {"preset": "ultrafast", "crf": "28", "x265-params": "log-level=none"}),
    "scaled to half and back": Attack("scale=trunc(iw/4)*2:-2,scale=iw*2:ih*2"),
    "scaled to half": Attack("scale=trunc(iw/4)*2:-2"),
    "scaled to 1.5 times": Attack("scale=trunc(iw*0.75)*2:-2"),
    "a tenth cut off (5 % on each side)": Attack("crop=trunc(iw*0.45)*2:trunc(ih*0.45)*2"),
    "a tenth cut off each side": Attack("crop=trunc(iw*0.4)*2:trunc(ih*0.4)*2"),
    "cut off left and below, stretched back": Attack(
        "crop=trunc(iw*0.45)*2:trunc(ih*0.45)*2:iw-ow:0,scale=trunc(iw/0.9/2)*2:trunc(ih/0.9/2)*2"
    ),
    "brighter by 20 levels": Attack("lutyuv=y=val+20"),
    "contrast times 0.8": Attack("lutyuv=y=(val-128)*0.8+128"),
    "grey": Attack("lutyuv=u=128:v=128"),
    "30 to 25 frames a second": Attack("fps=30,fps=25"),
    "15 frames a second": Attack("fps=15"),
    "speed 1.1": Attack("setpts=PTS/1.1"),
    "light noise": Attack("noise=alls=6:allf=t"),
    "blurred": Attack("gblur=sigma=1.5"),
    "mirrored": Attack("hflip"),
    "black bars, 16:9": Attack("pad=trunc(ih*8/9)*2:ih:(ow-iw)/2:0"),
    "cut to 4 s": Attack("trim=1.3:5.3,setpts=PTS-STARTPTS"),
}
"""The attacks, each from the whole marked video to a copy."""


def videos(folder: Path, portraits: Sequence[Path], number: int, largest: int, seconds: float) -> Iterator[Path]:
    """Yield new videos of about `seconds`, no two alike, whose longer sides have `largest` pixels at most."""
    for count in range(number):
        path = folder / f"{count}.mp4"
        shape, portrait = SHAPES[count % len(SHAPES)], portraits[count % len(portraits)]
        said: dict[str, Any] = {"idle": seconds} if count % 5 == 4 else {"text": TEXT * max(1, round(seconds / 6))}
        shape = shape | {"size": min(largest, shape["size"])}
        halfgig.talk(portrait, output=path, seed=count, **shape, **said)
        yield path


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


def report_attacks(marked: Sequence[Path], installation: int, folder: Path) -> None:
    """Print the share of copies recognised for each attack."""
    rows = []
    for name, attack in ATTACKS.items():
        suffix = ".webm" if "vp9" in attack.codec else ".mp4"
        copies = (attacked(path, attack, folder / f"copy{suffix}") for path in marked)
        found = [find_picture_mark(reduced_frames(copy, REDUCED, 9.0)) for copy in copies]
        there = [each.payload for each in found if each]
        right = sum(each is not None and each.installation == installation for each in there)
        wrong = sum(each is not None and each.installation != installation for each in there)
        rows.append((name, *(f"{100 * share / len(found):.0f} %" for share in (len(there), right)), wrong))
        print(*rows[-1], file=sys.stderr, flush=True)
    table(f"Copies recognised, of {len(marked)}", ("attack", "recognised", "number read", "wrong number"), rows)


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
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("portraits", nargs="*", type=Path, metavar="PORTRAIT")
    parser.add_argument("--videos", type=int, default=20)
    parser.add_argument("--largest", type=int, default=512)
    parser.add_argument("--seconds", type=float, default=12)
    parser.add_argument("--film", action="append", default=[], type=Path, metavar="FILE")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        os.environ |= {"DATA_DIR": name, "C2PA": "off", "PICTURE_MARK": "on"}
        folders = [Path(name, kind) for kind in ("marked", "clean")]
        for folder in folders:
            folder.mkdir()
        portraits = [PRESENTER, *asked.portraits]
        marked = [*videos(folders[0], portraits, asked.videos, asked.largest, asked.seconds), *asked.film]
        installation = read_installation(Path(name, "installation"))
        os.environ["PICTURE_MARK"] = "off"
        clean = list(videos(folders[1], portraits, min(len(SHAPES), asked.videos), asked.largest, asked.seconds))
        report_frames(clean)
        report_attacks(marked, installation, Path(name))


if __name__ == "__main__":
    main()
