"""Uploads: limited while they arrive, stored under our names, removed when refused."""

from __future__ import annotations

import contextlib
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from halfgig.errors import OutputUnwritable, PictureTooLarge, TextTooLong
from halfgig.server.errors import BadRequest, UploadTooLarge
from halfgig.server.web.form import FileRule, Form, FormRules
from halfgig.server.web.upload import ABANDONED_S, FormReader, boundary_of, remove_abandoned
from tests.server.web.servers import Site, heard, open_files, site
from tests.support.media import PRESENTER
from tests.support.waiting import soon

LINE = "\r\n"
PICTURE = PRESENTER.read_bytes()


def part(name: str, data: bytes, more: str = "") -> bytes:
    head = f'--edge{LINE}Content-Disposition: form-data; name="{name}"{more}{LINE}{LINE}'
    return head.encode() + data + LINE.encode()


def form(*parts: bytes, end: bytes = b"--edge--\r\n") -> bytes:
    return b"".join(parts) + end


def head(length: int | None, kind: str = "multipart/form-data; boundary=edge", more: str = "") -> bytes:
    size = "" if length is None else f"Content-Length: {length}{LINE}"
    lines = f"POST /v1/videos HTTP/1.1{LINE}Host: localhost{LINE}Content-Type: {kind}{LINE}{size}{more}{LINE}"
    return lines.encode()


def sent(server: Site, body: bytes, kind: str = "multipart/form-data; boundary=edge") -> tuple[int, bytes]:
    return server.say(head(len(body), kind) + body)


def rules(picture_mb: float = 1) -> FormRules:
    files = {"input_reference": FileRule("portrait", picture_mb, "MAX_PICTURE_MB", PictureTooLarge)}
    return FormRules({"prompt": 100, "size": 10}, files)


def read(folder: Path, body: bytes, step: int = 1 << 16, picture_mb: float = 1) -> Form:
    reader = FormReader(b"edge", folder, rules(picture_mb))
    try:
        for start in range(0, len(body), step):
            reader.feed(body[start : start + step])
        return reader.finish()
    finally:
        reader.close()


@pytest.mark.parametrize("step", [1, 2, 7, 1000])
def test_a_form_may_come_in_pieces_of_any_size(tmp_path: Path, step: int) -> None:
    data = b"\r\n--edg\r\n--edge2 " * 20
    body = form(part("prompt", "Größe".encode()), part("input_reference", data, '; filename="a.png"'))

    taken = read(tmp_path, body, step)

    assert taken.texts == {"prompt": "Größe"}
    assert (tmp_path / "portrait").read_bytes() == data
    assert taken == read(tmp_path, body)


def test_two_forms_are_the_same_when_their_fields_and_bytes_are(tmp_path: Path) -> None:
    said, shown = part("prompt", b"Hi"), part("input_reference", b"xx", '; filename="a"')
    renamed, other = part("input_reference", b"xx", '; filename="b"'), part("input_reference", b"xy", '; filename="a"')
    prints = [read(tmp_path, form(*parts)).fingerprint() for parts in ((said, shown), (renamed, said), (said, other))]
    assert prints[0] == prints[1] != prints[2]


def test_a_field_for_files_that_a_browser_left_empty_is_no_file(tmp_path: Path) -> None:
    taken = read(tmp_path, form(part("prompt", b"Hi"), part("input_reference", b"", '; filename=""')))
    assert taken.digests == {}
    assert list(tmp_path.iterdir()) == []


def test_a_file_is_refused_at_its_first_byte_too_many(tmp_path: Path) -> None:
    start = part("input_reference", b"x" * 150_000, '; filename="a"')[:-2]  # incomplete
    with pytest.raises(PictureTooLarge, match=r"more than 0\.1 MB.*MAX_PICTURE_MB"):
        read(tmp_path, start, picture_mb=0.1)


