"""An applicant and the people of the bureau who handle what it applies for."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass
from datetime import date
from typing import Any

import httpx

from tests.permits.reading import is_problem, walked
from tests.support.town import OUTLETS, Caller, Town

PATH, EIA = "/v1/permits/applications", "/v1/permits/eia"
ITEMS = ("eia", "standards", "total_control", "controls", "monitoring")
MET = {"findings": [{"item": item, "outcome": "met"} for item in ITEMS]}


def proposal(**changes: Any) -> dict[str, Any]:
    """What the permit is to say: of a simplified unit, so that nothing has to be disclosed before."""
    content = {
        "site_name": "一号厂区",
        "management_class": "simplified",
        "industry_code": "4430",
        "reporting": {"quarterly": False, "annual": True},
        "outlets": deepcopy(OUTLETS),
    }
    return {**content, **changes}


def eia_document(uscc: str, number: str = "锡署环审书〔2021〕8号", **changes: Any) -> dict[str, Any]:
    content = {
        "uscc": uscc,
        "number": number,
        "eia_class": "form",
        "authority": "锡林郭勒盟生态环境局",
        "decided_on": "2021-06-01",
        "project_name": "集中供热锅炉房项目",
    }
    return {**content, **changes}


def ok(answer: httpx.Response) -> dict[str, Any]:
    assert answer.status_code == 201, answer.text
    return answer.json()  # type: ignore[no-any-return]


def refused(answer: httpx.Response, status: int, code: str) -> dict[str, Any]:
    """The problem that an answer is."""
    assert is_problem(answer, status, code), answer.text
    return answer.json()  # type: ignore[no-any-return]


async def everything(caller: Caller, path: str, **filters: Any) -> list[Any]:
    """Every item of a list."""
    return [each for page in await walked(caller, path, **filters) for each in page]


@dataclass
class Applicant:
    """An enterprise with a verified EIA, signed in."""

    town: Town
    caller: Caller
    uscc: str
    eia_id: str

    @property
    def number(self) -> str:
        """Of its first permit, as the national platform would make it."""
        return f"{self.uscc}001P"

    def application(self, **changes: Any) -> dict[str, Any]:
        content = {"uscc": self.uscc, "kind": "first", "content": proposal(), "eia_ids": [self.eia_id]}
        return {**content, **changes}

    async def applied(self, **changes: Any) -> dict[str, Any]:
        return ok(await self.caller.post(PATH, self.application(**changes)))

    async def accepted(self, **changes: Any) -> dict[str, Any]:
        application = await self.applied(**changes)
        return ok(await self.step("clerk", application, "completeness", {"outcome": "accept"}))

    async def reviewed(self, **changes: Any) -> dict[str, Any]:
        """With every condition met and the proposal to grant."""
        application = await self.accepted(**changes)
        application = ok(await self.step("reviewer", application, "findings", MET))
        return ok(await self.step("reviewer", application, "review", {"proposal": "grant"}))

    async def granted(self, **changes: Any) -> dict[str, Any]:
        application = await self.reviewed(**changes)
        decision: dict[str, Any] = {"outcome": "grant"}
        if application["kind"] == "first":
            decision["permit_number"] = self.number
        return ok(await self.step("approver", application, "decision", decision))

    async def step(
        self, who: str | Caller, application: dict[str, Any], step: str, body: Any, *, key: str | None = None
    ) -> httpx.Response:
        """A step of the bureau, by somebody who has just read the application."""
        caller = await self.town.staff(who) if isinstance(who, str) else who
        path = f"{PATH}/{application['id']}"
        read = await caller.get(path)
        assert read.status_code == 200, read.text
        return await caller.post(f"{path}/{step}", body, key=key, **{"If-Match": read.headers["etag"]})

    async def read(self, application: dict[str, Any]) -> dict[str, Any]:
        """As the applicant sees it."""
        answer = await self.caller.get(f"{PATH}/{application['id']}")
        assert answer.status_code == 200, answer.text
        return answer.json()  # type: ignore[no-any-return]


async def applicant(town: Town, **eia: Any) -> Applicant:
    uscc, clerk = town.new_uscc(), await town.staff("clerk")
    ok(await clerk.post("/v1/permits/enterprises", town.enterprise_content(uscc)))
    document = ok(await clerk.post(EIA, eia_document(uscc, **eia)))
    caller = await town.caller(f"e.{uscc.lower()}", roles=["enterprise"], usccs=[uscc])
    return Applicant(town, caller, uscc, document["id"])


def days(text: str | None) -> date:
    assert text is not None
    return date.fromisoformat(text)
