"""What is deployed has the form that its host reads, by published schemas, and names only what is there."""

from __future__ import annotations

import importlib.resources
import json
import re
from typing import Any

import jsonschema
import kubernetes_validate
import pytest
import yaml

from halfgig.cli.main import make_parser
from halfgig.settings import read_settings
from tests.support.media import ROOT
from tests.test_deploy import NAMES, RENDER, image_environment

COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
MANIFESTS = list(yaml.safe_load_all((ROOT / "deploy" / "kubernetes.yaml").read_text(encoding="utf-8")))
BLUEPRINT = json.loads((ROOT / "tests" / "support" / "render_blueprint.json").read_text(encoding="utf-8"))

OF_S3 = {"AWS_ENDPOINT_URL", "AWS_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"}
"""Variables of S3 clients, which are no settings of halfgig's."""

KUBERNETES = "1.37"

DEPLOYMENTS = {each["metadata"]["name"]: each for each in MANIFESTS if each["kind"] == "Deployment"}


def compose_schema() -> dict[str, Any]:
    """Return the schema of Compose files, which check-jsonschema carries."""
    files = importlib.resources.files("check_jsonschema.builtin_schemas.vendor")
    found: dict[str, Any] = json.loads(files.joinpath("compose-spec.json").read_text(encoding="utf-8"))
    return found


def container_of(name: str) -> dict[str, Any]:
    (container,) = DEPLOYMENTS[name]["spec"]["template"]["spec"]["containers"]
    return dict(container)


def test_the_compose_file_has_the_form_that_compose_reads() -> None:
    schema = compose_schema()
    jsonschema.validate(COMPOSE, schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**COMPOSE, "services": {"web": {"comand": "x"}}}, schema)


@pytest.mark.parametrize("manifest", MANIFESTS, ids=lambda each: f"{each['kind']} {each['metadata']['name']}")
def test_a_manifest_has_the_form_that_kubernetes_reads(manifest: dict[str, Any]) -> None:
    kubernetes_validate.validate(manifest, KUBERNETES, strict=True)
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate({**manifest, "spek": {}}, KUBERNETES, strict=True)


def test_the_blueprint_has_the_form_that_render_reads() -> None:
    jsonschema.validate(RENDER, BLUEPRINT)
    for mistake in ({"plan": "fre"}, {"healthcheckPath": "/"}, {"envVars": [{"key": "A", "value": 1}]}):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate({"services": [{**RENDER["services"][0], **mistake}]}, BLUEPRINT)


def test_the_node_of_compose_has_512_mb_and_runs_what_the_command_knows() -> None:
    node = COMPOSE["services"]["web"]
    assert node["mem_limit"] == node["memswap_limit"] == "512m"
    assert node["command"][0] == "halfgig"
    make_parser().parse_args(node["command"][1:])
    assert set(node["environment"]) <= NAMES | OF_S3
    read_settings({name: value for name, value in node["environment"].items() if name not in OF_S3})


def test_the_node_of_compose_has_a_store_that_is_there() -> None:
    node, services = COMPOSE["services"]["web"], COMPOSE["services"]
    assert set(node["depends_on"]) <= set(services)
    host = re.search(r"//(\w+):8333", node["environment"]["AWS_ENDPOINT_URL"])
    assert host
    assert f"-bucket={node['environment']['STORE_URL'].removeprefix('s3://')}" in services[host[1]]["command"]
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        assert node["environment"][name] == services[host[1]]["environment"][name]


def test_no_secret_is_written_down() -> None:
    for service in COMPOSE["services"].values():
        for name, value in service["environment"].items():
            if re.search("PASSWORD|SECRET|API_KEYS", name):
                assert value.startswith("${")
    assert not [each for each in MANIFESTS if each["kind"] == "Secret"]


@pytest.mark.parametrize("name", DEPLOYMENTS)
def test_pods_have_512_mb_and_run_what_the_command_knows(name: str) -> None:
    container = container_of(name)
    assert container["resources"]["limits"]["memory"] == container["resources"]["requests"]["memory"] == "512Mi"
    assert container["args"][0] == "halfgig"
    make_parser().parse_args(container["args"][1:])
    (mount,) = container["volumeMounts"]
    assert mount["mountPath"] == image_environment()["DATA_DIR"]


def test_pods_are_given_nothing_but_settings_that_exist() -> None:
    for each in MANIFESTS:
        if each["kind"] == "ConfigMap":
            assert set(each["data"]) <= NAMES | OF_S3


def test_probes_ask_where_the_server_answers() -> None:
    web = container_of("halfgig")
    paths = {probe: web[probe]["httpGet"]["path"] for probe in ("startupProbe", "readinessProbe", "livenessProbe")}
    assert paths == {"startupProbe": "/healthz", "readinessProbe": "/readyz", "livenessProbe": "/healthz"}
    assert [str(port["containerPort"]) for port in web["ports"]] == [image_environment()["PORT"]]


def test_one_node_has_a_job_store_at_a_time_and_keeps_it() -> None:
    claims = {each["metadata"]["name"] for each in MANIFESTS if each["kind"] == "PersistentVolumeClaim"}
    for deployment in DEPLOYMENTS.values():
        spec = deployment["spec"]
        assert (spec["replicas"], spec["strategy"]["type"]) == (1, "Recreate")
        assert {
            volume["persistentVolumeClaim"]["claimName"] for volume in spec["template"]["spec"]["volumes"]
        } <= claims
