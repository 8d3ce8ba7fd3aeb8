"""Inputs that are nearly right, changed at random: each must be read, or refused by an error of halfgig's own, soon."""

from __future__ import annotations

import contextlib
import functools
import io
import json
import pickle
from typing import TYPE_CHECKING

import numpy as np
import PIL.Image

from halfgig.errors import HalfgigError, PictureTooLarge
from halfgig.media.picture import PictureLimits, load_picture
from halfgig.nn.safetensors import Safetensors
from halfgig.nn.torch_checkpoint import Tensor, read_checkpoint
from halfgig.server.ipc import HEAD, WireBroken, body_length, packed, unpacked
from halfgig.server.web.form import FileRule, FormRules
from halfgig.server.web.picture_check import check_picture
from halfgig.server.web.upload import FormReader
from halfgig.text.script import read_script
from halfgig.text.sentences import MAX_SENTENCE_CHARACTERS, sentences
from tests.attacks.hostile_pickles import HOSTILE
from tests.nn.torch_files import archive, checkpoint
from tests.support.cost import processor_s

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from random import Random

MOST_TIMES = 200
"""Processor time for one input of a few hundred bytes, in that of a plain text of 50,000 characters."""

_FORM = (
    b'--edge\r\nContent-Disposition: form-data; name="prompt"\r\n\r\nGood morning.\r\n'
    b'--edge\r\nContent-Disposition: form-data; name="input_reference"; filename="a.png"\r\n\r\nxx\r\n--edge--\r\n'
)
_TEXTS = (
    "Dr. Smith paid $3.50 on 12/5/2024 at 10:30 a.m.; see www.example.com/a?b=1 [pause:0.5s] 3 x 4 = 12.",
    '<speak><p>One <break time="1s"/> <say-as interpret-as="date" format="mdy">12/5/2024</say-as></p></speak>',
    "[voice:en-gb] Hello. [voice:de] Guten Tag!",
)
_ODD = "\ufdfa\u0301\u200d\ufb03\u2460<>&[]{}()\"'\\/:;.,!?-_#@$%^*+=|~`0123456789\n\t\u00a0\U0001f600\u202e\ud800"


def changed(content: bytes, chance: Random) -> bytes:
    """Return bytes with a few of them changed, cut, doubled or set to a length that is not there."""
    made = bytearray(content)
    for _ in range(chance.randint(1, 6)):
        at = chance.randrange(len(made) + 1)
        match chance.randrange(5):
            case 0:
                made[at : at + 1] = bytes([chance.randrange(256)])
            case 1:
                del made[at : at + chance.randint(1, 40)]
            case 2:
                made[at:at] = made[at : at + chance.randint(1, 200)] * chance.randint(1, 20)
            case 3:
                made[at : at + 4] = chance.choice([b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff", b"\0\0\0\0"])
            case _:
                made[at:at] = chance.randbytes(chance.randint(1, 20))
    return bytes(made)


def fuzz_checkpoint(folder: Path, chance: Random) -> None:
    """Change a checkpoint, or the pickle in it."""
    whole = checkpoint(folder, {"net": {"a": np.arange(12, dtype=np.float32)}})
    path = folder / "changed.pth"
    if chance.random() < 0.5:
        path.write_bytes(changed(whole.read_bytes(), chance))
    else:
        pickled = chance.choice([*HOSTILE.values(), pickle.dumps({"a": [1, 2.5, "x"]}, protocol=2)])
        path = archive(folder, changed(pickled[:2000], chance), {"data/0": bytes(48)})
    tree = read_checkpoint(path)
    for leaf in tree.values() if isinstance(tree, dict) else [tree]:
        if isinstance(leaf, Tensor):
            leaf.read()


def fuzz_safetensors(folder: Path, chance: Random) -> None:
    """Change a safetensors file."""
    header = json.dumps({"a": {"dtype": "F32", "shape": [2, 2], "data_offsets": [0, 16]}}).encode()
    path = folder / "a.safetensors"
    path.write_bytes(changed(len(header).to_bytes(8, "little") + header + bytes(16), chance))
    found = Safetensors(path)
    if "a" in found:
        found["a"].sum()


def fuzz_picture(folder: Path, chance: Random) -> None:
    """Change a small picture of any format, mostly its header."""
    kind = chance.choice(["JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "PPM"])
    made, path = io.BytesIO(), folder / "picture"
    PIL.Image.new("RGB", (48, 40), (120, 90, 80)).save(made, kind, **({"progressive": True} if kind == "JPEG" else {}))
    head = chance.choice([64, len(made.getvalue())])
    path.write_bytes(changed(made.getvalue()[:head], chance) + made.getvalue()[head:])
    with contextlib.suppress(PictureTooLarge):
        check_picture(path, 4.0)
        load_picture(path, 64, PictureLimits(megapixels=4.0))


def fuzz_form(folder: Path, chance: Random) -> None:
    """Change a multipart form, and feed it in pieces of any size."""
    rules = FormRules({"prompt": 100}, {"input_reference": FileRule("portrait", 1, "MAX_PICTURE_MB", PictureTooLarge)})
    reader, body = FormReader(b"edge", folder, rules), changed(_FORM, chance)
    try:
        step = chance.randint(1, 200)
        for start in range(0, len(body), step):
            reader.feed(body[start : start + step])
        reader.finish()
    finally:
        reader.close()


def fuzz_wire(_folder: Path, chance: Random) -> None:
    """Change a message between the web process and the worker."""
    message = changed(packed({"op": "speech", "input": "Hi.", "format": "mp3", "speed": 1.0}), chance)
    head, body = message[: HEAD.size].ljust(HEAD.size, b"\0"), message[HEAD.size :]
    with contextlib.suppress(WireBroken):
        body_length(head)
        unpacked(head, body)


def fuzz_text(_folder: Path, chance: Random) -> None:
    """Change a text, with signs that are read in ways of their own."""
    letters = list(chance.choice(_TEXTS))
    for _ in range(chance.randint(1, 12)):
        at = chance.randrange(len(letters) + 1)
        letters[at : at + chance.randrange(3)] = [chance.choice(_ODD)] * chance.choice([1, 1, 1, 500])
    script = read_script("".join(letters))
    for sentence in sentences(script.text, chance.choice(["en-us", "de", "fr", "fi"])):
        assert len(sentence.spoken) <= MAX_SENTENCE_CHARACTERS, f"{len(sentence.spoken)} characters in one sentence"


FUZZERS: dict[str, Callable[[Path, Random], None]] = {
    "checkpoint": fuzz_checkpoint,
    "safetensors": fuzz_safetensors,
    "picture": fuzz_picture,
    "form": fuzz_form,
    "wire": fuzz_wire,
    "text": fuzz_text,
}


def holds(name: str, folder: Path, chance: Random) -> bool:
    """Try one input; return whether it was read, False if it was refused.

    Raises whatever else came of it, and AssertionError if it took too long.
    """
    is_read = False

    def read() -> None:
        nonlocal is_read
        with contextlib.suppress(HalfgigError):
            FUZZERS[name](folder, chance)
            is_read = True

    took_s = processor_s(read)
    assert took_s < MOST_TIMES * _plain_text_s(), f"{name} took {took_s:.1f} s of processor time"
    return is_read


@functools.cache
def _plain_text_s() -> float:
    return processor_s(lambda: list(sentences("The cat sat on the mat. " * 2000, "en-us")))
