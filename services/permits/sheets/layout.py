"""How the sheet of a report is laid out: what is printed on it, and where what was filled in is found again.

Column A, hidden, holds the names by which the sheet is read. Rows may be added or moved: each says what it is.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, get_args

from openpyxl.utils.cell import range_boundaries

from services.kit.findings import FieldError, pointer
from services.kit.schemas import plain
from services.kit.texts import Text
from services.permits.ledger.schemas import KeptRead, LedgerTotal
from services.permits.monitoring.schemas import FigureRead
from services.permits.obligations.schemas import Blank, BlankLine
from services.permits.reports.no_data import codes
from services.permits.reports.schemas import ConcentrationUnit, Method, Qualifier
from services.permits.sheets.grids import Cell, Grid, Place

MARK = "steppe:report"
KINDS = {"monthly": "月度", "quarterly": "季度", "half_yearly": "半年", "annual": "年度"}
METHODS = {"automatic": "自动监测", "manual": "手工监测", "balance": "物料衡算", "coefficient": "产排污系数"}
FORM = {
    "production_days": "生产天数",
    "exceedance_explanation": "超标原因及处理情况",
    "override_reason": "情况说明",
}
CORRECTION = {
    "corrects/version": "更正的版本",
    "corrects/reason": "更正原因",
}
"""Only on the sheet of a report that was made: filled in, it corrects that version."""
COLUMNS = {
    "outlet_code": "排放口编号",
    "_outlet_name": "排放口名称",
    "pollutant_code": "污染物代码",
    "_pollutant_name": "污染物",
    "_limits": "许可限值",
    "_previous_max": "上期最大值",
    "_previous_average": "上期平均值",
    "_previous_amount": "上期排放量 t",
    "_own": "自行监测：方式 次数 最大 平均",
    "concentration_max_qualifier": "最大值限定符",
    "concentration_max": "浓度最大值",
    "concentration_average_qualifier": "平均值限定符",
    "concentration_average": "浓度平均值",
    "concentration_unit": "浓度单位",
    "rate_max": "最大速率 kg/h",
    "amount_t": "排放量 t",
    "method": "核算方法",
    "no_data_code": "无数据原因",
    "override_reason": "情况说明",
}
FILLED = tuple(name for name in COLUMNS if not name.startswith("_"))
FIGURES = ("concentration_max", "concentration_average", "rate_max", "amount_t")
AMOUNT_PLACES = {"t": 0, "kg": -3, "g": -6}
"""A sheet has one column for amounts, in tonnes."""
CODED = {"method", "no_data_code"}
_NAMES = list(COLUMNS)

_UNCOMPUTED = Text(
    zh="公式没有计算结果，请填写数值", en="the formula has no computed value: write the number itself"
)
_MERGED = Text(
    zh="有合并的单元格{ranges}，请拆分后填写", en="cells {ranges} are merged: split them and fill in each"
)


@dataclass(frozen=True)
class Filled:
    """What one sheet says: the report, and where on the sheet each part of it stands."""

    grid: Grid
    document: dict[str, Any]
    places: Mapping[str, Place]
    errors: list[FieldError] = field(default_factory=list)

    def place_of(self, where: str) -> Place:
        """The cell of a JSON Pointer; of what has none the nearest above it, of the whole the title."""
        while where:
            if where in self.places:
                return self.places[where]
            where = where.rpartition("/")[0]
        return (0, 1)


def choices() -> dict[int, Sequence[str]]:
    """By column, what it may hold: the code first, then what it means."""
    named = {
        "concentration_max_qualifier": get_args(Qualifier),
        "concentration_average_qualifier": get_args(Qualifier),
        "concentration_unit": get_args(ConcentrationUnit),
        "method": [f"{code} {METHODS[code]}" for code in get_args(Method)],
        "no_data_code": [f"{each.code} {each.zh}"[:200] for each in codes()],
    }
    return {_NAMES.index(name) + 1: values for name, values in named.items()}


def filled_columns() -> list[int]:
    """The columns that are to be filled in."""
    given = ("outlet_code", "pollutant_code")
    return [_NAMES.index(name) + 1 for name in FILLED if name not in given]


def title_of(blank: Blank) -> str:
    """The name of a sheet: at most 31 characters, none of which a sheet's name may not have."""
    about = blank.obligation
    return f"{about.permit_number[18:]} {KINDS[about.kind]} {about.period_start} {str(about.id)[-4:]}"[:31]


