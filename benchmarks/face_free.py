"""Two hundred pictures without a face, drawn so that a detector of faces is tempted: ten kinds of twenty each."""

from __future__ import annotations

import math
import random
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    Pixels = NDArray[np.uint8]
    Colour = tuple[int, int, int]

EACH = 20
"""Pictures of each kind."""

SIZES = ((640, 480), (480, 640), (512, 512), (900, 600), (320, 320))
SKIN = ((224, 178, 150), (190, 140, 110), (120, 82, 62), (240, 205, 185))


def _canvas(chance: random.Random) -> tuple[Image.Image, ImageDraw.ImageDraw, int, int]:
    width, height = chance.choice(SIZES)
    image = Image.new("RGB", (width, height), _colour(chance))
    return image, ImageDraw.Draw(image), width, height


def _colour(chance: random.Random) -> Colour:
    return chance.randrange(256), chance.randrange(256), chance.randrange(256)


def _noise(chance: random.Random) -> Image.Image:
    """Draw clouds: noise on several scales."""
    _, _, width, height = _canvas(chance)
    numbers = np.random.default_rng(chance.randrange(1 << 30))
    total = np.zeros((height, width, 3))
    for step in (1, 4, 16, 64):
        rows, columns = max(2, height // step), max(2, width // step)
        layer = Image.fromarray(numbers.integers(0, 256, (rows, columns, 3), dtype=np.uint8))
        total += np.asarray(layer.resize((width, height), Image.Resampling.BICUBIC)) * math.sqrt(step)
    return Image.fromarray((255 * total / total.max()).astype(np.uint8))


def _stripes(chance: random.Random) -> Image.Image:
    """Draw plaid cloth."""
    image, draw, width, height = _canvas(chance)
    for _ in range(30):
        at, thick = chance.randrange(max(width, height)), chance.randrange(2, 40)
        draw.rectangle((at, 0, at + thick, height), fill=_colour(chance))
        if chance.random() < 0.5:
            draw.rectangle((0, at, width, at + thick), fill=_colour(chance))
    return image.filter(ImageFilter.GaussianBlur(chance.random() * 2))


def _page(chance: random.Random) -> Image.Image:
    """Draw a page of print."""
    width, height = chance.choice(SIZES)
    image = Image.new("RGB", (width, height), (250, 248, 240))
    draw = ImageDraw.Draw(image)
    for y in range(20, height - 20, chance.randrange(12, 26)):
        words = " ".join("".join(chance.choices("abcdeghilmnoprstuvw", k=chance.randrange(2, 9))) for _ in range(14))
        draw.text((20, y), words, fill=(30, 30, 34), font_size=chance.choice((10, 14, 20)))
    return image


def _house(chance: random.Random) -> Image.Image:
    """Draw a front with two windows and a door, which many take for a face."""
    image, draw, width, height = _canvas(chance)
    wall, dark = chance.choice(SKIN), (40, 36, 50)
    draw.rectangle((width * 0.2, height * 0.25, width * 0.8, height), fill=wall)
    draw.polygon([(width * 0.15, height * 0.25), (width * 0.5, 0), (width * 0.85, height * 0.25)], fill=_colour(chance))
    for x in (0.3, 0.6):
        draw.rectangle((width * x, height * 0.4, width * (x + 0.1), height * 0.52), fill=dark, outline="white", width=4)
    draw.rectangle((width * 0.42, height * 0.7, width * 0.58, height), fill=dark)
    return image.filter(ImageFilter.GaussianBlur(1))


def _circles(chance: random.Random) -> Image.Image:
    """Draw coins, buttons and balls."""
    image, draw, width, height = _canvas(chance)
    for _ in range(40):
        x, y, radius = chance.randrange(width), chance.randrange(height), chance.randrange(5, 90)
        for share in (1.0, 0.6, 0.3):
            r = radius * share
            draw.ellipse((x - r, y - r, x + r, y + r), fill=_colour(chance))
    return image


def _landscape(chance: random.Random) -> Image.Image:
    """Draw hills under a sky, with trees."""
    image, draw, width, height = _canvas(chance)
    for layer in range(6):
        base, wave, shift = height * (0.3 + 0.12 * layer), chance.uniform(20, 90), chance.uniform(0, 6)
        line = [(x, base + wave * math.sin(shift + x / chance.uniform(60, 65))) for x in range(0, width + 9, 8)]
        draw.polygon([*line, (width, height), (0, height)], fill=(40 + 20 * layer, 90 + 15 * layer, 60 + 5 * layer))
    for _ in range(25):
        x, y, r = chance.randrange(width), chance.uniform(0.4, 0.95) * height, chance.uniform(8, 40)
        draw.line((x, y, x, y + 2 * r), fill=(70, 50, 30), width=5)
        draw.ellipse((x - r, y - r, x + r, y + r), fill=(20, chance.randrange(60, 140), 30))
    return image.filter(ImageFilter.GaussianBlur(1.5))


def _egg(chance: random.Random) -> Image.Image:
    """Draw a bare oval of skin's colours: a head with nothing in it."""
    image, draw, width, height = _canvas(chance)
    x, y, r = width / 2, height / 2, min(width, height) * chance.uniform(0.2, 0.4)
    draw.ellipse((x - 0.75 * r, y - r, x + 0.75 * r, y + r), fill=chance.choice(SKIN))
    draw.rectangle((x - 1.4 * r, y + r, x + 1.4 * r, height), fill=_colour(chance))
    shaded = np.asarray(image) * np.linspace(1, 0.6, width)[None, :, None]
    return Image.fromarray(shaded.astype(np.uint8)).filter(ImageFilter.GaussianBlur(4))


def _socket(chance: random.Random) -> Image.Image:
    """Draw a socket in a wall: two holes and a slot."""
    image, draw, width, height = _canvas(chance)
    x, y, r = width / 2, height / 2, min(width, height) * chance.uniform(0.15, 0.4)
    draw.rounded_rectangle((x - r, y - r, x + r, y + r), r / 5, fill=(236, 232, 222), outline=(150, 150, 150), width=3)
    for side in (-0.35, 0.35):
        draw.ellipse((x + (side - 0.1) * r, y - 0.3 * r, x + (side + 0.1) * r, y - 0.1 * r), fill=(30, 30, 30))
    draw.rectangle((x - 0.1 * r, y + 0.2 * r, x + 0.1 * r, y + 0.5 * r), fill=(30, 30, 30))
    return image.filter(ImageFilter.GaussianBlur(chance.uniform(0, 3)))


def _car(chance: random.Random) -> Image.Image:
    """Draw a car from the front: lamps and a grille."""
    image, draw, width, height = _canvas(chance)
    x, y, r = width / 2, height * 0.6, min(width, height) * chance.uniform(0.25, 0.4)
    draw.rounded_rectangle((x - r, y - 0.5 * r, x + r, y + 0.5 * r), r / 6, fill=_colour(chance))
    draw.polygon(
        [(x - 0.8 * r, y - 0.5 * r), (x - 0.6 * r, y - r), (x + 0.6 * r, y - r), (x + 0.8 * r, y - 0.5 * r)],
        fill=(70, 80, 95),
    )
    for side in (-0.7, 0.7):
        draw.ellipse(
            (x + side * r - 0.18 * r, y - 0.25 * r, x + side * r + 0.18 * r, y + 0.1 * r), fill=(245, 245, 225)
        )
    for step in range(5):
        top = y + (0.1 + 0.07 * step) * r
        draw.line((x - 0.4 * r, top, x + 0.4 * r, top), fill=(20, 20, 20), width=max(2, int(0.03 * r)))
    return image.filter(ImageFilter.GaussianBlur(1))


def _hand(chance: random.Random) -> Image.Image:
    """Draw an open hand before a wall."""
    image, draw, width, height = _canvas(chance)
    skin = chance.choice(SKIN)
    x, y, r = width / 2, height * 0.65, min(width, height) * chance.uniform(0.12, 0.2)
    draw.ellipse((x - r, y - r, x + r, y + 1.2 * r), fill=skin)
    for finger in range(5):
        angle = math.radians(-130 + 22 * finger + chance.uniform(-4, 4))
        end = x + 2.2 * r * math.cos(angle), y + 2.2 * r * math.sin(angle)
        draw.line((x, y, *end), fill=skin, width=int(0.4 * r))
        draw.ellipse((end[0] - 0.2 * r, end[1] - 0.2 * r, end[0] + 0.2 * r, end[1] + 0.2 * r), fill=skin)
    return image.filter(ImageFilter.GaussianBlur(2))


KINDS = {
    "clouds": _noise, "plaid": _stripes, "print": _page, "house": _house, "circles": _circles,
    "landscape": _landscape, "egg": _egg, "socket": _socket, "car": _car, "hand": _hand,
}  # fmt: skip


def face_free_pictures() -> Iterator[tuple[str, Pixels]]:
    """Yield the pictures, RGB [H, W, 3], each with a name that begins with its kind."""
    for kind, draw in KINDS.items():
        for number in range(EACH):
            yield f"{kind} {number}", np.asarray(draw(random.Random(f"{kind} {number}")))
