"""A page elsewhere cannot use a server on this machine: by its name, by forms, by scripts, by embedding."""

from __future__ import annotations

import contextlib
import http.server
import threading
from typing import TYPE_CHECKING

import pytest

from halfgig.server.web.known_hosts import known_hosts
from halfgig.settings import Settings, read_settings
from tests.server.web.page.studio import browsing
from tests.server.web.servers import refused, site
from tests.support.waiting import PATIENCE_S, soon

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ELSEWHERE = "https://attacker.example"

ATTACKS = """<!doctype html><title>elsewhere</title>
<form method="post" enctype="multipart/form-data" action="TARGET/v1/videos" target="frame">
<input name="prompt" value="Hello."><input name="size" value="64"></form>
<iframe name="frame"></iframe><img src="TARGET/v1/videos"><script src="TARGET/v1/models"></script>
<script>
document.forms[0].submit();
const form = new FormData(document.forms[0]);
const asked = [
    fetch("TARGET/v1/videos", { method: "POST", body: form, mode: "no-cors" }),
    fetch("TARGET/v1/videos", { method: "POST", body: form }),
    fetch("TARGET/v1/audio/speech", { method: "POST", body: '{"input": "x"}', mode: "no-cors" }),
    fetch("TARGET/v1/videos"),
];
Promise.allSettled(asked).then(() => setTimeout(() => { document.title = "done"; }, 500));
</script>"""


