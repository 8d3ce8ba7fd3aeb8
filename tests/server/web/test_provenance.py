"""Checking where a file comes from over HTTP: what the web process does before and after the worker process."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.server.web.servers import refused, site
from tests.server.web.workers import work

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MARK = {"version": 1, "installation": 4711, "chance": 1e-12, "start_s": 0.0, "speed": 1.0, "keeps_pitch": False}
MANIFEST = {
    "trust": "unknown",
    "signer": "halfgig",
    "authority": "An installation",
    "signed_at": "2026-11-28T04:00:00Z",
    "tools": {"voice": "af_heart"},
    "generator": "halfgig 0.4",
    "problems": [],
    "ingredients": [],
}
FOUND = {
    "type": "origin",
    "synthetic": True,
    "statement": "Synthetic speech",
    "says_synthetic": True,
    "mark": MARK,
    "picture_mark": None,
    "manifest": MANIFEST,
    "notices": [],
    "words": ["file: synthetic"],
}
SOUND = b"RIFF sound"


def test_a_file_is_checked_layer_by_layer_and_gone_afterwards(tmp_path: Path) -> None:
    with site(tmp_path) as server:
        lay: list[bytes] = []

        def look(request: dict[str, Any]) -> Iterator[dict[str, Any]]:
            lay.append((server.places.uploads / request["upload"] / "file").read_bytes())
            yield FOUND

        with work(server.places.socket, look) as heard:
            answer = server.http.post("/v1/content_provenance_checks", files={"file": SOUND}).json()
        assert lay == [SOUND]
        assert heard.requests[0]["op"] == "origin"
        assert answer["object"] == "content_provenance_check"
        assert answer["words"] == ["file: synthetic"]
        c2pa, sound, picture, metadata = answer["results"]
        assert (c2pa["outcome"], c2pa["validation_state"], c2pa["issuer"]) == ("detected", "valid", "An installation")
        assert (sound["outcome"], sound["installation"], sound["chance"]) == ("detected", 4711, 1e-12)
        assert (picture["outcome"], metadata["outcome"]) == ("not_detected", "detected")
        assert server.left() == []


def test_a_manifest_that_is_broken_does_not_count_as_detected(tmp_path: Path) -> None:
    def look(_request: dict[str, Any]) -> Iterator[dict[str, Any]]:
        yield {**FOUND, "manifest": {**MANIFEST, "trust": "broken"}}

    with site(tmp_path) as server, work(server.places.socket, look):
        answer = server.http.post("/v1/content_provenance_checks", files={"file": SOUND}).json()
    assert (answer["results"][0]["outcome"], answer["results"][0]["validation_state"]) == ("not_detected", "invalid")


def test_a_check_without_a_file_or_with_too_large_a_one_is_refused(tmp_path: Path) -> None:
    with site(tmp_path, max_sound_mb=0.5) as server:
        post = server.http.post
        refused(post("/v1/content_provenance_checks", files={"other": (None, "text")}), 400, "bad_request", "other")
        refused(post("/v1/content_provenance_checks", json={"file": "x"}), 400, "bad_request")
        too_large = post("/v1/content_provenance_checks", files={"file": bytes(520_000)})
        assert too_large.status_code == 413
        assert "MAX_SOUND_MB" in too_large.json()["error"]["message"]
        assert server.left() == []
