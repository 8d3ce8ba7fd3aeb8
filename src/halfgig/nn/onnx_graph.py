"""A small writer of ONNX graphs: nodes, constants and external weights, straight in the protobuf wire format.

The `onnx` package would take 31 MB on disk and 8 MB of private memory (docs/dependencies.md) for what these lines do;
running the graphs needs ONNX Runtime alone.  Field numbers are those of onnx.proto (https://github.com/onnx/onnx).
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

Value = str
"""The name of a tensor that flows through a graph."""
Attribute = int | float | str | tuple[int, ...] | list[int]
Dimension = int | str

OPSET = 20
"""Gelu with the tanh form came with it."""
IR_VERSION = 9
ELEMENT_TYPES = {"float32": 1, "uint8": 2, "int8": 3, "int16": 5, "int32": 6, "int64": 7, "bool": 9, "float16": 10}

VARINT, BYTES, FIXED32 = 0, 2, 5
FLOAT_ATTRIBUTE, INT_ATTRIBUTE, STRING_ATTRIBUTE, INTS_ATTRIBUTE = 1, 2, 3, 7


def varint(value: int) -> bytes:
    """Write an integer in seven-bit groups, lowest first; negative ones in two's complement of 64 bits."""
    value &= (1 << 64) - 1
    groups = bytearray()
    while value > 0x7F:
        groups.append(value & 0x7F | 0x80)
        value >>= 7
    groups.append(value)
    return bytes(groups)


def message_field(number: int, value: int | float | str | bytes) -> bytes:
    """Write one field of a protobuf message: its key, then its value."""
    if isinstance(value, int):
        return varint(number << 3 | VARINT) + varint(value)
    if isinstance(value, float):
        return varint(number << 3 | FIXED32) + struct.pack("<f", value)
    content = value.encode() if isinstance(value, str) else value
    return varint(number << 3 | BYTES) + varint(len(content)) + content


def attribute_proto(name: str, value: Attribute) -> bytes:
    """Write an AttributeProto."""
    if isinstance(value, (list, tuple)):
        kind, content = INTS_ATTRIBUTE, b"".join(message_field(8, one) for one in value)
    elif isinstance(value, str):
        kind, content = STRING_ATTRIBUTE, message_field(4, value)
    elif isinstance(value, float):
        kind, content = FLOAT_ATTRIBUTE, message_field(2, value)
    else:
        kind, content = INT_ATTRIBUTE, message_field(3, value)
    return message_field(1, name) + content + message_field(20, kind)


def tensor_proto(name: str, array: NDArray[np.generic]) -> bytes:
    """Write a TensorProto that holds its numbers itself."""
    dims = b"".join(message_field(1, size) for size in array.shape)
    kind = message_field(2, ELEMENT_TYPES[array.dtype.name])
    return dims + kind + message_field(8, name) + message_field(9, np.ascontiguousarray(array).tobytes())


@dataclass(frozen=True, slots=True)
class ExternalTensor:
    """Position of a tensor in the weights file next to the model."""

    file_name: str
    """Name of the file, in the model's own folder."""
    offset: int
    """Bytes from the file's start."""
    shape: tuple[int, ...]
    """The tensor's axes."""
    dtype: str = "float32"
    """A name numpy and `ELEMENT_TYPES` know."""

    @property
    def n_bytes(self) -> int:
        """Size of the tensor in bytes."""
        return int(np.prod(self.shape, dtype=np.int64)) * np.dtype(self.dtype).itemsize


def external_proto(name: str, tensor: ExternalTensor) -> bytes:
    """Write a TensorProto whose numbers stand in another file, which ONNX Runtime maps."""
    entries = {"location": tensor.file_name, "offset": str(tensor.offset), "length": str(tensor.n_bytes)}
    dims = b"".join(message_field(1, size) for size in tensor.shape)
    place = b"".join(message_field(13, message_field(1, key) + message_field(2, said)) for key, said in entries.items())
    kind = message_field(2, ELEMENT_TYPES[tensor.dtype])
    return dims + kind + message_field(8, name) + place + message_field(14, 1)


