"""Write the face mesh that the wheel ships, from the package that its network is published in.

python -m tools.face_mesh WHEEL [OUT]     (WHEEL: mediapipe 0.10.14 of any platform; needs tflite, flatbuffers and onnx)
"""

from __future__ import annotations

import hashlib
import sys
import zipfile
from pathlib import Path

from tools.face_mesh.convert import Converter

MEMBER = "mediapipe/modules/face_landmark/face_landmark_with_attention.tflite"
SHA256 = "e06a804e0144f9929eda782122916b35d60c697c3c9344013ca2bbe76a6ce2b4"
OUT = Path("src/halfgig/assets/mesh478.onnx")


def main() -> None:
    """Convert the network of a wheel."""
    with zipfile.ZipFile(sys.argv[1]) as wheel:
        data = wheel.read(MEMBER)
    if (found := hashlib.sha256(data).hexdigest()) != SHA256:
        sys.exit(f"{MEMBER} has the sha256 {found}, not {SHA256}; give the wheel of mediapipe 0.10.14")
    out = Path(sys.argv[2]) if len(sys.argv) > 2 else OUT
    out.write_bytes(converted := Converter(data).convert())
    sys.stdout.write(f"{out} {hashlib.sha256(converted).hexdigest()}\n")


if __name__ == "__main__":
    main()
