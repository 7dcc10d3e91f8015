"""From what a report says to what is printed: in the order of HJ 944-2018, whatever it says. Pure.

Source: HJ 944-2018, the thirteen parts of the annual report (read in the text of its draft); a report of a shorter
period has those of which it says something.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from services.permits.documents import labels as permit_labels
from services.permits.documents.content_terms import flat
from services.permits.documents.sheets import Facts, Part, Sheet, Stamp, Table, Words
from services.permits.prints import tables
from services.permits.prints.labels import KINDS
from services.permits.prints.tables import Lines, Members, Names
from services.permits.reports.rules_parts import PARTS

_NUMERALS = ("一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二", "十三")
_UNSAID = "（未说明）"
_PREVIEW = (
    "本件为签署前的预览，供核对；未经法定代表人签署提交，不是执行报告（排污许可管理条例第二十二条）。",
    "签署后的打印件内容与此相同，另有回执编号、签署信息、内容摘要和核验二维码。",
)
_SIGNED = (
    "本报告由排污单位签署提交，系统已出具电子签名回执；扫描二维码可核验回执、内容摘要及其是否已被更正或否认。",
    "排污单位对执行报告的真实性负责（排污许可管理条例第二十二条）。",
)
_PRINTED = frozenset(
    {
        *("permit_number", "uscc", "kind", "period_start", "period_end", "version", "obligation_id"),
        *("production_days", "values", "totals", "special_values", "facilities", "materials"),
        *("unpermitted_discharges", "disclosures", "parts", "exceedance_explanation", "stopped_from"),
        *("override_reason", "corrects_version", "reason", "annexes"),
    }
)
_LINE = frozenset(
    {
        *(
            "outlet_code",
            "pollutant_code",
            "concentration_max",
            "concentration_average",
            "amount_t",
            "method",
        ),
        *("no_data_code", "concentration_unit", "concentration_max_qualifier"),
        *("concentration_average_qualifier", "amount", "amount_unit", "amount_qualifier", "volume_m3"),
        *("rate_max", "rate_unit", "rate_max_qualifier", "calculation", "override_reason"),
    }
)
"""Members of a line that have a place; others are printed with its reason."""


@dataclass(frozen=True, slots=True)
class Signature:
    """Who submitted, when, and the receipt that proves it."""

    receipt_id: str
    document_sha256: str
    subject: str
    submitted_by: str
    submitted_at: str
    jws: str
    verify_at: str


@dataclass(frozen=True, slots=True)
class Printed:
    """A report as it is printed: its document with what it is about, what the permit said, what was found."""

    document: Members
    basis: Members
    exceedances: Lines
    special_exceedances: Lines
    warnings: Lines
    findings: Lines = ()
    """What a signature would be refused for; nothing of a report that was signed."""
    signature: Signature | None = None
    draft: str = ""
    """What is said of one that is not signed: 草稿第2版."""


def sheet(printed: Printed) -> Sheet:
    """The whole report, struck across until it is signed."""
    document, signature = printed.document, printed.signature
    parts = tuple(_parts(printed))
    stamp = None if signature else Stamp("未签署 DRAFT", f"{printed.draft}，尚未签署，不具执行报告效力")
    return Sheet(
        title="排污许可证执行报告",
        subtitle=f"{KINDS[document['kind']]}，{document['period_start']}至{document['period_end']}",
        number=str(document["permit_number"]),
        authority="",
        issued_on="",
        facts=tuple(_facts(printed)),
        parts=(*parts, _of_signature(signature)) if signature else parts,
        stamp=stamp,
        verify_at=signature.verify_at if signature else "",
        notes=_SIGNED if signature else _PREVIEW,
        number_is="许可证编号",
        identity_is="回执编号" if signature else "未签署",
    )


def _facts(printed: Printed) -> Iterable[tuple[str, str]]:
    document, basis = printed.document, printed.basis
    holder = basis["holder"]
    yield "单位名称", holder["name"]
    yield "统一社会信用代码", holder["uscc"]
    yield "注册地址", permit_labels.value(holder["address"])
    yield "法定代表人", holder["legal_representative"]
    site = basis["site_address"]
    yield "生产经营场所", basis["site_name"] + (f"（{site}）" if site else "")
    yield "行业类别", basis["industry"]
    yield "管理类别", permit_labels.value(basis["management_class"])
    version = f"第{basis['permit_version']}版，自{basis['valid_from']}至{basis['valid_to']}止"
    yield "许可证", f"{version}；{basis['authority']}核发"
    yield (
        "报告期",
        f"{document['period_start']}至{document['period_end']}（{KINDS[document['kind']]}执行报告）",
    )
    if document.get("version") is not None:
        yield "报告版本", f"第{document['version']}版"
    if document.get("corrects_version") is not None:
        yield "更正", f"更正第{document['corrects_version']}版"
    yield "报送任务", str(document["obligation_id"])


def _parts(printed: Printed) -> Iterator[Part]:
    """Of an annual report all parts of HJ 944-2018, of another those of which something is said; numbered."""
    if printed.findings:
        yield Words("签署前须处理的问题", tuple(_remarks(printed.findings)))
    at, whole = 0, is_annual(printed.document)
    for title, paragraphs, made in _chapters(printed):
        following = [each for each in made if each is not None]
        if not (paragraphs or following or whole):
            continue
        said = tuple(paragraphs) or (() if following else (_UNSAID,))
        yield Words(f"{_NUMERALS[at]}、{title}", said)
        yield from (
            replace(each, title=f"（{index}）{each.title}") for index, each in enumerate(following, 1)
        )
        at += 1


def is_annual(document: Members) -> bool:
    """Whether it has all parts of the standard, said or not."""
    return bool(document["kind"] == "annual")


Chapter = tuple[str, Sequence[str], Sequence[Table | Facts | Words | None]]


def _chapters(printed: Printed) -> Iterator[Chapter]:
    document = printed.document
    said = {each["part"]: [each["text"]] for each in document.get("parts", ())}
    made: Mapping[str, Sequence[Table | Facts | Words | None]] = {
        "controls": [_treatment(printed)],
        "emissions": _emissions(printed),
        "disclosure": _disclosure(printed),
        "other_notes": [_others(document)],
    }
    yield "基本信息", _corrected(document), _basics(printed)
    for part, text in PARTS.items():
        paragraphs = list(said.get(part, ()))
        if part == "emissions":
            paragraphs += _worded("超标原因及处理情况", document.get("exceedance_explanation"))
        if part == "other_notes":
            paragraphs += _worded("情况说明", document.get("override_reason"))
            paragraphs += [f"核对提示{text}" for text in _remarks(printed.warnings)]
        yield text.zh, paragraphs, made.get(part, ())
    annexed = tables.annexes(document.get("annexes", ()))
    yield "附件", ("（无）",) if is_annual(document) and annexed is None else (), [annexed]


def _corrected(document: Members) -> list[str]:
    return _worded("更正原因", document.get("reason"))


def _worded(name: str, text: str | None) -> list[str]:
    return [] if text is None else [f"{name}：{text}"]


def _remarks(found: Lines) -> Iterator[str]:
    """What the rules found, each with where it is, the article, and the reason that was given."""
    for at, each in enumerate(found, 1):
        article = f"（{each['article']}）" if each.get("article") else ""
        reason = f"；理由：{each['reason']}" if each.get("reason") else ""
        yield f"{at}. {each['pointer'] or '/'}：{each['detail_zh']}{article}{reason}"


def _basics(printed: Printed) -> list[Part | None]:
    document, names = printed.document, _known(printed, treats=False)
    own = [each for each in document.get("facilities", ()) if each["facility_code"] not in _treating(printed)]
    return [
        tables.facts(
            "生产情况",
            ("生产天数", str(document["production_days"])),
            ("停产起始日", document.get("stopped_from")),
        ),
        tables.facilities("生产设施运行时间", own, names),
        tables.materials(document.get("materials", ())),
    ]


def _treatment(printed: Printed) -> Table | None:
    treating = _treating(printed)
    lines = [each for each in printed.document.get("facilities", ()) if each["facility_code"] in treating]
    return tables.facilities("污染防治设施运行时间", lines, _known(printed, treats=True))


def _known(printed: Printed, *, treats: bool) -> dict[str, str]:
    return {each["code"]: each["name"] for each in printed.basis["facilities"] if each["treats"] is treats}


def _treating(printed: Printed) -> frozenset[str]:
    return frozenset(_known(printed, treats=True))


def _emissions(printed: Printed) -> list[Part | None]:
    document = printed.document
    names = Names(document, printed.basis)
    return [
        tables.values(document["values"], names),
        _reasons("排放情况说明", _of_values(document["values"])),
        tables.totals(document.get("totals", ()), names),
        _reasons("合计排放量说明", _of_totals(document.get("totals", ()))),
        tables.special_values(document.get("special_values", ()), names),
        _reasons("特殊时段说明", _of_special(document.get("special_values", ()))),
        tables.exceedances(printed.exceedances, printed.special_exceedances, names),
        tables.unpermitted(document.get("unpermitted_discharges", ()), names),
        _reasons("许可证外排放口说明", _of_outlets(document.get("unpermitted_discharges", ()))),
        tables.calculations(document["values"], names),
    ]


def _disclosure(printed: Printed) -> list[Part | None]:
    lines = printed.document.get("disclosures", ())
    told = ((f"第{each['requirement']}项", each.get("explanation")) for each in lines)
    return [tables.disclosures(lines, printed.basis["disclosures"]), _reasons("未按要求公开的说明", told)]


def _others(document: Members) -> Facts | None:
    """What this lay-out knows no place for."""
    others = {
        name: each for name, each in document.items() if name not in _PRINTED and each not in (None, [])
    }
    return Facts("其他内容", tuple(flat(others))) if others else None


def _reasons(title: str, told: Iterable[tuple[str, str | None]]) -> Words | None:
    """Below their table, where they have room: a reason may be pages long."""
    paragraphs = tuple(f"{about}：{text}" for about, text in told if text)
    return Words(title, paragraphs) if paragraphs else None


def _of_values(lines: Lines) -> Iterator[tuple[str, str | None]]:
    for each in lines:
        about = f"{each['outlet_code']} {each['pollutant_code']}"
        yield about, each.get("override_reason")
        more = {name: value for name, value in each.items() if name not in _LINE and value is not None}
        yield about, "；".join(f"{name}：{text}" for name, text in flat(more))


def _of_totals(lines: Lines) -> Iterator[tuple[str, str | None]]:
    return ((f"{each['scope']} {each['pollutant_code']}", each.get("override_reason")) for each in lines)


def _of_special(lines: Lines) -> Iterator[tuple[str, str | None]]:
    for each in lines:
        yield (
            f"{each['day']} {each.get('outlet_code') or '全厂'} {each['pollutant_code']}",
            each.get("override_reason"),
        )


def _of_outlets(lines: Lines) -> Iterator[tuple[str, str | None]]:
    return ((each["outlet"], each.get("explanation")) for each in lines)


def _of_signature(signature: Signature) -> Facts:
    return tables.facts(
        "签署与回执",
        ("回执编号", signature.receipt_id),
        ("签署账号", signature.submitted_by),
        ("提交时间", signature.submitted_at),
        ("提交内容", signature.subject),
        ("内容摘要 SHA-256", signature.document_sha256),
        ("回执签名 JWS", signature.jws),
        ("公开核验", signature.verify_at),
    )
