"""What each filter of a list promises: of which rows it lets through, and what to ask it for."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

Row = dict[str, Any]
Values = Callable[[Sequence[Row]], list[Any]]


@dataclass(frozen=True)
class Filter:
    """`lets(row, value)`: whether the row belongs into the list that was asked for with the value."""

    lets: Callable[[Row, Any], bool]
    values: Values
    """What to ask for, by the rows that there are."""


def distinct(values: Sequence[Any], most: int = 3) -> list[Any]:
    """Of the first, the last and some between, each once."""
    found = list(dict.fromkeys(value for value in values if value is not None))
    return found if len(found) <= most else [*found[: most - 1], found[-1]]


def of_field(field: str) -> Values:
    return lambda rows: distinct([row[field] for row in rows])


def equal(field: str) -> Filter:
    return Filter(lambda row, value: row[field] == value, of_field(field))


def beginning(field: str, *lengths: int) -> Filter:
    """The value is how the field begins: wholly, and cut to these lengths."""

    def values(rows: Sequence[Row]) -> list[Any]:
        whole = of_field(field)(rows)
        return distinct([*whole, *(value[:n] for value in whole for n in lengths)], most=6)

    return Filter(lambda row, value: (row[field] or "").startswith(value), values)


def part_of(field: str) -> Filter:
    """The value is some part of a text."""

    def values(rows: Sequence[Row]) -> list[Any]:
        whole = of_field(field)(rows)
        return distinct([*whole, *(value[1:-1] for value in whole if len(value) > 2)])

    return Filter(lambda row, value: value in (row[field] or ""), values)


def located(field: str, kind: str) -> Filter:
    """Of goods: in a place of this kind."""
    return Filter(
        lambda row, value: (row["location_kind"], row[field]) == (kind, value),
        lambda rows: distinct([row[field] for row in rows if row["location_kind"] == kind]),
    )


def said_in(*fields: str) -> Filter:
    """The value is some part of one of these texts."""

    def values(rows: Sequence[Row]) -> list[Any]:
        return distinct([(row[field] or "")[:3] or None for field in fields for row in rows])

    return Filter(lambda row, value: any(value in (row[field] or "") for field in fields), values)


def among(*fields: str) -> Filter:
    """The value is that of one of the fields, or in one that is a list."""

    def said(row: Row) -> list[Any]:
        each = (row[field] for field in fields)
        return list(itertools.chain.from_iterable(it if isinstance(it, list) else [it] for it in each))

    def values(rows: Sequence[Row]) -> list[Any]:
        return distinct([value for row in rows for value in said(row)])

    return Filter(lambda row, value: value in said(row), values)


def whether(true: Callable[[Row], bool]) -> Filter:
    """Those that are so, or those that are not."""
    return Filter(lambda row, value: true(row) == value, lambda _rows: [True, False])


def only(true: Callable[[Row], bool]) -> Filter:
    """True asks for those that are so, and false, the default, for all."""
    return Filter(lambda row, value: true(row) or not value, lambda _rows: [True, False])


def if_so(true: Callable[[Row], bool]) -> Filter:
    """Those that are so; false is not taken."""
    return Filter(lambda row, _: true(row), lambda _rows: ["true"])


def is_said(field: str) -> Callable[[Row], bool]:
    return lambda row: row[field] is not None


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def since(field: str) -> Filter:
    return Filter(lambda row, value: moment(row[field]) >= moment(value), of_field(field))


def before(field: str) -> Filter:
    return Filter(lambda row, value: moment(row[field]) < moment(value), of_field(field))


def before_day(field: str) -> Filter:
    return Filter(
        lambda row, value: (
            row[field] is not None and date.fromisoformat(row[field]) < date.fromisoformat(value)
        ),
        of_field(field),
    )


def year_of(field: str) -> Filter:
    """Of a day."""
    return Filter(
        lambda row, value: row[field][:4] == str(value),
        lambda rows: distinct([int(row[field][:4]) for row in rows] + [2001]),
    )


OF_LOG = {
    "person": equal("actor"),
    "since": since("at"),
    "until": before("at"),
}
AUDIT = {
    **OF_LOG,
    "denied": whether(is_said("refusal")),
    "enterprise": equal("uscc"),
    "record": equal("entity_id"),
}
READS = {**OF_LOG, "enterprise": among("usccs"), "record": among("records")}

_PERMITS: dict[str, Filter] = {
    "name": part_of("enterprise_name"),
    "permit_number": beginning("permit_number", 18, 9),
    "industry_code": beginning("industry_code", 3, 2),
    "region_code": beginning("region_code", 4, 2),
}
_RECORDS: dict[str, Filter] = {"sampled_from": since("sampled_at"), "sampled_before": before("sampled_at")}


def _held_on(row: Row, value: str) -> bool:
    begins, day = moment(row["begins_at"]), moment(f"{value}T00:00:00+08:00")
    ends = moment(row["ends_at"]) if row["ends_at"] else None
    held = ends is None or (ends > begins and ends > day)
    return begins < day + timedelta(days=1) and held


OF_LIST: dict[str, dict[str, Filter]] = {
    **{f"/v1/{name}/audit": AUDIT for name in ("permits", "waste", "credit", "emergency")},
    **{f"/v1/{name}/read-log": READS for name in ("permits", "waste", "credit", "emergency")},
    "/v1/audit": AUDIT,
    "/v1/read-log": READS,
    "/v1/accounts": {
        "role": among("roles"),
        "uscc": among("usccs"),
        "disabled": whether(is_said("disabled_at")),
    },
    "/v1/devices": {"revoked": whether(is_said("revoked_at"))},
    "/v1/credit/candidates": {"contradicted": whether(is_said("contradicted_at"))},
    "/v1/emergency/items": {"name": part_of("name")},
    "/v1/emergency/stock/balances": {
        "depot_code": located("location", "depot"),
        "incident_id": located("location_id", "incident"),
    },
    "/v1/permits/certificate-replacements": {
        "overdue": if_so(lambda row: row["state"] != "issued" and row["days_late"] > 0)
    },
    "/v1/permits/disclosure/notices": {"open": if_so(lambda row: row["state"] == "open")},
    "/v1/permits/alert-periods": {
        "on": Filter(_held_on, lambda rows: distinct([row["begins_at"][:10] for row in rows])),
        "region_code": Filter(
            lambda row, value: row["region_code"] in (value, f"{value[:4]}00", f"{value[:2]}0000"),
            of_field("region_code"),
        ),
    },
    "/v1/permits/catalogue": {"text": said_in("heading", "industries", "key", "simplified", "registration")},
    "/v1/waste/catalogue": {
        "text": said_in("description", "category_name"),
        "trait": Filter(
            lambda row, value: value in (*row["hazards"]["certain"], *row["hazards"]["possible"]),
            lambda _rows: ["T"],
        ),
    },
    "/v1/permits/applications": {"due_before": before_day("deadline")},
    "/v1/permits/enterprises": {
        "name": part_of("name"),
        "industry_code": beginning("industry_code", 3, 2),
        "region_code": beginning("region_code", 4, 2),
    },
    "/v1/permits/obligations": {
        "due_before": before_day("due_on"),
        "state": Filter(
            lambda row, value: (
                row["state"] == value or (value == "late" and row["state"] == "open" and row["days_late"] > 0)
            ),
            of_field("state"),
        ),
    },
    "/v1/permits/obligations/late": {
        "late_since": Filter(lambda row, value: row["days_late"] >= value, of_field("days_late"))
    },
    "/v1/permits/obligations/samplings/notices": {
        "missing": only(lambda row: row["days"] > 0 and row["taken_now"] < row["wanted"])
    },
    "/v1/permits/permits": _PERMITS,
    "/v1/permits/disclosure/permits": _PERMITS,
    "/v1/permits/disclosure/map": _PERMITS,
    "/v1/permits/disclosure/downloads/permits": _PERMITS,
    "/v1/permits/disclosure/downloads/limits": _PERMITS,
    "/v1/permits/radar/renewals": {
        "within_days": Filter(
            lambda row, value: row["days_left"] <= value,
            lambda rows: [1, *(days for days in of_field("days_left")(rows) if days >= 0)],
        )
    },
    "/v1/permits/registrations": {"expires_before": before_day("valid_to")},
    "/v1/permits/reports": {
        "year": year_of("period_end"),
        "late": whether(lambda row: row["days_late"] > 0),
    },
    "/v1/permits/totals/entries": {
        "permit_number": Filter(
            lambda row, value: value in (row["source"]["permit_number"], row["target"]["permit_number"]),
            lambda rows: distinct(
                [row[side]["permit_number"] for row in rows for side in ("source", "target")]
            ),
        )
    },
    "/v1/permits/violations": {
        "period_from": Filter(lambda row, value: row["period_end"] >= value, of_field("period_end")),
        "period_until": Filter(lambda row, value: row["period_start"] <= value, of_field("period_start")),
    },
    "/v1/waste/licences": {
        "code": Filter(
            lambda row, value: any({value, f"HW{value[-2:]}"} & {*group["codes"]} for group in row["groups"]),
            lambda _rows: ["900-249-08", "900-250-12", "321-002-48"],
        ),
        "on": Filter(
            lambda row, value: row["valid_from"] <= value <= row["valid_to"], of_field("valid_from")
        ),
    },
    "/v1/waste/manifests": {"uscc": among("shipper_uscc", "carrier_uscc", "receiver_uscc")},
    "/v1/waste/medical/bags": {"overdue": only(lambda row: row["overdue"])},
    "/v1/waste/units": {"name": part_of("name"), "kind": among("kinds")},
}
"""By path of a list: those of its filters that do not say "this field is that"."""
OF_ANY: dict[str, Filter] = {
    "name": part_of("enterprise_name"),
    "year": year_of("period_end"),
    "current": only(lambda row: row["superseded_by"] is None),
    "happened_from": since("happened_at"),
    "happened_before": before("happened_at"),
    **_RECORDS,
}
"""Filters of other lists that say so, of the same name everywhere."""
NO_FILTERS = {
    ("/v1/permits/catalogue", "on"): "which edition",
    (
        "/v1/permits/catalogue",
        "industry_code",
    ): "which rows it may belong to is the law's own rule, and tested as such",
    ("/v1/waste/catalogue", "on"): "which edition",
    ("/v1/permits/ledger/completeness", "since"): "which days are looked at",
    ("/v1/permits/ledger/completeness", "until"): "which days are looked at",
    ("/v1/permits/radar/uncovered", "on"): "as of which day",
    ("/v1/permits/performance/disclosure", "on"): "as of which day",
    ("/v1/permits/totals/positions", "year"): "of which year the amounts are",
}
"""Parameters of lists that do not narrow them by what stands in a row."""


def meaning(path: str, name: str, fields: frozenset[str]) -> Filter | None:
    """What a parameter of a list with rows of these fields promises; None where nobody said it."""
    said = OF_LIST.get(path, {}).get(name)
    if said is None and name in fields:
        said = equal(name)
    return said or OF_ANY.get(name)
