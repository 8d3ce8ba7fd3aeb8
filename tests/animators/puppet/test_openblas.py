from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

PRODUCT = "square = numpy.ones((300, 300), numpy.float32); square = square @ square"

PROBE = """
import sys
import numpy

def data_kb():
    return next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmData"))

{work}
before = data_kb()
{product}
print(data_kb() - before)
"""

STAGES = """
from fractions import Fraction
from pathlib import Path
from halfgig.animators.puppet.puppet import Puppet
from halfgig.media.video_writer import VideoWriter
from halfgig.face.measure import measure_face
from halfgig.media.provenance import video_metadata
from halfgig.animators.puppet.audio_animation import heard_cues
from halfgig.animators.puppet.idle import poses
from halfgig.animators.puppet.viseme_animation import spoken_cues
from halfgig.media.chunks import Chunk, Phoneme
from tests.support.faces import drawn_face

picture, points = drawn_face()
puppet = Puppet(picture, measure_face(picture, points), (160, 200))
chunk = Chunk(bytes(9600), (Phoneme("a", 0.0, 0.1), Phoneme("m", 0.1, 0.2)))
with VideoWriter(Path(sys.argv[1]), (160, 200), Fraction(25), video_metadata("0", "puppet", "a test")) as video:
    for cues in (spoken_cues(iter([chunk]), 25), heard_cues(video.sounded([chunk]), 25, 0.5)):
        for pose in poses(cues, 25, 0):
            video.write_frame(puppet.render(pose._replace(right_lid=0.5, brow=0.5)))
"""


def grown_kb(work: str, folder: Path) -> int:
    """Give by how much a process's data grows with a matrix product after some work."""
    root = Path(__file__).parents[3]
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "PYTHONPATH": str(root)}
    code = PROBE.format(work=work, product=PRODUCT)
    command = [sys.executable, "-c", code, str(folder / "probe.mp4")]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    return int(done.stdout)


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs /proc, for the size of a process's data")
def test_making_a_video_needs_no_matrix_product(tmp_path: Path) -> None:
    reserve = grown_kb("", tmp_path)
    if reserve < 8_000:
        pytest.skip(f"this numpy reserves only {reserve} kB with its first matrix product")
    assert grown_kb(PRODUCT, tmp_path) < 0.5 * reserve  # it is reserved but once
    assert grown_kb(STAGES, tmp_path) > 0.5 * reserve  # so all of our work has not done so
