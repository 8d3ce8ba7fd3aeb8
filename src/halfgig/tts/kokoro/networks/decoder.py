"""Decoder, the second stage: aligned text, pitch and loudness to the features of the vocoder."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from halfgig.nn.interruption import stop_if_asked
from halfgig.nn.tiles import Span, padded, spans
from halfgig.tts.kokoro.networks.layers import finite, res_block

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from halfgig.tts.kokoro.networks.layers import LayerContext

    Floats = NDArray[np.float32]


def features(context: LayerContext, asr: Floats, f0: Floats, n: Floats, style: Floats) -> Floats:
    """Decode asr [512, T], f0 and n [2T] with the style of the decoder [128]: [512, 2T].  Raises `NotFinite`."""
    frames = asr.shape[1]
    state = context.weights.shape("decoder.encode.conv2.weight")[0]
    text = context.weights.shape("decoder.asr_res.0.weight")[0]
    joined = context.buffers.array(state + text + 2, frames)  # 1024 + 64 rows, pitch, loudness
    joined[-2] = halved(context, "decoder.F0_conv", f0)
    joined[-1] = halved(context, "decoder.N_conv", n)
    encode(context, asr, joined, style, joined[:state])
    weight, bias = context.weights["decoder.asr_res.0.weight"], context.weights["decoder.asr_res.0.bias"][:, None]
    for span in spans(frames, context.wide_tile):
        joined[state:-2, span.slice] = context.kernels.conv(np.ascontiguousarray(asr[:, span.slice]), weight) + bias
    for i in range(3):
        stop_if_asked()
        res_block(context, f"decoder.decode.{i}", joined, style, joined[:state])
    stop_if_asked()
    decoded = res_block(context, "decoder.decode.3", joined, style, context.buffers.array(len(asr), 2 * frames))
    return finite("decoder", decoded)


def encode(context: LayerContext, asr: Floats, joined: Floats, style: Floats, out: Floats) -> None:
    """Run the first block on text, and on the pitch and loudness that end `joined`."""
    start = context.buffers.array(len(asr) + 2, asr.shape[1])
    start[:-2] = asr
    start[-2:] = joined[-2:]
    res_block(context, "decoder.encode", start, style, out)


def halved(context: LayerContext, name: str, curve: Floats) -> Floats:
    """Downsample a curve [2T] to the frame rate: [T]."""
    tile, inside, part = padded(curve[None], Span(-1, len(curve)))
    tile[:, inside] = curve[None, part]
    result: Floats = context.kernels.conv(tile, context.weights[f"{name}.weight"], stride=2)[0]
    return result + context.weights[f"{name}.bias"]
