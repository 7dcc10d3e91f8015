"""Use case of whoever prepares a report: have it checked, with nothing saved."""

from __future__ import annotations

from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit.auth import Principal
from services.kit.findings import FieldError
from services.permits.obligations import service as obligations
from services.permits.reports import checks, fuel, views
from services.permits.reports.evidence import evidence_of, period_of
from services.permits.reports.schemas import ChecksRead, ReportCreate


async def check(session: AsyncSession, principal: Principal, content: ReportCreate) -> ChecksRead:
    """What a submission of `content` would be refused for, what the reviewer would see, and what is over its limit."""
    obligation = await obligations.get(session, principal.rows, content.obligation_id)
    evidence = await evidence_of(session, obligation, content)
    found = checks.assess(content, evidence=evidence, period=period_of(obligation))
    of_fuel = (await fuel.findings_of(session, obligation, content)).errors
    refusing = [*of_fuel, *found.refusing.errors]
    hard = len(of_fuel) + len(found.hard)
    return ChecksRead.model_validate(
        {
            "acceptable": not refusing,
            "errors": [
                _finding(error, "hard" if index < hard else "soft") for index, error in enumerate(refusing)
            ],
            "warnings": views.warning_rows(found.warnings),
            "exceedances": views.exceedance_rows(found.outcome.over),
            "special_exceedances": views.special_rows(found.outcome.special_over),
        }
    )


def _finding(error: FieldError, severity: str) -> dict[str, str | None]:
    return {
        "pointer": error.pointer,
        "code": error.code,
        "severity": severity,
        "detail_zh": error.text.zh,
        "detail_en": error.text.en,
        "article": error.article,
    }
