"""What the sheet of an application has a cell for: read off the shape of the application itself, so that nothing is
left out. A form of single members, then a list a section, a row an element. Pure.

A list within the elements of another (the limits of outlets) is a section of its own, whose first column says of which.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from services.permits.application_sheets.schemas import ApplicationSheet
from services.permits.changes import words
from services.permits.documents import labels
from services.permits.sheets.cells import Kind

MARK = "steppe:application"
Path = tuple[str, ...]

_LABELS = {
    "draft": "草稿",
    "id": "标识",
    "version": "版本",
    "corrects": "补正的申请",
    "application_id": "标识",
    "uscc": "统一社会信用代码",
    "permit_number": "许可证编号",
    "eia_ids": "环评文件标识",
    "pre_disclosure": "在其他平台的申请前公开",
    "first_day": "起始日",
    "last_day": "截止日",
    "where": "载体",
    "link": "链接",
    "disclosure_notice_id": "申请前公示标识",
    "enterprise": "变更后的单位",
    "changed_on": "变更日期",
    "reason": "申请事由",
    "sewerage": "污水集中处理",
    "catchment": "纳污范围",
    "pipe_layout": "管网布置",
    "final_destination": "最终排放去向",
    "quota_source": "总量控制指标来源",
    "explanation": "说明",
    "offset_ids": "削减替代说明标识",
    "attachments": "申请材料附件",
    "attachment_id": "附件标识",
    "purpose": "用途",
    "kind": "申请类型",
    "content": "",
    "terms": "",
}
"""Of what is not of a permit; `kind` is one in the lists of a permit, too."""
_PURPOSES = {
    "disclosure": "申请前公开情况",
    "pipe_layout": "管网布置",
    "quota_source": "总量控制指标来源",
    "commitment": "承诺书",
    "process_flow": "工艺流程图",
    "site_plan": "平面布置图",
    "monitoring_layout": "监测点位图",
    "eia": "环评文件",
}
"""Of files."""
_IN_LISTS = {
    ("disclosure", "means"): "方式",
    ("disclosure", "content"): "内容",
    ("ledger", "content"): "内容",
}
_IN_WORDS = {
    *(
        "site_name",
        "name",
        "pollutant_name",
        "text",
        "source",
        "standard",
        "destination",
        "point",
        "sampling",
    ),
    *("instrument", "method", "address", "legal_representative", "site_address", "authority", "process"),
    *("capacity", "content", "subject", "means", "timing", "where", "reason"),
    *("catchment", "pipe_layout", "final_destination", "explanation"),
}
"""Members that a person writes; all other texts are codes."""


@dataclass(frozen=True, slots=True)
class Member:
    """One cell: its place in the document, or in the element of a list."""

    path: Path
    label: str
    kind: Kind
    choices: tuple[str, ...] = ()
    many: bool = False
    """Several codes in one cell."""

    @property
    def name(self) -> str:
        return "/".join(self.path) or "value"


@dataclass(frozen=True, slots=True)
class Part:
    """One list."""

    path: Path
    members: tuple[Member, ...]
    required: bool = False
    """Whether it is there even if it is empty."""
    within: Path | None = None
    """The list whose elements have this one; the first member then names the element, by its code."""

    @property
    def name(self) -> str:
        return f"list:{'/'.join(self.path)}"

    @property
    def title(self) -> str:
        return _label(self.path)


def _label(path: Path) -> str:
    """What the office calls a member that is in no list."""
    said = (_LABELS[each] if each in _LABELS else words.member(each).zh for each in path)
    return " ".join(filter(None, said))


def _label_in(part: Path, path: Path) -> str:
    """What it calls a member of the elements of a list."""

    def said(name: str) -> str:
        known = _IN_LISTS.get((part[-1], name)) or (words.MEMBERS[name].zh if name in words.MEMBERS else None)
        return known or _LABELS[name]

    return " ".join(map(said, path))


def choice(code: str) -> str:
    """A code, and what it means."""
    said = labels.value(code)
    if said == code:
        said = _PURPOSES.get(code, code)
    return code if said == code else f"{code} {said}"


@cache
def form() -> tuple[Member, ...]:
    """The members that are in no list."""
    return tuple(each for each in _all() if isinstance(each, Member))


@cache
def parts() -> tuple[Part, ...]:
    """The lists; one within another right behind it."""
    return tuple(each for each in _all() if isinstance(each, Part))


OF_PARENT = Member(("outlet_code",), words.member("outlet_code").zh, "code")


def _all() -> Iterator[Member | Part]:
    shape = ApplicationSheet.model_json_schema()
    first = (
        "draft",
        "corrects",
        "uscc",
        "kind",
        "permit_number",
    )  # who applies for what stands above all else
    names = dict.fromkeys((*first, *shape["properties"]))
    for name in names:
        required = name in shape["required"]
        yield from _walk((name,), shape["properties"][name], shape["$defs"], required=required)


def _walk(
    path: Path, shape: Mapping[str, Any], known: Mapping[str, Any], *, required: bool
) -> Iterator[Member | Part]:
    shape = _plain(shape, known)
    if shape["type"] == "object":
        for name, each in shape["properties"].items():
            needed = required and name in shape.get("required", ())
            yield from _walk((*path, name), each, known, required=needed)
    elif shape["type"] == "array":
        yield from _list(path, _plain(shape["items"], known), known, required=required)
    else:
        yield _member(path, _label(path), shape)


def _list(
    path: Path,
    element: Mapping[str, Any],
    known: Mapping[str, Any],
    *,
    required: bool,
    within: Path | None = None,
) -> Iterator[Part]:
    if element["type"] != "object":
        yield Part(path, (_member((), _label(path), element),), required)
        return
    found: list[Member] = [] if within is None else [OF_PARENT]
    inner: list[tuple[str, Mapping[str, Any]]] = []
    for name, each in element["properties"].items():
        shape = _plain(each, known)
        items = _plain(shape["items"], known) if shape["type"] == "array" else None
        if items is None:
            found += _cells(path, (name,), shape, known)
        elif items["type"] == "object":
            inner.append((name, items))
        else:
            found.append(Member((name,), _label_in(path, (name,)), "code", many=True))
    yield Part(path, tuple(found), required, within)
    for name, items in inner:
        yield from _list((*path, name), items, known, required=True, within=path)


def _cells(part: Path, path: Path, shape: Mapping[str, Any], known: Mapping[str, Any]) -> Iterator[Member]:
    """The cells of one member of an element: of an object one for each of its own."""
    shape = _plain(shape, known)
    if shape["type"] != "object":
        yield _member(path, _label_in(part, path), shape)
        return
    for name, each in shape["properties"].items():
        yield from _cells(part, (*path, name), each, known)


def _member(path: Path, label: str, shape: Mapping[str, Any]) -> Member:
    choices = tuple(choice(each) for each in shape.get("enum", ()))
    return Member(path, label, _kind(path[-1] if path else "", shape), choices)


def _kind(name: str, shape: Mapping[str, Any]) -> Kind:
    if shape["type"] in ("integer", "boolean"):
        return "whole" if shape["type"] == "integer" else "flag"
    if "enum" in shape:
        return "choice"
    if shape.get("format") == "date":
        return "day"
    if "[0-9]{0,17}" in shape.get("pattern", ""):  # a decimal (`kit.schemas.Exact`)
        return "number"
    return "words" if name in _IN_WORDS else "code"


def _plain(shape: Mapping[str, Any], known: Mapping[str, Any]) -> Mapping[str, Any]:
    """What stands behind a reference, or is there where there is anything."""
    if "$ref" in shape:
        return _plain(known[shape["$ref"].rpartition("/")[2]], known)
    if "anyOf" in shape:
        (only,) = (each for each in shape["anyOf"] if each.get("type") != "null")
        return _plain(only, known)
    return shape
