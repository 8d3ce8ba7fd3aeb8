"""An ONNX graph in the making: nodes, constants and names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from onnx import TensorProto, checker, helper, numpy_helper

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    Shape = Sequence[int]

OPSET = 20
"""The first version that has GridSample under its present name for linear sampling."""

IR_VERSION = 9


class OnnxBuilder:
    """Collects the nodes of a graph; every method returns the name of the tensor that it adds."""

    def __init__(self) -> None:
        self._nodes: list[Any] = []
        self._constants: list[Any] = []

    def add(self, operator: str, *inputs: str, name: str = "", **attributes: Any) -> str:
        """Add a node with one output, under a name or the next free one."""
        name = name or f"v{len(self._nodes)}"
        self._nodes.append(helper.make_node(operator, list(inputs), [name], **attributes))
        return name

    def constant(self, values: NDArray[Any]) -> str:
        """Add a constant; one in float16 is stored as it is and cast to float32 when the network is loaded."""
        name = f"c{len(self._constants)}"
        self._constants.append(numpy_helper.from_array(np.ascontiguousarray(values).reshape(values.shape), name))
        return self.add("Cast", name, to=TensorProto.FLOAT) if values.dtype == np.float16 else name

    def floats(self, values: object) -> str:
        """Add a constant of float32."""
        return self.constant(np.array(values, np.float32))

    def integers(self, values: object) -> str:
        """Add a constant of int64, as shapes and indices must be."""
        return self.constant(np.array(values, np.int64))

    def reshaped(self, tensor: str, shape: Shape, name: str = "") -> str:
        """Reshape a tensor."""
        return self.add("Reshape", tensor, self.integers(shape), name=name)

    def model(self, source: tuple[str, Shape], results: Mapping[str, Shape], title: str) -> bytes:
        """Return the checked model with one input and named outputs of float32, serialised."""
        outputs = [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name, shape in results.items()]
        inputs = [helper.make_tensor_value_info(source[0], TensorProto.FLOAT, source[1])]
        graph = helper.make_graph(self._nodes, title, inputs, outputs, self._constants)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR_VERSION)
        checker.check_model(model)
        return bytes(model.SerializeToString(deterministic=True))
