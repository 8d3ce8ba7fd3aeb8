"""`halfgig pull` brings a model whole or not at all, whatever breaks on the way."""

from __future__ import annotations

import signal
from collections import deque
from typing import TYPE_CHECKING

import pytest

from halfgig.errors import UnknownModel, UnknownVoice
from halfgig.models.catalogue import MODELS, find_model
from tests.models import fakes
from tests.models.command import gone_well, home, is_whole, listed
from tests.support.upstream import Fault, git_sha1, serving, sha256
from tests.support.waiting import PATIENCE_S, soon

if TYPE_CHECKING:
    from pathlib import Path

    from halfgig.models.catalogue import Model


def test_a_pull_fetches_and_builds_and_tells_what_is_there(tmp_path: Path) -> None:
    with serving(fakes.upstream()) as upstream:
        at = home(tmp_path, upstream)
        told = gone_well(at.run("pull", "tiny", "--json")).json
    assert is_whole(at)
    assert (told["voices"], told["footprint_mb"], told["from"]) == (["ann", "ben"], 12, f"acme/tiny@{'f' * 40}")
    assert {file["sha256"] for file in told["sources"]} == {sha256(content) for content in fakes.CONTENTS.values()}
    assert all(file["published"] for file in told["sources"])
    assert at.run("models", "--json").json["models"] == [told]


def test_nothing_of_the_download_stays_unless_asked(tmp_path: Path) -> None:
    with serving(fakes.upstream()) as upstream:
        at = home(tmp_path, upstream)
        gone_well(at.run("pull", "tiny"))
        assert not (at.data / "downloads" / "tiny").exists()
        gone_well(at.run("models", "remove", "tiny"))
        gone_well(at.run("pull", "tiny", "--keep"))
        assert (at.data / "downloads" / "tiny" / "hub" / "tiny.pth").exists()


def test_a_second_pull_has_nothing_to_do_and_asks_for_nothing(tmp_path: Path) -> None:
    with serving(fakes.upstream()) as upstream:
        at = home(tmp_path, upstream)
        gone_well(at.run("pull", "tiny"))
        upstream.seen.clear()
        assert "nothing to do" in gone_well(at.run("pull", "tiny")).err
        assert upstream.seen == []


def test_the_token_goes_to_the_hub_and_to_nobody_else(tmp_path: Path) -> None:
    with serving(fakes.upstream()) as upstream:
        gone_well(home(tmp_path, upstream, HF_TOKEN="hf_secret").run("pull", "tiny"))
        told = {("resolve" in request.path, request.authorization) for request in upstream.seen}
    assert told == {(True, "Bearer hf_secret"), (False, "")}


def test_other_bytes_than_published_are_thrown_away(tmp_path: Path) -> None:
    with serving(fakes.upstream(faults=deque([Fault(other_bytes=True)]))) as upstream:
        at = home(tmp_path, upstream)
        ended = at.run("pull", "tiny")
        assert (ended.rc, listed(at)) == (6, [])
        assert sha256(fakes.CONTENTS["acme/tiny/tiny.pth"]) in ended.err
        gone_well(at.run("pull", "tiny"))
    assert is_whole(at)


def test_a_download_that_goes_on_with_other_bytes_is_fetched_again(tmp_path: Path) -> None:
    with serving(fakes.upstream()) as upstream:
        at = home(tmp_path, upstream)
        part = at.data / "downloads/tiny/hub" / f"tiny.pth.{sha256(fakes.CONTENTS['acme/tiny/tiny.pth'])[:16]}.part"
        part.parent.mkdir(parents=True)
        part.write_bytes(bytes(50_000))
        assert "fetching all of it again" in gone_well(at.run("pull", "tiny")).err
    assert is_whole(at)


def test_a_pull_that_lost_its_server_goes_on_the_next_time(tmp_path: Path) -> None:
    with serving(fakes.upstream(faults=deque([Fault(cut_after=70_000), *[Fault(status=503)] * 3]))) as upstream:
        at = home(tmp_path, upstream)
        ended = at.run("pull", "tiny")
        assert (ended.rc, listed(at)) == (7, [])
        assert "run the command again" in ended.err
        assert "going on after 0.1 MB" in gone_well(at.run("pull", "tiny")).err
        assert upstream.sent == sum(map(len, fakes.CONTENTS.values()))
    assert is_whole(at)


