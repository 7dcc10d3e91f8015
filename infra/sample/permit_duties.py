"""Monitoring plans and ledgers of the sample city: two permits ask for them since the quarter began, and have gaps."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from infra.sample.history import permit_content
from infra.sample.permit_past import PermitPast
from infra.sample.times import at_hour
from infra.sample.types import SampleOutlet, SamplePermit
from services.kit import clock
from services.kit.ids import new_id
from services.kit.uploads import NDJSON, Upload
from services.permits.batches.desk import Desk
from services.permits.batches.receiving import receive
from services.permits.ledger.desk import LedgerDesk
from services.permits.monitoring.desk import MonitoringDesk
from services.permits.permits import service as permits
from services.permits.permits.schemas import Basis, PermitContent

PLACES = (8, 13)
"""Key permits that have no report left open: what they owe does not change by it."""
GAPS = (5, 6, 7, 20)
"""Days after the first on which nobody wrote anything down."""


class PermitDuties(PermitPast):
    """Monitoring plans and ledgers, and what was written down and sampled since."""

    async def live(self) -> None:
        """A new version each, then what was written down and sampled since."""
        for place in PLACES:
            permit = self._city.permits[place]
            first = quarter_of(self._city.as_of - timedelta(days=1))
            await self._amend(permit, first)
            with clock.at(at_hour(self._city.as_of, 0)):
                await self._write(permit, first)
                await self._sample(permit, first)

    async def _amend(self, permit: SamplePermit, first: date) -> None:
        air = permit.outlets[0]
        said = permit_content(permit, self._city.as_of)
        content = {
            **said,
            "monitoring": list(_plan(permit)),
            "terms": {
                **said["terms"],
                "treatment_facilities": [
                    {"code": "TA001", "name": "除尘设施", "process": "布袋除尘", "outlets": [air.code]}
                ],
                "ledger": [
                    {
                        "category": "treatment",
                        "content": "运行时间、药剂用量、异常情况",
                        "frequency": {"count": 1, "per": "day"},
                    },
                    {
                        "category": "production",
                        "content": "产品产量、生产负荷",
                        "frequency": {"count": 1, "per": "week"},
                    },
                ],
            },
        }
        basis = Basis(kind="adjustment", effective_from=first, reason="补充自行监测方案和台账要求")
        with clock.at(at_hour(first, 9)):
            await permits.amend(
                self._session,
                self._staff("clerk01"),
                permit_number=permit.permit_number,
                content=PermitContent.model_validate(content, from_attributes=True),
                basis=basis,
            )

    async def _write(self, permit: SamplePermit, first: date) -> None:
        rows = [
            {
                "kind": "treatment",
                "facility_code": "TA001",
                "happened_at": at_hour(day, 8).isoformat(),
                "run_hours": "24",
            }
            for place, day in enumerate(_days(first, self._city.as_of))
            if place not in GAPS
        ]
        await self._send(LedgerDesk, permit, rows)

    async def _sample(self, permit: SamplePermit, first: date) -> None:
        """The monthly samples of the first outlet; the quarter's is still to be taken."""
        outlet = permit.outlets[0]
        months = sorted({day.replace(day=1) for day in _days(first, self._city.as_of)})
        rows = [
            {
                "outlet_code": outlet.code,
                "pollutant_code": outlet.limits[0].pollutant_code,
                "sampled_at": at_hour(month, 10).isoformat(),
                "value": "12.4",
                "unit": "mg/m3" if outlet.medium == "air" else "mg/L",
                "means": "manual",
                "method_standard": "HJ 836-2017",
                "laboratory": "示例检测有限公司",
            }
            for month in months
        ]
        await self._send(MonitoringDesk, permit, rows)

    async def _send(self, desk: type[Desk], permit: SamplePermit, rows: list[dict[str, str]]) -> None:
        if not rows:
            return
        await receive(
            self._session,
            self._holder(permit.enterprise_uscc),
            Upload(NDJSON, "\n".join(json.dumps(row) for row in rows).encode()),
            desk,
            permit_number=permit.permit_number,
            batch_id=new_id(),
            office=self._office,
            language="zh-CN",
        )


def _plan(permit: SamplePermit) -> Iterator[dict[str, Any]]:
    """The first pollutant of the first outlet monthly, those of the others by the quarter."""
    for outlet in permit.outlets:
        first = outlet is permit.outlets[0]
        yield _row(outlet, "month" if first else "quarter")


def _row(outlet: SampleOutlet, per: str) -> dict[str, Any]:
    limit = outlet.limits[0]
    return {
        "outlet_code": outlet.code,
        "pollutant_code": limit.pollutant_code,
        "pollutant_name": limit.pollutant_name,
        "means": "manual",
        "frequency": {"count": 1, "per": per},
        "method": "HJ 836-2017",
    }


def quarter_of(day: date) -> date:
    """The first day of the quarter that a day lies in."""
    return date(day.year, (day.month - 1) // 3 * 3 + 1, 1)


def _days(first: date, until: date) -> Iterator[date]:
    """The days from `first` to the one before `until`."""
    for number in range((until - first).days):
        yield first + timedelta(days=number)
