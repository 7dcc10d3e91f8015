"""From what a permit version says to what stands on its documents. Pure: whatever the version says is printed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from services.kit.identifiers.divisions import division_name
from services.permits.catalogue.industries import industry_name
from services.permits.documents import labels
from services.permits.documents.content_terms import PRINTED, flat, terms_of
from services.permits.documents.rules import Kind
from services.permits.documents.sheets import Facts, Row, Sheet, Stamp, Table

Members = Mapping[str, Any]

_PRINTED_ELSEWHERE = frozenset(
    {
        *("id", "uscc", "current_version", "permit_number", "site_name", "management_class", "industry_code"),
        *("version", "valid_from", "valid_to", "issued_on", "reporting", "outlets", "plant_limits"),
        *("special_limits", "basis", "monitoring", "terms", "standing"),
    }
)
NO_PERSON = "（公开文本不载个人信息）"
_NUMERALS = "一二三四五六七八九十"
_LIMITS = ("污染物", "限值类型", "许可限值", "承诺更严", "判定时段", "执行期间", "执行标准")
_LIMIT_SHARES = (19, 11, 15, 9, 17, 13, 18)
_SIGNED = (
    "本文件由系统按许可证所载内容生成并电子签名；扫描二维码可核对文件摘要、签名与许可证现状。",
    "排污单位应当按照排污许可证的规定排放污染物，并对自行监测、台账记录和执行报告的真实性负责。",
)


@dataclass(frozen=True, slots=True)
class Holder:
    """The unit as the register has it; a public document goes without the person."""

    name: str
    uscc: str
    address: str
    legal_representative: str


def holder_of(permit: Members, registered: Members, *, public: bool) -> Holder:
    """The unit as the version names it; as the register does where the version is silent (one of before 2026)."""
    named = (permit.get("terms") or {}).get("holder") or {}
    said = {name: named.get(name) or registered[name] for name in ("name", "address", "legal_representative")}
    if public:
        said["legal_representative"] = NO_PERSON
    return Holder(uscc=registered["uscc"], **said)


def without_persons(permit: Members) -> dict[str, Any]:
    """The version without the person who represents the unit."""
    terms = permit.get("terms")
    return {**permit, "terms": {**terms, "holder": None}} if terms else dict(permit)


def sheet(
    kind: Kind,
    permit: Members,
    holder: Holder,
    *,
    authority: str,
    stamp: Stamp | None,
    verify_at: str,
    withheld: Iterable[tuple[str, str]] = (),
) -> Sheet:
    """The 正本 or the 副本 of one version; `withheld` are places and the reasons why they are not shown."""
    hidden = tuple(withheld)
    duplicate = kind is Kind.DUPLICATE
    return Sheet(
        title="排污许可证",
        subtitle="副本" if duplicate else "正本",
        number=str(permit["permit_number"]),
        authority=authority,
        issued_on=str(permit["issued_on"]),
        facts=_facts(permit, holder),
        parts=tuple(_parts(permit, hidden)) if duplicate else (),
        stamp=stamp,
        verify_at=verify_at,
        notes=_SIGNED,
    )


def _facts(permit: Members, holder: Holder) -> tuple[tuple[str, str], ...]:
    terms = permit.get("terms") or {}
    region = terms.get("site_region_code")
    where = [each for each in (terms.get("site_address"), region and _division(region)) if each]
    site = labels.value(permit["site_name"]) + (f"（{'，'.join(where)}）" if where else "")
    return (
        ("单位名称", holder.name),
        ("统一社会信用代码", holder.uscc),
        ("注册地址", labels.value(holder.address)),
        ("法定代表人", holder.legal_representative),
        ("生产经营场所", site),
        ("行业类别", industry_of(permit)),
        ("管理类别", labels.value(permit["management_class"])),
        ("有效期限", f"自{permit['valid_from']}至{permit['valid_to']}止"),
    )


def industry_of(permit: Members) -> str:
    """With its name where the catalogue of the day of issue has one."""
    code = str(permit["industry_code"])
    name = industry_name(code, date.fromisoformat(permit["issued_on"]))
    return f"{name} {code}" if name else code


def _division(code: str) -> str:
    return f"{division_name(code) or '行政区划'} {code}"


def _parts(permit: Members, hidden: tuple[tuple[str, str], ...]) -> Iterable[Table | Facts]:
    """The sections of a 副本, numbered; those of which the version says nothing are left out."""
    yield Facts("本版依据", tuple(_basis(permit)))
    for number, part in enumerate(_sections(permit, hidden)):
        yield replace(part, title=f"{_numeral(number)}、{part.title}")


def _numeral(index: int) -> str:
    return _NUMERALS[index] if index < 10 else f"十{_NUMERALS[index - 10]}"


def _sections(permit: Members, hidden: tuple[tuple[str, str], ...]) -> Iterable[Table | Facts]:
    outlets, terms = permit["outlets"], permit.get("terms") or {}
    yield Table(
        f"排放口（{len(outlets)}个）",
        ("编号", "名称", "介质", "类型", "经纬度", "高度", "方式与去向", "限值项数"),
        (9, 22, 7, 13, 16, 8, 16, 9),
        tuple(_outlet(each) for each in outlets),
    )
    yield Table("许可排放限值", _LIMITS, _LIMIT_SHARES, tuple(_limits(outlets)))
    if permit.get("plant_limits"):
        yield Table(
            "全厂及分组许可排放量",
            ("范围", "污染物", "许可排放量", "许可年度", "执行期间", "执行标准"),
            (18, 20, 16, 10, 16, 20),
            tuple(_plant_limit(each) for each in permit["plant_limits"]),
        )
    if permit.get("special_limits"):
        yield Table(
            "特殊时段许可排放限值",
            ("时段", "排放口", "污染物", "限值类型", "许可限值", "判定时段", "执行期间", "依据"),
            (14, 9, 13, 11, 13, 14, 12, 14),
            tuple(_special_limit(each) for each in permit["special_limits"]),
        )
    yield from terms_of(terms, permit.get("monitoring") or ())
    yield Facts("执行报告与管理要求", tuple(_duties(permit["reporting"])))
    others = {name: each for name, each in permit.items() if name not in _PRINTED_ELSEWHERE}
    others |= {name: each for name, each in terms.items() if name not in PRINTED}
    if others:
        yield Facts("其他许可事项", tuple(flat(others)))
    if hidden:
        yield Facts("不予公开的内容及理由", hidden)


def _basis(permit: Members) -> Iterable[tuple[str, str]]:
    yield "版本", f"第{permit['version']}版"
    for name, each in (permit.get("basis") or {}).items():
        if each is not None:
            yield labels.member(name), labels.value(each)


def _outlet(outlet: Members) -> Row:
    count, height = len(outlet["limits"]), outlet.get("height_m")
    place = [outlet.get("longitude"), outlet.get("latitude")]
    led = [labels.value(outlet[name]) for name in ("mode", "destination") if outlet.get(name)]
    return Row(
        (
            *(labels.value(outlet[name]) for name in ("code", "name", "medium", "kind")),
            "，".join(map(str, place)) if None not in place else "—",
            f"{height} m" if height is not None else "—",
            "；".join(led) or "—",
            str(count) if count else "无限值",
        )
    )


def _limits(outlets: Iterable[Members]) -> Iterable[Row]:
    for outlet in outlets:
        sort = f"{labels.value(outlet['medium'])}，{labels.value(outlet['kind'])}"
        title = f"{outlet['code']} {labels.value(outlet['name'])}（{sort}）"
        extra = {
            name: each for name, each in outlet.items() if name not in _OUTLET and each not in (None, [])
        }
        yield Row((title,), heading=True)
        for limit in outlet["limits"]:
            yield _limit(limit)
        for name, each in flat(extra):
            yield Row((f"{name}：{each}",), heading=True)


_OUTLET = frozenset(
    {
        *("code", "name", "medium", "kind", "limits"),
        *("longitude", "latitude", "height_m", "mode", "destination"),
    }
)


def _limit(limit: Members) -> Row:
    year = limit.get("permit_year")
    kind = labels.value(limit["kind"]) + (f"（第{year}年）" if year else "")
    promised = limit.get("promised_value")
    return Row(
        (
            f"{limit['pollutant_name']} {limit['pollutant_code']}",
            kind,
            limited_to(limit),
            f"{promised} {labels.unit(limit['unit'])}" if promised is not None else "—",
            _averaged(limit.get("averaging")),
            labels.days(limit["valid_from"], limit["valid_to"]),
            labels.value(limit["standard"]),
        )
    )


def _averaged(averaging: Members | None) -> str:
    source = (averaging or {}).get("source")
    return labels.averaging(averaging) + (f"；{source}" if source else "")


def limited_to(limit: Members) -> str:
    """林格曼黑度1级, 6～9, 300 mg/m³, 禁止排放."""
    if limit.get("prohibited"):
        return "禁止排放"
    unit = labels.unit(limit.get("unit"))
    if limit.get("text"):
        return f"{limit['text']}（{limit['value']}{unit}）"
    if limit.get("lower_value") is not None:
        return f"{limit['lower_value']}～{limit['value']} {unit}"
    return f"{limit['value']} {unit}"


def _plant_limit(limit: Members) -> Row:
    year = limit.get("permit_year")
    return Row(
        (
            labels.value(limit["scope"]),
            f"{limit['pollutant_name']} {limit['pollutant_code']}",
            f"{limit['value']} t/a",
            f"第{year}年" if year else "每年",
            labels.days(limit["valid_from"], limit["valid_to"]),
            labels.value(limit["standard"]),
        )
    )


def _special_limit(limit: Members) -> Row:
    level = limit.get("alert_level")
    return Row(
        (
            labels.value(limit["period"]) + (f"：{labels.value(level)}" if level else ""),
            limit.get("outlet_code") or "全厂",
            f"{limit['pollutant_name']}\n{limit['pollutant_code']}",
            labels.value(limit["kind"]),
            limited_to(limit),
            _averaged(limit.get("averaging")),
            labels.days(limit["valid_from"], limit["valid_to"]),
            labels.value(limit["standard"]),
        )
    )


def _duties(reporting: Members) -> Iterable[tuple[str, str]]:
    if reporting.get("annual"):
        due = f"次年{reporting['annual_due_month']}月{reporting['annual_due_day']}日前提交"
        since = reporting.get("annual_from")
        yield "年度执行报告", due + (f"（自{since}起的年度）" if since else "")
    if reporting.get("quarterly"):
        due = f"季后首月{reporting['quarterly_due_day']}日前提交"
        since = reporting.get("quarterly_from")
        yield "季度执行报告", due + (f"（自{since}起的季度）" if since else "")
    yield "自行监测", "按许可证及相关监测技术规范开展并公开，原始记录保存期限不得少于5年（条例第十九条）"
    yield (
        "环境管理台账",
        "按规定记录，保存不少于5年；超过许可排放浓度或者排放量的应当如实记录（条例第二十一条）",
    )
    yield (
        "信息公开",
        "公开污染物种类、浓度、排放量，防治设施建设运行情况，执行报告和自行监测数据（条例第二十三条）",
    )
    yield (
        "变更与延续",
        "名称、地址、法定代表人等变更自变更之日起30日内申请；有效期届满60日前申请延续（条例第十四条）",
    )
