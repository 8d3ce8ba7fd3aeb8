"""Clients of a halfgig server: `Client`, and `AsyncClient` with the same calls to be awaited.

from halfgig.client import Client

with Client("http://127.0.0.1:8000") as client:
    video = client.videos.create_and_poll(prompt="Good morning.", portrait="me.jpg")
    client.videos.download(video.id, "morning.mp4")
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from halfgig.client.async_client import AsyncClient
    from halfgig.client.errors import ApiError, ConnectionFailed, VideoFailed
    from halfgig.client.sync_client import Client
    from halfgig.client.values import Avatar, AvatarPage, Session, SpeechEvent, Video, VideoEvent, VideoPage, Voice

_ELSEWHERE = {
    "ApiError": "errors",
    "AsyncClient": "async_client",
    "Avatar": "values",
    "AvatarPage": "values",
    "Client": "sync_client",
    "ConnectionFailed": "errors",
    "Session": "values",
    "SpeechEvent": "values",
    "Video": "values",
    "VideoEvent": "values",
    "VideoFailed": "errors",
    "VideoPage": "values",
    "Voice": "values",
}

__all__ = [
    "ApiError",
    "AsyncClient",
    "Avatar",
    "AvatarPage",
    "Client",
    "ConnectionFailed",
    "Session",
    "SpeechEvent",
    "Video",
    "VideoEvent",
    "VideoFailed",
    "VideoPage",
    "Voice",
]


def __getattr__(name: str) -> Any:
    if name not in _ELSEWHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    import importlib

    return getattr(importlib.import_module(f"halfgig.client.{_ELSEWHERE[name]}"), name)