def test_a_pull_killed_in_mid_file_goes_on_the_next_time(tmp_path: Path) -> None:
    with serving(fakes.upstream(slow_s=0.2)) as upstream:
        at = home(tmp_path, upstream)
        with at.start("pull", "tiny") as process:
            part = at.data / "downloads/tiny/hub"
            assert soon(lambda: any(path.stat().st_size for path in part.glob("tiny.pth.*.part")))
            process.send_signal(signal.SIGKILL)
        assert listed(at) == []
        upstream.slow_s = 0
        gone_well(at.run("pull", "tiny"))
        assert upstream.gets("tiny.pth")[-1].range != ""
    assert is_whole(at)


def test_a_build_that_was_killed_is_not_listed_and_its_files_are_not_fetched_again(tmp_path: Path) -> None:
    with serving(fakes.upstream()) as upstream:
        at = home(tmp_path, upstream, build="slow")
        with at.start("pull", "tiny") as process:
            assert soon((at.data / "models/.tiny.building/tiny/manifest.json").exists)
            process.send_signal(signal.SIGKILL)
        assert listed(at) == []
        sent = upstream.sent
        gone_well(home(tmp_path, upstream).run("pull", "tiny"))
        assert upstream.sent == sent
    assert is_whole(at)
    assert not (at.data / "models/.tiny.building").exists()


def test_a_build_that_fails_leaves_nothing_but_the_downloads(tmp_path: Path) -> None:
    with serving(fakes.upstream()) as upstream:
        at = home(tmp_path, upstream, build="broken")
        assert at.run("pull", "tiny").rc == 1
    assert [path.name for path in (at.data / "models").iterdir()] == [".tiny.lock"]
    assert (at.data / "downloads/tiny/hub/tiny.pth").exists()


def test_two_pulls_at_once_fetch_everything_once(tmp_path: Path) -> None:
    with serving(fakes.upstream(slow_s=0.5)) as upstream:
        at = home(tmp_path, upstream)
        with at.start("pull", "tiny") as first:
            assert soon(lambda: upstream.sent > 0)
            with at.start("pull", "tiny") as second:
                assert second.stderr
                assert f"another process ({first.pid}) works on tiny; waiting" in second.stderr.readline()
                upstream.slow_s = 0
                _, said = second.communicate(timeout=PATIENCE_S)
            assert first.wait(PATIENCE_S) == second.returncode == 0
        assert upstream.sent == sum(map(len, fakes.CONTENTS.values()))
    assert "nothing to do" in said
    assert is_whole(at)


def test_one_voice_is_fetched_alone_and_another_joins_it_later(tmp_path: Path) -> None:
    with serving(fakes.upstream()) as upstream:
        at = home(tmp_path, upstream)
        gone_well(at.run("pull", "tiny", "--voice", "ann"))
        assert is_whole(at, "voices/ben.pt")
        upstream.seen.clear()
        told = gone_well(at.run("pull", "tiny", "--voice", "ben", "--json")).json
        assert [request.path.rpartition("/")[2] for request in upstream.gets(".pt")] == ["ben.pt"]
        assert upstream.gets(".pth") == []
    assert is_whole(at)
    assert told["voices"] == ["ann", "ben"]
    assert at.run("models", "verify", "tiny").rc == 0


def test_kept_downloads_stay_when_a_voice_joins(tmp_path: Path) -> None:
    with serving(fakes.upstream()) as upstream:
        at = home(tmp_path, upstream)
        gone_well(at.run("pull", "tiny", "--voice", "ann", "--keep"))
        gone_well(at.run("pull", "tiny", "--voice", "ben", "--keep"))
    kept = {path.name for path in (at.data / "downloads/tiny/hub").rglob("*.p*")}
    assert kept == {"tiny.pth", "ann.pt", "ben.pt"}


def test_a_voice_that_fails_to_join_leaves_the_model_as_it_was(tmp_path: Path) -> None:
    with serving(fakes.upstream()) as upstream:
        at = home(tmp_path, upstream)
        gone_well(at.run("pull", "tiny", "--voice", "ann"))
        upstream.faults.append(Fault(status=404))
        assert at.run("pull", "tiny").rc == 7
    assert is_whole(at, "voices/ben.pt")
    assert at.run("models", "verify", "tiny").rc == 0


