"""Convert upstream's checkpoint to one memory-mapped file of weights, tensor by tensor.

Folded into the weights: weight norm, the factor 2^-1/2 after residual blocks, the factor 1/3 after each stage, and the
1/8 of attention. Query, key and value become one matrix, the token type is added to the positions, and LSTM biases are
in ONNX's gate order. Convolution weights have the layout of the matrix products that compute them.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from typing import TYPE_CHECKING, Any

import numpy as np

from halfgig.errors import BadCheckpoint
from halfgig.nn import torch_checkpoint
from halfgig.nn.weights import WeightsWriter

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

    from halfgig.events import Event

FORMAT = 2
"""Incremented when older builds can no longer be read."""
CHECKPOINT = "kokoro-v1_0.pth"
WEIGHTS = "kokoro.weights"
MANIFEST = "manifest.json"
SECTIONS = ("bert", "bert_encoder", "text_encoder", "predictor", "decoder")
GATES = [0, 3, 1, 2]
"""Indices of torch's LSTM gates in ONNX's order."""
HALF = 2**-0.5
Order = tuple[int, ...]
AS_IT_IS: Order = ()
TAPS_INSIDE: Order = (0, 2, 1)
"""[out, taps, in] from upstream's [out, in, taps]; for a transposed convolution [in, taps, out]."""
TAPS_FIRST: Order = (2, 1, 0)
"""[taps, in, out], with one scale per output."""
EXACT = (("bert", ""), ("predictor.text_encoder.", ""), ("predictor.lstm.", ""), ("predictor.", ".fc."))
"""Prefixes and parts of the names of tensors stored in float32.

Twelve passes of ALBERT and three LSTMs amplify an error of 1e-5 to 5 % of the loudness; with these tensors exact it is
0.1 %, for 31 MB (docs/kokoro.md).
"""


