"""How the sheet of a report is laid out: what is printed on it, and what is filled in where."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from services.kit.schemas import plain
from services.permits.ledger.schemas import KeptRead, LedgerTotal
from services.permits.monitoring.schemas import FigureRead
from services.permits.obligations.schemas import Blank, BlankLine, ObligationRead
from services.permits.permits.schemas import LimitContent
from services.permits.reports.evidence import added_up
from services.permits.reports.rules_units import in_tonnes
from services.permits.sheets.grids import MAX_ROWS, Cell
from services.permits.sheets.sections import (
    BY_NAME,
    CODED,
    CORRECTION,
    FORM,
    MARK,
    METHODS,
    SECTIONS,
    VALUES,
    Section,
    choices,
)
from services.permits.sheets.xlsx import Area, Dress

_ROOM = 200
"""Rows that are left for those that somebody adds, and for the parts that follow."""
KINDS = {"monthly": "月度", "quarterly": "季度", "half_yearly": "半年", "annual": "年度"}
Row = dict[str, Cell]


def title_of(blank: Blank) -> str:
    """The name of a sheet: at most 31 characters, none of which a sheet's name may not have."""
    about = blank.obligation
    return f"{about.permit_number[18:]} {KINDS[about.kind]} {about.period_start} {str(about.id)[-4:]}"[:31]


def rows_of(
    blank: Blank, said: Mapping[str, Any] | None = None, *, corrects: Mapping[str, Cell] | None = None
) -> list[list[Cell]]:
    """The sheet of a blank, filled in with what is `said` (a report's document); `corrects` makes it a correction's."""
    about, said = blank.obligation, said or {}
    known = _known(blank)
    rows: list[list[Cell]] = [
        [MARK, f"排污许可证{KINDS[about.kind]}执行报告", blank.site_name],
        ["obligation_id", "任务标识", str(about.id)],
        [None, "许可证编号", about.permit_number],
        [None, "报告期", f"{about.period_start} 至 {about.period_end}", "截止日期", about.due_on.isoformat()],
        *_correction(corrects),
        *([name, label, said.get(name)] for name, label in FORM.items()),
        [None, "空白不等于零：没有数据的，请选择无数据原因"],
    ]
    for section in SECTIONS:
        part = list(_section(section, known[section.name], said.get(section.name, ())))
        # No more than the reader takes: a part that is left off stays as the version that is corrected had it.
        fits = section is VALUES or len(rows) + len(part) <= MAX_ROWS - _ROOM
        rows += part if fits else [["section", f"{section.title}：{len(part)}行，请用 JSON 填报"]]
    return [*rows, ["end"], *_ledger(blank.ledger), *_gaps(blank.ledger_gaps)]


def dress_of(rows: Sequence[Sequence[Cell]]) -> Dress:
    """Which rows are hidden, which name the columns, which cells are to be filled in and what they may hold."""
    dress, listed = Dress(), choices()
    for at, row in enumerate(rows):
        section = BY_NAME.get(str(row[0])) if row else None
        if section is None:
            continue
        dress.hidden_rows.append(at)
        dress.heads.append(at + 1)
        last = at + 2
        while last < len(rows) and rows[last][0] == section.mark:
            last += 1
        given = section.given if section is VALUES else ()
        for column, name in enumerate(section.columns, start=1):
            area = Area(column, at + 2, max(last - 1, at + 2))
            if not name.startswith("_") and name not in given:
                dress.fill.append(area)
            if (section.name, name) in listed:
                dress.choices.append((area, listed[section.name, name]))
    return dress


def _section(
    section: Section, known: Sequence[Row], said: Sequence[Mapping[str, Any]]
) -> Iterator[list[Cell]]:
    """The names of its columns, their headings, what is known of each row with what was said, and rows to fill in."""
    names = list(section.columns)
    if section is not VALUES:
        yield ["section", section.title]
    yield [section.name, *names]
    yield [None, *section.columns.values()]
    by_key: dict[tuple[Any, ...], Row] = {_key(section, each): each for each in known}
    told: set[tuple[Any, ...]] = set()
    for at, each in enumerate(said):
        key = _key(section, each)
        if not section.given or key in told:  # what is said of the same twice has two rows
            key = (*key, at)
        told.add(key)
        by_key[key] = {**by_key.get(key, {}), **_said(section, each)}
    for row in (*by_key.values(), *({} for _ in range(section.spare))):
        yield [section.mark, *(_shown(section, name, row.get(name)) for name in names)]


