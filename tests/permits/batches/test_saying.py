"""Whatever a row says, it is taken the same whether it is read quickly or by its model."""

from __future__ import annotations

import json
import uuid
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.kit.uploads import NDJSON, Upload
from services.permits.batches.desk import Desk
from services.permits.batches.intake import Intake, opened
from services.permits.batches.site import Site, VersionFacts
from services.permits.ledger.desk import LedgerDesk
from services.permits.monitoring.desk import MonitoringDesk

FIRST, SECOND = (f"01976b7c-3f00-7000-8000-00000000000{digit}" for digit in "12")
SITE = Site(
    "91152501700700017X001P",
    [
        VersionFacts(1, date(2025, 1, 1), date(2025, 12, 31), {"DA001": frozenset({"a21026"})}),
        VersionFacts(
            2,
            date(2026, 1, 1),
            date(2029, 12, 31),
            {"DA001": frozenset({"a21026", "a21002"}), "DA002": frozenset({"a21002"})},
            {
                ("DA001", "a21026", "manual"): uuid.UUID(SECOND),
                ("厂界", "a21026", "manual"): uuid.UUID(FIRST),
            },
        ),
    ],
)
MOMENTS = st.sampled_from(
    [
        "2025-12-31T23:59:59+08:00",
        "2025-12-31T16:00:00Z",
        "2026-01-01t00:00:00z",
        "2026-05-01 08:00+08:00",
        "2026-05-01T08:00:00.120Z",
        "2026-05-01T08:00:00.000+08:00",
        "2026-05-01T08:00:00-00:00",
        "2026-05-01T08:00:00-08:00",
        "2026-05-01T08:00:00+05:75",
        "2026-05-01T24:00:00Z",
        "2026-02-30T00:00:00Z",
        "2024-12-31T15:59:59Z",
        "2026-06-01T00:05:00Z",
        "2026-06-01T00:05:01Z",
        None,
    ]
)
TEXTS = st.sampled_from([" x ", "", "一\\\t二\n", None, 5])
FIGURES = st.sampled_from(["12.50", " 1 ", "0", "0.00", "-1", None, 5])
OF_BOTH: dict[str, st.SearchStrategy[Any]] = {
    "made_offline": st.sampled_from([True, False, None]),
    "supersedes": st.sampled_from([FIRST, SECOND, None]),
    "reason": TEXTS,
    "note": TEXTS,
}
OF_ENTRIES: dict[str, st.SearchStrategy[Any]] = {
    **OF_BOTH,
    "id": st.sampled_from([FIRST, SECOND.upper(), "x", None]),
    "kind": st.sampled_from(["production", "treatment", "abnormal", "monitoring", "other", None]),
    **dict.fromkeys(("happened_at", "ended_at"), MOMENTS),
    "facility_code": st.sampled_from(["MF0001", "TA001", "DA001", "DA002", "DA9", None]),
    **dict.fromkeys(("name", "unit", "cause", "measures", "colour"), TEXTS),
    **dict.fromkeys(("quantity", "run_hours"), FIGURES),
    "is_reported": st.sampled_from([True, None, "yes"]),
}
OF_RECORDS: dict[str, st.SearchStrategy[Any]] = {
    **OF_BOTH,
    "id": st.sampled_from([FIRST, SECOND.upper(), "x", None]),
    "outlet_code": st.sampled_from(["DA001", "DA002", None]),
    "point": st.sampled_from(["厂界", "河边"]),
    "pollutant_code": st.sampled_from(["a21026", "a21002", "a1"]),
    "sampled_at": MOMENTS,
    "qualifier": st.sampled_from(["<", "=", None]),
    "value": FIGURES,
    "unit": st.sampled_from(["mg/m3", "ug/m3", "mg/L", "furlong"]),
    "means": st.sampled_from(["manual", "automatic"]),
    "averaging": st.sampled_from(["day", "hour"]),
    **dict.fromkeys(("method_standard", "laboratory", "report_number"), TEXTS),
}
MOMENT = "2026-05-01T08:00:00+08:00"
TREATED = {"kind": "treatment", "facility_code": "TA001", "happened_at": MOMENT, "run_hours": "24"}
EMITTED = {"kind": "monitoring", "facility_code": "DA001", "happened_at": MOMENT, "name": "二氧化硫"}
MEASURED = {"pollutant_code": "a21026", "sampled_at": MOMENT, "value": "12.5", "unit": "mg/m3"}
BY_HAND = {**MEASURED, "means": "manual", "method_standard": "HJ 57-2017", "laboratory": "甲"}


def rows_of(desk: type[Desk]) -> st.SearchStrategy[list[dict[str, Any]]]:
    """Rows as they should be, in which up to three members are changed."""
    if desk is LedgerDesk:
        changes, right = OF_ENTRIES, [TREATED, EMITTED]
    else:
        automatic = {**MEASURED, "means": "automatic"}
        changes, right = OF_RECORDS, [{**row, "outlet_code": "DA001"} for row in (BY_HAND, automatic)]
    changed = st.lists(st.sampled_from(sorted(changes)), max_size=3, unique=True).flatmap(
        lambda names: st.fixed_dictionaries({name: changes[name] for name in names})
    )
    rows = st.builds(lambda row, other: {"id": FIRST, **row, **other}, st.sampled_from(right), changed)
    return st.lists(rows, min_size=1, max_size=4)


def taken(desk: type[Desk], rows: list[dict[str, Any]], *, quickly: bool) -> Intake:
    content = "\n".join(json.dumps(row) for row in rows).encode()
    made = desk(SITE, batch_id=None, now=datetime(2026, 6, 1, tzinfo=UTC), recorded_by="tester")
    intake = opened(Upload(NDJSON, content), made)
    if not quickly:
        intake.reader = replace(intake.reader, quick=_never)
    for piece in intake.pieces():
        intake.take(piece)
    return intake


def _never(row: bytes) -> dict[str, Any]:
    raise ValueError(row)


def results(intake: Intake) -> tuple[object, ...]:
    named = {identity: text for identity, text in intake.texts.items() if identity in {FIRST, SECOND}}
    nameless = sorted(
        text.replace(identity.encode(), b"")
        for identity, text in intake.texts.items()
        if identity not in named
    )
    return intake.errors, intake.repeated, intake.corrections, named, nameless


@pytest.mark.parametrize("desk", [LedgerDesk, MonitoringDesk])
@given(data=st.data())
def test_a_row_is_taken_the_same_whichever_way_it_is_read(desk: type[Desk], data: st.DataObject) -> None:
    rows = data.draw(rows_of(desk))
    assert results(taken(desk, rows, quickly=True)) == results(taken(desk, rows, quickly=False))


def test_rows_as_most_are_take_no_model(monkeypatch: pytest.MonkeyPatch) -> None:
    row = {"kind": "treatment", "facility_code": "TA001", "run_hours": "24", "note": None}
    moments = ("2026-05-01T08:00:00+08:00", "2026-05-01T00:00:00.000Z", "2026-05-01T00:00:00Z")
    desk = LedgerDesk(SITE, batch_id=None, now=datetime(2026, 6, 1, tzinfo=UTC), recorded_by="tester")
    content = "\n".join(json.dumps({**row, "happened_at": moment}) for moment in moments).encode()
    intake = opened(Upload(NDJSON, content), desk)
    monkeypatch.setattr(intake, "_thoroughly", None)
    (piece,) = intake.pieces()
    assert intake.take(piece).count(b"\n") == len(moments)
