"""A reader's test: whoever knows one service finds the same thing at the same place in the other three."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SERVICES = ("permits", "waste", "credit", "emergency")
OF_A_SERVICE = {"app.py", "auth.py", "models.py", "settings.py", "tables.py", "migrations"}
SOURCES = [
    path
    for folder in ("services", "gateway", "infra", "tests")
    for path in sorted((ROOT / folder).rglob("*.py"))
    if not path.is_relative_to(ROOT / "infra" / "client" / "api")  # generated: nobody reads or edits it
]
PARTS = sorted(
    path.parent for service in SERVICES for path in (ROOT / "services" / service).glob("*/router.py")
)
RULES = [path for path in SOURCES if path.name.startswith("rules") and "services" in path.parts]
MOST_LINES = 400


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("service", SERVICES)
def test_every_service_has_the_same_files_at_its_top(service: str) -> None:
    assert {path.name for path in (ROOT / "services" / service).iterdir()} >= OF_A_SERVICE


@pytest.mark.parametrize("service", SERVICES)
def test_every_service_lists_its_rules_with_their_sources(service: str) -> None:
    text = (ROOT / "docs" / "rules" / f"{service}.md").read_text(encoding="utf-8")
    assert "verified" in text
    assert "memory" in text


@pytest.mark.parametrize("part", PARTS, ids=named)
def test_a_part_with_http_has_schemas_beside_its_router_and_tests_at_the_mirrored_place(part: Path) -> None:
    assert (part / "schemas.py").exists()
    assert list((ROOT / "tests" / part.relative_to(ROOT / "services")).glob("test_*.py"))


@pytest.mark.parametrize("path", RULES, ids=named)
def test_every_rule_says_what_it_is(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    silent = [
        node.name
        for node in tree.body
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
        and not node.name.startswith("_")
        and not ast.get_docstring(node)
    ]
    assert silent == []


def test_no_file_is_too_long_to_read() -> None:
    long = {
        named(path) for path in SOURCES if len(path.read_text(encoding="utf-8").splitlines()) > MOST_LINES
    }
    assert long == set()


def test_sql_stands_in_repositories_and_nobody_commits_by_hand() -> None:
    use_cases = [
        path for path in SOURCES if path.name in ("service.py", "router.py") and "services" in path.parts
    ]
    guilty = [
        named(path)
        for path in use_cases
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and (
            (isinstance(node.func, ast.Name) and node.func.id in ("select", "insert"))
            or (isinstance(node.func, ast.Attribute) and node.func.attr == "commit")
        )
    ]
    assert guilty == []


def test_there_is_one_way_to_a_savepoint() -> None:
    """Else what was told in a part that failed would be written all the same."""
    ways = {named(path) for path in SOURCES if f".{'begin_nested'}(" in path.read_text(encoding="utf-8")}
    assert ways == {"services/kit/told.py"}
