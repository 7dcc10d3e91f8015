"""infra/observability: every metric, label and value that rules and dashboard name is in a scrape of real processes."""

from __future__ import annotations

import asyncio
import importlib.util
import json
import re
import signal
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import jsonschema  # type: ignore[import-untyped]
import pytest
import yaml

from infra.local.postgres import THROWAWAY_SETTINGS
from infra.local.stack import Stack, running_stack
from infra.process_table import METRICS_OFFSET, PROCESSES
from tests.infra.compose_file import names as variables_of
from tests.infra.support import ROOT
from tests.support.processes import seen_from_a_town
from tests.support.scrape import Page
from tests.support.town import Town

FOLDER = ROOT / "infra" / "observability"
PAGE = ROOT / "docs" / "operations" / "observability.md"
DASHBOARD = json.loads((FOLDER / "grafana" / "dashboards" / "steppe.json").read_text(encoding="utf-8"))


def read(name: str) -> Any:
    return yaml.safe_load((FOLDER / name).read_text(encoding="utf-8"))


RULES = [rule for group in read("rules.yml")["groups"] for rule in group["rules"]]
RECORDED = {rule["record"] for rule in RULES if "record" in rule}
ALERTS = [rule for rule in RULES if "alert" in rule]
PANELS = [panel for panel in DASHBOARD["panels"] if panel["type"] != "row"]
EXPRESSIONS = [
    *(rule["expr"] for rule in RULES),
    *(target["expr"] for panel in PANELS for target in panel["targets"]),
]

_SELECTOR = re.compile(r"\b([a-zA-Z_:][a-zA-Z0-9_:]*)\s*(?:\{([^}]*)\})?(?![a-zA-Z0-9_:(]|\s*\()")
_MATCHER = re.compile(r'([a-z_]+)\s*(=~|!~|!=|=)\s*"([^"]*)"')
_GROUPING = re.compile(r"\b(?:by|on|without|ignoring|group_left|group_right)\s*\([^)]*\)")
_WORDS = {"and", "or", "unless", "bool", "offset"}
_TARGET_LABELS = {"process", "job", "instance"}


@dataclass(frozen=True)
class Selector:
    """`metric{label="value"}` of an expression."""

    metric: str
    matchers: tuple[tuple[str, str, str], ...]


def selectors(expression: str) -> list[Selector]:
    text = _GROUPING.sub(" ", expression)
    # Strings that are no matchers are arguments of functions.
    text = re.sub(
        r'(?<=, )"[^"]*"|\[[^\]]*\]', " ", re.sub(r"\{[^}]*\}", lambda m: m[0].replace(", ", ","), text)
    )
    found = []
    for match in _SELECTOR.finditer(text):
        if match[1] not in _WORDS and not re.fullmatch(r"\d.*|e\d+", match[1]):
            found.append(Selector(match[1], tuple(_MATCHER.findall(match[2] or ""))))
    return found


def test_expressions_are_taken_apart_as_prometheus_would() -> None:
    expression = (
        'sum by (le) (rate(a_total{x="1", y=~"b|c"}[5m])) / on (z) max(b:c) > 0.5 '
        'and label_replace(d, "e", "$1", "f", "(.+)")'
    )
    assert selectors(expression) == [
        Selector("a_total", (("x", "=", "1"), ("y", "=~", "b|c"))),
        Selector("b:c", ()),
        Selector("d", ()),
    ]


@dataclass
class Scrape:
    """The samples of all five processes with the labels that Prometheus would add."""

    labels: dict[str, list[dict[str, str]]] = field(default_factory=dict)

    def add(self, process: str, page: Page) -> None:
        for family in page.families:
            for name in _names_of(family.name, family.type):
                self.labels.setdefault(name, [])
            for sample in family.samples:
                own = {**sample.labels, "process": process, "job": "steppe", "instance": process}
                self.labels.setdefault(sample.name, []).append(own)


def _names_of(family: str, kind: str) -> list[str]:
    """A family without samples has its names all the same."""
    if kind == "counter":
        return [f"{family}_total"]
    return [f"{family}_{end}" for end in ("bucket", "sum", "count")] if kind == "histogram" else [family]


@pytest.fixture(scope="module")
def scrape(tmp_path_factory: pytest.TempPathFactory) -> Scrape:
    home = tmp_path_factory.mktemp("metrics") / "home"
    with running_stack(home, sample=False, settings=THROWAWAY_SETTINGS, restart_on_death=False) as stack:
        pages = {name: _page(stack, name) for name in ("waste", "credit", "emergency")}
        asyncio.run(_drive(stack))
        scrape = Scrape()
        for name, page in {**pages, **{name: _page(stack, name) for name in ("gateway", "permits")}}.items():
            scrape.add(name, page)
    scrape.labels["up"] = [{"process": name, "job": "steppe", "instance": name} for name in pages]
    return scrape


def _page(stack: Stack, name: str) -> Page:
    port = int(stack.environment[f"STEPPE_{name.upper()}_PORT"]) + METRICS_OFFSET
    answer = httpx.get(f"http://127.0.0.1:{port}/metrics", trust_env=False, timeout=30)
    assert answer.status_code == 200
    return Page(answer.content)


async def _drive(stack: Stack) -> None:
    """Answers of every class; the last of them because a service has died."""
    async with Town(seen_from_a_town(stack)) as town:
        holder = await town.holder()
        await holder.submitted()
        await holder.get("/v1/waste/manifests")
        stack.kill("waste", signal.SIGKILL)
        assert (await holder.get("/v1/waste/manifests")).status_code >= 500
        form = {"grant_type": "client_credentials", "client_id": "nobody", "client_secret": "x"}
        answers = [(await town.public.post("/v1/auth/token", data=form)).status_code for _ in range(70)]
        assert 429 in answers


