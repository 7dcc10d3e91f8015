"""The figures of a report as tables: each beside its limit, with qualifier, unit and reason. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from itertools import groupby
from typing import Any

from services.kit.schemas import plain
from services.permits.documents import labels as permit_labels
from services.permits.documents.content import limited_to
from services.permits.documents.sheets import Facts, Row, Table
from services.permits.prints import labels
from services.permits.prints.labels import ANNEXES, METHODS, SCOPES, figure, no_data
from services.permits.reports.rules import medium_of
from services.permits.reports.rules_limits import CONCENTRATIONS
from services.permits.reports.rules_units import in_tonnes
from services.permits.reports.rules_values import STANDARD

Members = Mapping[str, Any]
Lines = Sequence[Members]


class Names:
    """What outlets, pollutants and facilities are called, and what the permit limits where."""

    def __init__(self, document: Members, basis: Members) -> None:
        self._outlets: Mapping[str, str] = basis["outlets"]
        self._period = (document["period_start"], document["period_end"])
        every = [*basis["limits"], *basis["plant_limits"], *basis["special_limits"]]
        self._pollutants = {each["pollutant_code"]: each["pollutant_name"] for each in every}
        self._basis = basis

    def outlet(self, code: str | None) -> str:
        if code is None:
            return "全厂"
        name = self._outlets.get(code)
        return f"{code} {name}" if name else code

    def pollutant(self, code: str | None) -> str:
        if code is None:
            return "—"
        name = self._pollutants.get(code)
        return f"{name}\n{code}" if name else code

    def unit(self, outlet: str, pollutant: str) -> str:
        """In which a concentration is limited, and so stated where it names none (条例 art. 13)."""
        units = [each["unit"] for each in self._of(outlet, pollutant) if each["kind"] in CONCENTRATIONS]
        return units[-1] if units else STANDARD[medium_of(outlet)]

    def limits(self, outlet: str, pollutant: str) -> str:
        return "\n".join(self._limit(each) for each in self._of(outlet, pollutant)) or "—"

    def plant_limit(self, scope: str, pollutant: str) -> str:
        found = [
            f"{each['value']} t/a{self._days(each)}"
            for each in self._basis["plant_limits"]
            if (each["scope"], each["pollutant_code"]) == (scope, pollutant)
        ]
        return "\n".join(found) or "—"

    def special_limits(self, outlet: str | None, pollutant: str) -> str:
        found = [
            f"{permit_labels.value(each['alert_level'] or each['period'])} {self._limit(each)}"
            for each in self._basis["special_limits"]
            if (each["outlet_code"], each["pollutant_code"]) == (outlet, pollutant)
        ]
        return "\n".join(found) or "—"

    def _of(self, outlet: str, pollutant: str) -> list[Members]:
        where = (outlet, pollutant)
        return [
            each for each in self._basis["limits"] if (each["outlet_code"], each["pollutant_code"]) == where
        ]

    def _limit(self, limit: Members) -> str:
        promised = limit.get("promised_value")
        more = f"，承诺 {promised} {permit_labels.unit(limit['unit'])}" if promised is not None else ""
        return f"{permit_labels.value(limit['kind'])} {limited_to(limit)}{more}{self._days(limit)}"

    def _days(self, limit: Members) -> str:
        """Said where it does not hold on all days of the period."""
        start, end = self._period
        first, last = max(limit["valid_from"], start), min(limit["valid_to"] or end, end)
        return "" if (first, last) == (start, end) else f"（{first}至{last}）"


def values(lines: Lines, names: Names) -> Table:
    """Each outlet's lines below its name, in the order in which they were stated."""
    rows: list[Row] = []
    for outlet, of_outlet in groupby(lines, key=lambda line: str(line["outlet_code"])):
        rows.append(Row((names.outlet(outlet),), heading=True))
        rows += [_value(line, names) for line in of_outlet]
    columns = (
        "污染物",
        "许可限值",
        "最大浓度",
        "平均浓度",
        "最大速率",
        "排放量",
        "废气或废水量",
        "核算方法",
        "无数据原因",
    )
    return Table("各排放口排放情况", columns, (10, 18, 13, 13, 11, 13, 12, 9, 12), tuple(rows))


