"""Build pictures and sounds, and look into what was made of them."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from tests.media.sounds import wav

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray
    from PIL.Image import Image

    Pixels = NDArray[np.uint8]

ROOT = Path(__file__).parents[2]
PRESENTER = ROOT / "src" / "halfgig" / "assets" / "presenter.png"


def presenter(side: int = 256) -> Image:
    """Return the project's own portrait, `side` pixels wide and high."""
    from PIL import Image

    with Image.open(PRESENTER) as image:
        return image.convert("RGB").resize((side, side), Image.Resampling.BOX)


def portrait(path: Path, side: int = 256) -> Path:
    """Write the project's own portrait in the format of the path's ending."""
    presenter(side).save(path)
    return path


def noise(path: Path, side: int = 256) -> Path:
    """Write a picture without a face."""
    from PIL import Image

    Image.fromarray(np.random.default_rng(0).integers(0, 256, (side, side, 3), dtype=np.uint8)).save(path)
    return path


def two_faces(path: Path, large: int = 384, small: int = 192) -> Path:
    """Write a picture that shows the presenter twice, the large one on the left."""
    from PIL import Image

    canvas = Image.new("RGB", (large + small, large), presenter(64).getpixel((1, 1)))
    canvas.paste(presenter(large), (0, 0))
    canvas.paste(presenter(small), (large, large - small))
    canvas.save(path)
    return path


def bomb(path: Path, side: int = 30_000) -> Path:
    """Write a PNG of `side` x `side` black pixels: small as a file, huge when decoded."""
    squeeze = zlib.compressobj(9)
    row = bytes(1 + side // 8 + 1)
    packed = b"".join(squeeze.compress(row * 100) for _ in range(side // 100)) + squeeze.flush()
    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", packed), (b"IEND", b""))
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"".join(_png_chunk(*chunk) for chunk in chunks))
    return path


def _png_chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def voice_like(path: Path, seconds: float = 1.0, rate: int = 24_000, channels: int = 1, level: float = 0.3) -> Path:
    """Write a WAV that swells and falls four times a second, as syllables do; all channels the same."""
    time = np.arange(round(seconds * rate)) / rate
    buzz = sum(np.sin(2 * np.pi * 120 * harmonic * time) / harmonic for harmonic in range(1, 12))
    mono = level * buzz * np.sin(2 * np.pi * 2 * time) ** 2
    pcm = np.repeat((32767 * mono.clip(-1, 1)).astype("<i2")[:, None], channels, axis=1)
    return wav(path, pcm.tobytes(), rate=rate, channels=channels)


def frames(path: Path) -> Iterator[Pixels]:
    """Yield a video's frames, RGB [height, width, 3]."""
    import av

    with av.open(str(path)) as container:
        for frame in container.decode(video=0):
            yield np.asarray(frame.to_ndarray(format="rgb24"), dtype=np.uint8)


def seconds_of(path: Path) -> float:
    """Return how long the sound of a file is, in seconds, by decoding it."""
    import av

    with av.open(str(path)) as container:
        return float(sum(frame.samples / frame.sample_rate for frame in container.decode(audio=0)))
