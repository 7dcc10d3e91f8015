"""How the rows of a monitoring file are judged and written; a single record is judged by the same."""

from __future__ import annotations

import uuid
from datetime import datetime
from decimal import Decimal
from typing import ClassVar

from services.kit.findings import FieldError, Findings
from services.kit.ids import new_id
from services.kit.schemas import Schema, plain
from services.permits.batches.copying import NULL, text_of
from services.permits.batches.desk import Desk
from services.permits.batches.reading import Columns
from services.permits.batches.rules import check_correction, check_moment, check_offline, latest_moment
from services.permits.batches.site import Site
from services.permits.monitoring import rules
from services.permits.monitoring.models import MonitoringRecord
from services.permits.monitoring.schemas import RecordCreate

HEADERS = {
    "id": "标识",
    "outlet_code": "排放口编号",
    "point": "监测点位",
    "pollutant_code": "污染物代码",
    "sampled_at": "采样时间",
    "qualifier": "限定符",
    "value": "监测值",
    "unit": "单位",
    "means": "监测方式",
    "averaging": "均值类型",
    "method_standard": "方法标准",
    "laboratory": "监测单位",
    "report_number": "报告编号",
    "note": "备注",
    "made_offline": "离线记录",
    "supersedes": "更正的记录",
    "reason": "更正理由",
}
COLUMNS = Columns(HEADERS, flags=frozenset({"made_offline"}), moments=frozenset({"sampled_at"}))
SAID = (
    *("outlet_code", "point", "pollutant_code", "sampled_at", "qualifier", "unit", "means", "averaging"),
    *("method_standard", "laboratory", "report_number", "note", "made_offline", "reason"),
)
"""Members that are columns as they are."""


class MonitoringDesk(Desk):
    """The rows of one file."""

    kind: ClassVar = "monitoring"
    model: ClassVar[type[Schema]] = RecordCreate
    cells: ClassVar = COLUMNS
    record: ClassVar[type[MonitoringRecord]] = MonitoringRecord
    columns: ClassVar = (
        *("permit_number", "id", "outlet_code", "point", "pollutant_code", "sampled_at", "qualifier"),
        *("value", "unit", "standard_value", "standard_unit", "means", "averaging", "method_standard"),
        *("laboratory", "report_number", "note", "plan_row_id", "made_offline", "supersedes", "reason"),
        *("batch_id", "recorded_at", "recorded_by"),
    )
    same: ClassVar = (*SAID, "value", "supersedes")
    alike: ClassVar = ("outlet_code", "point", "pollutant_code")

    def __init__(self, site: Site, *, batch_id: uuid.UUID | None, now: datetime, recorded_by: str) -> None:
        self._site, self._now, self._by = site, now, recorded_by
        self._latest = latest_moment(now)
        self._tail = f"{batch_id}\t{now.isoformat()}\t{text_of(recorded_by)}"

    def judge(self, row: RecordCreate) -> list[FieldError]:
        found, site = Findings(), self._site
        rules.check_place(
            found,
            outlet_code=row.outlet_code,
            point=row.point,
            pollutant_code=row.pollutant_code,
            permitted=site.at(row.sampled_at).measured,
        )
        rules.check_unit(found, outlet_code=row.outlet_code, unit=row.unit)
        rules.check_manual(
            found, means=row.means, method_standard=row.method_standard, laboratory=row.laboratory
        )
        rules.check_qualifier(found, qualifier=row.qualifier, value=row.value)
        check_moment(
            found,
            "/sampled_at",
            row.sampled_at,
            latest=self._latest,
            since=site.since,
            article=rules.ARTICLE_MONITORING,
        )
        if row.supersedes is not None or row.reason is not None:
            check_correction(
                found,
                identity=row.id,
                supersedes=row.supersedes,
                reason=row.reason,
                article=rules.ARTICLE_MONITORING,
            )
        if row.made_offline:
            check_offline(found, identity=row.id, made_offline=True)
        return found.errors

    def _plan_row(self, row: RecordCreate) -> uuid.UUID | None:
        place = row.outlet_code or row.point
        return self._site.at(row.sampled_at).plan.get((place or "", row.pollutant_code, row.means))

    def line(self, row: RecordCreate, identity: str) -> str:
        figure, unit = row.value, str(row.unit)
        if unit in rules.STANDARD:
            converted, unit = rules.in_standard(Decimal(figure), row.unit)
            figure = plain(converted)
        return (
            f"{self._site.permit_number}\t{identity}\t{row.outlet_code or NULL}\t{text_of(row.point)}\t"
            f"{row.pollutant_code}\t{row.sampled_at.isoformat()}\t{row.qualifier}\t{row.value}\t{row.unit}\t"
            f"{figure}\t{unit}\t{row.means}\t{row.averaging}\t{text_of(row.method_standard)}\t"
            f"{text_of(row.laboratory)}\t{text_of(row.report_number)}\t{text_of(row.note)}\t"
            f"{self._plan_row(row) or NULL}\t{'t' if row.made_offline else 'f'}\t{row.supersedes or NULL}\t"
            f"{text_of(row.reason)}\t{self._tail}"
        )

    def made_of(self, row: RecordCreate) -> MonitoringRecord:
        value = Decimal(row.value)
        standard_value, standard_unit = rules.in_standard(value, row.unit)
        return MonitoringRecord(
            permit_number=self._site.permit_number,
            id=uuid.UUID(row.id) if row.id else new_id(),
            **row.model_dump(include=set(SAID)),
            value=value,
            standard_value=standard_value,
            standard_unit=standard_unit,
            plan_row_id=self._plan_row(row),
            supersedes=uuid.UUID(row.supersedes) if row.supersedes else None,
            recorded_at=self._now,
            recorded_by=self._by,
        )
