"""Write the usual face that is laid over points on no known face: the mesh of the presenter, in her face frame.

python scripts/standard_mesh.py [OUT]     (default: src/halfgig/assets/standard_mesh.npy)
"""

import sys
from pathlib import Path

import numpy as np

from halfgig.face.detect import FaceDetector
from halfgig.face.frame import FaceFrame
from halfgig.face.mesh import FaceMesh
from halfgig.face.points import Point
from halfgig.face.standard_mesh import FILE
from halfgig.media.picture import load_picture

PRESENTER = FILE.with_name("presenter.png")


def main() -> None:
    """Write the file."""
    rgb = load_picture(PRESENTER, 1024).rgb
    mesh = FaceMesh().fit(rgb, FaceDetector().detect(rgb)[0].points)
    frame = FaceFrame.of(mesh.five)
    places = [frame.to_face(Point(x, y)) for x, y in mesh.points[:, :2].tolist()]
    standard = np.column_stack([places, mesh.points[:, 2] / frame.unit]).astype(np.float32)
    np.save(Path(sys.argv[1]) if len(sys.argv) > 1 else FILE, standard)


if __name__ == "__main__":
    main()
