"""Asks the class finder about a form: what is wrong with it, and whether a registration is enough."""

from __future__ import annotations

from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit.auth import Principal
from services.kit.findings import FieldError, Findings, pointer
from services.kit.problems import Problem
from services.kit.texts import Text
from services.permits.catalogue import service as catalogue
from services.permits.catalogue.checks import check_query
from services.permits.catalogue.conditions import STRICTNESS
from services.permits.catalogue.schemas import Classification, ClassificationQuery, Decision
from services.permits.registrations import rules
from services.permits.registrations.errors import NotManaged, PermitNeeded
from services.permits.registrations.schemas import RegistrationContent

_NEEDS = Text(zh="{clause}：{reason}", en="{clause}: {reason}")
_POSITION = Text(zh="经度和纬度应同时填写", en="longitude and latitude are given together")


def findings_of(content: RegistrationContent) -> Findings:
    """What is wrong with a form before anybody asks for its class."""
    found = check_query(_query(content), catalogue.in_force(None))
    if (content.longitude is None) is not (content.latitude is None):
        missing = "longitude" if content.longitude is None else "latitude"
        found.add(pointer(missing), "position_incomplete", _POSITION, rests_on=("/longitude", "/latitude"))
    return found


async def also_wrong(
    _session: AsyncSession, _principal: Principal, content: RegistrationContent, **_path: str
) -> Findings:
    """What the rules say about a form whose shape is wrong in places."""
    return findings_of(content)


def classified(content: RegistrationContent) -> Classification:
    """The class finder's answer; PermitNeeded or NotManaged where a registration is not what the site needs."""
    found = catalogue.classify(_query(content))
    outcome = rules.outcome(found.site.at_least, found.site.at_most)
    if outcome == "permit_needed":
        raise PermitNeeded(errors=_needing(found))
    if outcome == "not_managed":
        raise NotManaged(errors=[_error("/activities", found.site, NotManaged)])
    return found


def waits_for_review(found: Classification) -> bool:
    return rules.outcome(found.site.at_least, found.site.at_most) == "for_review"


def _query(content: RegistrationContent) -> ClassificationQuery:
    # Its members were validated with the form, or are what could be read of one of the wrong shape.
    return ClassificationQuery.model_construct(activities=content.activities, site=content.site)


def _needing(found: Classification) -> list[FieldError]:
    """An error for each industry that needs a permit by itself, with its row and clause."""
    return [
        _error(pointer("activities", index), each, PermitNeeded, clause=each.clause)
        for index, each in enumerate(found.activities)
        if STRICTNESS[each.at_least] >= STRICTNESS["simplified"]
    ] or [_error("/site", found.site, PermitNeeded)]


def _error(
    where: str, decision: Decision, problem: type[Problem], *, clause: str | None = None
) -> FieldError:
    text = Text(zh=decision.reason_zh, en=decision.reason_en)
    if clause is not None:
        text = Text(
            zh=_NEEDS.zh.format(clause=clause, reason=text.zh),
            en=_NEEDS.en.format(clause=clause, reason=text.en),
        )
    return FieldError(where, problem.code, text, article=decision.article)