@contextlib.contextmanager
def page_elsewhere(html: str) -> Iterator[str]:
    """Serve one page from another origin; yield its address."""

    class Page(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("content-type", "text/html")
            self.end_headers()
            self.wfile.write(html.encode())

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://localhost:{server.server_port}/"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.mark.parametrize("target", ["127.0.0.1", "localhost"], ids=["another site", "another port of the same site"])
def test_a_page_elsewhere_makes_no_video(tmp_path: Path, capfd: pytest.CaptureFixture[str], target: str) -> None:
    with site(tmp_path) as server, browsing() as browser:
        with page_elsewhere(ATTACKS.replace("TARGET", f"http://{target}:{server.port}")) as address:
            page = browser.new_page()
            page.goto(address)
            assert soon(lambda: page.title() == "done")
        listed = server.http.get("/v1/videos").json()["data"]
    answered = [line.split()[1:4] for line in capfd.readouterr().err.splitlines() if " /v1/" in line]
    assert listed == []
    assert ["POST", "/v1/videos", "403"] in answered
    assert {status for _, _, status in answered[:-1]} == {"403"}


def test_a_page_whose_name_points_here_reads_nothing(tmp_path: Path) -> None:
    with site(tmp_path) as server, browsing("--host-resolver-rules=MAP attacker.example 127.0.0.1") as browser:
        page = browser.new_page()
        address = f"http://attacker.example:{server.port}"
        answers = [page.goto(f"{address}{path}", timeout=1000 * PATIENCE_S) for path in ("/", "/v1/videos")]
        assert [answer.status for answer in answers if answer] == [403, 403]


def test_the_servers_own_page_and_links_to_it_work(tmp_path: Path) -> None:
    with site(tmp_path) as server, browsing() as browser:
        link = f'<a href="http://127.0.0.1:{server.port}/">there</a>'
        with page_elsewhere(link) as address:
            page = browser.new_page()
            page.goto(address)
            page.click("a")
            assert soon(lambda: page.url.startswith("http://127.0.0.1"))
            posted = "fetch('/v1/videos', {method: 'POST', body: new FormData()}).then((answer) => answer.status)"
            assert page.evaluate(posted) == 400  # no prompt: it was read


@pytest.mark.parametrize(
    "host",
    ["attacker.example", "127.0.0.1.attacker.example", "localhost.attacker.example", "127.0.0.1@attacker.example",
     "attacker.example:8000", "192.168.1.5", "[2001:db8::1]", "intranet", "", "a b", "localhost attacker.example"],
)  # fmt: skip
def test_a_server_on_this_machine_answers_to_no_other_name(tmp_path: Path, host: str) -> None:
    with site(tmp_path) as server:
        answer = server.http.get("/v1/videos", headers={"host": host})
        health = server.http.get("/healthz", headers={"host": host or "x"})
    assert "ALLOWED_HOSTS" in refused(answer, 403, "unknown_host")
    assert health.status_code == 200


@pytest.mark.parametrize(
    "host", ["localhost", "LOCALHOST:80", "app.localhost", "localhost.", "127.9.9.9", "[::1]:8000"]
)
def test_a_server_on_this_machine_answers_to_its_names(host: str) -> None:
    assert known_hosts(Settings(), {}).has(host)


@pytest.mark.parametrize(
    ("environment", "host"),
    [
        ({"ALLOWED_HOSTS": "studio.example:8000"}, "Studio.Example"),
        ({"ALLOWED_HOSTS": "*.studio.example"}, "a.studio.example:443"),
        ({"ALLOWED_HOSTS": ".studio.example"}, "a.studio.example"),
        ({"ALLOWED_HOSTS": "*"}, "anything.example"),
        ({"BIND": "0.0.0.0"}, "192.168.1.5:8000"),
        ({"BIND": "0.0.0.0"}, "halfgig:8000"),
        ({"BIND": "192.168.1.5"}, "192.168.1.5"),
        ({"BIND": "::"}, "[2001:db8::1]:8000"),
        ({"BIND": "studio.example"}, "studio.example"),
        ({"RENDER_EXTERNAL_HOSTNAME": "studio.onrender.com"}, "studio.onrender.com"),
        ({"FLY_APP_NAME": "studio"}, "studio.fly.dev"),
        ({"RAILWAY_STATIC_URL": "https://studio.up.railway.app/"}, "studio.up.railway.app"),
        ({"HEROKU_APP_NAME": "studio"}, "studio.herokuapp.com"),
        ({"SPACE_HOST": "me-studio.hf.space"}, "me-studio.hf.space"),
        ({"K_SERVICE": "studio"}, "studio-123.europe-west1.run.app"),
        ({"NF_HOSTS": "one.code.run,two.code.run"}, "two.code.run"),
        ({"GITPOD_WORKSPACE_URL": "https://me-studio.ws.gitpod.io"}, "8000-me-studio.ws.gitpod.io"),
    ],
)
def test_a_server_answers_to_the_names_it_is_given(environment: dict[str, str], host: str) -> None:
    named = known_hosts(read_settings(environment), environment)
    assert named.has(host)
    assert not named.has("attacker.test") or "*" in environment.values()


CROSS = {"sec-fetch-site": "cross-site"}


@pytest.mark.parametrize(
    "headers",
    [CROSS, {"sec-fetch-site": "same-site"}, {"origin": ELSEWHERE}, {"origin": "null"}, {**CROSS, "origin": ELSEWHERE},
     {"origin": "http://127.0.0.1:1"}, {**CROSS, "sec-fetch-mode": "navigate", "sec-fetch-dest": "document"}],
)  # fmt: skip
def test_what_a_browser_marks_as_from_elsewhere_makes_no_video(tmp_path: Path, headers: dict[str, str]) -> None:
    with site(tmp_path) as server:
        refused(server.http.post("/v1/videos", data={"prompt": "Hello."}, headers=headers), 403, "cross_site")
        assert server.left() == []


@pytest.mark.parametrize("origins", [(ELSEWHERE,), ("*",)])
def test_pages_of_named_origins_may_use_the_server(tmp_path: Path, origins: tuple[str, ...]) -> None:
    with site(tmp_path, cors_origins=origins) as server:
        answer = server.http.get("/v1/videos", headers={**CROSS, "origin": ELSEWHERE})
    assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (200, origins[0])


def test_a_proxy_that_ends_tls_keeps_the_page_working(tmp_path: Path) -> None:
    with site(tmp_path, allowed_hosts=("studio.example",)) as server:
        own = {"host": "studio.example", "origin": "https://studio.example"}
        assert server.http.get("/v1/videos", headers=own).status_code == 200
        renamed = {"origin": "https://studio.example", "sec-fetch-site": "same-origin"}
        assert server.http.get("/v1/videos", headers=renamed).status_code == 200


def test_a_shared_video_may_be_shown_elsewhere(tmp_path: Path) -> None:
    with site(tmp_path) as server:
        job = server.job()
        server.finish(job.id)
        url = server.http.post(f"/v1/videos/{job.id}/share").json()["url"]
        assert server.http.get(f"{url}/content", headers=CROSS).status_code == 200


def test_keys_make_names_and_origins_needless(tmp_path: Path) -> None:
    with site(tmp_path, api_keys=("k",)) as server:
        asked = {"host": "studio.example", "origin": ELSEWHERE, "authorization": "Bearer k"}
        assert server.http.get("/v1/videos", headers=asked).status_code == 200
