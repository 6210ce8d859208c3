"""The manifests in `config/kubernetes` fit together, and to image and settings."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml
from flower.options import default_options
from kubernetes_validate import ValidationError, validate

from farm.cli.app import app
from farm.settings import Settings
from tests.architecture.test_deployment import COMPOSE, SERVICES

FOLDER = Path(__file__).parents[2] / "config" / "kubernetes"
KUSTOMIZATION: dict[str, Any] = yaml.safe_load(
    (FOLDER / "kustomization.yaml").read_text("utf-8")
)
FILES = [*KUSTOMIZATION["resources"], "gpu/worker.yaml"]
OBJECTS: list[dict[str, Any]] = [
    each
    for name in FILES
    for each in yaml.safe_load_all((FOLDER / name).read_text("utf-8"))
]
PODS = {
    each["metadata"]["name"]: each["spec"]["template"]["spec"]
    for each in OBJECTS
    if each["kind"] in {"Deployment", "StatefulSet"}
}
CONTAINERS = [
    (name, container)
    for name, pod in PODS.items()
    for container in [*pod["containers"], *pod.get("initContainers", [])]
]
OURS = [(n, each) for n, each in CONTAINERS if each["image"] == "renderfarm"]
SCHEMAS = "1.33"
GPU_LINE = "# components: [gpu]"
by_name = pytest.mark.parametrize(
    ("pod", "container"),
    CONTAINERS,
    ids=lambda part: (
        str(dict(part).get("name", "")) if isinstance(part, dict) else part
    ),
)


def _of_kind(kind: str) -> list[dict[str, Any]]:
    return [each for each in OBJECTS if each["kind"] == kind]


def _variables(container: dict[str, Any]) -> dict[str, str]:
    own = {each["name"]: each["value"] for each in container.get("env", [])}
    if not container.get("envFrom"):
        return own
    (shared,) = KUSTOMIZATION["configMapGenerator"]
    assert container["envFrom"] == [{"configMapRef": {"name": shared["name"]}}]
    return dict(line.split("=", 1) for line in shared["literals"]) | own


def test_every_manifest_is_listed() -> None:
    files = {path.relative_to(FOLDER).as_posix() for path in FOLDER.rglob("*.yaml")}

    assert files == {*FILES, "kustomization.yaml", "gpu/kustomization.yaml"}
    assert GPU_LINE in (FOLDER / "kustomization.yaml").read_text("utf-8")


@by_name
def test_a_container_is_locked_and_limited(pod: str, container: dict[str, Any]) -> None:
    of_pod, own = PODS[pod]["securityContext"], container["securityContext"]

    assert of_pod["runAsNonRoot"] is True
    assert of_pod["seccompProfile"] == {"type": "RuntimeDefault"}
    assert own["allowPrivilegeEscalation"] is False
    assert own["capabilities"] == {"drop": ["ALL"]}
    assert own.get("readOnlyRootFilesystem", False) or pod == "postgres"
    assert "memory" in container["resources"]["limits"]
    assert {"cpu", "memory"} <= set(container["resources"]["requests"])


@by_name
def test_what_is_mounted_is_there(pod: str, container: dict[str, Any]) -> None:
    spec = PODS[pod]
    claims = {each["metadata"]["name"] for each in _of_kind("PersistentVolumeClaim")}
    volumes = {volume["name"]: volume for volume in spec["volumes"]}
    templates = [
        template["metadata"]["name"]
        for each in _of_kind("StatefulSet")
        for template in each["spec"]["volumeClaimTemplates"]
    ]

    for mount in container["volumeMounts"]:
        assert mount["name"] in volumes or mount["name"] in templates
    for volume in volumes.values():
        if "persistentVolumeClaim" in volume:
            assert volume["persistentVolumeClaim"]["claimName"] in claims
        if "secret" in volume:
            keys = {item["key"] for item in volume["secret"]["items"]}
            assert volume["secret"]["secretName"] == "farm"
            assert keys <= set(COMPOSE["secrets"])
            told = yaml.safe_dump(container)
            assert all(f"/run/secrets/farm/{key}" in told for key in keys) or (
                "envFrom" in container
            )


@pytest.mark.parametrize("kind", ["Deployment", "StatefulSet"])
def test_selectors_find_their_pods(kind: str) -> None:
    for each in _of_kind(kind):
        labels = each["spec"]["template"]["metadata"]["labels"]
        assert each["spec"]["selector"]["matchLabels"] == labels


def test_services_lead_to_ports_that_exist() -> None:
    for service in _of_kind("Service"):
        pod = PODS[service["spec"]["selector"]["app"]]
        ports = {p["name"]: p["containerPort"] for p in pod["containers"][0]["ports"]}
        for port in service["spec"]["ports"]:
            assert ports[port["targetPort"]] == port["port"]
    # the names in the URLs that make-secrets.sh writes
    names = {service["metadata"]["name"] for service in _of_kind("Service")}
    assert {"broker", "postgres"} <= names & set(SERVICES)
    assert not any("type" in service["spec"] for service in _of_kind("Service"))


@pytest.mark.parametrize(("pod", "container"), OURS, ids=lambda part: str(part)[:12])
def test_our_containers_do_what_exists(pod: str, container: dict[str, Any]) -> None:
    known = {field.upper() for field in Settings.model_fields}
    flowers = {option.upper() for option in default_options}

    for variable in _variables(container):
        whose, _, what = variable.partition("_")
        assert what.removesuffix("_FILE") in {"FARM": known, "FLOWER": flowers}[whose]
    if pod == "flower":
        assert container["command"][-1] == "workers.flower"
    else:
        command = typer.main.get_group(app).commands[container["args"][0]]
        assert command is not None


def test_images_are_those_of_the_compose_file() -> None:
    public = {each["image"] for _, each in CONTAINERS} - {"renderfarm"}
    named = " ".join(part["image"] for part in SERVICES.values())

    assert public
    assert all(f":-{image}}}" in named for image in public)
    assert [image["name"] for image in KUSTOMIZATION["images"]] == ["renderfarm"]


def test_workers_are_scaled_by_what_waits_in_the_cpu_queues() -> None:
    (scaled,) = _of_kind("ScaledObject")
    queries = [trigger["metadata"]["query"] for trigger in scaled["spec"]["triggers"]]

    assert scaled["spec"]["scaleTargetRef"]["name"] in PODS
    metrics = [re.findall(r"\bfarm_\w+", query) for query in queries]
    assert metrics == [["farm_queue_depth"], ["farm_queue_oldest_seconds"]]
    queues = {re.search(r'queue=~"(.*)"', query)[1] for query in queries}  # type: ignore[index]
    (pattern,) = queues
    assert re.fullmatch(pattern, "cpu.batch")
    assert re.fullmatch(pattern, "cpu.interactive")
    assert not re.fullmatch(pattern, "gpu.batch")
    (worker,) = [e for e in _of_kind("Deployment") if e["metadata"]["name"] == "worker"]
    assert "replicas" not in worker["spec"]  # else each apply would undo the scaling


@pytest.mark.parametrize(
    "manifest",
    [each for each in OBJECTS if each["kind"] != "ScaledObject"],  # KEDA's own
    ids=lambda each: f"{each['kind']}-{each['metadata']['name']}",
)
def test_manifests_keep_to_the_schemas_of_kubernetes(manifest: dict[str, Any]) -> None:
    assert validate(manifest, SCHEMAS, strict=True) == SCHEMAS

    wrong = json.loads(json.dumps(manifest))
    wrong["spec"] = {**wrong.get("spec", {}), "replicaz": 2}
    with pytest.raises(ValidationError, match="replicaz"):
        validate(wrong, SCHEMAS, strict=True)


@pytest.mark.parametrize("gpus", [0, 1])
def test_kustomize_builds_all_of_it(gpus: int, tmp_path: Path) -> None:
    if shutil.which("kubectl") is None:
        pytest.skip("kubectl is not installed")
    shutil.copytree(FOLDER, tmp_path / "kubernetes")
    if gpus:
        file = tmp_path / "kubernetes" / "kustomization.yaml"
        file.write_text(file.read_text("utf-8").replace(GPU_LINE, GPU_LINE[2:]))
    argv = ["kubectl", "kustomize", str(tmp_path / "kubernetes")]
    built = subprocess.run(argv, check=True, capture_output=True, text=True).stdout

    found = list(yaml.safe_load_all(built))
    assert len(found) == len(OBJECTS) + gpus  # and the settings, but the GPU's
    assert {e["metadata"].get("namespace", "farm") for e in found} == {"farm"}
    settings = [e["metadata"]["name"] for e in found if e["kind"] == "ConfigMap"]
    assert built.count(f"name: {settings[0]}") == 4 + gpus
