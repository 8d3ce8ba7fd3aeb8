"""Write the networks of MediaPipe that the wheel ships, from the package that they are published in.

python -m tools.face_networks WHEEL [FOLDER]  (WHEEL: mediapipe 0.10.14; needs tflite, flatbuffers and onnx)
"""

from __future__ import annotations

import hashlib
import sys
import zipfile
from pathlib import Path
from typing import NamedTuple

from tools.face_networks.convert import Converter

OUT = Path("src/halfgig/assets")


class Network(NamedTuple):
    """A network of the package."""

    member: str
    """Its path in the wheel."""
    sha256: str
    title: str
    """What the converted file says of itself."""
    name: str
    """The converted file's name."""


NETWORKS = (
    Network(
        "mediapipe/modules/face_landmark/face_landmark_with_attention.tflite",
        "e06a804e0144f9929eda782122916b35d60c697c3c9344013ca2bbe76a6ce2b4",
        "face mesh with attention",
        "mesh478.onnx",
    ),
    Network(
        "mediapipe/modules/selfie_segmentation/selfie_segmentation.tflite",
        "9ee168ec7c8f2a16c56fe8e1cfbc514974cbbb7e434051b455635f1bd1462f5c",
        "selfie segmentation",
        "selfie_segmentation.onnx",
    ),
)


def main() -> None:
    """Convert the networks of a wheel."""
    folder = Path(sys.argv[2]) if len(sys.argv) > 2 else OUT
    with zipfile.ZipFile(sys.argv[1]) as wheel:
        for network in NETWORKS:
            data = wheel.read(network.member)
            if (found := hashlib.sha256(data).hexdigest()) != network.sha256:
                sys.exit(f"{network.member} has the sha256 {found}, not {network.sha256}; give mediapipe 0.10.14")
            converted = Converter(data, network.title).convert()
            (folder / network.name).write_bytes(converted)
            sys.stdout.write(f"{network.name} {hashlib.sha256(converted).hexdigest()}\n")


if __name__ == "__main__":
    main()
