"""What is deployed agrees with what is written: the image, Render's blueprint, the settings and the guide."""

from __future__ import annotations

import json
import re
from dataclasses import fields
from typing import Any

import pytest
import yaml

from halfgig.cli.main import make_parser
from halfgig.settings import STAND_INS, Settings, read_settings
from tests.support.media import ROOT

DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
RENDER = yaml.safe_load((ROOT / "render.yaml").read_text(encoding="utf-8"))
GUIDE = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
NAMES = {field.name.upper() for field in fields(Settings)} | set(STAND_INS.values())
NOT_OURS = {"PATH", "PYTHONUNBUFFERED"}
OF_S3 = {"AWS_ENDPOINT_URL", "AWS_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"}
"""Variables of S3 clients, which are no settings of halfgig's."""

SERVICES = pytest.mark.parametrize("service", RENDER["services"], ids=lambda service: service["name"])
WEB = pytest.mark.parametrize(
    "service", [each for each in RENDER["services"] if each["type"] == "web"], ids=lambda service: service["name"]
)


def image_environment() -> dict[str, str]:
    """Return what the image's last stage sets."""
    last = DOCKERFILE.rpartition("\nFROM ")[2].replace("\\\n", " ")
    lines = re.findall(r"^ENV (.*)$", last, flags=re.MULTILINE)
    return dict(pair for line in lines for pair in re.findall(r"(\w+)=(\S+)", line))


def environment_of(service: dict[str, Any]) -> dict[str, str]:
    """Return what a service sets in addition to the image, with some text for values that are made or asked for."""
    some = {"DATABASE_URL": "postgresql://user:password@host/name", "STORE_URL": "s3://bucket"}
    return {each["key"]: each.get("value", some.get(each["key"], "generated")) for each in service["envVars"]}


def command_of(instruction: str) -> list[str]:
    """Return the words of the last CMD that follows an instruction, or of the image itself for ""."""
    found = re.findall(rf"^{instruction} *CMD (\[.*\])$", DOCKERFILE.replace("\\\n", " "), flags=re.MULTILINE)
    words: list[str] = json.loads(found[-1])
    return words


def test_the_image_sets_nothing_but_settings_that_exist_and_may_have_that_value() -> None:
    environment = {name: value for name, value in image_environment().items() if name not in NOT_OURS}
    assert set(environment) <= NAMES
    read_settings(environment)


def test_one_worker_is_the_default_everywhere() -> None:
    assert Settings().workers == read_settings({}).workers == int(image_environment()["WORKERS"]) == 1


def test_the_image_runs_what_the_command_knows_and_not_as_root() -> None:
    program, *arguments = command_of("")
    assert program == "halfgig"
    assert make_parser().parse_args(arguments).command == "serve"
    last = DOCKERFILE.rpartition("\nFROM ")[2]
    assert re.search(r"^USER (?!root|0\b)\w+$", last, flags=re.MULTILINE)


def test_the_image_asks_its_own_port_whether_it_is_well() -> None:
    check = command_of(r"HEALTHCHECK.*")
    assert "/healthz" in check[-1]
    assert "PORT" in check[-1]
    compile(check[-1], "HEALTHCHECK", "exec")


def test_the_image_installs_the_versions_that_were_tested() -> None:
    assert "--constraint constraints.txt" in DOCKERFILE
    copied = re.search(r"^COPY (pyproject.toml .*) \./$", DOCKERFILE, flags=re.MULTILINE)
    assert copied
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    for name in [*copied[1].split(), "src"]:
        assert (ROOT / name).exists()
        assert f"!{name}" in ignored


@SERVICES
def test_a_service_sets_nothing_but_settings_that_exist_and_may_have_that_value(service: dict[str, Any]) -> None:
    environment = environment_of(service)
    assert set(environment) <= NAMES | OF_S3
    read_settings({**image_environment(), **environment})


@WEB
def test_a_service_is_asked_where_the_server_answers(service: dict[str, Any]) -> None:
    assert service["healthCheckPath"] == "/healthz"
    assert (ROOT / service["dockerfilePath"]).is_file()


@WEB
def test_a_service_asks_for_keys(service: dict[str, Any]) -> None:
    assert "API_KEYS" in environment_of(service)


def test_the_free_service_asks_for_nothing_that_is_refused_there() -> None:
    (free,) = [service for service in RENDER["services"] if service["plan"] == "free"]
    assert not {"maxShutdownDelaySeconds", "disk", "numInstances", "scaling"} & set(free)
    assert environment_of(free)["WEB_CONCURRENCY"] == environment_of(free)["WORKERS"] == "1"


def test_a_service_with_a_disk_keeps_its_data_there() -> None:
    for service in RENDER["services"]:
        if "disk" in service:
            assert service["disk"]["mountPath"] == image_environment()["DATA_DIR"]


def test_draining_ends_before_the_host_kills() -> None:
    for service in RENDER["services"]:
        assert Settings().drain_seconds < service.get("maxShutdownDelaySeconds", 30)


def test_the_guide_names_no_setting_that_is_not_there() -> None:
    named = set(re.findall(r"`([A-Z][A-Z_]{3,})(?:=[^`]*)?`", GUIDE)) - {"SIGTERM", "SIGKILL", "SIGHUP", "MODELS"}
    assert named - NAMES == set()


@pytest.mark.parametrize("host", ["Render", "Fly", "Railway", "Cloud Run", "Spaces"])
def test_the_guide_has_a_part_on_every_host(host: str) -> None:
    assert re.search(rf"^## .*{host}", GUIDE, flags=re.MULTILINE)


def test_the_guide_says_what_to_do_when_the_host_says_out_of_memory() -> None:
    assert "used over 512Mi" in GUIDE
