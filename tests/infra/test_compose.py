"""docker-compose.yml without an engine: its form, its variables, and what it lets nobody do."""

from __future__ import annotations

import importlib.util
import json
import re
import tomllib
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import pytest

from infra.process_table import PROCESSES as PROCESS_TABLE
from infra.secrets_cli import main as make_secrets
from tests.infra import image_file
from tests.infra.compose_file import FILE, PROCESSES, as_written, interpolate, names, resolved
from tests.infra.support import ROOT

DEFAULT = resolved({})
OURS = (*PROCESSES, "migrate")
PAGE = ROOT / "docs" / "operations" / "compose.md"


def schemas() -> dict[str, Path]:
    """Ours of the part in use; the specification's own too, where the package that carries it is installed."""
    found = {"used": Path(__file__).with_name("compose_used.schema.json")}
    package = importlib.util.find_spec("check_jsonschema")
    if package is not None and package.origin is not None:
        vendor = Path(package.origin).parent / "builtin_schemas" / "vendor"
        found["specification"] = vendor / "compose-spec.json"
    return found


@pytest.mark.parametrize("schema", schemas().values(), ids=schemas().keys())
@pytest.mark.parametrize("document", [as_written(), DEFAULT], ids=["as written", "resolved"])
def test_it_has_the_form_that_the_schema_asks_for(schema: Path, document: dict[str, Any]) -> None:
    validator = jsonschema.Draft202012Validator(json.loads(schema.read_text(encoding="utf-8")))
    assert [f"{error.json_path}: {error.message}" for error in validator.iter_errors(document)] == []


@pytest.mark.parametrize("schema", schemas().values(), ids=schemas().keys())
def test_a_misspelt_key_does_not_have_that_form(schema: Path) -> None:
    validator = jsonschema.Draft202012Validator(json.loads(schema.read_text(encoding="utf-8")))
    document = as_written()
    document["services"]["db"]["healthchek"] = document["services"]["db"].pop("healthcheck")
    assert not validator.is_valid(document)


def test_variables_are_replaced_as_the_specification_says() -> None:
    given = {"A": "1", "EMPTY": ""}
    assert interpolate("${A} ${EMPTY:-2} ${B:-http://x:${A:-9}/${C:-3}} $$A", given) == "1 2 http://x:1/3 $A"
    for unsupported in ("${A:?needed}", "${A-1}", "$A", "${A"):
        with pytest.raises(ValueError, match="A"):
            interpolate(unsupported, given)


def test_without_variables_it_starts_the_version_of_this_tree_on_port_8000_of_this_machine() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    assert {DEFAULT["services"][name]["image"] for name in OURS} == {f"steppe:{version}"}
    assert DEFAULT["services"]["db"]["image"] == "postgres:17"
    assert DEFAULT["services"]["gateway"]["ports"] == ["127.0.0.1:8000:8000"]
    issuers = {DEFAULT["services"][name]["environment"]["STEPPE_ISSUER"] for name in PROCESSES}
    assert issuers == {"http://127.0.0.1:8000"}


def test_every_image_and_address_can_be_another_one() -> None:
    given = {
        "STEPPE_IMAGE": "mirror.example/bureau/steppe",
        "STEPPE_VERSION": "9",
        "POSTGRES_IMAGE": "mirror.example/postgres:18",
        "PYTHON_IMAGE": "mirror.example/python:3.12",
        "STEPPE_PORT": "80",
        "STEPPE_BIND": "0.0.0.0",  # noqa: S104 - text
        "STEPPE_PUBLIC_URL": "https://steppe.example",
        "STEPPE_SECRETS": "/etc/steppe",
        "STEPPE_UID": "7",
        "STEPPE_GID": "8",
        "STEPPE_LOG_LEVEL": "DEBUG",
        "STEPPE_CREDIT_LOG_ORIGIN": "credit.example",
    }
    document = resolved(given)
    services = document["services"]
    assert services["db"]["image"] == "mirror.example/postgres:18"
    for name in OURS:
        assert services[name]["image"] == "mirror.example/bureau/steppe:9"
        assert services[name]["build"]["args"]["PYTHON_IMAGE"] == "mirror.example/python:3.12"
        assert services[name]["user"] == "7:8"
    for name in PROCESSES:
        assert services[name]["environment"]["STEPPE_ISSUER"] == "https://steppe.example"
        assert services[name]["environment"]["STEPPE_LOG_LEVEL"] == "DEBUG"
    assert services["credit"]["environment"]["STEPPE_CREDIT_LOG_ORIGIN"] == "credit.example"
    assert services["gateway"]["ports"] == ["0.0.0.0:80:8000"]
    assert {secret["file"].split("/")[1] for secret in document["secrets"].values()} == {"etc"}
    assert names(FILE.read_text(encoding="utf-8")) == set(given)


