"""Use case: which limits of a permit hold on a day, by declared alerts or at a level that is asked for."""

from __future__ import annotations

from datetime import date

from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit.auth import RowScope
from services.permits.alerts import service as alerts
from services.permits.enterprises import repository as enterprises
from services.permits.permits import service
from services.permits.permits.errors import PermitNotFound
from services.permits.permits.facts import all_facts
from services.permits.permits.rules import WHOLE_PLANT
from services.permits.permits.rules_in_force import Holding, in_force
from services.permits.permits.schemas_in_force import LimitInForce, LimitsInForce


async def limits(
    session: AsyncSession, rows: RowScope, *, number: str, day: date, alert: str | None
) -> LimitsInForce:
    """The limits in force on `day`; without `alert`, at the level that was declared where the site is."""
    permit = await service.read(session, rows, number=number, as_of=day)
    enterprise = await enterprises.by_uscc(session, permit.uscc, rows=rows)
    if enterprise is None:
        raise PermitNotFound()
    region = permit.terms.site_region_code or enterprise.region_code
    level = alert or await alerts.level_on(session, day=day, region=region)
    held = in_force(all_facts(permit), day=day, level=level)
    return LimitsInForce.model_validate(
        {
            "permit_number": permit.permit_number,
            "version": permit.version,
            "on": day,
            "alert_level": level,
            "alert_source": ("asked" if alert else "declared") if level else None,
            "limits": [_view(each) for each in sorted(held, key=lambda each: each.key)],
        }
    )


def _view(holding: Holding) -> LimitInForce:
    fact = holding.fact
    return LimitInForce.model_validate(
        {
            "outlet_code": None if fact.outlet_code == WHOLE_PLANT else fact.outlet_code,
            "scope": fact.scope,
            "pollutant_code": fact.pollutant_code,
            "pollutant_name": fact.pollutant_name,
            "kind": fact.kind,
            "value": None if fact.prohibited else holding.value,
            "prohibited": fact.prohibited,
            "lower_value": fact.lower_value,
            "text": fact.text,
            "unit": fact.unit,
            "permit_year": fact.permit_year,
            "averaging": fact.averaging,
            "ground": holding.ground,
            "alert_level": fact.alert_level,
            "standard": fact.standard,
            "valid_from": fact.valid_from,
            "valid_to": fact.valid_to,
            "binding": holding.binding,
            "why_zh": holding.why.zh,
            "why_en": holding.why.en,
        }
    )