@pytest.mark.stack
@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_what_an_expression_names_is_in_a_real_scrape(scrape: Scrape, expression: str) -> None:
    for selector in selectors(expression):
        if selector.metric in RECORDED:
            continue
        assert selector.metric in scrape.labels, selector.metric
        samples = scrape.labels[selector.metric]
        for label, operator, value in selector.matchers if samples else ():
            values = {sample[label] for sample in samples if label in sample}
            assert values, f"{selector.metric} has no label {label}"
            assert operator != "=" or value in values, f"{selector.metric}: no {label}={value}"
            assert operator != "=~" or any(re.fullmatch(value, each) for each in values)


@pytest.mark.stack
@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_what_is_grouped_by_is_a_label(scrape: Scrape, expression: str) -> None:
    wanted = {
        label.strip()
        for group in re.findall(r"\b(?:by|on)\s*\(([^)]*)\)", expression)
        for label in group.split(",")
    }
    made = set(re.findall(r'label_replace\(.*?, "(\w+)"', expression))
    samples = [s for each in selectors(expression) for s in scrape.labels.get(each.metric, [])]
    recorded = any(each.metric in RECORDED for each in selectors(expression))
    assert recorded or not samples or wanted <= {label for s in samples for label in s} | made


@pytest.mark.stack
def test_every_metric_of_ours_is_shown_or_watched_and_explained(scrape: Scrape) -> None:
    named = {selector.metric for expression in EXPRESSIONS for selector in selectors(expression)}
    ours = {name for name in scrape.labels if name.startswith("steppe_")}
    unseen = {re.sub(r"_(bucket|sum|count)$", "", name) for name in ours} - {
        re.sub(r"_(bucket|sum|count)$", "", name) for name in named
    }
    assert unseen == set()


def test_every_alert_says_how_bad_it_is_and_the_page_says_what_to_do() -> None:
    page = PAGE.read_text(encoding="utf-8")
    for alert in ALERTS:
        assert alert["labels"]["severity"] in {"page", "ticket"}
        assert alert["annotations"]["summary"]
    explained = re.findall(r"^\| `(Steppe\w+)` \|", page, flags=re.MULTILINE)
    assert explained == [alert["alert"] for alert in ALERTS]


def test_every_panel_has_a_place_of_its_own() -> None:
    cells = [
        (x, y)
        for panel in DASHBOARD["panels"]
        for x in range(panel["gridPos"]["x"], panel["gridPos"]["x"] + panel["gridPos"]["w"])
        for y in range(panel["gridPos"]["y"], panel["gridPos"]["y"] + panel["gridPos"]["h"])
    ]
    assert len(cells) == len(set(cells))
    assert all(x < 24 for x, _ in cells)
    assert len({panel["id"] for panel in DASHBOARD["panels"]}) == len(DASHBOARD["panels"])
    sources = {each["uid"] for each in read("grafana/provisioning/datasources/steppe.yml")["datasources"]}
    assert {panel["datasource"]["uid"] for panel in PANELS} <= sources


def test_prometheus_scrapes_every_process_where_compose_has_it_listen() -> None:
    targets = {
        entry["labels"]["process"]: entry["targets"]
        for entry in read("prometheus.yml")["scrape_configs"][0]["static_configs"]
    }
    services = read("docker-compose.yml")["services"]
    for spec in PROCESSES:
        port = spec.default_port + METRICS_OFFSET
        assert targets.pop(spec.name) == [f"{spec.name}:{port}"]
        address = services[spec.name]["environment"][f"STEPPE_{spec.name.upper()}_METRICS_ADDRESS"]
        assert address == f"0.0.0.0:{port}"
    assert targets == {}


def test_spans_go_where_the_collector_listens() -> None:
    collector, services = read("otel-collector.yml"), read("docker-compose.yml")["services"]
    port = collector["receivers"]["otlp"]["protocols"]["http"]["endpoint"].rpartition(":")[2]
    for spec in PROCESSES:
        endpoint = services[spec.name]["environment"]["STEPPE_TRACES_ENDPOINT"]
        assert endpoint == f"http://otel-collector:{port}"
    for pipeline in collector["service"]["pipelines"].values():
        assert set(pipeline["receivers"]) <= set(collector["receivers"])
        assert set(pipeline["processors"]) <= set(collector["processors"])
        assert set(pipeline["exporters"]) <= set(collector["exporters"])


def test_the_compose_file_has_the_form_of_the_specification() -> None:
    package = importlib.util.find_spec("check_jsonschema")
    assert package is not None
    assert package.origin is not None
    vendor = Path(package.origin).parent / "builtin_schemas" / "vendor"
    schema = json.loads((vendor / "compose-spec.json").read_text(encoding="utf-8"))
    jsonschema.validate(read("docker-compose.yml"), schema)


def test_who_watches_can_be_replaced_reached_by_nobody_and_changes_nothing() -> None:
    document = read("docker-compose.yml")
    processes = {spec.name for spec in PROCESSES}
    for name, service in document["services"].items():
        if name in processes:
            assert set(service) == {"environment"}
            continue
        assert re.fullmatch(r"\$\{\w+:-[^}]+\}", service["image"])
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert all(port.startswith("127.0.0.1:") for port in service.get("ports", []))
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            assert source in document["volumes"] or (ROOT / source).exists(), source
    explained = set(re.findall(r"`([A-Z_]+)`", PAGE.read_text(encoding="utf-8")))
    assert variables_of((FOLDER / "docker-compose.yml").read_text(encoding="utf-8")) <= explained