def rows_of(blank: Blank, reported: Mapping[str, Any] | None = None) -> list[list[Cell]]:
    """The sheet of a blank; for a correction it is filled in with what was `reported` last (a report's document)."""
    said = {
        (each["outlet_code"], each["pollutant_code"]): each for each in (reported or {}).get("values", ())
    }
    about = blank.obligation
    own: dict[tuple[str, str], list[FigureRead]] = {}
    for figure in blank.monitoring:
        own.setdefault((figure.place, figure.pollutant_code), []).append(figure)
    rows: list[list[Cell]] = [
        [MARK, f"排污许可证{KINDS[about.kind]}执行报告", blank.site_name],
        ["obligation_id", "任务标识", str(about.id)],
        [None, "许可证编号", about.permit_number],
        [None, "报告期", f"{about.period_start} 至 {about.period_end}", "截止日期", about.due_on.isoformat()],
        *_correction(reported),
        *_form(reported or {}),
        [None, "空白不等于零：没有数据的，请选择无数据原因"],
        ["values", *_NAMES],
        [None, *COLUMNS.values()],
        *(
            _line(line, own.get(key, ()), said.get(key, {}))
            for line in blank.reference
            for key in [(line.outlet_code, line.pollutant_code)]
        ),
        ["end"],
    ]
    return [*rows, *_ledger(blank.ledger), *_gaps(blank.ledger_gaps)]


def keys_row(rows: Sequence[Sequence[Cell]]) -> int:
    """Which row, from 0, holds the names of the columns; the next one has their headings."""
    return next(at for at, row in enumerate(rows) if row and row[0] == "values")


def _correction(reported: Mapping[str, Any] | None) -> list[list[Cell]]:
    """Which version is corrected, and a cell for the reason."""
    if reported is None:
        return []
    given: dict[str, Cell] = {"corrects/version": reported["version"]}
    return [[name, label, given.get(name)] for name, label in CORRECTION.items()]


def _form(reported: Mapping[str, Any]) -> list[list[Cell]]:
    """What is said of the report as a whole: its name, its label, and a cell to fill in."""
    return [[name, label, reported.get(name)] for name, label in FORM.items()]


def _line(line: BlankLine, own: Sequence[FigureRead], said: Mapping[str, Any]) -> list[Cell]:
    known: dict[str, Cell] = {
        "outlet_code": line.outlet_code,
        "_outlet_name": line.outlet_name,
        "pollutant_code": line.pollutant_code,
        "_pollutant_name": line.pollutant_name,
        "_limits": "; ".join(f"{limit.kind} {plain(limit.value)} {limit.unit}" for limit in line.limits),
        "_previous_max": _number(line.previous_concentration_max),
        "_previous_average": _number(line.previous_concentration_average),
        "_previous_amount": _number(line.previous_amount_t),
        "_own": "; ".join(
            f"{METHODS[each.means]} {each.count}次 {plain(each.maximum)} {plain(each.average)} {each.unit}"
            for each in own
        )
        or None,
        **{name: _shown(name, said[name]) for name in FILLED if said.get(name) is not None},
    }
    if said.get("amount") is not None:
        unit = said.get("amount_unit") or "t"
        known["amount_t"] = plain(Decimal(said["amount"]).scaleb(AMOUNT_PLACES[unit]))
    return ["value", *(known.get(name) for name in _NAMES)]


