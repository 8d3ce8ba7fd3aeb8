"""Run the pickle of a checkpoint on a small machine of our own, whose time and memory follow from the file's length.

A pickle is a program.  Python's own machine lets one copy a list a million times, give a tensor another method, or name
one list within another until ten bytes stand for a terabyte.  This one makes dicts, lists, tuples, numbers, strings and
tensors; it counts what it makes, and refuses whatever else is asked by name.
"""

from __future__ import annotations

import pickletools
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn

from halfgig.errors import BadCheckpoint

if TYPE_CHECKING:
    from collections.abc import Callable

MAX_PICKLE_BYTES = 1 << 20
"""Kokoro's is 54 KB, SadTalker's largest 400 KB."""

MAX_STEPS = 160_000
"""Most instructions, and most pairs given to one; SadTalker's largest has 100,000.  They take a quarter of a second."""

MAX_NODES = 200_000
"""Most values in the whole tree, one that is named in two places counted twice."""

MAX_DEPTH = 32
"""Maximum nesting of dicts and lists."""

LONGEST_NAME = 80

STORAGE_DTYPES = {
    "FloatStorage": "float32",
    "HalfStorage": "float16",
    "DoubleStorage": "float64",
    "LongStorage": "int64",
    "IntStorage": "int32",
    "ShortStorage": "int16",
    "CharStorage": "int8",
    "ByteStorage": "uint8",
    "BoolStorage": "bool",
}


class Storage(NamedTuple):
    """The zip entry that contains a tensor's numbers."""

    key: str
    dtype: str


class _Global(NamedTuple):
    """A function or type that a pickle names."""

    module: str
    name: str


class _Mark:
    """Where the values of a list, tuple or dict begin on the stack."""


_ORDERED_DICT = _Global("collections", "OrderedDict")
_REBUILD = _Global("torch._utils", "_rebuild_tensor_v2")

_CONSTANTS: dict[str, object] = {"NONE": None, "NEWTRUE": True, "NEWFALSE": False, "EMPTY_TUPLE": ()}

# fmt: off
_VALUES = frozenset(
    [
        "INT", "BININT", "BININT1", "BININT2", "LONG1", "BINFLOAT", "BINUNICODE", "SHORT_BINUNICODE", "BINUNICODE8",
        "BINSTRING", "SHORT_BINSTRING", "BINBYTES", "SHORT_BINBYTES",
    ]
)
# fmt: on
"""Instructions whose argument is the value."""

_TUPLES = {"TUPLE1": 1, "TUPLE2": 2, "TUPLE3": 3}
_IGNORED = frozenset(["PROTO", "FRAME"])


