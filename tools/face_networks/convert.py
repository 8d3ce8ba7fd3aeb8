"""Converts the network, operator by operator; weights keep their values, in float16.

TensorFlow Lite keeps channels last, ONNX second: tensors of four axes are turned on the way in and before a reshape.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import tflite
from flatbuffers import flexbuffers

from tools.face_networks.attention import cut_features, placed_landmarks, transform_matrix
from tools.face_networks.onnx_builder import OnnxBuilder

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

TYPES = {0: np.float32, 1: np.float16, 2: np.int32, 3: np.uint8, 4: np.int64}
"""The numbers of TensorFlow Lite's types."""

OPERATORS = {number: name for name, number in vars(tflite.BuiltinOperator).items() if isinstance(number, int)}

NO_ACTIVATION, RELU, RELU6 = 0, 1, 3
SAME = 0
"""The number of padding that keeps the size."""

TO_CHANNELS_FIRST, TO_CHANNELS_LAST = (0, 3, 1, 2), (0, 2, 3, 1)


class Converter:
    """Converts one network of TensorFlow Lite."""

    def __init__(self, data: bytes, title: str) -> None:
        self._title = title
        self._model = tflite.Model.GetRootAs(data, 0)
        self._graph = self._model.Subgraphs(0)
        self._to = OnnxBuilder()
        self._weights: dict[int, int] = {}
        """Tensors that are a constant in another precision, by the tensor that holds the constant."""
        self._channels_last: set[int] = set()
        """Tensors of four axes that are as TensorFlow Lite has them."""

    def convert(self) -> bytes:
        """Return the network as a serialised ONNX model.  Raises `ValueError` for an operator it does not know."""
        start = int(self._graph.Inputs(0))
        self._to.add("Transpose", "input", name=_name(start), perm=TO_CHANNELS_FIRST)
        for i in range(self._graph.OperatorsLength()):
            self._convert(self._graph.Operators(i))
        results: dict[str, list[int]] = {}
        for i in range(self._graph.OutputsLength()):
            tensor = int(self._graph.Outputs(i))
            title = self._graph.Tensors(tensor).Name().decode()
            self._to.add("Identity", self._plain(tensor), name=title)
            results[title] = self._shape(tensor)
        return self._to.model(("input", self._shape(start)), results, self._title)

    def _convert(self, operator: Any) -> None:
        code = self._model.OperatorCodes(operator.OpcodeIndex())
        kind = OPERATORS[max(code.BuiltinCode(), code.DeprecatedBuiltinCode())]
        if kind == "CUSTOM":
            kind = code.CustomCode().decode()
        how: Callable[[list[int], int, Any], None] | None = getattr(self, f"_{kind.lower()}", None)
        if how is None:
            raise ValueError(f"the operator {kind} is not converted; the network is not the one this was written for")
        how([int(tensor) for tensor in operator.InputsAsNumpy()], int(operator.Outputs(0)), operator)

    def _shape(self, tensor: int) -> list[int]:
        held = self._graph.Tensors(tensor)
        return [int(side) for side in held.ShapeAsNumpy()] if held.ShapeLength() else []

    def _values(self, tensor: int) -> NDArray[Any] | None:
        """Return the numbers of a constant; None for a tensor that is computed."""
        tensor = self._weights.get(tensor, tensor)
        held = self._graph.Tensors(tensor)
        buffer = self._model.Buffers(held.Buffer())
        if not buffer.DataLength():
            return None
        return np.frombuffer(buffer.DataAsNumpy().tobytes(), TYPES[held.Type()]).reshape(self._shape(tensor))

    def _constant(self, tensor: int) -> NDArray[Any]:
        values = self._values(tensor)
        if values is None:
            raise ValueError(f"tensor {tensor} is computed where a constant is expected; the network is another one")
        return values

    def _plain(self, tensor: int) -> str:
        """Return a tensor with its axes as TensorFlow Lite has them."""
        if tensor in self._channels_last or len(self._shape(tensor)) != 4:
            return _name(tensor)
        return self._to.add("Transpose", _name(tensor), perm=TO_CHANNELS_LAST)

    def _activated(self, value: str, activation: int, result: int) -> None:
        if activation == RELU:
            self._to.add("Relu", value, name=_name(result))
        elif activation == RELU6:
            self._to.add("Clip", value, self._to.floats(0.0), self._to.floats(6.0), name=_name(result))
        elif activation == NO_ACTIVATION:
            self._to.add("Identity", value, name=_name(result))
        else:
            raise ValueError(f"the activation {activation} is not converted; the network is another one")

    def _dequantize(self, inputs: list[int], result: int, _operator: Any) -> None:
        """Remember which float16 constant a float32 tensor stands for: the builder casts it."""
        self._weights[result] = inputs[0]

    def _convolution(self, inputs: list[int], result: int, options: Any, kernel: NDArray[Any], groups: int) -> None:
        bias = [self._to.constant(self._constant(inputs[2]))] if len(inputs) > 2 and inputs[2] >= 0 else []
        value = self._to.add(
            "Conv",
            _name(inputs[0]),
            self._to.constant(kernel),
            *bias,
            group=groups,
            strides=[options.StrideH(), options.StrideW()],
            dilations=[options.DilationHFactor(), options.DilationWFactor()],
            kernel_shape=kernel.shape[2:],
            auto_pad=_padding(options),
        )
        self._activated(value, options.FusedActivationFunction(), result)

    def _conv_2d(self, inputs: list[int], result: int, operator: Any) -> None:
        kernel = self._constant(inputs[1]).transpose(0, 3, 1, 2)
        self._convolution(inputs, result, _options(operator, tflite.Conv2DOptions), kernel, 1)

    def _depthwise_conv_2d(self, inputs: list[int], result: int, operator: Any) -> None:
        kernel, groups = self._constant(inputs[1]).transpose(3, 0, 1, 2), self._shape(inputs[0])[3]
        self._convolution(inputs, result, _options(operator, tflite.DepthwiseConv2DOptions), kernel, groups)

    def _convolution2dtransposebias(self, inputs: list[int], result: int, operator: Any) -> None:
        """Convert a transposed convolution whose kernel is its stride: the network's other cases do not occur."""
        kernel = self._constant(inputs[1]).transpose(3, 0, 1, 2)
        _padding, *stride = np.frombuffer(operator.CustomOptionsAsNumpy().tobytes(), np.int32).tolist()
        if kernel.shape[2:] != tuple(stride):
            raise ValueError(f"a transposed convolution of {kernel.shape[2:]} by {stride} is not converted")
        weights = [self._to.constant(kernel), self._to.constant(self._constant(inputs[2]))]
        self._to.add("ConvTranspose", _name(inputs[0]), *weights, name=_name(result), strides=stride)

    def _average_pool_2d(self, inputs: list[int], result: int, operator: Any) -> None:
        options = _options(operator, tflite.Pool2DOptions)
        if self._shape(inputs[0])[1:3] != [options.FilterHeight(), options.FilterWidth()]:
            raise ValueError("an average of a part is not converted, only one of everything")
        self._to.add("GlobalAveragePool", _name(inputs[0]), name=_name(result))

    def _resize_bilinear(self, inputs: list[int], result: int, operator: Any) -> None:
        if not _options(operator, tflite.ResizeBilinearOptions).HalfPixelCenters():
            raise ValueError("resizing by corners is not converted, only by the pixels' centres")
        size = self._to.integers([self._shape(result)[axis] for axis in TO_CHANNELS_FIRST])
        self._to.add("Resize", _name(inputs[0]), "", "", size, name=_name(result), mode="linear")

    def _relu(self, inputs: list[int], result: int, _operator: Any) -> None:
        self._to.add("Relu", _name(inputs[0]), name=_name(result))

    def _hard_swish(self, inputs: list[int], result: int, _operator: Any) -> None:
        self._to.add("HardSwish", _name(inputs[0]), name=_name(result))

    def _logistic(self, inputs: list[int], result: int, _operator: Any) -> None:
        self._to.add("Sigmoid", _name(inputs[0]), name=_name(result))

    def _max_pool_2d(self, inputs: list[int], result: int, operator: Any) -> None:
        options = _options(operator, tflite.Pool2DOptions)
        self._to.add(
            "MaxPool",
            _name(inputs[0]),
            name=_name(result),
            kernel_shape=[options.FilterHeight(), options.FilterWidth()],
            strides=[options.StrideH(), options.StrideW()],
            auto_pad=_padding(options),
        )

    def _prelu(self, inputs: list[int], result: int, _operator: Any) -> None:
        slope = self._constant(inputs[1])
        slope = slope.reshape(slope.shape[-3:]).transpose(2, 0, 1)
        self._to.add("PRelu", _name(inputs[0]), self._to.constant(slope), name=_name(result))

    def _add(self, inputs: list[int], result: int, operator: Any) -> None:
        value = self._to.add("Add", *map(_name, inputs))
        self._activated(value, _options(operator, tflite.AddOptions).FusedActivationFunction(), result)

    def _mul(self, inputs: list[int], result: int, _operator: Any) -> None:
        factors = [_name(each) if (held := self._values(each)) is None else self._to.constant(held) for each in inputs]
        self._to.add("Mul", *factors, name=_name(result))

    def _pad(self, inputs: list[int], result: int, _operator: Any) -> None:
        amounts = self._constant(inputs[1])[list(TO_CHANNELS_FIRST)]  # [4, 2]
        self._to.add("Pad", _name(inputs[0]), self._to.integers(amounts.T.ravel()), name=_name(result))

    def _reshape(self, inputs: list[int], result: int, _operator: Any) -> None:
        self._to.reshaped(self._plain(inputs[0]), self._shape(result), _name(result))
        self._channels_last.add(result)

    def _strided_slice(self, inputs: list[int], result: int, _operator: Any) -> None:
        """Pass on a slice of everything, the only one there is."""
        if self._shape(inputs[0]) != self._shape(result):
            raise ValueError("a slice that leaves something out is not converted; the network is another one")
        self._to.add("Identity", self._plain(inputs[0]), name=_name(result))
        self._channels_last.add(result)

    def _landmarks2transformmatrix(self, inputs: list[int], result: int, operator: Any) -> None:
        transform_matrix(self._to, _name(inputs[0]), _custom_options(operator), _name(result))

    def _transformtensorbilinear(self, inputs: list[int], result: int, operator: Any) -> None:
        _, height, width, _ = self._shape(inputs[0])
        names, options = (_name(inputs[0]), _name(inputs[1])), _custom_options(operator)
        cut_features(self._to, *names, options, (height, width), _name(result))

    def _transformlandmarks(self, inputs: list[int], result: int, operator: Any) -> None:
        placed_landmarks(self._to, _name(inputs[0]), _name(inputs[1]), _custom_options(operator), _name(result))


def _name(tensor: int) -> str:
    return f"t{tensor}"


def _options(operator: Any, kind: Any) -> Any:
    options = kind()
    held = operator.BuiltinOptions()
    options.Init(held.Bytes, held.Pos)
    return options


def _custom_options(operator: Any) -> dict[str, Any]:
    if not operator.CustomOptionsLength():
        return {}
    found: dict[str, Any] = flexbuffers.Loads(operator.CustomOptionsAsNumpy().tobytes())
    return found


def _padding(options: Any) -> str:
    return "SAME_UPPER" if options.Padding() == SAME else "VALID"
