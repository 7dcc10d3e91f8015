"""`steppe openapi print | check | publish`: the merged document of a running system against the published one."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

import httpx

from infra.client.generating.write import write as write_client
from infra.demo import a_stack
from infra.openapi.compare import breaks

PUBLISHED = Path(__file__).parents[2] / "docs" / "api" / "openapi-v1.json"


def main(argv: list[str]) -> int:
    """1 where a published field, path or meaning was taken away; `--break` publishes nonetheless, before a release."""
    parser = argparse.ArgumentParser(prog="steppe openapi", description="接口契约 / the contract of v1")
    parser.add_argument("do", choices=("print", "check", "publish"))
    parser.add_argument("--url", help="of a gateway; default: the running system, or one started for it")
    parser.add_argument("--break", dest="may_break", action="store_true", help="publish what breaks callers")
    options = parser.parse_args(argv)
    document = _document(options.url)
    if options.do == "print":
        print(text(document), end="")
        return 0
    found = breaks(published(), document) if PUBLISHED.exists() else []
    for line in found:
        print(f"✘ {line}", file=sys.stderr)
    if found and not (options.do == "publish" and options.may_break):
        return 1
    if options.do == "publish":
        PUBLISHED.parent.mkdir(parents=True, exist_ok=True)
        PUBLISHED.write_text(text(document), encoding="utf-8")
        write_client(published())
        print(f"{len(document['paths'])} paths → docs/api/openapi-v1.json, infra/client/api")
    return 0


def published() -> dict[str, Any]:
    """The document that callers were promised."""
    document: dict[str, Any] = json.loads(PUBLISHED.read_text(encoding="utf-8"))
    return document


def text(document: dict[str, Any]) -> str:
    """As it lies in the repository: sorted, so that a change shows as itself."""
    return json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def _document(url: str | None) -> dict[str, Any]:
    if url is not None:
        return _fetched(url)
    with a_stack() as (gateway, _):
        return _fetched(gateway)


def _fetched(gateway: str) -> dict[str, Any]:
    answer = httpx.get(f"{gateway}/openapi.json", timeout=30, trust_env=False).raise_for_status()
    document: dict[str, Any] = answer.json()
    if document.get("x-steppe-missing-services"):
        raise SystemExit(f"not the whole API: {document['x-steppe-missing-services']} are down")
    return document