def test_a_full_disk_is_told_as_such(tmp_path: Path) -> None:
    (tmp_path / "portrait").symlink_to("/dev/full")
    with pytest.raises(OutputUnwritable, match="No space left"):
        read(tmp_path, form(part("input_reference", b"x" * 100_000, '; filename="a"')))


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"", "ends before"),
        (b"rubbish", "cannot be read"),
        (form(part("prompt", b"Hi"), end=b""), "ends before"),
        (form(part("prompt", b"Hi"), end=b"--edge-"), "ends before"),
        (form(part("prompt", b"\xff\xfe")), "not UTF-8"),
        (form(part("prompt", b"Hi"), part("prompt", b"Ho")), "twice"),
        (form(part("color", b"red")), "no field 'color'.*prompt"),
        (form(part("", b"red")), "no name"),
        (form(part("size", b"5" * 11)), "size has 11 characters"),
        (form(b"--edge\r\nContent-Disposition form-data\r\n\r\nx\r\n"), "cannot be read"),
        (form(b"--edge\r\nX: " + b"y" * 100_000 + b"\r\n\r\nx\r\n"), "cannot be read"),
        (form(part("prompt", b"SGk=", "\r\nContent-Transfer-Encoding: base64")), "transfer encoding"),
        (form(*[part("prompt", b"")] * 2), "twice"),
    ],
)
def test_a_form_that_is_none_is_refused_with_a_sentence(tmp_path: Path, body: bytes, says: str) -> None:
    with pytest.raises(BadRequest, match=says):
        read(tmp_path, body)


@given(st.lists(st.sampled_from([b"--edge", b"--edge--", b"\r\n", b"\r", b"\n", b":", b'"', b"x", b"\x00",
                                 b"Content-Disposition: form-data; ", b'name="prompt"', b'name="input_reference"',
                                 b'; filename="../x"', b"\xff"]) | st.binary(max_size=4), max_size=40),
       st.integers(1, 9))  # fmt: skip
def test_no_bytes_at_all_are_anything_but_a_form_or_refused(pieces: list[bytes], step: int) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "uploads"
        folder.mkdir()
        with contextlib.suppress(BadRequest, PictureTooLarge, TextTooLong):
            read(folder, b"--edge\r\n" + b"".join(pieces), step)
        assert {path.name for path in Path(name).rglob("*")} <= {"uploads", "portrait"}


@given(st.text(st.characters(max_codepoint=255), max_size=60) | st.just("multipart/form-data; boundary=edge"))
def test_a_content_type_names_a_boundary_or_is_refused(content_type: str) -> None:
    with contextlib.suppress(BadRequest):
        assert boundary_of(content_type)


@pytest.mark.parametrize(
    "name",
    ["../../evil", "%2e%2e%2fevil", "/etc/evil", "C:\\\\evil", "evil\x00.png", "..", "a" * 2000, '\\"', "ß/../x"],
)
def test_a_file_lies_under_our_name_whatever_it_was_called(tmp_path: Path, name: str) -> None:
    with site(tmp_path) as server:
        body = form(part("prompt", b"Hi"), part("input_reference", PICTURE, f'; filename="{name}"'))
        status, said = sent(server, body)
        assert status == 202, said
        written = [path.name for path in tmp_path.rglob("*") if path.is_file()]
    assert {name for name in written if not name.startswith("jobs.sqlite")} == {"portrait", "request.json"}


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"rubbish", "multipart/form-data; boundary=edge"),
        (form(part("prompt", b"Hi"), end=b""), "multipart/form-data; boundary=edge"),
        (form(part("prompt", b"Hi")), "multipart/form-data"),
        (form(part("prompt", b"Hi")), "multipart/form-data; boundary=other"),
        (form(part("prompt", b"Hi")), "multipart/form-data; boundary=" + "x" * 3000),
        (b"prompt=Hi", "application/x-www-form-urlencoded"),
        (b"Hi", "\xff\xfe"),
        (b"{", "application/json"),
        (b"[]", "application/json"),
        (b'{"prompt": true}', "application/json"),
        (b'{"prompt": "\\ud800"}', "application/json"),
        (b"[" * 100_000, "application/json"),
        (b'{"prompt": "Hi", "input_reference": {"image_url": "https://example.com/a.png"}}', "application/json"),
        (b'{"prompt": "Hi", "input_reference": "data:image/png;base64,!"}', "application/json"),
    ],
)
def test_what_cannot_be_read_is_answered_400_and_leaves_nothing(tmp_path: Path, body: bytes, kind: str) -> None:
    with site(tmp_path) as server:
        lines = head(len(body), "@").replace(b"@", kind.encode("latin-1"))
        status, said = server.say(lines + body)
        assert (status, b'"code":"bad_request"' in said) == (400, True), said
        assert server.left() == []


