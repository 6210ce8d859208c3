"""Compose file, Dockerfile, settings and `docs/deployment.md` fit together."""

from __future__ import annotations

import os
import re
import stat
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml
from flower.options import default_options

from farm.cache.marks import leave_mark
from farm.cli.app import app
from farm.settings import Settings

ROOT = Path(__file__).parents[2]
DOCKERFILE = (ROOT / "Dockerfile").read_text("utf-8")
COMPOSE_TEXT = (ROOT / "docker-compose.yml").read_text("utf-8")
COMPOSE: dict[str, Any] = yaml.safe_load(COMPOSE_TEXT)
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
GUIDE = (ROOT / "docs" / "deployment.md").read_text("utf-8")
MADE_ENV = (ROOT / "config" / "docker" / "made.env").read_text("utf-8")
OURS = [name for name, part in SERVICES.items() if "renderfarm" in part["image"]]
ALWAYS = {"broker", "postgres", "migrations", "coordinator", "worker", "flower"}
_VARIABLE = re.compile(r"\$\{(\w+):-([^}]*)\}")
_SETTING = re.compile(r"\bFARM_([A-Z_]+?)(?:_FILE)?\b")
_OF_THE_BUILD = {"UID"}
"""Variables with FARM_ in front that are read by the build and by Compose alone."""
_OF_COMPOSE = _OF_THE_BUILD | {"IMAGE", "MEDIA", "SECRETS"}


def _settings_named_in(text: str) -> set[str]:
    return {match[1] for match in _SETTING.finditer(text)}


def _secrets_made(folder: Path) -> dict[str, str]:
    script = ROOT / "config" / "docker" / "make-secrets.sh"
    subprocess.run([script, folder], check=True)
    return {path.name: path.read_text() for path in folder.iterdir()}


def test_the_parts_are_those_that_the_guide_lists() -> None:
    listed = re.findall(r"^\| `([\w-]+)` \| (?:always|`--|with)", GUIDE, re.MULTILINE)

    assert sorted(listed) == sorted(SERVICES)
    assert {name for name, part in SERVICES.items() if "profiles" not in part} == ALWAYS


def test_every_variable_is_in_the_guide_with_its_default() -> None:
    rows = dict(re.findall(r"^\| `([A-Z_]+)` \| `([^`]*)` \|", GUIDE, re.MULTILINE))

    assert dict(_VARIABLE.findall(COMPOSE_TEXT)) == rows


def test_every_variable_has_a_default_that_works_without_it() -> None:
    assert (
        re.findall(r"(?<!\$)\$\{?\w+(?!:-|\w)", _VARIABLE.sub("", COMPOSE_TEXT)) == []
    )


@pytest.mark.parametrize("name", OURS)
def test_variables_of_our_parts_are_settings(name: str) -> None:
    variables = SERVICES[name]["environment"]
    known = {field.upper() for field in Settings.model_fields}
    flowers = {option.upper() for option in default_options}

    for variable in variables:
        whose, _, what = variable.partition("_")
        assert what.removesuffix("_FILE") in {"FARM": known, "FLOWER": flowers}[whose]


def test_settings_that_image_and_guide_name_exist() -> None:
    known = {field.upper() for field in Settings.model_fields}

    assert _settings_named_in(DOCKERFILE) - _OF_THE_BUILD <= known
    assert _settings_named_in(GUIDE) - _OF_COMPOSE <= known


@pytest.mark.parametrize("name", OURS)
def test_commands_of_our_parts_exist(name: str) -> None:
    command = SERVICES[name].get("command")
    if isinstance(command, str):
        assert command.split()[0] in typer.main.get_group(app).commands
    else:
        assert name == "submit" or SERVICES[name]["entrypoint"][-1] == "workers.flower"


def test_ports_are_open_on_the_loopback_interface_alone() -> None:
    ports = [port for part in SERVICES.values() for port in part.get("ports", [])]

    assert len(ports) == 3
    assert all(re.fullmatch(r"127\.0\.0\.1:\$\{\w+:-\d+\}:\d+", each) for each in ports)
    assert not any("network_mode" in part for part in SERVICES.values())
    assert COMPOSE["networks"]["inside"] == {"internal": True}


@pytest.mark.parametrize("name", SERVICES)
def test_a_part_has_limits_and_says_whether_it_starts_again(name: str) -> None:
    part = SERVICES[name]

    assert part["restart"] == (
        "no" if name in {"migrations", "submit"} else "unless-stopped"
    )
    assert "mem_limit" in part or name == "submit"
    assert "no-new-privileges:true" in part["security_opt"]
    assert "healthcheck" in part or name in {"migrations", "submit"}


@pytest.mark.parametrize("name", OURS)
def test_our_parts_run_without_root_on_a_root_folder_that_is_not_written(
    name: str,
) -> None:
    part = SERVICES[name]

    assert (part["read_only"], part["cap_drop"]) == (True, ["ALL"])
    assert "user" not in part
    assert re.search(r"^USER \$\{FARM_UID\}$", DOCKERFILE, re.MULTILINE)
    assert not [m for m in part["volumes"] if str(m).startswith(("/var", "/etc"))]


def test_named_volumes_are_all_used_and_are_folders_of_the_image() -> None:
    mounts = [m for part in SERVICES.values() for m in part.get("volumes", [])]
    named = {m.split(":")[0] for m in mounts if re.match(r"\w+:/", m)}

    assert named == set(COMPOSE["volumes"])
    made = re.search(r"mkdir -p (.*?) \\", DOCKERFILE)
    assert made is not None
    ours = [m for name in OURS for m in SERVICES[name]["volumes"]]
    inside = {re.sub(r"^.*:(?=/)", "", mount) for mount in ours}
    assert inside == set(made[1].split())


