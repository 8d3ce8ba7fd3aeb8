"""Read portraits of many formats as upright RGB of a bounded size."""

from __future__ import annotations

import contextlib
import io
import stat
import struct
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from halfgig.errors import PictureTooLarge, PictureUnreadable
from halfgig.media.cut_jpeg import check_lost, cut_jpeg_read
from halfgig.media.picture_memory import check_room, check_webp_room, memory_told, webp_size
from halfgig.media.picture_structure import check_structure
from halfgig.resources.cpu_clock import cpu_clock

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np
    from numpy.typing import NDArray
    from PIL.Image import Image

    Pixels = NDArray[np.uint8]

# The JPEG reader opens MPO too; naming MPO here raises KeyError, because Pillow registers no reader under it.
FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "PPM", "AVIF")
"""Allowed formats. Pillow reads more, but each is one more parser exposed to untrusted bytes."""

FILMS = (".mp4", ".m4v", ".mov", ".webm", ".mkv", ".avi")
"""File extensions of videos; their first frame is used."""

SMALLEST_SIDE = 32
"""In pixels; smaller pictures show no usable face."""

DAMAGED = (OSError, SyntaxError, ValueError, RuntimeError, EOFError, LookupError, struct.error)
"""Exceptions that Pillow's readers raise for damaged pictures."""

_ORIENTATION = 0x0112
_LYING = (5, 6, 7, 8)  # EXIF orientations that swap width and height

_PROFILED = ("L", "RGB", "RGBA", "CMYK")  # modes whose colours a profile can describe

_SHRUNK_AT_ONCE = ("L", "RGB", "RGBA", "CMYK")  # shrunk before conversion, which makes another full-size copy

_BAND = 256  # rows of a shrunk picture made at a time
_BICUBIC_REACH = 2  # pixels of the result that a pixel of it looks at on each side

JPEG_FACTOR = 4
"""How many times more pixels a baseline JPEG may have: 160 megapixels decode in 2 s at an eighth of their size."""

HEIC_SHARE = 0.65
"""Part of the usual limit for HEIC: 26 megapixels, which phones with 24 save."""

MOST_CPU_S = 30.0
"""Processor seconds for reading a picture; 40 megapixels of AVIF take 1, and a slow processor three times as long."""

BACKGROUND = (255, 255, 255)
"""Colour shown through transparent pixels."""


OPAQUE = 250
"""Alpha from which a pixel counts as opaque."""


@dataclass(frozen=True, slots=True)
class PictureLimits:
    """Limits checked before a picture is decoded."""

    megabytes: float = 32.0
    """Largest file, in MB."""
    megapixels: float = 40.0
    """Largest picture that is decoded, in millions of pixels: a JPEG is decoded at a fraction of its size."""

    @property
    def jpeg_megapixels(self) -> float:
        """Largest baseline JPEG, in millions of pixels as stored."""
        return JPEG_FACTOR * self.megapixels

    @property
    def heic_megapixels(self) -> float:
        """Largest HEIC picture, in millions of pixels; its decoder takes 7 MB for each."""
        return self.megapixels * HEIC_SHARE


@dataclass(frozen=True, slots=True)
class Picture:
    """A portrait."""

    rgb: Pixels
    """Upright, uint8 [H, W, 3]."""
    shrunk: float
    """Factor from `rgb` to the file: pixels of the upright original per pixel of `rgb`; 1 if not shrunk."""
    size: tuple[int, int]
    """Width and height of the upright original, in pixels."""
    alpha: Pixels | None = None
    """Its own transparency, uint8 [H, W], 0 where it is clear; None for a picture without."""
    notices: tuple[str, ...] = ()
    """Remarks for the user about the file."""


@contextlib.contextmanager
def _opened(path: Path, limits: PictureLimits) -> Iterator[Image]:
    """Open a picture without Pillow's own pixel limit: the message of ours names the size and the limit."""
    from PIL import Image, UnidentifiedImageError

    formats: tuple[str, ...] = FORMATS
    if is_heic(path):
        import pi_heif  # 3 MB, for the pictures that need it

        pi_heif.register_heif_opener(thumbnails=False)
        formats = (*FORMATS, "HEIF")
    previous, Image.MAX_IMAGE_PIXELS = Image.MAX_IMAGE_PIXELS, None
    try:
        check_file(path, limits)
        check_structure(path)
        if size := webp_size(path):
            check_megapixels(*size, limits.megapixels)
            check_webp_room(size)
        with warnings.catch_warnings(action="ignore"), Image.open(path, formats=formats) as image:
            yield image
    except UnidentifiedImageError:
        raise PictureUnreadable(
            f"{str(path)!r} is not a picture that can be read; give a {', '.join(FORMATS[:3])} or {FORMATS[3]} file"
        ) from None
    except DAMAGED as error:
        raise PictureUnreadable(f"{str(path)!r} cannot be read: {error}; save the picture again and retry") from error
    finally:
        Image.MAX_IMAGE_PIXELS = previous


