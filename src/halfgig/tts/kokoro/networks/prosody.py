"""Prosody, the first stage: phoneme ids and a style to durations, pitch, loudness and encoded text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from halfgig.nn.interruption import stop_if_asked
from halfgig.nn.tiles import Span, padded
from halfgig.tts.kokoro.networks.albert import encoded
from halfgig.tts.kokoro.networks.layers import finite, leaky, normal, res_block

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from halfgig.tts.kokoro.networks.layers import LayerContext

    Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Prosody:
    """Durations and features of each token."""

    durations: NDArray[np.int64]
    """Frames of 25 ms for each token, including both pads."""
    tokens: Floats
    """Input of the pitch and loudness predictors, [n, 640]."""
    text: Floats
    """Text features for the decoder, [512, n]."""


def prosody(context: LayerContext, ids: NDArray[np.int64], style: Floats, speed: float) -> Prosody:
    """Predict durations and encode the text; `style` is the prosody half of the style [128].

    Raises `NotFinite`.
    """
    tokens = duration_encoded(context, finite("language model", encoded(context, ids)), style)
    y = context.bilstm("predictor.lstm", tokens)
    p = y @ context.weights["predictor.duration.weight"].T + context.weights["predictor.duration.bias"]
    expected = finite("prosody", (1 / (1 + np.exp(-p))).sum(axis=1)) / np.float32(speed)
    durations = np.maximum(1, np.rint(expected)).astype(np.int64)
    return Prosody(durations, tokens, text_encoded(context, ids))


def duration_encoded(context: LayerContext, x: Floats, style: Floats) -> Floats:
    """Run three LSTMs, each followed by a styled layer norm and the style: [n, 512] to [n, 640]."""
    repeated = np.broadcast_to(style, (len(x), len(style)))
    x = np.concatenate([x, repeated], axis=1)
    for j in range(3):
        stop_if_asked()
        y = context.bilstm(f"predictor.text_encoder.lstms.{2 * j}", x)
        gain, shift = context.gain_shift(f"predictor.text_encoder.lstms.{2 * j + 1}", style)
        x = np.concatenate([finite("prosody", gain * normal(y) + shift), repeated], axis=1)
    return x


def text_encoded(context: LayerContext, ids: NDArray[np.int64]) -> Floats:
    """Run the text encoder: ids [n] to [512, n]."""
    weights = context.weights
    x = weights["text_encoder.embedding"][ids].T
    for i in range(3):
        stop_if_asked()
        y = text_convolved(context, f"text_encoder.cnn.{i}", x)
        y = normal(y.T) * weights[f"text_encoder.cnn.{i}.gamma"] + weights[f"text_encoder.cnn.{i}.beta"]  # [n, 512]
        x = leaky(y, 0.2).T
    x = finite("text encoder", np.ascontiguousarray(x.T))
    return np.ascontiguousarray(context.bilstm("text_encoder.lstm", x).T)


def text_convolved(context: LayerContext, name: str, x: Floats) -> Floats:
    """Convolve [512, n] with five taps and zero padding."""
    weight, bias = context.dense(f"{name}.weight"), context.weights[f"{name}.bias"][:, None]
    result = np.empty(x.shape, np.float32)

    def one(span: Span) -> None:
        tile, inside, part = padded(x, span.widened(2, 2))
        tile[:, inside] = x[:, part]
        np.add(context.wide_conv(tile, weight), bias, out=result[:, span.slice])

    context.pool.all(one, context.wide_spans(x.shape[1]))
    return result


def aligned(text: Floats, durations: NDArray[np.int64]) -> Floats:
    """Repeat the column of each token for its frames: [512, n] to [512, frames]."""
    return np.repeat(text, durations, axis=1)


def curves(context: LayerContext, tokens: Floats, durations: NDArray[np.int64], style: Floats) -> tuple[Floats, Floats]:
    """Predict pitch in Hz and loudness, each [2 frames].  Raises `NotFinite`."""
    shared = context.bilstm("predictor.shared", np.repeat(tokens, durations, axis=0)).T  # [512, frames]
    f0 = finite("pitch", curve(context, "F0", shared, style))
    return f0, finite("loudness", curve(context, "N", shared, style))


def curve(context: LayerContext, name: str, shared: Floats, style: Floats) -> Floats:
    """Run one branch of three residual blocks: [512, frames] to [2 frames]."""
    stop_if_asked()
    width, frames = shared.shape
    array, project = context.buffers.array, context.weights[f"predictor.{name}_proj.weight"].reshape(-1)
    x = res_block(context, f"predictor.{name}.0", shared, style, array(width, frames))
    x = res_block(context, f"predictor.{name}.1", x, style, array(len(project), 2 * frames))
    x = res_block(context, f"predictor.{name}.2", x, style, x)
    result: Floats = project @ x
    return result + context.weights[f"predictor.{name}_proj.bias"]
