"""The environmental management ledger over the wire."""

import uuid
from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from services.kit.fields import Saying
from services.kit.schemas import ONE_LINE, VISIBLE, Computed, Flag, LongText, Moment, Schema, ShortText
from services.kit.texts import Text
from services.permits.batches.types import EntryId, Figure, Instant, Percentage

EntryKind = Literal["basic", "production", "materials", "treatment", "abnormal", "monitoring", "other"]
FacilityCode = Annotated[
    str,
    Field(
        max_length=10,
        examples=["MF0001"],
        pattern=r"^(MF[0-9]{4}|T[AWNS][0-9]{3}|D[AW][0-9]{3}|YS[0-9]{3})$",
        description="生产设施 MF0001, 治理设施 TA001/TW001/TN001/TS001 or 排放口 DA001/DW001 (HJ 608-2017)",
    ),
    Saying(
        "facility_code_shape",
        Text(
            zh="应为生产设施 MF0001、治理设施 TA001/TW001/TN001/TS001 或排放口 DA001/DW001",
            en="expected a facility MF0001, TA001, TW001, TN001, TS001 or an outlet DA001, DW001",
        ),
        article="HJ 608-2017",
    ),
]


class EntryContent(Schema):
    """What an entry says; of the optional members those of its kind (docs/rules/permits.md)."""

    kind: EntryKind = Field(
        description="基本信息, 生产设施, 原辅料及燃料, 治理设施正常运行, 异常情况, 监测记录, 其他"
    )
    happened_at: Instant = Field(description="when it happened, or began")
    facility_code: FacilityCode | None = None
    made_offline: Flag = Field(default=False, description="made without a connection and sent later")
    ended_at: Instant | None = None
    name: ShortText | None = Field(
        default=None, description="of the product, material, fuel, reagent, facility or what was monitored"
    )
    quantity: Figure | None = Field(default=None, description="in `unit`")
    unit: Annotated[str, Field(min_length=1, max_length=20), VISIBLE, ONE_LINE] | None = None
    use: ShortText | None = Field(default=None, description="raw material 原料, auxiliary 辅料, fuel 燃料")
    batch_number: ShortText | None = Field(default=None, description="of the material, as delivered")
    run_hours: Figure | None = None
    load_percent: Figure | None = Field(
        default=None, description="of the designed load: over 100 where it ran above it"
    )
    power_kwh: Figure | None = None
    sulphur_percent: Figure | None = None
    ash_percent: Figure | None = None
    volatile_percent: Figure | None = None
    heat_mj_kg: Figure | None = Field(default=None, description="net calorific value")
    model: ShortText | None = None
    capacity: Figure | None = Field(default=None, description="as designed, in `unit`")
    cause: LongText | None = None
    measures: LongText | None = None
    pollutants: LongText | None = Field(default=None, description="what was discharged meanwhile")
    is_reported: Flag | None = Field(default=None, description="whether the bureau was told")
    method: ShortText | None = None
    laboratory: ShortText | None = None
    note: LongText | None = None
    reason: LongText | None = Field(default=None, description="更正理由")


class EntryCreate(EntryContent):
    """One ledger entry (台账记录)."""

    sulphur_percent: Percentage | None = Field(default=None, description="per cent of the mass, 100 at most")
    ash_percent: Percentage | None = None
    volatile_percent: Percentage | None = None
    id: EntryId | None = Field(
        default=None, description="made by the sender: needed for an entry made offline"
    )
    supersedes: EntryId | None = Field(default=None, description="the entry that this one corrects")


class EntryRead(EntryContent):
    """An entry as it is kept. Nothing of it ever changes; `superseded_by` says where it was corrected."""

    id: uuid.UUID
    permit_number: str
    uscc: str
    supersedes: uuid.UUID | None
    superseded_by: uuid.UUID | None
    batch_id: uuid.UUID | None = Field(description="the file that it came in")
    recorded_at: Moment
    recorded_by: str
    kept_until: date = Field(description="the day until which it is kept at least")


class LedgerTotal(Schema):
    """What the entries of one kind, facility, name and unit add up to over a period; corrected ones do not count."""

    kind: EntryKind
    facility_code: str | None
    name: str | None
    unit: str | None
    count: int
    quantity: Computed | None
    run_hours: Computed | None


LedgerState = Literal["complete", "incomplete", "undated", "on_paper"]


class GapRead(Schema):
    """Periods in a row that lack entries."""

    first: date
    last: date
    periods: int = Field(description="days, weeks, months, …: as the frequency counts")
    wanted: int = Field(description="entries in all of them")
    recorded: int


class KeptRead(Schema):
    """One ledger requirement of the permit, and how it was kept in periods that are over."""

    category: str = Field(description="as in the permit: basic, production, treatment, monitoring, other")
    facility_code: str | None = Field(description="治理设施: each has its own; null: the site")
    frequency: str = Field(description="as in the permit: 1次/日, 1次/班, 1次/批次")
    basis: str
    state: LedgerState = Field(description="undated: by batch or event, so that nothing can be missing")
    entries: int = Field(description="in these days; a corrected one counts once")
    periods: int = Field(description="that ended in these days")
    missing: int = Field(description="of these, with fewer entries than wanted")
    gaps: list[GapRead]


class LedgerKept(Schema):
    """How the ledger of one permit was kept (条例 第二十一条, HJ 944-2018)."""

    permit_number: str
    since: date
    until: date = Field(description="yesterday at the latest: today is not over")
    items: list[KeptRead]


class LedgerCompleteness(Schema):
    """The ledger of one permit in short."""

    permit_number: str
    uscc: str
    enterprise_name: str
    site_name: str
    since: date
    until: date
    periods: int = Field(description="of all requirements together")
    missing: int = Field(description="of these, with fewer entries than wanted")
    missing_since: date | None
