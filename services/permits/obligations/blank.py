"""The pre-filled blank: what to report, beside the limits that hold and the last period's figures."""

from __future__ import annotations

import uuid
from datetime import date
from decimal import Decimal

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
from services.permits.permits.schemas import LimitContent, OutletRead, PermitRead, PlantLimitContent
from services.permits.permits.schemas_terms import Terms
from services.permits.reports import repository as reports
from services.permits.reports.evidence import special_days
from services.permits.reports.models import ReportValue
from services.permits.reports.rules_parts import parts_of


async def blank(session: AsyncSession, rows: RowScope, obligation_id: uuid.UUID) -> Blank:
    """Everything an enterprise needs to fill in its report, in one answer."""
    obligation = await service.get(session, rows, obligation_id)
    permit = await permits.read_for_period(session, rows, obligation)
    previous = await reports.last_values_before(
        session, obligation.permit_number, obligation.kind, obligation.period_start
    )
    last = {(value.outlet_code, value.pollutant_code): value for value in previous}
    lines = _lines(permit, obligation, last)
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
            for day, outlet, pollutant in await special_days(session, obligation)
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
    holding = {(each.scope, each.pollutant_code): each for each in permit.plant_limits if _holds(each, day)}
    return list(holding.values())


def _holds(limit: LimitContent | PlantLimitContent, day: date) -> bool:
    return limit.valid_from <= day and (limit.valid_to is None or day <= limit.valid_to)


def _lines(
    permit: PermitRead, obligation: Obligation, last: dict[tuple[str, str], ReportValue]
) -> list[BlankLine]:
    day = min(obligation.period_end, permit.valid_to)
    lines = []
    for outlet in permit.outlets:
        by_pollutant: dict[str, list[LimitContent]] = {}
        for limit in outlet.limits:
            if _holds(limit, day):
                by_pollutant.setdefault(limit.pollutant_code, []).append(limit)
        lines += [
            _line(outlet, code, limits, last.get((outlet.code, code)))
            for code, limits in by_pollutant.items()
        ]
    return lines


def _line(outlet: OutletRead, code: str, limits: list[LimitContent], last: ReportValue | None) -> BlankLine:
    def figure(name: str) -> Decimal | None:
        value: Decimal | None = getattr(last, name, None)
        return value

    return BlankLine(
        outlet_code=outlet.code,
        outlet_name=outlet.name,
        medium=outlet.medium,
        pollutant_code=code,
        pollutant_name=limits[0].pollutant_name,
        limits=limits,
        previous_concentration_max=figure("concentration_max"),
        previous_concentration_average=figure("concentration_average"),
        previous_amount_t=figure("amount_t"),
    )
