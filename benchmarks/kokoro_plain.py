"""Plain Kokoro for comparison: one float32 graph, as an exporter writes it, for ONNX Runtime's defaults.

The benchmark compares halfgig with it: 1D convolutions with constant weights, AdaIN as InstanceNormalization
then Mul and Add, Snake as x + sin(ax)^2 / a with Pow, the alignment as a matrix product, the source at 24 kHz.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from halfgig.nn import torch_checkpoint
from halfgig.nn.onnx_graph import ExternalTensor, Graph, Value

if TYPE_CHECKING:
    from pathlib import Path
    from typing import BinaryIO

    from numpy.typing import NDArray

ALIGN = 4096


@dataclass(slots=True)
class Plain:
    """Writes the graph layer by layer, with its weights in one external file."""

    graph: Graph
    file: BinaryIO
    file_name: str
    part: dict[str, torch_checkpoint.Tensor]
    style: Value = ""

    def hold(self, array: NDArray[np.floating]) -> Value:
        """Add a tensor to the weights file."""
        self.file.seek(-(-self.file.tell() // ALIGN) * ALIGN)
        tensor = ExternalTensor(self.file_name, self.file.tell(), array.shape)
        self.file.write(np.ascontiguousarray(array, np.float32).tobytes())
        return self.graph.external(tensor)

    def tensor(self, name: str) -> NDArray[np.float32]:
        """Return a tensor of the current section."""
        return np.asarray(torch_checkpoint.tensor(self.part, name), np.float32)

    def op(self, kind: str, *inputs: Value | float | list[int], **attributes: int | float | str | list[int]) -> Value:
        """Append a node; Python numbers become constants."""
        values = [one if isinstance(one, str) else self.graph.constant(one) for one in inputs]
        return self.graph.op(kind, *values, **attributes)

    def linear(self, name: str, x: Value) -> Value:
        """Append x W^T + b."""
        product = self.op("MatMul", x, self.hold(self.tensor(f"{name}.weight").T))
        return self.op("Add", product, self.hold(self.tensor(f"{name}.bias")))

    def conv(self, name: str, x: Value, kind: str = "Conv", bias: bool = True, **attributes: int | list[int]) -> Value:
        """Append a convolution along time."""
        inputs = [x, self.hold(torch_checkpoint.folded_weight(self.part, name))]
        inputs += [self.hold(self.tensor(f"{name}.bias"))] if bias else []
        return self.op(kind, *inputs, **attributes)

    def lstm(self, name: str, x: Value) -> Value:
        """Append a bidirectional LSTM over [1, time, features]."""

        def gates(leaf: str) -> NDArray[np.float32]:
            sides = [self.tensor(f"{name}.{leaf}_l0{end}") for end in ("", "_reverse")]
            return np.stack([side.reshape(4, 256, -1)[[0, 3, 1, 2]].reshape(1024, -1) for side in sides])

        b = np.concatenate([gates("bias_ih")[..., 0], gates("bias_hh")[..., 0]], axis=1)
        y = self.op(
            "LSTM",
            self.op("Transpose", x, perm=[1, 0, 2]),
            self.hold(gates("weight_ih")),
            self.hold(gates("weight_hh")),
            self.hold(b),
            direction="bidirectional",
            hidden_size=256,
        )
        return self.op("Reshape", self.op("Transpose", y, perm=[2, 0, 1, 3]), [1, -1, 512])

    def style_split(self, name: str, axis: int) -> tuple[Value, Value]:
        """Append the projection of the style to gain minus one and shift, broadcast along time."""
        both = self.op("Unsqueeze", self.linear(f"{name}.fc", self.style), [axis])
        gain, shift = self.graph.op_n(2, "Split", both, axis=3 - axis, num_outputs=2)
        return self.op("Add", gain, 1.0), shift

    def adain(self, name: str, x: Value, channels: int) -> Value:
        """Append the adaptive instance normalisation."""
        gain, shift = self.style_split(name, 2)
        ones, zeros = np.ones(channels, np.float32), np.zeros(channels, np.float32)
        normal = self.op("InstanceNormalization", x, self.hold(ones), self.hold(zeros), epsilon=1e-5)
        return self.op("Add", self.op("Mul", gain, normal), shift)

    def layer_norm(self, x: Value, gain_shift: tuple[Value, Value], epsilon: float) -> Value:
        """Append a normalisation over the last axis."""
        return self.op("LayerNormalization", x, *gain_shift, axis=-1, epsilon=epsilon)

    def both(self, gain: str, shift: str) -> tuple[Value, Value]:
        """Add the two vectors of a normalisation to the weights file."""
        return self.hold(self.tensor(gain)), self.hold(self.tensor(shift))

    def snake(self, name: str, x: Value) -> Value:
        """Append x + sin(ax)^2 / a."""
        a = self.hold(self.tensor(name))
        sine = self.op("Sin", self.op("Mul", a, x))
        return self.op("Add", x, self.op("Mul", self.op("Div", 1.0, a), self.op("Pow", sine, 2.0)))

    def blocks(self, name: str, x: Value, channels: int, kernel: int) -> Value:
        """Append an AdaINResBlock1."""
        for q, d in enumerate((1, 3, 5)):
            pads, plain = [d * (kernel - 1) // 2] * 2, [(kernel - 1) // 2] * 2
            t = self.snake(f"{name}.alpha1.{q}", self.adain(f"{name}.adain1.{q}", x, channels))
            t = self.conv(f"{name}.convs1.{q}", t, dilations=[d], pads=pads)
            t = self.snake(f"{name}.alpha2.{q}", self.adain(f"{name}.adain2.{q}", t, channels))
            x = self.op("Add", x, self.conv(f"{name}.convs2.{q}", t, pads=plain))
        return x

    def res_block(self, name: str, x: Value, c_in: int, c_out: int, upsample: bool = False) -> Value:
        """Append an AdainResBlk1d."""
        r = self.op("LeakyRelu", self.adain(f"{name}.norm1", x, c_in), alpha=0.2)
        if upsample:
            r = self.conv(f"{name}.pool", r, "ConvTranspose", group=c_in, strides=[2], pads=[1, 1], output_padding=[1])
            x = self.doubled(x)
        r = self.conv(f"{name}.conv1", r, pads=[1, 1])
        r = self.op("LeakyRelu", self.adain(f"{name}.norm2", r, c_out), alpha=0.2)
        r = self.conv(f"{name}.conv2", r, pads=[1, 1])
        x = x if c_in == c_out else self.conv(f"{name}.conv1x1", x, bias=False)
        return self.op("Mul", self.op("Add", r, x), float(2**-0.5))

    def doubled(self, x: Value) -> Value:
        """Append a repetition of every step."""
        scales = self.graph.constant(np.array([1, 1, 2], np.float32))
        return self.op(
            "Resize", x, "", scales, mode="nearest", coordinate_transformation_mode="asymmetric", nearest_mode="floor"
        )

    def albert(self, ids: Value) -> Value:
        """Append the language model: [1, n] ids to [1, n, 512]."""
        e = "embeddings"
        n = self.op("Slice", self.op("Shape", ids), [1], [2])
        places = self.op(
            "Slice", self.hold(self.tensor(f"{e}.position_embeddings.weight")), self.graph.constant([0]), n
        )
        x = self.op("Gather", self.hold(self.tensor(f"{e}.word_embeddings.weight")), ids)
        x = self.op("Add", self.op("Add", x, places), self.hold(self.tensor(f"{e}.token_type_embeddings.weight")[0]))
        x = self.layer_norm(x, self.both(f"{e}.LayerNorm.weight", f"{e}.LayerNorm.bias"), 1e-12)
        x = self.linear("encoder.embedding_hidden_mapping_in", x)
        for _ in range(12):
            x = self.albert_layer("encoder.albert_layer_groups.0.albert_layers.0", x)
        return x

    def albert_layer(self, a: str, h: Value) -> Value:
        """Append one pass through the shared layer."""

        def heads(name: str) -> Value:
            split = self.op("Reshape", self.linear(f"{a}.attention.{name}", h), [1, -1, 12, 64])
            return self.op("Transpose", split, perm=[0, 2, 1, 3])

        scores = self.op("MatMul", heads("query"), self.op("Transpose", heads("key"), perm=[0, 1, 3, 2]))
        seen = self.op("MatMul", self.op("Softmax", self.op("Div", scores, 8.0), axis=-1), heads("value"))
        seen = self.op("Reshape", self.op("Transpose", seen, perm=[0, 2, 1, 3]), [1, -1, 768])
        inner = self.both(f"{a}.attention.LayerNorm.weight", f"{a}.attention.LayerNorm.bias")
        u = self.op("Add", h, self.linear(f"{a}.attention.dense", seen))
        u = self.layer_norm(u, inner, 1e-12)
        f = self.linear(f"{a}.ffn_output", self.op("Gelu", self.linear(f"{a}.ffn", u), approximate="tanh"))
        outer = self.both(f"{a}.full_layer_layer_norm.weight", f"{a}.full_layer_layer_norm.bias")
        return self.layer_norm(self.op("Add", f, u), outer, 1e-12)

    def text(self, ids: Value) -> Value:
        """Append the text encoder: [1, n] ids to [1, n, 512]."""
        x = self.op("Transpose", self.op("Gather", self.hold(self.tensor("embedding.weight")), ids), perm=[0, 2, 1])
        for i in range(3):
            x = self.op("Transpose", self.conv(f"cnn.{i}.0", x, pads=[2, 2]), perm=[0, 2, 1])
            x = self.layer_norm(x, self.both(f"cnn.{i}.1.gamma", f"cnn.{i}.1.beta"), 1e-5)
            x = self.op("LeakyRelu", self.op("Transpose", x, perm=[0, 2, 1]), alpha=0.2)
        return self.lstm("lstm", self.op("Transpose", x, perm=[0, 2, 1]))

    def duration_encoder(self, x: Value) -> Value:
        """Append the three styled LSTMs: [1, n, 512] to [1, n, 640]."""
        n = self.op("Slice", self.op("Shape", x), [1], [2])
        size = self.op("Concat", self.graph.constant([1]), n, self.graph.constant([128]), axis=0)
        style = self.op("Expand", self.op("Unsqueeze", self.style, [1]), size)
        x = self.op("Concat", x, style, axis=-1)
        ones, zeros = self.hold(np.ones(512)), self.hold(np.zeros(512))
        for j in range(3):
            y = self.lstm(f"text_encoder.lstms.{2 * j}", x)
            gain, shift = self.style_split(f"text_encoder.lstms.{2 * j + 1}", 1)
            y = self.op("Add", self.op("Mul", gain, self.layer_norm(y, (ones, zeros), 1e-5)), shift)
            x = self.op("Concat", y, style, axis=-1)
        return x

    def alignment(self, d: Value, speed: Value) -> tuple[Value, Value]:
        """Append the durations [n] and the 0/1 matrix [n, T] that repeats each token."""
        y = self.op("Sigmoid", self.linear("duration_proj.linear_layer", self.lstm("lstm", d)))
        y = self.op("Round", self.op("Div", self.op("ReduceSum", y, [-1], keepdims=0), speed))
        durations = self.op("Squeeze", self.op("Cast", self.op("Clip", y, 1.0), to=7), [0])
        ends = self.op("CumSum", durations, self.graph.constant(np.int64(0) * np.ones((), np.int64)))
        frames = self.op("Range", self._int(0), self.op("ReduceSum", durations, keepdims=0), self._int(1))
        after = self.op("GreaterOrEqual", frames, self.op("Unsqueeze", self.op("Sub", ends, durations), [1]))
        before = self.op("Less", frames, self.op("Unsqueeze", ends, [1]))
        return durations, self.op("Cast", self.op("And", after, before), to=1)

    def _int(self, value: int) -> Value:
        return self.graph.constant(np.array(value, np.int64))

    def curve(self, name: str, x: Value) -> Value:
        """Append the F0 or N branch: [1, 512, T] to [1, 1, 2T]."""
        x = self.res_block(f"{name}.0", x, 512, 512)
        x = self.res_block(f"{name}.1", x, 512, 256, upsample=True)
        return self.conv(f"{name}_proj", self.res_block(f"{name}.2", x, 256, 256))

    def decoder(self, asr: Value, f0: Value, n: Value) -> Value:
        """Append the decoder up to the features of the vocoder."""
        f, m = (self.conv(name, x, strides=[2], pads=[1, 1]) for name, x in (("F0_conv", f0), ("N_conv", n)))
        x = self.res_block("encode", self.op("Concat", asr, f, m, axis=1), 514, 1024)
        a = self.conv("asr_res.0", asr)
        for i in range(4):
            x = self.op("Concat", x, a, f, m, axis=1)
            x = self.res_block(f"decode.{i}", x, 1090, 512 if i == 3 else 1024, upsample=i == 3)
        return x

    def source(self, f0: Value, har_noise: float) -> Value:
        """Append the harmonic source at 24 kHz, [1, 1, 600T]."""
        harmonics = self.graph.constant(np.arange(1, 10, dtype=np.float32)[None, :, None])
        turns = self.op("Div", self.op("Mul", f0, harmonics), 24000.0)
        turns = self.op("Sub", turns, self.op("Floor", turns))
        axis = self.graph.constant(np.array(2, np.int64))
        phase = self.op("Mul", self.op("CumSum", turns, axis), float(2 * np.pi * 300))
        scales = self.graph.constant(np.array([1, 1, 300], np.float32))
        phase = self.op("Resize", phase, "", scales, mode="linear", coordinate_transformation_mode="half_pixel")
        voiced = self.op("Cast", self.op("Greater", f0, 10.0), to=1)
        voiced = self.op(
            "Resize",
            voiced,
            "",
            scales,
            mode="nearest",
            coordinate_transformation_mode="asymmetric",
            nearest_mode="floor",
        )
        loud = self.op("Sub", 0.1 / 3, self.op("Mul", voiced, 0.1 / 3 - 0.003))
        noise = self.op("Mul", self.op("RandomNormalLike", phase, scale=har_noise), loud) if har_noise else ""
        waves = self.op("Mul", self.op("Mul", self.op("Sin", phase), 0.1), voiced)
        waves = self.op("Add", waves, noise) if noise else waves
        name = "generator.m_source.l_linear"
        mixed = self.op(
            "Conv", waves, self.hold(self.tensor(f"{name}.weight")[..., None]), self.hold(self.tensor(f"{name}.bias"))
        )
        return self.op("Tanh", mixed)

    def spectrum(self, source: Value) -> Value:
        """Append the short-time Fourier transform, magnitudes and angles [1, 22, frames]."""
        padded = self.op("Pad", source, [0, 0, 10, 0, 0, 10], mode="reflect")
        t, k = np.arange(20), np.arange(11)[:, None]
        window = 0.5 - 0.5 * np.cos(2 * np.pi * t / 20)
        cosine, sine = window * np.cos(2 * np.pi * k * t / 20), -window * np.sin(2 * np.pi * k * t / 20)
        sine[[0, 10]] = 0
        parts = [self.op("Conv", padded, self.hold(rows[:, None]), strides=[5]) for rows in (cosine, sine)]
        re, im = parts
        zero = self.op("Where", self.op("Equal", re, 0.0), 1e-30, re)
        half = self.op("Where", self.op("Less", im, 0.0), -float(np.pi), float(np.pi))
        turn = self.op("Where", self.op("Less", re, 0.0), half, 0.0)
        angle = self.op("Add", self.op("Atan", self.op("Div", im, zero)), turn)
        power = self.op("Add", self.op("Pow", re, 2.0), self.op("Pow", im, 2.0))
        return self.op("Concat", self.op("Sqrt", power), angle, axis=1)

    def vocoder(self, x: Value, har: Value) -> Value:
        """Append the generator: features [1, 512, 2T] and har to the waveform [1, 1, 600T]."""
        g = "generator"
        for i, (channels, stride) in enumerate(((256, 10), (128, 6))):
            x = self.op("LeakyRelu", x, alpha=0.1)
            steps, pads = ([6], [3, 3]) if i == 0 else ([1], [0, 0])
            xs = self.conv(f"{g}.noise_convs.{i}", har, strides=steps, pads=pads)
            xs = self.blocks(f"{g}.noise_res.{i}", xs, channels, 7 + 4 * i)
            x = self.conv(f"{g}.ups.{i}", x, "ConvTranspose", strides=[stride], pads=[stride // 2] * 2)
            x = self.op("Pad", x, [0, 0, 1, 0, 0, 0], mode="reflect") if i else x
            x = self.op("Add", x, xs)
            each = [self.blocks(f"{g}.resblocks.{3 * i + j}", x, channels, k) for j, k in enumerate((3, 7, 11))]
            x = self.op("Div", self.op("Add", self.op("Add", each[0], each[1]), each[2]), 3.0)
        x = self.conv(f"{g}.conv_post", self.op("LeakyRelu", x, alpha=0.01), pads=[3, 3])
        mag, theta = self.graph.op_n(2, "Split", x, axis=1, num_outputs=2)
        return self.inverse(self.op("Exp", mag), self.op("Sin", theta))

    def inverse(self, mag: Value, theta: Value) -> Value:
        """Append the inverse transform; the first and last five samples use the interior envelope."""
        t, k = np.arange(20), np.arange(11)[:, None]
        window = (0.5 - 0.5 * np.cos(2 * np.pi * t / 20)) / 20 / 1.5
        twice = np.where((k == 0) | (k == 10), 1, 2)
        rows = np.concatenate(
            [twice * window * np.cos(2 * np.pi * k * t / 20), -2 * window * np.sin(2 * np.pi * k * t / 20)]
        )
        rows[[11, 21]] = 0
        both = self.op(
            "Concat", self.op("Mul", mag, self.op("Cos", theta)), self.op("Mul", mag, self.op("Sin", theta)), axis=1
        )
        return self.op("ConvTranspose", both, self.hold(rows[:, None]), strides=[5], pads=[10, 10])


def write_plain(checkpoint: Path, out_dir: Path, har_noise: float = 1.0) -> Path:
    """Write plain.onnx and plain.weights into a folder and return the path of the model."""
    tree = torch_checkpoint.read_checkpoint(checkpoint)
    graph = Graph("kokoro")
    with (out_dir / "plain.weights").open("wb") as file:
        plain = Plain(graph, file, "plain.weights", {})

        def at(name: str, style: Value = "") -> Plain:
            plain.part, plain.style = torch_checkpoint.section(tree, name), style
            return plain

        ids = graph.input("input_ids", [1, "tokens"], "int64")
        whole, speed = graph.input("style", [1, 256]), graph.input("speed", [1])
        s_dec, s_pro = graph.op_n(2, "Split", whole, axis=1, num_outputs=2)
        h = at("bert").albert(ids)
        h = plain.op(
            "MatMul",
            h,
            plain.hold(np.asarray(torch_checkpoint.tensor(torch_checkpoint.section(tree, "bert_encoder"), "weight")).T),
        )
        h = plain.op(
            "Add", h, plain.hold(torch_checkpoint.tensor(torch_checkpoint.section(tree, "bert_encoder"), "bias"))
        )
        t_en = at("text_encoder").text(ids)
        d = at("predictor", s_pro).duration_encoder(h)
        durations, matrix = plain.alignment(d, speed)
        en = plain.op("MatMul", plain.op("Transpose", matrix, perm=[1, 0]), d)
        shared = plain.op("Transpose", plain.lstm("shared", en), perm=[0, 2, 1])
        f0, n = plain.curve("F0", shared), plain.curve("N", shared)
        asr = plain.op("MatMul", plain.op("Transpose", t_en, perm=[0, 2, 1]), matrix)
        features = at("decoder", s_dec).decoder(asr, f0, n)
        har = plain.spectrum(plain.source(f0, har_noise))
        audio = plain.vocoder(features, har)
        graph.output(durations, "duration", ["tokens"], "int64")
        graph.output(audio, "audio", [1, 1, "samples"])
    path = out_dir / "plain.onnx"
    path.write_bytes(graph.model())
    return path
