"""How the rows of a ledger file are judged and written; a single entry is judged by the same."""

from __future__ import annotations

import uuid
from collections.abc import Hashable
from datetime import UTC, datetime
from functools import cached_property
from operator import itemgetter
from typing import Any, ClassVar

from pydantic_core import to_json

from services.kit.findings import FieldError, Findings
from services.kit.ids import new_id
from services.kit.schemas import Schema
from services.permits.batches.copying import NULL, text_of
from services.permits.batches.desk import Desk
from services.permits.batches.reading import Columns
from services.permits.batches.rules import check_correction, check_moment, check_offline
from services.permits.batches.saying import QuickReader, Said, said_by
from services.permits.ledger import rules
from services.permits.ledger.models import LedgerEntry
from services.permits.ledger.schemas import EntryCreate

HEADERS = {
    "id": "标识",
    "kind": "类别",
    "facility_code": "设施或排放口编号",
    "happened_at": "发生时间",
    "ended_at": "结束时间",
    "name": "名称",
    "quantity": "数量",
    "unit": "单位",
    "use": "用途",
    "batch_number": "批号",
    "run_hours": "运行小时",
    "load_percent": "负荷%",
    "power_kwh": "用电kWh",
    "sulphur_percent": "硫分%",
    "ash_percent": "灰分%",
    "volatile_percent": "挥发分%",
    "heat_mj_kg": "热值MJ/kg",
    "model": "型号",
    "capacity": "设计能力",
    "cause": "原因",
    "measures": "应对措施",
    "pollutants": "污染物排放情况",
    "is_reported": "是否报告",
    "method": "监测方法",
    "laboratory": "监测单位",
    "note": "备注",
    "made_offline": "离线记录",
    "supersedes": "更正的记录",
    "reason": "更正理由",
}
COLUMNS = Columns(
    HEADERS, flags=frozenset({"made_offline", "is_reported"}), moments=frozenset({"happened_at", "ended_at"})
)
DETAILS = {
    kind.value: tuple(sorted(content.needs | content.may | {"note"}))
    for kind, content in rules.CONTENTS.items()
}
KINDS = {kind.value: kind for kind in rules.Kind}
NEEDED = {kind.value: itemgetter(*sorted(content.needs), "kind") for kind, content in rules.CONTENTS.items()}
CONTENTS = {kind.value: content for kind, content in rules.CONTENTS.items()}


def details_of(said: Said) -> dict[str, Any]:
    """What an entry says beside what is a column of its own, as it is stored."""
    details = {name: said[name] for name in DETAILS[said["kind"]] if name in said}
    if "ended_at" in details:
        details["ended_at"] = datetime.fromisoformat(details["ended_at"]).astimezone(UTC).isoformat()
    return details


class LedgerDesk(Desk):
    """The rows of one file."""

    kind: ClassVar = "ledger"
    model: ClassVar[type[Schema]] = EntryCreate
    cells: ClassVar = COLUMNS
    quick: ClassVar = QuickReader(EntryCreate, COLUMNS.moments)
    record: ClassVar[type[LedgerEntry]] = LedgerEntry
    columns: ClassVar = (
        *("permit_number", "id", "kind", "facility_code", "happened_at", "made_offline", "details"),
        *("supersedes", "reason", "batch_id", "recorded_at", "recorded_by"),
    )
    same: ClassVar = (
        *("kind", "facility_code", "happened_at", "made_offline", "details", "supersedes", "reason"),
    )
    moment: ClassVar = "happened_at"
    alike: ClassVar = ("kind",)

    def judge(self, row: EntryCreate) -> list[FieldError]:
        found, site = Findings(), self.site
        content, given = CONTENTS[row.kind], row.model_fields_set
        members, code = row.__dict__, row.facility_code
        if not content.fits(given) or None in NEEDED[row.kind](members):
            said = {name for name in given if members[name] is not None}
            rules.check_content(found, KINDS[row.kind], said)
        if content.facilities:
            rules.check_facility(found, KINDS[row.kind], code)
        if code is not None and code[0] == "D":
            rules.check_outlet(found, code, outlets=site.at(row.happened_at).outlets)
        check_moment(
            found,
            "/happened_at",
            row.happened_at,
            latest=self.latest,
            since=site.since,
            article=rules.ARTICLE_LEDGER,
        )
        if row.ended_at is not None:
            rules.check_order(found, happened_at=row.happened_at, ended_at=row.ended_at, latest=self.latest)
        if row.supersedes is not None or row.reason is not None:
            check_correction(
                found,
                identity=row.id,
                supersedes=row.supersedes,
                reason=row.reason,
                article=rules.ARTICLE_LEDGER,
            )
        if row.made_offline:
            check_offline(found, identity=row.id, made_offline=True)
        return found.errors

    def seen_by_judge(self, said: Said, moment: datetime) -> Hashable:
        code = said.get("facility_code", "")
        version = self.site.at(moment).version if code[:1] == "D" else None
        return version, said["kind"], code, said.get("made_offline"), *said

    def line(self, said: Said, identity: str) -> bytes:
        details = to_json(details_of(said))
        if b"\\" in details:
            details = details.replace(b"\\", b"\\\\")
        offline = "t" if said.get("made_offline") else "f"
        code, moment = said.get("facility_code", NULL), said["happened_at"]
        begin = f"{self.head}{identity}\t{said['kind']}\t{code}\t{moment}\t{offline}\t".encode()
        return begin + details + (self._end if "supersedes" not in said else self._end_of(said))

    @cached_property
    def _end(self) -> bytes:
        return self._end_of({})

    def _end_of(self, said: Said) -> bytes:
        return f"\t{said.get('supersedes', NULL)}\t{text_of(said.get('reason'))}{self.tail}".encode()

    def made_of(self, row: EntryCreate) -> LedgerEntry:
        return LedgerEntry(
            permit_number=self.site.permit_number,
            id=uuid.UUID(row.id) if row.id else new_id(),
            **row.model_dump(include={"kind", "facility_code", "happened_at", "made_offline", "reason"}),
            details=details_of(said_by(row)),
            supersedes=uuid.UUID(row.supersedes) if row.supersedes else None,
            recorded_at=self.now,
            recorded_by=self.recorded_by,
        )