def test_another_revision_is_checked_by_what_the_hub_states(tmp_path: Path) -> None:
    with serving(fakes.upstream()) as upstream:
        at = home(tmp_path, upstream)
        upstream.files["acme/tiny/config.json"] = b'{"layers": 2}'
        upstream.commit = "c" * 40
        told = gone_well(at.run("pull", "tiny", "--revision", "main", "--json")).json
    assert told["revision"] == "main"
    assert {file["revision"] for file in told["sources"]} == {"c" * 40, "e" * 40}
    assert (at.model / "config.json").read_bytes() == b'{"layers": 2}'


def test_a_small_file_that_is_not_what_the_hub_states_is_refused(tmp_path: Path) -> None:
    with serving(fakes.upstream(faults=deque([Fault(), Fault(other_bytes=True)]))) as upstream:
        ended = home(tmp_path, upstream).run("pull", "tiny", "--revision", "main")
    assert ended.rc == 6
    assert git_sha1(b'{"layers": 1}') in ended.err


def test_a_mirror_that_states_no_checksum_serves_the_known_revision_and_no_other(tmp_path: Path) -> None:
    with serving(fakes.upstream(with_etag=False)) as upstream:
        at = home(tmp_path, GITHUB_MIRROR=upstream.url)
        ended = at.run("pull", "tiny", "--mirror", upstream.url, "--revision", "main")
        assert (ended.rc, "no checksum" in ended.err) == (6, True)
        gone_well(at.run("pull", "tiny", "--mirror", upstream.url))
    assert is_whole(at)


def test_a_hub_in_trouble_is_asked_again_for_its_checksums(tmp_path: Path) -> None:
    with serving(fakes.upstream(head_faults=deque([Fault(status=429), Fault(status=503)]))) as upstream:
        gone_well(home(tmp_path, upstream).run("pull", "tiny", "--revision", "main"))


def test_a_hub_that_wants_a_token_says_so(tmp_path: Path) -> None:
    with serving(fakes.upstream(head_faults=deque([Fault(status=401)]))) as upstream:
        ended = home(tmp_path, upstream).run("pull", "tiny", "--revision", "main")
    assert ended.rc == 7
    assert "HF_TOKEN" in ended.err


def test_without_a_network_it_says_so(tmp_path: Path) -> None:
    ended = home(tmp_path).run("pull", "tiny")
    assert ended.rc == 7
    assert "tiny.pth could not be fetched in 3 attempts" in ended.err


def test_offline_it_asks_nobody_and_says_what_is_missing(tmp_path: Path) -> None:
    with serving(fakes.upstream()) as upstream:
        ended = home(tmp_path, upstream, HF_HUB_OFFLINE="1").run("pull", "tiny")
        assert upstream.seen == []
    assert ended.rc == 7
    assert "tiny.pth and 4 more" in ended.err
    assert "HF_HUB_OFFLINE" in ended.err


def test_what_hugging_faces_cache_has_is_not_fetched(tmp_path: Path) -> None:
    cache = tmp_path / "hf/hub/models--acme--tiny"
    for name, content in fakes.CONTENTS.items():
        owner, repository, path = name.split("/", 2)
        if (owner, repository) == ("acme", "tiny"):
            blob, link = cache / "blobs" / sha256(content), cache / "snapshots" / ("f" * 40) / path
            blob.parent.mkdir(parents=True, exist_ok=True)
            link.parent.mkdir(parents=True, exist_ok=True)
            blob.write_bytes(content)
            link.symlink_to(blob)
    with serving(fakes.upstream()) as upstream:
        at = home(tmp_path, upstream)
        gone_well(at.run("pull", "tiny"))
        assert [request.path.rpartition("/")[2] for request in upstream.gets()] == ["words.json"]
    assert is_whole(at)
    assert all(blob.exists() for blob in (cache / "blobs").iterdir())


def test_a_data_folder_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file where the folder should be")
    ended = home(tmp_path).run("pull", "tiny")
    assert ended.rc == 5
    assert "DATA_DIR" in ended.err


def test_an_unknown_model_is_refused_with_the_nearest() -> None:
    with pytest.raises(UnknownModel, match="did you mean kokoro"):
        find_model("kokorro")


def test_an_unknown_voice_is_refused_with_the_nearest() -> None:
    with pytest.raises(UnknownVoice, match="af_heart"):
        find_model("kokoro").choose(("af_hart",))


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
def test_every_published_file_can_be_checked(model: Model) -> None:
    for source in model.sources:
        is_pinned = source.repository.host == "hub" and len(source.repository.revision) == 40
        assert source.sha256 or is_pinned, source.path
        assert len(source.sha256) in {0, 64}
