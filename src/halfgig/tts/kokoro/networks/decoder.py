"""Decoder, the second stage: aligned text, pitch and loudness to the features of the vocoder."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from halfgig.nn.tiles import Span, padded, spans
from halfgig.tts.kokoro.networks.layers import finite, res_block

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from halfgig.tts.kokoro.networks.layers import LayerContext

    Floats = NDArray[np.float32]


def features(context: LayerContext, asr: Floats, f0: Floats, n: Floats, style: Floats) -> Floats:
    """Decode asr [512, T], f0 and n [2T] with the style of the decoder [128]: [512, 2T].  Raises `NotFinite`."""
    frames = asr.shape[1]
    joined = context.buffers.array(1090, frames)  # 1024 rows of state, 64 of text, pitch, loudness
    joined[1088] = halved(context, "decoder.F0_conv", f0)
    joined[1089] = halved(context, "decoder.N_conv", n)
    encode(context, asr, joined, style)
    weight, bias = context.weights["decoder.asr_res.0.weight"], context.weights["decoder.asr_res.0.bias"][:, None]
    for span in spans(frames, context.wide_tile):
        joined[1024:1088, span.slice] = context.kernels.conv(np.ascontiguousarray(asr[:, span.slice]), weight) + bias
    for i in range(3):
        res_block(context, f"decoder.decode.{i}", joined, style, joined[:1024])
    decoded = res_block(context, "decoder.decode.3", joined, style, context.buffers.array(512, 2 * frames))
    return finite("decoder", decoded)


def encode(context: LayerContext, asr: Floats, joined: Floats, style: Floats) -> None:
    """Run the first block on text, pitch and loudness and write the first 1024 rows."""
    start = context.buffers.array(514, asr.shape[1])
    start[:512] = asr
    start[512:] = joined[1088:]
    res_block(context, "decoder.encode", start, style, joined[:1024])


def halved(context: LayerContext, name: str, curve: Floats) -> Floats:
    """Downsample a curve [2T] to the frame rate: [T]."""
    tile, inside, part = padded(curve[None], Span(-1, len(curve)))
    tile[:, inside] = curve[None, part]
    result: Floats = context.kernels.conv(tile, context.weights[f"{name}.weight"], stride=2)[0]
    return result + context.weights[f"{name}.bias"]
