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
from halfgig.animators.puppet.animation import poses
from halfgig.animators.puppet.audio_animation import audio_cues
from halfgig.animators.puppet.blendshapes import Brows, Eyes
from halfgig.animators.puppet.puppet import Puppet
from halfgig.animators.puppet.viseme_animation import viseme_cues
from halfgig.face.measure import measure_mesh
from halfgig.face.rig import make_rig
from halfgig.media.chunks import Chunk, Phoneme
from halfgig.media.frame_store import FrameFormat, FrameStore
from halfgig.media.mux import assemble
from halfgig.media.provenance import video_metadata
from tests.support.faces import drawn_face

video = Path(sys.argv[1])
frames = video.with_suffix(".frames")
picture, points = drawn_face()
puppet = Puppet(picture, make_rig(picture, measure_mesh(picture, points)), (160, 200))
chunk = Chunk(bytes(9600), (Phoneme("a", 0.0, 0.1), Phoneme("m", 0.1, 0.2)))
with FrameStore(frames, FrameFormat((160, 200), Fraction(25), 5)) as store:
    for cues in (viseme_cues(iter([chunk]), 25), audio_cues(iter([chunk]), 25, 0.5)):
        for pose in poses(cues, 25, 0):
            store.append(puppet.render(pose._replace(eyes=Eyes(0.5), brows=Brows(0.5))))
assemble(frames, [chunk, chunk], video, video_metadata("0", "puppet", "a test"))
"""


def grown_kb(work: str, folder: Path) -> int:
    """Return the growth of a process's data by a matrix product after some work."""
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
    assert grown_kb(PRODUCT, tmp_path) < 0.5 * reserve  # memory is reserved only once
    assert grown_kb(STAGES, tmp_path) > 0.5 * reserve  # our work has not reserved it