class Builder:
    """Folds and writes the tensors of a checkpoint."""

    def __init__(self, tree: torch_checkpoint.Tree, writer: WeightsWriter) -> None:
        self.parts = {name: torch_checkpoint.section(tree, name) for name in SECTIONS}
        self.writer = writer

    def add(self, name: str, array: NDArray[Any], *, columns: bool = False) -> None:
        """Write a tensor, in float32 if 16 bits are not precise enough.  Raises `BadCheckpoint` for NaN or infinity."""
        exact = any(name.startswith(start) and end in name for start, end in EXACT)
        self.writer.add(name, array, exact=exact, columns=columns)

    def read(self, part: str, name: str) -> NDArray[Any]:
        """Return a tensor of the checkpoint."""
        return torch_checkpoint.tensor(self.parts[part], name)

    def has(self, part: str, stem: str) -> bool:
        """Return whether the checkpoint has a layer."""
        return any(key.startswith(f"{stem}.") for key in self.parts[part])

    def layer(
        self, part: str, stem: str, name: str, scale: float | tuple[float, float] = 1.0, order: Order = AS_IT_IS
    ) -> None:
        """Write the weight of a layer with its norm folded, and its bias if any; the bias may have its own scale."""
        for_weight, for_bias = scale if isinstance(scale, tuple) else (scale, scale)
        weight = torch_checkpoint.folded_weight(self.parts[part], stem) * np.float32(for_weight)
        self.add(f"{name}.weight", weight.transpose(order or range(weight.ndim)), columns=order == TAPS_FIRST)
        if f"{stem}.bias" in self.parts[part]:
            self.add(f"{name}.bias", self.read(part, f"{stem}.bias") * np.float32(for_bias))

    def lstm(self, part: str, stem: str, name: str) -> None:
        """Write both directions in ONNX's gate order."""

        def gates(leaf: str, end: str) -> NDArray[Any]:
            torch_order = self.read(part, f"{stem}{leaf}_l0{end}")
            return torch_order.reshape(4, len(torch_order) // 4, -1)[GATES].reshape(torch_order.shape)

        for end in ("", "_reverse"):
            self.add(f"{name}.w{end}", gates("weight_ih", end))
            self.add(f"{name}.r{end}", gates("weight_hh", end))
            self.add(f"{name}.b{end}", np.concatenate([gates("bias_ih", end), gates("bias_hh", end)]))

    def res_block(self, part: str, stem: str) -> None:
        """Write an AdainResBlk1d."""
        name = f"{part}.{stem}"
        for norm in ("norm1.fc", "norm2.fc"):
            self.layer(part, f"{stem}.{norm}", f"{name}.{norm}")
        for layer, scale in (("conv1", 1.0), ("conv2", HALF), ("conv1x1", HALF)):
            if self.has(part, f"{stem}.{layer}"):
                self.layer(part, f"{stem}.{layer}", f"{name}.{layer}", scale, TAPS_INSIDE)
        if self.has(part, f"{stem}.pool"):
            self.layer(part, f"{stem}.pool", f"{name}.pool")

    def snake_block(self, stem: str) -> None:
        """Write an AdaINResBlock1 of the vocoder."""
        for q in range(3):
            for half in (1, 2):
                conv, norm = f"{stem}.convs{half}.{q}", f"{stem}.adain{half}.{q}.fc"
                self.layer("decoder", conv, conv, order=TAPS_FIRST)
                self.layer("decoder", norm, norm)
                alpha = f"{stem}.alpha{half}.{q}"
                self.add(alpha, self.read("decoder", alpha).reshape(-1))

    def bert(self) -> None:
        """Write ALBERT, with one matrix for query, key and value; the query includes the scale of attention."""
        embeddings = {
            kind: self.read("bert", f"embeddings.{kind}_embeddings.weight")
            for kind in ("word", "position", "token_type")
        }
        self.add("bert.words", embeddings["word"])
        self.add("bert.places", embeddings["position"] + embeddings["token_type"][0])
        self.layer("bert", "embeddings.LayerNorm", "bert.norm")
        self.layer("bert", "encoder.embedding_hidden_mapping_in", "bert.widen")
        shared = "encoder.albert_layer_groups.0.albert_layers.0"
        for leaf in ("weight", "bias"):
            q, k, v = (self.read("bert", f"{shared}.attention.{kind}.{leaf}") for kind in ("query", "key", "value"))
            self.add(f"bert.qkv.{leaf}", np.concatenate([q / 8, k, v]))
        names = {"attention.dense": "dense", "ffn": "ffn", "ffn_output": "ffn_output"}
        names |= {"attention.LayerNorm": "attention_norm", "full_layer_layer_norm": "full_norm"}
        for stem, name in names.items():
            self.layer("bert", f"{shared}.{stem}", f"bert.{name}")
        self.add("bert_encoder.weight", self.read("bert_encoder", "weight"))
        self.add("bert_encoder.bias", self.read("bert_encoder", "bias"))

    def text_encoder(self) -> None:
        """Write the text encoder."""
        self.add("text_encoder.embedding", self.read("text_encoder", "embedding.weight"))
        for i in range(3):
            self.layer("text_encoder", f"cnn.{i}.0", f"text_encoder.cnn.{i}", order=TAPS_INSIDE)
            for leaf in ("gamma", "beta"):
                self.add(f"text_encoder.cnn.{i}.{leaf}", self.read("text_encoder", f"cnn.{i}.1.{leaf}"))
        self.lstm("text_encoder", "lstm.", "text_encoder.lstm")

    def predictor(self) -> None:
        """Write the predictors of duration, pitch and loudness."""
        for j in range(3):
            self.lstm("predictor", f"text_encoder.lstms.{2 * j}.", f"predictor.text_encoder.lstms.{2 * j}")
            norm = f"text_encoder.lstms.{2 * j + 1}.fc"
            self.layer("predictor", norm, f"predictor.{norm}")
        for name in ("lstm", "shared"):
            self.lstm("predictor", f"{name}.", f"predictor.{name}")
        self.layer("predictor", "duration_proj.linear_layer", "predictor.duration")
        for curve in ("F0", "N"):
            for i in range(3):
                self.res_block("predictor", f"{curve}.{i}")
            self.layer("predictor", f"{curve}_proj", f"predictor.{curve}_proj")

    def decoder(self) -> None:
        """Write the decoder, which computes the features of the vocoder."""
        for name in ("F0_conv", "N_conv", "asr_res.0"):
            self.layer("decoder", name, f"decoder.{name}")
        for name in ("encode", *(f"decode.{i}" for i in range(4))):
            self.res_block("decoder", name)

    def generator(self) -> None:
        """Write the vocoder; the layer after each stage includes the factor 1/3 of the stage's mean."""
        self.layer("decoder", "generator.m_source.l_linear", "source")
        for i in range(2):
            noise, ups = f"generator.noise_convs.{i}", f"generator.ups.{i}"
            self.layer("decoder", noise, noise, order=TAPS_FIRST)
            self.layer("decoder", ups, ups, (1 / 3 if i else 1.0, 1.0), TAPS_INSIDE)
            self.snake_block(f"generator.noise_res.{i}")
        for i in range(6):
            self.snake_block(f"generator.resblocks.{i}")
        self.layer("decoder", "generator.conv_post", "generator.conv_post", (1 / 3, 1.0), TAPS_FIRST)


def checksum(path: Path) -> str:
    """Return the SHA-256 of a file in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def build(checkpoint_dir: Path, out_dir: Path, on_event: Callable[[Event], None], *, narrow: bool = True) -> None:
    """Build Kokoro from a folder with upstream's checkpoint; `out_dir` is created atomically.

    `narrow` stores matrices in 16 bits, otherwise in float32 with twice the size. Raises `BadCheckpoint` if the
    checkpoint is missing, damaged or of another model.
    """
    from halfgig.events import Progress

    source = checkpoint_dir / CHECKPOINT
    if not source.is_file():
        raise BadCheckpoint(f"there is no {CHECKPOINT} in {checkpoint_dir}; fetch it with: halfgig pull kokoro")
    part_dir = out_dir.with_name(f".{out_dir.name}.{os.getpid()}.part")
    shutil.rmtree(part_dir, ignore_errors=True)
    part_dir.mkdir(parents=True)
    try:
        tree = torch_checkpoint.read_checkpoint(source)
        with (part_dir / WEIGHTS).open("wb") as file:
            writer = WeightsWriter(file, narrow)
            builder = Builder(tree, writer)
            steps = (builder.bert, builder.text_encoder, builder.predictor, builder.decoder, builder.generator)
            for done, step in enumerate(steps):
                on_event(Progress("building kokoro", done, len(steps), "parts"))
                step()
            file.flush()
            os.fsync(file.fileno())
        write_manifest(part_dir, source, writer, narrow)
        put_in_place(part_dir, out_dir)
    finally:
        shutil.rmtree(part_dir, ignore_errors=True)
    on_event(Progress("building kokoro", len(steps), len(steps), "parts"))


def put_in_place(part_dir: Path, out_dir: Path) -> None:
    """Rename a finished folder to its final name, replacing an older build only at the end."""
    aside = part_dir.with_suffix(".old")
    if out_dir.exists():
        out_dir.replace(aside)
    part_dir.replace(out_dir)
    shutil.rmtree(aside, ignore_errors=True)


def write_manifest(part_dir: Path, source: Path, writer: WeightsWriter, narrow: bool) -> None:
    """Write the source, checksums and tensor offsets of the model."""
    manifest = {
        "model": "kokoro",
        "format": FORMAT,
        "source": {"name": source.name, "bytes": source.stat().st_size, "sha256": checksum(source)},
        "weights": {
            "name": WEIGHTS,
            "bytes": (part_dir / WEIGHTS).stat().st_size,
            "sha256": checksum(part_dir / WEIGHTS),
        },
        "precision": "int16" if narrow else "float32",
        "footprint": {"private_mb": 220},
        "tensors": writer.index(),
    }
    (part_dir / MANIFEST).write_text(json.dumps(manifest, indent=1))