class TensorPickle:
    """One pickle and the machine that runs it; `name` is the file's, for messages.

    `make_tensor` makes a `tensor_type` of `_rebuild_tensor_v2`'s arguments: storage, offset, shape, strides and more.
    """

    def __init__(
        self, name: str, content: bytes, make_tensor: Callable[[tuple[Any, ...]], object], tensor_type: type
    ) -> None:
        self._name = name
        self._content = content
        self._make_tensor = make_tensor
        self._tensor_type = tensor_type
        self._stack: list[Any] = []
        self._memo: dict[int, Any] = {}
        self._steps = 0
        self._plain: dict[int, tuple[object, int]] = {}
        self._unfinished: set[int] = set()
        self._instructions = self._table()

    def tree(self) -> Any:
        """Return the contents: nested dicts and lists with tensors, numbers and strings as leaves.

        Raises BadCheckpoint for a pickle that is damaged or asks for anything else.
        """
        if len(self._content) > MAX_PICKLE_BYTES:
            self._refuse(f"a pickle of {len(self._content) / 2**20:.1f} MB; the limit is {MAX_PICKLE_BYTES >> 20} MB")
        try:
            for opcode, argument, place in pickletools.genops(self._content):
                self._count(1)
                if opcode.name == "FRAME":
                    self._check_frame(argument, len(self._content) - int(place or 0))
                self._run(opcode.name, argument)
            return self._as_plain(self._stack.pop(), 0)[0]
        except (ValueError, IndexError, KeyError, TypeError, UnicodeError) as error:
            raise BadCheckpoint(f"{self._name} holds a damaged pickle ({error}); fetch it again") from error

    def _refuse(self, what: str) -> NoReturn:
        raise BadCheckpoint(f"{self._name} holds {what}; fetch it again from where it was published")

    def _count(self, steps: int) -> None:
        self._steps += steps
        if self._steps > MAX_STEPS:
            self._refuse(f"a pickle of more than {MAX_STEPS} instructions, which no checkpoint of tensors has")

    def _check_frame(self, length: Any, rest: int) -> None:
        if length > rest:
            self._refuse(f"a frame of {length} bytes, of which {rest} are there")

    def _run(self, name: str, argument: Any) -> None:
        stack = self._stack
        if name in _VALUES:
            stack.append(argument)
        elif name in _CONSTANTS:
            stack.append(_CONSTANTS[name])
        elif name in _TUPLES:
            stack[-_TUPLES[name] :] = [tuple(self._top(_TUPLES[name]))]
        elif name in _IGNORED:
            pass
        elif name == "STOP":
            if len(stack) != 1:
                self._refuse(f"a damaged pickle that leaves {len(stack)} values")
        else:
            instruction = self._instructions.get(name)
            if instruction is None:
                self._refuse(f"the pickle instruction {name}")
            instruction(argument)

    def _table(self) -> dict[str, Callable[[Any], None]]:
        """Return what torch.save and its stand-ins write at protocols 2 to 4, apart from plain values."""
        return {
            "MARK": self._mark,
            "POP": self._drop,
            "POP_MARK": self._drop_to_mark,
            "TUPLE": self._tuple,
            "EMPTY_LIST": self._empty_list,
            "APPEND": self._append,
            "APPENDS": self._appends,
            "EMPTY_DICT": self._empty_dict,
            "DICT": self._dict,
            "SETITEM": self._set_item,
            "SETITEMS": self._set_items,
            "BINPUT": self._put,
            "LONG_BINPUT": self._put,
            "MEMOIZE": self._memoize,
            "BINGET": self._get,
            "LONG_BINGET": self._get,
            "GLOBAL": self._global,
            "STACK_GLOBAL": self._stack_global,
            "BINPERSID": self._persistent,
            "REDUCE": self._reduce,
            "BUILD": self._build,
        }

    def _top(self, count: int) -> list[Any]:
        if len(self._stack) < count or any(each is _Mark for each in self._stack[-count:]):
            raise ValueError("an instruction without its values")
        return self._stack[-count:]

    def _pop(self) -> Any:
        (value,) = self._top(1)
        self._stack.pop()
        return value

    def _since_mark(self) -> list[Any]:
        """Take the values above the last mark, and the mark."""
        at = len(self._stack) - 1
        while self._stack[at] is not _Mark:
            at -= 1
            if at < 0:
                raise ValueError("a mark that is missing")
        values = self._stack[at + 1 :]
        del self._stack[at:]
        return values

    def _mark(self, _argument: Any) -> None:
        self._stack.append(_Mark)

    def _drop(self, _argument: Any) -> None:
        self._stack.pop()

    def _drop_to_mark(self, _argument: Any) -> None:
        self._since_mark()

    def _tuple(self, _argument: Any) -> None:
        self._stack.append(tuple(self._since_mark()))

    def _empty_list(self, _argument: Any) -> None:
        self._stack.append([])

    def _empty_dict(self, _argument: Any) -> None:
        self._stack.append({})

    def _dict(self, _argument: Any) -> None:
        values = self._since_mark()
        self._stack.append({})
        self._set(values)

    def _append(self, _argument: Any) -> None:
        self._extend([self._pop()])

    def _appends(self, _argument: Any) -> None:
        self._extend(self._since_mark())

    def _extend(self, values: list[Any]) -> None:
        (target,) = self._top(1)
        if not isinstance(target, list):
            self._refuse(f"values for a {_kind(target)}, which is no list")
        target.extend(values)

    def _set_item(self, _argument: Any) -> None:
        values = self._top(2)
        del self._stack[-2:]
        self._set(values)

    def _set_items(self, _argument: Any) -> None:
        self._set(self._since_mark())

    def _set(self, values: list[Any]) -> None:
        """Put keys and values into the dict on the stack."""
        (target,) = self._top(1)
        if not isinstance(target, dict) or len(values) % 2:
            self._refuse(f"keys for a {_kind(target)}, which is no dict")
        for key, value in zip(values[::2], values[1::2], strict=True):
            target[self._key(key)] = value

    def _key(self, key: object) -> str:
        """Return a key as text: a stranger could choose numbers that all fall on one place of the table."""
        if not isinstance(key, (str, bool, int, float)) or (isinstance(key, int) and key.bit_length() > 64):
            self._refuse(f"a key that is a {_kind(key)}")
        return str(key)

    def _put(self, place: Any) -> None:
        if place > len(self._content):
            self._refuse(f"a memo number of {place}")
        (self._memo[place],) = self._top(1)

    def _memoize(self, _argument: Any) -> None:
        self._put(len(self._memo))

    def _get(self, place: Any) -> None:
        self._stack.append(self._memo[place])

    def _global(self, argument: Any) -> None:
        self._stack.append(self._known(*str(argument).split(" ", 1)))

    def _stack_global(self, _argument: Any) -> None:
        module, name = self._top(2)
        del self._stack[-2:]
        self._stack.append(self._known(module, name))

    def _known(self, module: object, name: object = "") -> _Global:
        found = _Global(str(module), str(name))
        if found in (_ORDERED_DICT, _REBUILD) or (found.module == "torch" and found.name in STORAGE_DTYPES):
            return found
        raise BadCheckpoint(
            f"{self._name} asks for {found.module[:LONGEST_NAME]}.{found.name[:LONGEST_NAME]}, which no checkpoint of "
            "tensors needs; do not use this file: loading it the usual way could run a program"
        )

    def _persistent(self, _argument: Any) -> None:
        match self._pop():
            case ("storage", _Global("torch", kind), str(key), str(), int()):
                self._stack.append(Storage(key, STORAGE_DTYPES[kind]))
            case other:
                self._refuse(f"a reference that is no storage: {_kind(other)}")

    def _reduce(self, _argument: Any) -> None:
        function, arguments = self._top(2)
        del self._stack[-2:]
        if not isinstance(function, _Global) or not isinstance(arguments, tuple):
            self._refuse(f"a call of a {_kind(function)}")
        if function == _REBUILD:
            self._stack.append(self._make_tensor(arguments))
        elif function == _ORDERED_DICT:
            self._stack.append({})
            for pairs in arguments[:1]:
                self._count(len(pairs))
                self._set([each for pair in pairs for each in _pair(pair)])
        else:
            self._refuse(f"a call of {function.module}.{function.name}")

    def _build(self, _argument: Any) -> None:
        """Forget what is said of a dict, as torch says versions; nothing else has attributes."""
        self._pop()
        (target,) = self._top(1)
        if not isinstance(target, dict):
            self._refuse(f"attributes for a {_kind(target)}")

    def _as_plain(self, node: Any, depth: int) -> tuple[Any, int]:
        """Return a node with tuples as lists, and the number of its values; a node named twice is copied once."""
        if depth > MAX_DEPTH:
            self._refuse(f"dicts nested deeper than {MAX_DEPTH}")
        if node is None or isinstance(node, (self._tensor_type, bool, int, float, str, bytes)):
            return node, 1
        if isinstance(node, (_Global, Storage)) or not isinstance(node, (dict, list, tuple)):
            self._refuse(f"a {_kind(node)}")
        if id(node) in self._unfinished:
            self._refuse(f"a {_kind(node)} within itself")
        if id(node) in self._plain:
            return self._plain[id(node)]
        self._unfinished.add(id(node))
        items = list(node.values() if isinstance(node, dict) else node)
        made, count = [], 1
        for item in items:
            value, values = self._as_plain(item, depth + 1)
            made.append(value)
            count += values
            if count > MAX_NODES:
                self._refuse(f"values named again and again, which makes more than {MAX_NODES}")
        plain: object = dict(zip(node, made, strict=True)) if isinstance(node, dict) else made
        self._unfinished.remove(id(node))
        self._plain[id(node)] = plain, count
        return plain, count


def _pair(pair: Any) -> tuple[object, object]:
    if not isinstance(pair, (list, tuple)) or len(pair) != 2:
        raise ValueError("a dict of something else than pairs")
    return pair[0], pair[1]


def _kind(value: object) -> str:
    return "mark" if value is _Mark else type(value).__name__.strip("_").lower()
