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
from tests.support.media import ROOT
from tests.test_deploy import NAMES, OF_S3, RENDER, image_environment

COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
MANIFESTS = list(yaml.safe_load_all((ROOT / "deploy" / "kubernetes.yaml").read_text(encoding="utf-8")))
BLUEPRINT = json.loads((ROOT / "tests" / "support" / "render_blueprint.json").read_text(encoding="utf-8"))
METRICS = (ROOT / "src" / "halfgig" / "server" / "web" / "metrics.py").read_text(encoding="utf-8")

KUBERNETES = "1.37"

NODES = [service for service in COMPOSE["services"].values() if service.get("image") == "halfgig"]
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


def test_nodes_of_compose_have_512_mb_and_run_what_the_command_knows() -> None:
    assert len(NODES) == 2
    for node in NODES:
        assert node["mem_limit"] == node["memswap_limit"] == "512m"
        assert node["command"][0] == "halfgig"
        make_parser().parse_args(node["command"][1:])
        assert set(node["environment"]) <= NAMES | OF_S3


def test_nodes_of_compose_share_a_database_and_a_store_that_are_there() -> None:
    services = COMPOSE["services"]
    for node in NODES:
        assert set(node["depends_on"]) <= set(services)
        assert re.search(r"@(\w+):5432/", node["environment"]["DATABASE_URL"])[1] in services  # type: ignore[index]
        assert re.search(r"//(\w+):8333", node["environment"]["AWS_ENDPOINT_URL"])[1] in services  # type: ignore[index]
        bucket = node["environment"]["STORE_URL"].removeprefix("s3://")
        assert f"-bucket={bucket}" in services["s3"]["command"]


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
    web = container_of("halfgig-web")
    paths = {probe: web[probe]["httpGet"]["path"] for probe in ("startupProbe", "readinessProbe", "livenessProbe")}
    assert paths == {"startupProbe": "/healthz", "readinessProbe": "/readyz", "livenessProbe": "/healthz"}
    assert [str(port["containerPort"]) for port in web["ports"]] == [image_environment()["PORT"]]


def test_the_autoscaler_watches_a_deployment_and_a_metric_that_are_there() -> None:
    text = (ROOT / "deploy" / "kubernetes.yaml").read_text(encoding="utf-8")
    (scaler,) = [each for each in MANIFESTS if each["kind"] == "HorizontalPodAutoscaler"]
    assert scaler["spec"]["scaleTargetRef"]["name"] in DEPLOYMENTS
    (metric,) = re.findall(r'max\((\w+)\{(\w+)="queued"\}\)', text)
    assert f'"{metric[0]}", "Videos in the job store.", "{metric[1]}"' in METRICS


def test_a_service_of_the_blueprint_takes_its_variables_from_one_that_has_them() -> None:
    services = {service["name"]: service for service in RENDER["services"]}
    databases = {database["name"] for database in RENDER["databases"]}
    for service in services.values():
        for variable in service["envVars"]:
            if "fromDatabase" in variable:
                assert variable["fromDatabase"]["name"] in databases
            if source := variable.get("fromService"):
                assert source["envVarKey"] in {each["key"] for each in services[source["name"]]["envVars"]}