def test_a_length_over_the_limit_is_refused_before_anything_comes(tmp_path: Path) -> None:
    with site(tmp_path) as server:
        status, said = server.say(head(10**12, more="Expect: 100-continue\r\n"))
        assert (status, b"upload_too_large" in said) == (413, True)
        assert server.left() == []


def test_a_form_without_a_length_is_counted_as_it_comes(tmp_path: Path) -> None:
    with site(tmp_path, max_picture_mb=0.1, max_sound_mb=0.1) as server:
        chunk = b"10000\r\n" + b"\r\n" * 0x8000 + b"\r\n"  # blank lines before the form
        status, said = server.say(head(None, more="Transfer-Encoding: chunked\r\n"), *[chunk] * 40, b"0\r\n\r\n")
        assert (status, b"upload_too_large" in said) == (413, True), said


def test_a_picture_over_the_limit_is_answered_although_the_client_talks_on(tmp_path: Path) -> None:
    with site(tmp_path, max_picture_mb=1) as server:
        answer = server.ask(prompt="Hi", input_reference=b"\x89PNG\r\n\x1a\n" + bytes(8_000_000))
        assert (answer.status_code, answer.json()["error"]["code"]) == (413, "picture_too_large")
        assert server.left() == []


def test_a_recording_over_the_limit_is_refused(tmp_path: Path) -> None:
    with site(tmp_path, max_sound_mb=0.5) as server:
        answer = server.ask(audio=bytes(600_000))
        assert (answer.status_code, answer.json()["error"]["code"]) == (413, UploadTooLarge.code)
        assert "MAX_SOUND_MB" in answer.json()["error"]["message"]


def test_a_client_that_stops_sending_is_let_go(tmp_path: Path) -> None:
    with site(tmp_path, slow_client_seconds=0.4) as server:
        status, said = server.say(head(1000), b"--edge\r\n")
        assert (status, b'"type":"invalid_request_error"' in said) == (408, True), said
        assert server.left() == []


def test_nothing_is_left_of_a_client_that_goes_away(tmp_path: Path) -> None:
    start = form(part("prompt", b"Hi"), part("input_reference", PICTURE, '; filename="a"'), end=b"")
    with site(tmp_path) as server:
        with server.connect() as line:
            line.sendall(head(10**6 * 20) + start)
            assert soon(lambda: bool(list(tmp_path.rglob("portrait"))))
        assert soon(lambda: server.left() == [])
        assert open_files(tmp_path / "server" / "uploads") == []
        assert server.jobs.counts() == {}


def test_more_bytes_than_were_promised_belong_to_no_form(tmp_path: Path) -> None:
    body = form(part("prompt", b"Hi"))
    with site(tmp_path) as server, server.connect() as line:
        line.sendall(head(len(body)) + body + b"and more\r\n\r\n")
        assert heard(line)[0] == 202
        assert sum(server.jobs.counts().values()) == 1


def test_fewer_bytes_than_the_form_has_cut_it_off(tmp_path: Path) -> None:
    body = form(part("prompt", b"Hi"))
    with site(tmp_path) as server:
        status, said = server.say(head(len(body) - 20) + body)
        assert (status, b"ends before its last boundary" in said) == (400, True), said


def test_other_requests_are_answered_while_an_upload_comes(tmp_path: Path) -> None:
    with site(tmp_path) as server, server.connect() as line:
        line.sendall(head(10**7) + part("input_reference", PICTURE, '; filename="a"'))
        assert server.http.get("/v1/videos").status_code == 200


def test_uploads_that_a_killed_process_left_are_removed_in_time(tmp_path: Path) -> None:
    (tmp_path / "video_1").mkdir()
    (tmp_path / "video_1" / "portrait").write_bytes(b"x")
    now = (tmp_path / "video_1").stat().st_mtime
    remove_abandoned(tmp_path, now + ABANDONED_S / 2)
    assert (tmp_path / "video_1").exists()
    remove_abandoned(tmp_path, now + ABANDONED_S + 60)
    assert not (tmp_path / "video_1").exists()
