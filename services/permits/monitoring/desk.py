"""How the rows of a monitoring file are judged and written; a single record is judged by the same."""

from __future__ import annotations

import uuid
from collections.abc import Hashable
from datetime import datetime
from decimal import Decimal
from typing import ClassVar

from services.kit.findings import FieldError, Findings
from services.kit.ids import new_id
from services.kit.schemas import Schema, plain
from services.permits.batches.copying import NULL, text_of
from services.permits.batches.desk import Desk
from services.permits.batches.reading import Columns
from services.permits.batches.rules import check_correction, check_moment, check_offline
from services.permits.batches.saying import QuickReader, Said, said_by
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
    "unpermitted_outlet": "许可证外排放口",
    "supersedes": "更正的记录",
    "reason": "更正理由",
}
COLUMNS = Columns(
    HEADERS, flags=frozenset({"made_offline", "unpermitted_outlet"}), moments=frozenset({"sampled_at"})
)
SAID = (
    *("outlet_code", "point", "pollutant_code", "sampled_at", "qualifier", "unit", "means", "averaging"),
    *("method_standard", "laboratory", "report_number", "note", "made_offline", "unpermitted_outlet"),
    "reason",
)
"""Members that are columns as they are."""
QUALIFIER, AVERAGING = (RecordCreate.model_fields[name].default for name in ("qualifier", "averaging"))


class MonitoringDesk(Desk):
    """The rows of one file."""

    kind: ClassVar = "monitoring"
    model: ClassVar[type[Schema]] = RecordCreate
    cells: ClassVar = COLUMNS
    quick: ClassVar = QuickReader(RecordCreate, COLUMNS.moments)
    record: ClassVar[type[MonitoringRecord]] = MonitoringRecord
    columns: ClassVar = (
        *("permit_number", "id", "outlet_code", "point", "pollutant_code", "sampled_at", "qualifier"),
        *("value", "unit", "standard_value", "standard_unit", "means", "averaging", "method_standard"),
        *("laboratory", "report_number", "note", "plan_row_id", "made_offline", "unpermitted_outlet"),
        *("supersedes", "reason"),
        *("batch_id", "recorded_at", "recorded_by"),
    )
    same: ClassVar = (*SAID, "value", "supersedes")
    moment: ClassVar = "sampled_at"
    alike: ClassVar = ("outlet_code", "point", "pollutant_code")

    def judge(self, row: RecordCreate) -> list[FieldError]:
        found, site = Findings(), self.site
        rules.check_place(
            found,
            outlet_code=row.outlet_code,
            point=row.point,
            pollutant_code=row.pollutant_code,
            permitted=site.at(row.sampled_at).measured,
            unpermitted_outlet=row.unpermitted_outlet,
        )
        rules.check_unit(found, outlet_code=row.outlet_code, unit=row.unit)
        rules.check_manual(
            found, means=row.means, method_standard=row.method_standard, laboratory=row.laboratory
        )
        rules.check_qualifier(found, qualifier=row.qualifier, value=row.value)
        rules.check_possible(found, value=row.value, unit=row.unit)
        check_moment(
            found,
            "/sampled_at",
            row.sampled_at,
            latest=self.latest,
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

    def seen_by_judge(self, said: Said, moment: datetime) -> Hashable:
        given, version = said.get, self.site.at(moment).version
        place = given("outlet_code"), given("point"), said["pollutant_code"]
        return (
            version,
            place,
            said["unit"],
            said["means"],
            rules.is_bare(given("qualifier"), said["value"]) and given("qualifier"),
            rules.whole_digits(said["value"]),
            given("made_offline"),
            given("unpermitted_outlet"),
            *said,
        )

    def _plan_row(self, said: Said) -> uuid.UUID | None:
        place = said.get("outlet_code") or said.get("point", "")
        plan = self.site.at(datetime.fromisoformat(said["sampled_at"])).plan
        return plan.get((place, said["pollutant_code"], said["means"]))

    def line(self, said: Said, identity: str) -> bytes:
        given, value, unit = said.get, said["value"], said["unit"]
        standard_value, standard_unit = value, unit
        if unit in rules.STANDARD:
            converted, standard_unit = rules.in_standard(Decimal(value), unit)
            standard_value = plain(converted)
        return (
            f"{self.head}{identity}\t{given('outlet_code', NULL)}\t{text_of(given('point'))}\t"
            f"{said['pollutant_code']}\t{said['sampled_at']}\t{given('qualifier', QUALIFIER)}\t{value}\t{unit}\t"
            f"{standard_value}\t{standard_unit}\t{said['means']}\t{given('averaging', AVERAGING)}\t"
            f"{text_of(given('method_standard'))}\t{text_of(given('laboratory'))}\t"
            f"{text_of(given('report_number'))}\t{text_of(given('note'))}\t{self._plan_row(said) or NULL}\t"
            f"{'t' if given('made_offline') else 'f'}\t{'t' if given('unpermitted_outlet') else 'f'}\t"
            f"{given('supersedes', NULL)}\t{text_of(given('reason'))}"
            f"{self.tail}"
        ).encode()

    def made_of(self, row: RecordCreate) -> MonitoringRecord:
        value = Decimal(row.value)
        standard_value, standard_unit = rules.in_standard(value, row.unit)
        return MonitoringRecord(
            permit_number=self.site.permit_number,
            id=uuid.UUID(row.id) if row.id else new_id(),
            **row.model_dump(include=set(SAID)),
            value=value,
            standard_value=standard_value,
            standard_unit=standard_unit,
            plan_row_id=self._plan_row(said_by(row)),
            supersedes=uuid.UUID(row.supersedes) if row.supersedes else None,
            recorded_at=self.now,
            recorded_by=self.recorded_by,
        )
