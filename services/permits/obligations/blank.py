"""The pre-filled blank: what to report, beside the limits that hold and the last period's figures."""

from __future__ import annotations

import uuid
from dataclasses import asdict
from decimal import Decimal
from typing import cast

from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit import clock
from services.kit.auth import RowScope
from services.permits.ledger import keeping
from services.permits.ledger import service as ledger
from services.permits.monitoring import service as monitoring
from services.permits.obligations import service
from services.permits.obligations.models import Obligation
from services.permits.obligations.schemas import (
    Blank,
    BlankFacility,
    BlankLine,
    BlankSpecialDay,
    BlankSubmission,
    BlankValue,
)
from services.permits.permits import service as permits
from services.permits.permits.rules import LimitFact
from services.permits.permits.schemas import LimitContent, Medium, PermitRead, PlantLimitContent
from services.permits.permits.schemas_terms import Terms
from services.permits.permits.views import averaging_of
from services.permits.reports import repository as reports
from services.permits.reports.evidence import special_days
from services.permits.reports.models import ReportValue
from services.permits.reports.permitted import Permitted, permitted
from services.permits.reports.rules import medium_of
from services.permits.reports.rules_parts import parts_of


async def blank(session: AsyncSession, rows: RowScope, obligation_id: uuid.UUID) -> Blank:
    """Everything an enterprise needs to fill in its report, in one answer."""
    obligation = await service.get(session, rows, obligation_id)
    permit = await permits.read_for_period(session, rows, obligation)
    previous = await reports.last_values_before(
        session, obligation.permit_number, obligation.kind, obligation.period_start
    )
    last = {(value.outlet_code, value.pollutant_code): value for value in previous}
    limited = await permitted(session, obligation)
    lines = _lines(limited, last)
    values = [BlankValue(outlet_code=line.outlet_code, pollutant_code=line.pollutant_code) for line in lines]
    period = (obligation.permit_number, obligation.period_start, obligation.period_end)
    kept = await keeping.kept_in(
        session,
        permit_id=obligation.permit_id,
        permit_number=obligation.permit_number,
        first=obligation.period_start,
        last=obligation.period_end,
    )
    return Blank(
        obligation=service.view(obligation, today=clock.today()),
        site_name=permit.site_name,
        submission=BlankSubmission(obligation_id=obligation.id, values=values),
        reference=lines,
        monitoring=await monitoring.figures(session, *period),
        ledger=await ledger.totals(session, *period),
        ledger_gaps=[keeping.view(each) for each in kept if each.gaps],
        plant_limits=_plant_limits(permit, obligation),
        special_days=[
            BlankSpecialDay(day=day, outlet_code=outlet or None, pollutant_code=pollutant)
            for day, outlet, pollutant in await special_days(session, obligation, limited)
        ],
        facilities=_facilities(permit.terms),
        disclosures=permit.terms.disclosure,
        parts=list(parts_of(obligation.kind)),
    )


def _facilities(terms: Terms) -> list[BlankFacility]:
    produce = [BlankFacility(code=each.code, name=each.name) for each in terms.production_facilities]
    return produce + [BlankFacility(code=each.code, name=each.name) for each in terms.treatment_facilities]


def _plant_limits(permit: PermitRead, obligation: Obligation) -> list[PlantLimitContent]:
    """Those that hold at the period's end, one a total and pollutant."""
    day = min(obligation.period_end, permit.valid_to)
    holding = {
        (each.scope, each.pollutant_code): each
        for each in permit.plant_limits
        if each.valid_from <= day and (each.valid_to is None or day <= each.valid_to)
    }
    return list(holding.values())


def _lines(limited: Permitted, last: dict[tuple[str, str], ReportValue]) -> list[BlankLine]:
    """What the report is judged by: each line that the permit had on any day of the period, with its limits."""
    lines: dict[tuple[str, str], list[LimitFact]] = {}
    for limit in limited.dated:
        lines.setdefault((limit.outlet_code, limit.pollutant_code), []).append(limit)
    return [_line(limited.names[key[0]], limits, last.get(key)) for key, limits in lines.items()]


def _line(name: str, limits: list[LimitFact], last: ReportValue | None) -> BlankLine:
    def figure(name: str) -> Decimal | None:
        value: Decimal | None = getattr(last, name, None)
        return value

    outlet, pollutant = limits[0].outlet_code, limits[0].pollutant_code
    medium = cast(Medium, medium_of(outlet))
    return BlankLine(
        outlet_code=outlet,
        outlet_name=name,
        medium=medium,
        pollutant_code=pollutant,
        pollutant_name=limits[-1].pollutant_name,
        limits=[limit_content(each, medium) for each in limits],
        previous_concentration_max=figure("concentration_max"),
        previous_concentration_average=figure("concentration_average"),
        previous_amount_t=figure("amount_t"),
    )


def limit_content(limit: LimitFact, medium: Medium) -> LimitContent:
    stated = asdict(limit.averaging) if limit.averaging is not None else None
    return LimitContent.model_validate(
        {
            **{name: getattr(limit, name) for name in LimitContent.model_fields},
            "averaging": averaging_of(limit.kind, stated, medium),
        }
    )