def value_proto(name: str, dtype: str, shape: Sequence[Dimension]) -> bytes:
    """Write a ValueInfoProto; an axis is a size or the name of one that changes."""
    axes = b"".join(message_field(1, message_field(1 if isinstance(axis, int) else 2, axis)) for axis in shape)
    tensor = message_field(1, ELEMENT_TYPES[dtype]) + message_field(2, axes)
    return message_field(1, name) + message_field(2, message_field(1, tensor))


@dataclass(slots=True)
class Graph:
    """An ONNX graph under construction: nodes in execution order."""

    name: str
    """For error messages of the runtime."""
    nodes: list[bytes] = field(default_factory=list)
    """NodeProto messages."""
    tensors: list[bytes] = field(default_factory=list)
    """TensorProto messages of the initialisers."""
    inputs: list[bytes] = field(default_factory=list)
    """ValueInfoProto messages."""
    outputs: list[bytes] = field(default_factory=list)
    """ValueInfoProto messages."""
    names: int = 0
    """Number of generated names."""

    def fresh(self, stem: str) -> Value:
        """Return an unused name."""
        self.names += 1
        return f"{stem}_{self.names}"

    def input(self, name: str, shape: Sequence[Dimension], dtype: str = "float32") -> Value:
        """Declare an input."""
        self.inputs.append(value_proto(name, dtype, shape))
        return name

    def output(self, value: Value, name: str, shape: Sequence[Dimension], dtype: str = "float32") -> None:
        """Declare a value as an output with a name."""
        self.nodes.append(self._node("Identity", [value], [name], {}))
        self.outputs.append(value_proto(name, dtype, shape))

    def constant(self, array: NDArray[np.generic] | float | Sequence[int]) -> Value:
        """Add a constant: a Python float becomes float32, integers int64."""
        numbers = np.asarray(array)
        if not isinstance(array, np.ndarray):
            numbers = numbers.astype(np.float32 if numbers.dtype.kind == "f" else np.int64)
        name = self.fresh("constant")
        self.tensors.append(tensor_proto(name, numbers))
        return name

    def external(self, tensor: ExternalTensor) -> Value:
        """Refer to numbers in the weights file."""
        name = self.fresh("weight")
        self.tensors.append(external_proto(name, tensor))
        return name

    def op(self, kind: str, *inputs: Value, **attributes: Attribute) -> Value:
        """Append a node with one output and return the output's name; "" leaves an optional input out."""
        return self.op_n(1, kind, *inputs, **attributes)[0]

    def op_n(self, n_outputs: int, kind: str, *inputs: Value, **attributes: Attribute) -> list[Value]:
        """Append a node with several outputs and return their names."""
        outputs = [self.fresh(kind.lower()) for _ in range(n_outputs)]
        self.nodes.append(self._node(kind, inputs, outputs, attributes))
        return outputs

    def _node(
        self, kind: str, inputs: Sequence[Value], outputs: Sequence[Value], attributes: dict[str, Attribute]
    ) -> bytes:
        ins = b"".join(message_field(1, one) for one in inputs)
        outs = b"".join(message_field(2, one) for one in outputs)
        marks = b"".join(message_field(5, attribute_proto(name, value)) for name, value in attributes.items())
        return ins + outs + message_field(4, kind) + marks

    def model(self) -> bytes:
        """Write the whole as a ModelProto."""
        parts = [(1, self.nodes), (5, self.tensors), (11, self.inputs), (12, self.outputs)]
        body = message_field(2, self.name) + b"".join(message_field(n, one) for n, many in parts for one in many)
        opset = message_field(8, message_field(1, "") + message_field(2, OPSET))
        return message_field(1, IR_VERSION) + message_field(2, "halfgig") + message_field(7, body) + opset