def _shown(name: str, value: Cell) -> Cell:
    """A code as the list of its column has it: with what it means."""
    if name not in CODED:
        return value
    return next(each for each in choices()[_NAMES.index(name) + 1] if each.partition(" ")[0] == value)


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


def is_report(grid: Grid) -> bool:
    """Whether a sheet is one of ours; others of a workbook are passed over."""
    return any(row and row[0] == MARK for row in grid.rows[:5])


def filled(grid: Grid) -> Filled:
    """The report that a sheet says. What cannot be read stays as it is written, for the shape to refuse."""
    document: dict[str, Any] = {"values": []}
    places: dict[str, Place] = {}
    keys: dict[int, str] = {}
    for at, row in enumerate(grid.rows):
        mark = row[0] if row else None
        if mark == "end":
            break
        if mark == "values":
            keys = {c: name for c, name in enumerate(row) if isinstance(name, str) and name in FILLED}
            places["/values"] = (at + 1, 1)
        elif mark in CORRECTION:
            within, _, name = str(mark).partition("/")
            of_correction: dict[str, Any] = document.get(within, {})
            cell = row[2] if len(row) > 2 else None
            _add(of_correction, places, name, cell, (at, 2), within=f"/{within}")
            if of_correction:
                document[within] = of_correction
        elif mark in FORM or mark == "obligation_id":
            _add(document, places, str(mark), row[2] if len(row) > 2 else None, (at, 2), within="")
        elif keys and (mark == "value" or (mark is None and _says_something(row, keys))):
            line: dict[str, Any] = {}
            where = pointer("values", len(document["values"]))
            for column, name in keys.items():
                cell = row[column] if column < len(row) else None
                _add(line, places, name, cell, (at, column), within=where)
            document["values"].append(line)
    return Filled(grid, document, places, _errors(grid, places))


def _says_something(row: Sequence[Cell], keys: Mapping[int, str]) -> bool:
    """A row that somebody added: not the headings, which stand right below the names."""
    said = [row[column] for column in keys if column < len(row) and row[column] is not None]
    return bool(said) and not set(said) <= set(COLUMNS.values())


def _add(
    document: dict[str, Any], places: dict[str, Place], name: str, cell: Cell, place: Place, *, within: str
) -> None:
    places[f"{within}/{name}"] = place
    value = _value(name, cell)
    if value is not None:
        document[name] = value


def _value(name: str, cell: Cell) -> Any:
    """A cell as the member of this name: numbers of a sheet are texts of a report, and the other way round."""
    if isinstance(cell, str):
        in_words = name in FORM or name == "reason"
        cell = cell.strip() if in_words else unicodedata.normalize("NFKC", cell).strip()
    if cell is None or cell == "" or isinstance(cell, bool):
        return None if not isinstance(cell, bool) else cell
    if name in ("production_days", "version"):
        return int(cell) if _is_whole(cell) else cell
    if name in CODED and isinstance(cell, str):
        return cell.partition(" ")[0]
    if isinstance(cell, int | float):
        return plain(Decimal(repr(cell))) if name in FIGURES and cell == cell else str(cell)
    return cell


def _is_whole(cell: Cell) -> bool:
    if isinstance(cell, str):
        return cell.isascii() and cell.isdigit() and len(cell) <= 6
    return isinstance(cell, int | float) and abs(cell) < 10**6 and cell == int(cell)


def _errors(grid: Grid, places: Mapping[str, Place]) -> list[FieldError]:
    found = [
        FieldError(where, "formula_without_value", _UNCOMPUTED)
        for where, place in places.items()
        if place in grid.uncomputed
    ]
    lines = {row + 1 for where, (row, _) in places.items() if where.startswith("/values/")}
    merged = [each for each in grid.merged if _touches(each, lines)]
    if merged:
        text = _MERGED.format(ranges=", ".join(merged[:5]))
        found.append(FieldError("/values", "cells_merged", text))
    return found


def _touches(merged: str, lines: Set[int]) -> bool:
    _, first, _, last = range_boundaries(merged)
    return any(first <= line <= last for line in lines)