HEIC_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")
"""Brands in the first box of HEIC pictures, as phones save them."""


def is_heic(path: Path) -> bool:
    """Return whether a file begins as HEIC does; False for one that cannot be read."""
    try:
        with path.open("rb") as file:
            head = file.read(12)
    except (OSError, ValueError):
        return False
    return head[4:8] == b"ftyp" and head[8:] in HEIC_BRANDS


def check_file(path: Path, limits: PictureLimits) -> None:
    """Raise `PictureUnreadable` for a path without a file, `PictureTooLarge` for a file over the limit."""
    try:
        facts = path.stat()
    except FileNotFoundError:
        raise PictureUnreadable(f"there is no file {str(path)!r}; give the path of a portrait") from None
    except (OSError, ValueError) as error:  # a name that is too long or has a zero byte, a folder that is closed to us
        raise PictureUnreadable(f"{str(path)!r} cannot be read: {error}; give the path of a portrait") from None
    if not stat.S_ISREG(facts.st_mode):
        raise PictureUnreadable(f"{str(path)!r} is not a file; give the path of a portrait")
    megabytes = facts.st_size / 1e6
    if megabytes > limits.megabytes:
        raise PictureTooLarge(
            f"{str(path)!r} has {megabytes:.0f} MB; the limit is {limits.megabytes:g} MB: "
            "make it smaller, or raise MAX_PICTURE_MB"
        )


def _check_size(image: Image, limits: PictureLimits) -> None:
    width, height = image.size
    if image.format in ("JPEG", "MPO") and not image.info.get("progressive"):
        check_megapixels(width, height, limits.jpeg_megapixels)
    elif image.format == "HEIF":
        check_megapixels(width, height, limits.heic_megapixels, "HEIC picture")
    else:
        check_megapixels(width, height, limits.megapixels)
    if min(width, height) < SMALLEST_SIDE:
        raise PictureUnreadable(
            f"the picture is {width} x {height} pixels; it needs at least {SMALLEST_SIDE} on each side to show a face"
        )


def check_megapixels(width: int, height: int, most: float, kind: str = "picture") -> None:
    """Raise `PictureTooLarge` for more than `most` megapixels."""
    megapixels = width * height / 1e6
    if megapixels > most:
        raise PictureTooLarge(
            f"the {kind} is {width} x {height} pixels ({megapixels:.0f} megapixels); the limit is "
            f"{most:g} megapixels: make it smaller, or raise MAX_PICTURE_MEGAPIXELS"
        )


def _read(image: Image, longest: int) -> Image:
    """Decode an open picture, shrunk by an integer factor where that saves memory."""
    if not image.info.get("progressive"):
        image.draft("RGB", (longest, longest))  # JPEG decodes straight to a fraction of its size
    check_room(image)
    image.draft("RGB", (longest, longest))
    small = _shrunk(image, longest)
    small.load()  # the TIFF reader applies the rotation itself and updates the EXIF data
    return small


def _shrunk(image: Image, longest: int) -> Image:
    """Shrink by an integer factor before converting, so that only palettes make a full-size copy in another mode."""
    if "transparency" in image.info and image.mode in ("P", "1", "L", "RGB"):
        image = image.convert("RGBA")
    elif image.mode in ("P", "PA", "1"):
        image = image.convert("RGBA" if image.mode == "PA" else "RGB")
    factor = max(image.size) // longest
    if factor > 1 and image.mode.startswith("I;16"):
        image = image.convert("I")  # Pillow cannot reduce I;16
    return image.reduce(factor) if factor > 1 else image


