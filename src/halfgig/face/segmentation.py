"""Which pixels are the person, by MediaPipe's selfie segmentation (Google, 2020)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from halfgig.nn.onnx_runtime import onnx_runtime, session_options

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from halfgig.face.frame import Map

MODEL = Path(__file__).parents[1] / "assets" / "selfie_segmentation.onnx"

SIDE = 256
"""Sides in pixels of the picture that the network reads, whatever the sides of the portrait were."""


class PersonSegmentation:
    """The published network; used for one picture and then dropped."""

    def __init__(self, path: Path = MODEL) -> None:
        runtime, options = onnx_runtime(), session_options()
        options.graph_optimization_level = runtime.GraphOptimizationLevel.ORT_DISABLE_ALL
        options.add_session_config_entry("session.disable_prepacking", "1")
        self._session = runtime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])

    def person(self, rgb: NDArray[np.uint8]) -> Map:
        """Return how sure the network is that there is a person, 0..1 [h, w], at the pixels of RGB [h, w, 3]."""
        import cv2

        seen = cv2.resize(rgb, (SIDE, SIDE), interpolation=cv2.INTER_AREA).astype(np.float32)[None] / 255
        (found,) = self._session.run(None, {"input": seen})
        return np.asarray(cv2.resize(found[0, ..., 0], rgb.shape[1::-1], interpolation=cv2.INTER_LINEAR))