def _value(line: Members, names: Names) -> Row:
    outlet, pollutant = line["outlet_code"], line["pollutant_code"]
    unit = line.get("concentration_unit") or names.unit(outlet, pollutant)
    method = line.get("method")
    return Row(
        (
            names.pollutant(pollutant),
            names.limits(outlet, pollutant),
            figure(line, "concentration_max", unit),
            figure(line, "concentration_average", unit),
            figure(line, "rate_max", line.get("rate_unit") or "kg/h"),
            _amount(line),
            figure(line, "volume_m3", "m³"),
            METHODS.get(method, str(method)) if method else "—",
            no_data(line.get("no_data_code")),
        )
    )


def _amount(line: Members) -> str:
    """In tonnes; of one in another unit both."""
    if line.get("amount") is None:
        return figure(line, "amount_t", "t", qualifier="amount_qualifier")
    unit = line.get("amount_unit") or ""
    stated = figure(line, "amount", unit)
    return f"{stated}\n（{plain(in_tonnes(Decimal(line['amount']), unit))} t）" if unit else stated


def totals(lines: Lines, names: Names) -> Table | None:
    rows = [
        (
            SCOPES.get(each["scope"], str(each["scope"])),
            names.pollutant(each["pollutant_code"]),
            names.plant_limit(each["scope"], each["pollutant_code"]),
            figure(each, "amount_t", "t"),
        )
        for each in lines
    ]
    return table("合计排放量", ("范围", "污染物", "许可年排放量", "排放量"), (25, 25, 30, 20), rows)


def special_values(lines: Lines, names: Names) -> Table | None:
    rows = [
        (
            str(each["day"]),
            names.outlet(each.get("outlet_code")),
            names.pollutant(each["pollutant_code"]),
            names.special_limits(each.get("outlet_code"), each["pollutant_code"]),
            *_special_figures(each, names),
            no_data(each.get("no_data_code")),
        )
        for each in lines
    ]
    columns = (
        "日期",
        "位置",
        "污染物",
        "许可限值",
        "最大浓度",
        "日均浓度",
        "最大速率",
        "日排放量",
        "当月排放量",
        "无数据",
    )
    return table("特殊时段排放情况", columns, (12, 11, 9, 14, 12, 12, 11, 10, 9, 11), rows)


def _special_figures(line: Members, names: Names) -> Iterable[str]:
    outlet = line.get("outlet_code")
    unit = names.unit(outlet, line["pollutant_code"]) if outlet else ""
    for name, measured_in in (
        ("concentration_max", unit),
        ("concentration_average", unit),
        ("rate_max", "kg/h"),
        ("amount_kg", "kg"),
        ("month_amount_t", "t"),
    ):
        yield figure(line, name, measured_in)


def exceedances(lines: Lines, special: Lines, names: Names) -> Table | None:
    rows = [
        (
            SCOPES[each["scope"]]
            if each.get("scope", "outlet") != "outlet"
            else names.outlet(each["outlet_code"]),
            names.pollutant(each["pollutant_code"]),
            *_over(each, names),
        )
        for each in lines
    ]
    rows += [
        (
            f"{each['day']} {names.outlet(each['outlet_code'])}",
            names.pollutant(each["pollutant_code"]),
            *_over(each, names),
        )
        for each in special
    ]
    columns = ("位置", "污染物", "限值类型", "限值", "报告值", "超标倍数")
    return table("超过许可限值的情况（按提交时的核对）", columns, (26, 20, 18, 12, 12, 12), rows)


_UNITS = {
    "emission_rate": "kg/h",
    "annual_amount": "t",
    "monthly_amount": "t",
    "daily_amount": "kg",
}
"""Of limits that are not of a concentration."""


def _over(each: Members, names: Names) -> tuple[str, str, str, str]:
    unit = _UNITS.get(each["kind"])
    if unit is None:
        unit = names.unit(each["outlet_code"], each["pollutant_code"]) if each["outlet_code"] else ""
    shown, multiple = permit_labels.unit(unit), each.get("multiple")
    return (
        permit_labels.value(each["kind"]),
        f"{each['limit']} {shown}",
        f"{each['value']} {shown}",
        "—" if multiple is None else str(multiple),
    )