def _scaled(image: Image, longest: int) -> Image:
    """Scale down to `longest` pixels a band of rows at a time, and free the larger picture.

    Scaled at once, a picture of 25 megapixels takes another 60 MB between its two passes.
    """
    import PIL.Image

    width, height = image.size
    ratio = longest / max(width, height)
    if ratio >= 1:
        return image
    columns, rows = max(1, round(width * ratio)), max(1, round(height * ratio))
    scale = height / rows
    scaled = PIL.Image.new(image.mode, (columns, rows))
    for top in range(0, rows, _BAND):
        bottom = min(top + _BAND, rows)
        first = max(0, int((top - _BICUBIC_REACH) * scale) - 1)
        last = min(height, int((bottom + _BICUBIC_REACH) * scale) + 2)
        band = image.crop((0, first, width, last))
        box = (0.0, top * scale - first, float(width), min(bottom * scale, height) - first)
        scaled.paste(band.resize((columns, bottom - top), PIL.Image.Resampling.BICUBIC, box), (0, top))
    scaled.info = image.info | {"exif": image.getexif().tobytes()}
    image.close()
    return scaled


def _in_srgb(image: Image) -> Image:
    """Convert colours from the picture's own profile; without a usable one they count as sRGB, as in viewers."""
    from PIL import ImageCms

    profile = image.info.get("icc_profile")
    if not profile or image.mode not in _PROFILED:
        return image
    try:
        own = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        mode = "RGBA" if image.mode == "RGBA" else "RGB"
        return ImageCms.profileToProfile(image, own, ImageCms.createProfile("sRGB"), outputMode=mode) or image
    except (ImageCms.PyCMSError, OSError):  # a damaged profile, or one for another kind of picture
        return image


def _eight_bit(image: Image) -> Image:
    """Scale 16-bit, 32-bit and float greys to 0..255: Pillow's own conversion clips them at 255."""
    if not image.mode.startswith(("I", "F")):
        return image
    import numpy as np
    import PIL.Image

    values = np.nan_to_num(np.asarray(image, dtype=np.float32), posinf=0.0)
    white = 65535.0 if image.mode.startswith("I") else max(float(values.max()), 1.0)
    return PIL.Image.fromarray((values * (255.0 / white)).clip(0, 255).astype(np.uint8))


def _flattened(image: Image) -> tuple[Image, Image | None]:
    """Return a picture on white, and its transparency if it has any."""
    if image.mode not in ("RGBA", "LA", "La", "RGBa"):
        return image.convert("RGB"), None
    import numpy as np
    import PIL.Image

    image = image.convert("RGBA")
    canvas = PIL.Image.new("RGBA", image.size, (*BACKGROUND, 255))
    canvas.alpha_composite(image)
    alpha = image.getchannel("A")
    is_opaque = np.asarray(alpha).min() >= OPAQUE
    return canvas.convert("RGB"), None if is_opaque else alpha


def orientation_of(path: Path, limits: PictureLimits | None = None) -> int:
    """Return the EXIF orientation of a picture, 1 to 8.  Raises `PictureUnreadable` or `PictureTooLarge`."""
    with cpu_clock(MOST_CPU_S), _opened(path, limits or PictureLimits()) as image:
        found = image.getexif().get(_ORIENTATION, 1)
    return found if found in range(1, 9) else 1


def load_picture(path: Path, longest: int, limits: PictureLimits | None = None) -> Picture:
    """Read a portrait upright and in sRGB, its longer side at most `longest` pixels.

    The first frame of an animation or a video is used. Transparency is shown on white; greys of any depth, palettes and
    CMYK become RGB; EXIF rotation is applied. Raises `PictureUnreadable` or `PictureTooLarge`.
    """
    limits = limits or PictureLimits()
    path = Path(path)
    if path.suffix.lower() in FILMS and path.is_file():
        from halfgig.media.film import first_frame

        with cpu_clock(MOST_CPU_S):
            rgb, size = first_frame(path, longest, limits.megapixels)
        return Picture(rgb, max(size) / max(rgb.shape), size)
    import numpy as np
    from PIL import ImageOps

    with cpu_clock(MOST_CPU_S), _opened(path, limits) as image:
        _check_size(image, limits)
        sides = image.size
        longer_side = max(sides)
        with memory_told(image), cut_jpeg_read(path, image) as notices:
            small = _read(image, longest)
        if notices:
            check_lost(path, small)
        lies = small.getexif().get(_ORIENTATION, 1) in _LYING
        if small.mode in _SHRUNK_AT_ONCE:
            small = _scaled(small, longest)
        small, alpha = _flattened(_in_srgb(_eight_bit(ImageOps.exif_transpose(small))))
        small, alpha = _scaled(small, longest), alpha and _scaled(alpha, longest)
        size = sides[::-1] if lies else sides
        see_through = None if alpha is None else np.asarray(alpha).copy()
        return Picture(np.asarray(small).copy(), longer_side / max(small.size), size, see_through, notices)
