"""Pickles that ask for far more time or memory than their length, by what they do."""

from __future__ import annotations

import struct

MANY = 150_000
LIST, CALL = b"\x80\x02](", b"ccollections\nOrderedDict\n"
TENSOR = (
    b"\x80\x02ctorch._utils\n_rebuild_tensor_v2\n((X\x07\x00\x00\x00storagectorch\nFloatStorage\nX\x01\x00\x00\x000"
    b"X\x03\x00\x00\x00cpuK\x01tQK\x00%s%s\x89}tR"
)
"""A call that makes a tensor of the storage "0", without its shape and strides."""


def numbers(*values: int) -> bytes:
    """Return the instructions that make a tuple of numbers."""
    return b"(" + b"".join(b"\x8a\x08" + struct.pack("<q", value) for value in values) + b"t"


HOSTILE = {
    "lists_named_again_and_again": b"\x80\x02N\x85q\x00"
    + b"".join(b"0h%ch%c\x86q%c" % (turn, turn, turn + 1) for turn in range(28))
    + b".",
    "a_dict_within_itself": b"\x80\x02}q\x00K\x01h\x00s.",
    "more_lists_than_fit": LIST + b"]" * (MANY * 2) + b"e.",
    "more_values_than_fit": b"\x80\x02" + b"K\x01" * (MANY * 3) + b".",
    "tuples_within_tuples": b"\x80\x02)" + b"\x85" * MANY + b".",
    "a_long_list_copied": LIST + b"K\x01K\x02\x86" * 30_000 + b"e\x85q\x01" + (CALL + b"h\x01R") * 10_000 + b".",
    "a_frame_that_is_not_there": b"\x80\x04\x95" + struct.pack("<Q", 1 << 60) + b"N.",
    "a_text_that_is_not_there": b"\x80\x04\x8d" + struct.pack("<Q", 1 << 40) + b"ab.",
    "a_number_of_many_digits": b"\x80\x02I" + b"9" * 900_000 + b"\n.",
    "a_key_of_many_digits": b"\x80\x02}\x8a\xff" + b"\x7f" * 255 + b"Ns.",
    "a_method_given_to_a_tensor": TENSOR % (numbers(1), numbers(1)) + b"}X\x04\x00\x00\x00readNsb.",
    "a_tensor_larger_than_its_file": TENSOR % (numbers(1 << 39), numbers(0)) + b".",
    "an_empty_tensor_of_huge_sides": TENSOR % (numbers(0, 1 << 39, 1 << 39), numbers(1, 1, 1)) + b".",
    "a_tensor_of_many_dimensions": TENSOR % (numbers(*[1] * 5000), numbers(*[1] * 5000)) + b".",
    "a_type_called_with_a_tensor": b"\x80\x02ctorch\nFloatStorage\nK\x01\x85R.",
}
"""Each must be refused as `BadCheckpoint`, whether its tensors are read or not."""