def unpermitted(lines: Lines, names: Names) -> Table | None:
    rows = [
        (
            each["outlet"],
            names.pollutant(each.get("pollutant_code")),
            str(each["first_day"]),
            str(each["last_day"]),
        )
        for each in lines
    ]
    return table("许可证外的排放口排放情况", ("排放口", "污染物", "起始日", "结束日"), (40, 24, 18, 18), rows)


def facilities(title: str, lines: Lines, known: Mapping[str, str]) -> Table | None:
    rows = [
        (each["facility_code"], known.get(each["facility_code"], "—"), f"{each['run_hours']} h")
        for each in lines
    ]
    return table(title, ("设施编号", "设施名称", "运行时间"), (20, 55, 25), rows)


def materials(lines: Lines) -> Table | None:
    rows = [(each["name"], f"{each['quantity']} {each['unit']}") for each in lines]
    return table("原辅料、燃料、药剂消耗", ("名称", "数量"), (60, 40), rows)


def disclosures(lines: Lines, asked: Sequence[str]) -> Table | None:
    rows = [
        (
            str(each["requirement"]),
            asked[each["requirement"] - 1] if 0 < each["requirement"] <= len(asked) else "—",
            "是" if each["is_met"] else "否",
        )
        for each in lines
    ]
    return table("信息公开要求执行情况", ("序号", "公开内容", "是否按要求公开"), (10, 70, 20), rows)


def annexes(lines: Lines) -> Table | None:
    """Each with the digest of its content: that is what is signed."""
    rows = [
        (
            str(at),
            ANNEXES.get(each["purpose"], str(each["purpose"])),
            str(each.get("name") or "—"),
            f"{each['media_type']}\n{each['size_bytes']} B" if "sha256" in each else "—",
            str(each.get("sha256") or "—"),
            str(each["attachment_id"]),
        )
        for at, each in enumerate(lines, 1)
    ]
    columns = ("序号", "用途", "文件名", "格式、大小", "内容摘要 SHA-256", "附件编号")
    return table("附件清单", columns, (5, 11, 22, 17, 27, 18), rows)


def calculations(lines: Lines, names: Names) -> Table | None:
    """What the amounts were worked out from, as it was stated."""
    rows: list[Row] = []
    for line in lines:
        if line.get("calculation"):
            where = f"{names.outlet(line['outlet_code'])} {names.pollutant(line['pollutant_code'])}".replace(
                "\n", " "
            )
            rows.append(Row((where,), heading=True))
            rows += _worked_out(line["calculation"])
    return Table("排放量核算依据", ("数据", "内容"), (24, 76), tuple(rows)) if rows else None


def _worked_out(said: Members, path: str = "") -> Iterable[Row]:
    """A row for each group of figures; a list of groups is numbered."""
    own = {
        name: each for name, each in said.items() if not isinstance(each, Mapping) and not _is_groups(each)
    }
    text = "，".join(
        f"{_member(name)} {_joined(each)}" for name, each in own.items() if each not in (None, False, [])
    )
    if text:
        yield Row((path or "—", text))
    for name, each in said.items():
        if isinstance(each, Mapping):
            yield from _worked_out(each, _member(name))
        elif _is_groups(each):
            for at, group in enumerate(each, 1):
                yield from _worked_out(group, f"{_member(name)} {at}")


def _is_groups(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(each, Mapping) for each in value)


def _member(name: str) -> str:
    return labels.MEMBERS.get(name, name)


def _joined(value: Any) -> str:
    return "、".join(map(str, value)) if isinstance(value, list) else permit_labels.value(value)


def table(
    title: str, columns: tuple[str, ...], shares: tuple[int, ...], rows: Sequence[tuple[str, ...]]
) -> Table | None:
    """None where there is nothing to print."""
    return Table(title, columns, shares, tuple(map(Row, rows))) if rows else None


def facts(title: str, *pairs: tuple[str, str | None]) -> Facts:
    return Facts(title, tuple((name, text) for name, text in pairs if text is not None))
