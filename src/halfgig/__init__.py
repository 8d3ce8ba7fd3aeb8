"""Talking avatars in half a gigabyte: text and a portrait in, speech and a talking-head video out.

    import halfgig

    halfgig.say("Good morning.", "morning.mp3")
    halfgig.talk("portrait.png", "Good morning.", "morning.mp4")

Nothing heavy is loaded here: the work is done in a child process under a memory budget.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from halfgig.animators.puppet.options import PuppetOptions
    from halfgig.animators.sadtalker.options import SadTalkerOptions
    from halfgig.api import Result, avatar, close, say, speak, talk, verify, voices
    from halfgig.errors import HalfgigError
    from halfgig.pipeline.local_video import SavedAvatar

__version__ = "0.3.0"

__all__ = [
    "HalfgigError",
    "PuppetOptions",
    "Result",
    "SadTalkerOptions",
    "SavedAvatar",
    "__version__",
    "avatar",
    "close",
    "say",
    "speak",
    "talk",
    "verify",
    "voices",
]


_ELSEWHERE = {
    "HalfgigError": "halfgig.errors",
    "PuppetOptions": "halfgig.animators.puppet.options",
    "SadTalkerOptions": "halfgig.animators.sadtalker.options",
    "SavedAvatar": "halfgig.pipeline.local_video",
}


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    import importlib

    return getattr(importlib.import_module(_ELSEWHERE.get(name, "halfgig.api")), name)