def _key(section: Section, row: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(row.get(name) for name in section.given)


def _said(section: Section, line: Mapping[str, Any]) -> Row:
    """A line of a report by the columns of its section; an amount in tonnes, whatever it was stated in."""
    said = {name: line[name] for name in section.filled if line.get(name) is not None}
    if line.get("amount") is not None:
        said["amount_t"] = _tonnes(line["amount"], line.get("amount_unit") or "t")
    return said


def _tonnes(amount: Cell, unit: Cell) -> Cell:
    """As it is written where it is no amount that can be converted."""
    try:
        return plain(in_tonnes(Decimal(str(amount)), str(unit)))
    except (InvalidOperation, KeyError):
        return amount


def _shown(section: Section, name: str, value: Cell) -> Cell:
    """A code as the list of its column has it, with what it means; one that is not listed as it is written."""
    if name not in CODED or value is None:
        return value
    code = str(value).lower() if isinstance(value, bool) else value
    return next((each for each in choices()[section.name, name] if each.partition(" ")[0] == code), value)


def _correction(corrects: Mapping[str, Cell] | None) -> list[list[Cell]]:
    """Which version is corrected, and a cell for the reason."""
    if corrects is None:
        return []
    return [[name, label, corrects.get(name.partition("/")[2])] for name, label in CORRECTION.items()]


def _known(blank: Blank) -> dict[str, list[Row]]:
    """By section, the rows that the permit, its ledger and the days of the period ask for."""
    own: dict[tuple[str, str], list[FigureRead]] = {}
    for figure in blank.monitoring:
        own.setdefault((figure.place, figure.pollutant_code), []).append(figure)
    recorded = added_up(blank.ledger)
    return {
        "values": [
            _line(line, own.get((line.outlet_code, line.pollutant_code), ()), about=blank.obligation)
            for line in blank.reference
        ],
        "totals": [
            {
                **each.model_dump(include={"scope", "pollutant_code"}),
                "_pollutant_name": each.pollutant_name,
                "_limit": plain(each.value),
            }
            for each in blank.plant_limits
        ],
        "special_values": [{**each.model_dump(), "day": each.day.isoformat()} for each in blank.special_days],
        "facilities": [
            {
                "facility_code": each.code,
                "_name": each.name,
                "_ledger": _number(recorded.hours.get(each.code)),
            }
            for each in blank.facilities
        ],
        "materials": [
            {"name": name, "unit": unit, "_ledger": _number(quantity)}
            for (name, unit), quantity in recorded.materials.items()
        ],
        "unpermitted_discharges": [],
        "disclosures": [
            {"requirement": at, "_content": each.content, "_timing": each.timing}
            for at, each in enumerate(blank.disclosures, start=1)
        ],
        "parts": [{"part": part} for part in blank.parts],
    }


def _line(line: BlankLine, own: Sequence[FigureRead], *, about: ObligationRead) -> Row:
    return {
        "outlet_code": line.outlet_code,
        "_outlet_name": line.outlet_name,
        "pollutant_code": line.pollutant_code,
        "_pollutant_name": line.pollutant_name,
        "_limits": "; ".join(_limit(limit, about) for limit in line.limits),
        "_previous_max": _number(line.previous_concentration_max),
        "_previous_average": _number(line.previous_concentration_average),
        "_previous_amount": _number(line.previous_amount_t),
        "_own": "; ".join(
            f"{METHODS[each.means]} {each.count}次 {plain(each.maximum)} {plain(each.average)} {each.unit}"
            for each in own
        )
        or None,
    }


def _limit(limit: LimitContent, about: ObligationRead) -> str:
    """With its days where it does not hold on all days of the period."""
    first = max(limit.valid_from, about.period_start)
    last = min(limit.valid_to or about.period_end, about.period_end)
    days = "" if (first, last) == (about.period_start, about.period_end) else f"（{first}至{last}）"
    return f"{limit.kind} {plain(limit.value)} {limit.unit}{days}"


def _number(figure: Decimal | None) -> str | None:
    return None if figure is None else plain(figure)


def _ledger(totals: Sequence[LedgerTotal]) -> Iterator[list[Cell]]:
    if totals:
        yield [None, "本期台账合计", "设施", "名称", "数量", "单位", "运行小时", "条数"]
    for each in totals:
        hours, quantity = _number(each.run_hours), _number(each.quantity)
        yield [None, each.kind, each.facility_code, each.name, quantity, each.unit, hours, each.count]


def _gaps(kept: Sequence[KeptRead]) -> Iterator[list[Cell]]:
    if kept:
        yield [None, "本期台账缺口", "设施", "频次", "自", "至", "缺记录期数"]
    for each in kept:
        for gap in each.gaps:
            first, last = gap.first.isoformat(), gap.last.isoformat()
            yield [None, each.category, each.facility_code, each.frequency, first, last, gap.periods]
