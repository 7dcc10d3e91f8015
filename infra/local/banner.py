"""What `steppe up` prints when everything runs: addresses, accounts, and one curl that submits a report."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import httpx

from infra.client.api.models.permits import ReportCreate
from infra.journeys.reports import fill
from infra.local.secrets import sample_password
from services.kit.ids import new_id

_LOGINS = "heat01", "heat02", "ore01", "sewage01", "grain01"
SERVICES = ("permits", "waste", "credit", "emergency")


def lines(environment: Mapping[str, str]) -> list[str]:
    """The banner of the stack that `environment` describes, which runs."""
    home, gateway = Path(environment["STEPPE_HOME"]), environment["STEPPE_GATEWAY_URL"]
    password = sample_password(home / "secrets")
    services = " ".join(f"{name}={environment[f'STEPPE_{name.upper()}_URL']}" for name in SERVICES)
    told = [
        "",
        f"网关 gateway      {gateway}",
        f"服务 services     {services}",
        f"门户 portal       {gateway}/docs   状态 status {gateway}/status",
        f"接口 OpenAPI      {gateway}/openapi.json",
        "示例账号 sample accounts (role): heat01 meat01 … (enterprise), clerk01 (clerk), reviewer01 (reviewer)",
        f"示例密码 password {password}",
        "",
    ]
    return told + _curl(home, gateway, password)


def _curl(home: Path, gateway: str, password: str) -> list[str]:
    with httpx.Client(base_url=gateway, timeout=10, trust_env=False) as http:
        for login in _LOGINS:
            body = _report_that_is_due(http, login, password)
            if body is not None:
                break
        else:
            return ["示例待报报告均已提交 · every report that was due has been submitted", ""]
    document = home / "sample-report.json"
    document.write_text(json.dumps(body, ensure_ascii=False, indent=2), encoding="utf-8")
    return [
        "提交一份执行报告 · submit a report:",
        "",
        f"TOKEN=$(curl -s {gateway}/v1/auth/token -d grant_type=password -d username={login} \\",
        f'  -d password={password} | sed \'s/.*"access_token":"\\([^"]*\\)".*/\\1/\') && \\',
        f'curl -si {gateway}/v1/permits/reports -H "Authorization: Bearer $TOKEN" \\',
        f"  -H 'Idempotency-Key: {new_id()}' -H 'Content-Type: application/json' -d @{document}",
        "",
    ]


def _report_that_is_due(http: httpx.Client, login: str, password: str) -> ReportCreate | None:
    form = {"grant_type": "password", "username": login, "password": password}
    signed_in = http.post("/v1/auth/token", data=form)
    if signed_in.status_code != 200:
        return None
    headers = {"Authorization": f"Bearer {signed_in.json()['access_token']}"}
    owed = http.get("/v1/permits/obligations", params={"state": "open"}, headers=headers).json()["items"]
    if not owed:
        return None
    return fill(http.get(f"/v1/permits/obligations/{owed[-1]['id']}/blank", headers=headers).json())