def test_the_base_of_the_image_is_an_argument_and_no_index_is_named() -> None:
    bases = re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE)

    assert set(bases) == {"${BASE}"}
    assert len(bases) == 2
    default = re.search(r"^ARG BASE=(\S+)$", DOCKERFILE, re.MULTILINE)
    assert default is not None
    assert dict(_VARIABLE.findall(COMPOSE_TEXT))["BASE"] == default[1]
    assert not re.search(r"index-url|https?://|PIP_INDEX", DOCKERFILE)


def test_the_secrets_that_are_mounted_are_those_that_are_made(tmp_path: Path) -> None:
    made = _secrets_made(tmp_path / "secrets")
    mounted = {name for part in SERVICES.values() for name in part.get("secrets", [])}

    assert set(made) == set(COMPOSE["secrets"]) == mounted
    files = {name: entry["file"] for name, entry in COMPOSE["secrets"].items()}
    assert files == {name: f"${{FARM_SECRETS:-./secrets}}/{name}" for name in made}


def test_the_secrets_fit_together_and_are_kept(tmp_path: Path) -> None:
    made = _secrets_made(tmp_path / "secrets")
    password = made["broker_config"].split()[1]

    assert made["broker_url"].strip() == f"redis://:{password}@broker:6379/0"
    assert made["postgres_password"] in made["database_url"]
    assert stat.S_IMODE((tmp_path / "secrets").stat().st_mode) == 0o700
    assert _secrets_made(tmp_path / "secrets") == made
    settings = Settings.read(
        broker_url=made["broker_url"].strip(), database_url=made["database_url"].strip()
    )
    assert settings.database.startswith("postgresql://farm:")
    hosts = re.findall(r"@(\w+)", made["broker_url"] + made["database_url"])
    assert set(hosts) <= set(SERVICES)


def test_no_secret_stands_in_the_compose_file_or_gets_into_the_image() -> None:
    ignored = (ROOT / ".dockerignore").read_text("utf-8").splitlines()

    assert "*" in ignored
    assert not [line for line in ignored if line.startswith("!secrets")]
    assert "/secrets/" in (ROOT / ".gitignore").read_text("utf-8").splitlines()
    given = [
        str(value)
        for part in SERVICES.values()
        for key, value in _variables(part).items()
        if re.search("PASSWORD|AUTH|_URL_FILE", key)
    ]
    assert given
    assert all(value.startswith("/run/secrets/") for value in given)


def _variables(part: dict[str, Any]) -> dict[str, Any]:
    variables: dict[str, Any] = part.get("environment", {})
    return variables


@pytest.mark.parametrize("name", ["coordinator", "worker", "gpu-worker"])
def test_a_part_is_well_while_its_mark_is_new(name: str, tmp_path: Path) -> None:
    settings = Settings.read(storage=tmp_path)
    check = SERVICES[name]["healthcheck"]["test"].replace("$$", "$")
    command = ["/bin/sh", "-c", check.replace("/storage", str(tmp_path))]
    host = subprocess.check_output(["hostname"], text=True).strip()

    def is_well() -> bool:
        return subprocess.run(command, check=False, stderr=-3).returncode == 0

    assert not is_well()
    leave_mark(settings, "cpu-1@another")
    assert not is_well()
    leave_mark(settings, f"cpu-1@{host}")
    assert is_well()
    old = time.time() - 300
    os.utime(tmp_path / "workers" / f"cpu-1@{host}", (old, old))
    assert not is_well()


def test_the_made_images_stand_in_for_public_ones() -> None:
    named = dict(line.split("=") for line in MADE_ENV.splitlines() if line[0] != "#")
    script = (ROOT / "config" / "docker" / "base-images.sh").read_text("utf-8")
    made = re.search(r"^for name in (.*); do$", script, re.MULTILINE)

    assert set(named) <= {name for name, _ in _VARIABLE.findall(COMPOSE_TEXT)}
    assert made is not None
    assert set(named.values()) == {f"farm-made/{name}" for name in made[1].split()}


def test_prometheus_finds_the_parts_where_they_are() -> None:
    file = "config/docker/prometheus.yml"
    config = yaml.safe_load((ROOT / file).read_text("utf-8"))
    mounts = dict(m.split(":")[:2] for m in SERVICES["prometheus"]["volumes"])
    jobs = {job["job_name"]: job for job in config["scrape_configs"]}
    coordinator, flower = SERVICES["coordinator"], SERVICES["flower"]
    targets = {name: job["static_configs"][0]["targets"] for name, job in jobs.items()}

    port = coordinator["environment"]["FARM_METRICS_PORT"]
    assert targets == {
        "farm": [f"coordinator:{port}"],
        "flower": [f"flower:{flower['environment']['FLOWER_PORT']}"],
    }
    prefix = dict(_VARIABLE.findall(COMPOSE_TEXT))["FLOWER_URL_PREFIX"]
    assert jobs["flower"]["metrics_path"] == f"/{prefix}/metrics"
    assert mounts[f"./{file}"] == "/etc/prometheus/prometheus.yml"
    assert {f"/etc/prometheus/{rules}" for rules in config["rule_files"]} <= {
        *mounts.values()
    }
    assert all(
        set(SERVICES[n]["networks"]) & set(SERVICES["prometheus"]["networks"])
        for n in ("coordinator", "flower")
    )