def test_no_image_is_named_but_as_the_default_of_a_variable() -> None:
    for service in as_written()["services"].values():
        assert re.fullmatch(r"\$\{\w+:-[^}]+\}(:\$\{\w+:-[^}]+\})?", service["image"])


def test_the_package_index_is_the_callers_or_none_at_all() -> None:
    arguments = DEFAULT["services"]["gateway"]["build"]["args"]
    assert {name for name, value in arguments.items() if value is None} == {
        "PIP_INDEX_URL",
        "PIP_TRUSTED_HOST",
    }
    declared = {one.text.partition("=")[0] for one in image_file.instructions() if one.word == "ARG"}
    assert set(arguments) == declared


def test_neither_file_names_an_address_outside() -> None:
    hosts = set(re.findall(r"https?://([\w.-]+)", FILE.read_text() + image_file.FILE.read_text()))
    assert hosts <= {"127.0.0.1", *PROCESSES}


def test_only_the_gateway_can_be_reached_from_outside() -> None:
    assert [name for name, service in DEFAULT["services"].items() if "ports" in service] == ["gateway"]
    outside = [name for name, service in DEFAULT["services"].items() if "outside" in service["networks"]]
    assert outside == ["gateway"]
    assert all("inside" in service["networks"] for service in DEFAULT["services"].values())
    assert DEFAULT["networks"]["inside"] == {"internal": True}


@pytest.mark.parametrize("name", OURS)
def test_a_process_may_write_nothing_and_gain_nothing(name: str) -> None:
    service = DEFAULT["services"][name]
    assert service["read_only"] is True
    assert service["tmpfs"] == ["/tmp"]  # noqa: S108 - inside a container
    assert service["cap_drop"] == ["ALL"]
    assert "cap_add" not in service
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["user"] == image_file.final("USER")[0] == "10001:10001"
    assert "volumes" not in service


@pytest.mark.parametrize("name", PROCESSES)
def test_a_process_starts_after_the_migration_and_is_asked_for_its_health(name: str) -> None:
    service = DEFAULT["services"][name]
    assert service["command"] == ["serve", name]
    assert service["depends_on"] == {"migrate": {"condition": "service_completed_successfully"}}
    assert service["healthcheck"]["test"] == ["CMD", "steppe", "health", name]
    assert service["restart"] == "unless-stopped"


def test_the_migration_waits_for_the_database_and_runs_once() -> None:
    migrate = DEFAULT["services"]["migrate"]
    assert migrate["command"] == ["migrate"]
    assert migrate["depends_on"] == {"db": {"condition": "service_healthy"}}
    assert migrate["restart"] == "no"


@pytest.mark.parametrize("name", PROCESSES)
def test_a_process_mounts_its_own_secrets_and_no_other(name: str) -> None:
    for secret in DEFAULT["services"][name]["secrets"]:
        assert secret.startswith(f"steppe_{name}_")
        assert DEFAULT["secrets"][secret]["file"] == f"./secrets/{name}/{secret}"


def test_the_migration_alone_has_the_administrators_url_all_databases_and_all_sign_ins() -> None:
    urls = {spec.database_variable.lower() for spec in PROCESS_TABLE}
    clients = {f"steppe_{spec.name}_client_secret" for spec in PROCESS_TABLE if spec.name != "gateway"}
    wanted = urls | clients | {"steppe_database_admin_url"}
    assert set(DEFAULT["services"]["migrate"]["secrets"]) == wanted
    holders = [
        name
        for name, service in DEFAULT["services"].items()
        if "steppe_database_admin_url" in service["secrets"]
    ]
    assert holders == ["migrate"]


def test_the_secrets_are_just_those_that_the_command_makes(tmp_path: Path) -> None:
    assert make_secrets([str(tmp_path / "secrets")]) == 0
    made = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()}
    assert {secret["file"].removeprefix("./") for secret in DEFAULT["secrets"].values()} == made
    mounted = {secret for service in DEFAULT["services"].values() for secret in service["secrets"]}
    assert mounted == set(DEFAULT["secrets"])


def test_the_page_explains_every_variable_and_no_other() -> None:
    rows = re.findall(r"^\| `(\w+)` \|", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    build = {name for name, value in DEFAULT["services"]["migrate"]["build"]["args"].items() if value is None}
    assert set(rows) == names(FILE.read_text(encoding="utf-8")) | build
