"""The ledger of quotas as it is read, and as the rules see it."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby
from operator import attrgetter

from services.permits.reports.schemas import ReceiptRead
from services.permits.totals import rules
from services.permits.totals.control import Control, Target
from services.permits.totals.models import OffsetStatement, QuotaEntry
from services.permits.totals.schemas import (
    ControlledPollutant,
    OffsetRatio,
    OffsetRead,
    PlanTarget,
    QuotaAccountRead,
    QuotaBalance,
    QuotaEntryRead,
    TotalControl,
)
from services.permits.totals.stored import Grouping, Sum


@dataclass(frozen=True, slots=True)
class Decided:
    """What an entry rests on, where it is more than the entry itself."""

    document_id: uuid.UUID
    decided_on: date
    basis: str


def fact(row: QuotaEntry) -> rules.Entry:
    return rules.Entry(
        rules.Move(row.move),
        rules.Account(rules.Kind(row.from_kind), row.from_permit),
        rules.Account(rules.Kind(row.to_kind), row.to_permit),
        row.tonnes,
        row.from_year,
    )


def entry_view(row: QuotaEntry) -> QuotaEntryRead:
    plain = row.model_dump(
        include={
            *("id", "sequence", "document_id", "move", "pollutant", "tonnes", "from_year"),
            *("decided_on", "basis", "recorded_at"),
        }
    )
    source = QuotaAccountRead.model_validate(
        {"kind": row.from_kind, "permit_number": row.from_permit, "uscc": row.from_uscc}
    )
    target = QuotaAccountRead.model_validate(
        {"kind": row.to_kind, "permit_number": row.to_permit, "uscc": row.to_uscc}
    )
    return QuotaEntryRead.model_validate({**plain, "source": source, "target": target})


def balance(pollutant: str, entries: Sequence[rules.Entry], year: int) -> QuotaBalance:
    granted = -rules.quota(entries, rules.LEAGUE, year)
    pool, retired = (rules.quota(entries, each, year) for each in (rules.POOL, rules.RETIRED))
    accounts = {each for entry in entries for each in (entry.source, entry.target)}
    permits = sum(
        (rules.quota(entries, each, year) for each in accounts if each.kind is rules.Kind.PERMIT), Decimal(0)
    )
    return QuotaBalance(
        pollutant=pollutant,
        granted_t=granted,
        pool_t=pool,
        permits_t=permits,
        retired_t=retired,
        balanced=granted == pool + permits + retired,
    )


def statement_view(row: OffsetStatement) -> OffsetRead:
    plain = row.model_dump(
        exclude={
            *("document_sha256", "receipt_id", "receipt_jws", "submitted_by", "decided_by"),
        }
    )
    receipt = ReceiptRead(receipt_id=row.receipt_id, document_sha256=row.document_sha256, jws=row.receipt_jws)
    return OffsetRead.model_validate({**plain, "receipt": receipt})


def target_view(target: Target) -> PlanTarget:
    return PlanTarget.model_validate(target.model_dump())


def control_view(control: Control) -> TotalControl:
    pollutants = [
        ControlledPollutant.model_validate({"name": name, **each.model_dump()})
        for name, each in control.pollutants.items()
    ]
    ratios = [OffsetRatio.model_validate(each.model_dump()) for each in control.replacement]
    return TotalControl(
        pollutants=pollutants,
        replacement=ratios,
        targets=[target_view(each) for each in control.targets],
    )


def summary_json(year: int, by: Grouping, sums: Iterable[Sum]) -> bytes:
    """A `QuotaSummary`, as it would write itself: put together as text, for a city has a sum for each pollutant of
    thousands of enterprises, and making and writing objects of them takes several times as long."""
    groups = (
        f'{{"group":{_quoted(name)},"sums":[{",".join(_sum_json(each) for each in of if each.permits)}]}}'
        for name, of in groupby(sums, key=attrgetter("group"))
    )
    return f'{{"year":{year},"by":{_quoted(by)},"groups":[{",".join(groups)}]}}'.encode()


def _sum_json(each: Sum) -> str:
    return (
        f'{{"pollutant":{_quoted(each.pollutant)},"permits":{each.permits},"quota_t":"{each.quota:f}",'
        f'"permitted_t":"{each.permitted:f}","actual_t":"{each.actual:f}","expected_t":"{each.expected:f}",'
        f'"without_report":{each.without_report},"without_forecast":{each.without_forecast},'
        f'"remaining_t":"{each.allowed - each.actual:f}"}}'
    )


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
