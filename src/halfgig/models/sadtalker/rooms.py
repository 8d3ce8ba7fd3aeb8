"""Memory by name, used again and again: each thread's own for what is as long as a tile, shared for whole maps."""

from __future__ import annotations

import math
import threading
from typing import TYPE_CHECKING

from halfgig.models.scratch import mapped

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]


class Rooms:
    """Hand out the same few mappings under their names; what they held is lost whenever they are asked for."""

    def __init__(self) -> None:
        self._held: dict[tuple[int, str], Floats] = {}

    def mine(self, name: str, *shape: int) -> Floats:
        """Give this thread's room of a name in a shape."""
        return self._room((threading.get_ident(), name), shape)

    def shared(self, name: str, *shape: int) -> Floats:
        """Give all threads' room of a name in a shape."""
        return self._room((0, name), shape)

    def _room(self, key: tuple[int, str], shape: tuple[int, ...]) -> Floats:
        n, held = math.prod(shape), self._held.get(key)
        if held is None or len(held) < n:
            self._held.pop(key, None)  # before the larger one is there
            held = self._held[key] = mapped(n)[0]
        return held[:n].reshape(shape)

    def keep_only(self, *names: str) -> None:
        """Give all rooms but those of these names back to the system, each once nobody holds it."""
        self._held = {key: room for key, room in self._held.items() if key[1] in names}
