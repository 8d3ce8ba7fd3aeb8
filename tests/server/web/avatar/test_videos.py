"""The script for videos: order, follow and fetch one from a page of another origin."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.server.web.avatar.pages import KEY

if TYPE_CHECKING:
    from tests.server.web.avatar.pages import Stage


def test_a_video_is_ordered_followed_and_fetched(stage: Stage) -> None:
    stage.open()
    made = stage.do(
        f"""const {{ Videos }} = await import("{stage.server.url}/halfgig-videos.js");
        const videos = new Videos("{stage.server.url}", "{KEY}");
        const seen = [];
        const {{ id }} = await videos.create({{ idle: 0.2, size: 64, portrait: undefined }});
        const video = await videos.poll(id, {{ onChange: ({{ status }}) => seen.push(status) }});
        const file = await videos.download(id);
        const deleted = await videos.delete(id);
        const gone = await videos.get(id).catch(({{ status }}) => status);
        return [video.status, seen.at(-1), file.type, file.size > 500, deleted.deleted, gone];"""
    )
    assert made == ["completed", "completed", "video/mp4", True, True, 404]


def test_a_refusal_says_what_is_wrong(stage: Stage) -> None:
    stage.open()
    refused = stage.do(
        f"""const {{ Videos }} = await import("{stage.server.url}/halfgig-videos.js");
        const videos = new Videos("{stage.server.url}", "{KEY}");
        return videos.create({{ idle: 0.2, size: 7 }}).catch(({{ status, message }}) => [status, message]);"""
    )
    assert refused[0] == 400
    assert "7" in refused[1]
