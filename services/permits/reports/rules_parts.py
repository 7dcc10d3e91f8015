"""The parts of an execution report that are words, not figures. Pure.

Source: HJ 944-2018, content of the annual report (13 parts, read in the text of its draft). Basic information is the
permit's own and the annexes are attached; the other eleven are said here, where figures do not say them already. A
monthly or quarterly report may say how the controls ran and analyse what was discharged; it need not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Literal

from services.kit.findings import Findings, pointer
from services.kit.texts import Text
from services.permits.reports.rules import SOURCE_CONTENT

Part = Literal[
    "compliance",
    "controls",
    "monitoring",
    "ledger",
    "emissions",
    "tax",
    "disclosure",
    "internal_management",
    "other_requirements",
    "other_notes",
    "conclusion",
]
PARTS: Mapping[Part, Text] = MappingProxyType(
    {
        "compliance": Text(zh="遵守法律法规情况", en="compliance with the law"),
        "controls": Text(zh="污染防治设施运行情况", en="how the controls ran"),
        "monitoring": Text(zh="自行监测执行情况", en="self-monitoring"),
        "ledger": Text(zh="环境管理台账执行情况", en="the ledger"),
        "emissions": Text(
            zh="实际排放情况及合规判定分析", en="what was discharged, and whether within limits"
        ),
        "tax": Text(zh="环境保护税缴纳情况", en="the environmental tax"),
        "disclosure": Text(zh="信息公开情况", en="disclosure"),
        "internal_management": Text(zh="内部环境管理体系建设与运行情况", en="internal management"),
        "other_requirements": Text(zh="其他排污许可证要求执行情况", en="other requirements of the permit"),
        "other_notes": Text(zh="其他需要说明的问题", en="other notes"),
        "conclusion": Text(zh="结论", en="conclusion"),
    }
)
"""In the order of the standard."""
_IN_SHORT: tuple[Part, ...] = ("controls", "emissions")
_MAY_BE_LEFT_OUT = frozenset[Part]({"other_notes"})
"""There may be nothing else to say."""
_TWICE = Text(zh="与前一项重复", en="it was said before")
_UNSAID = Text(zh="年度报告未说明：{parts}", en="the annual report does not say: {parts}")


def parts_of(kind: str) -> tuple[Part, ...]:
    """HJ 944-2018: the parts in words of a report of this kind (`annual`, `half_yearly`, …)."""
    return tuple(PARTS) if kind == "annual" else _IN_SHORT


def check_parts(found: Findings, told: Sequence[Part]) -> None:
    """HJ 944-2018: each part once."""
    for index, part in enumerate(told):
        if part in told[:index]:
            found.add(
                pointer("parts", index),
                "value_repeated",
                _TWICE,
                article=SOURCE_CONTENT,
                rests_on=("/parts/*/part",),
            )


def check_unsaid(found: Findings, told: Sequence[Part]) -> None:
    """HJ 944-2018: an annual report has all of its parts; what it does not say is named at once."""
    unsaid = [text for part, text in PARTS.items() if part not in told and part not in _MAY_BE_LEFT_OUT]
    if unsaid:
        text = Text(
            zh=_UNSAID.zh.format(parts="、".join(each.zh for each in unsaid)),
            en=_UNSAID.en.format(parts="; ".join(each.en for each in unsaid)),
        )
        found.add("/parts", "parts_unsaid", text, article=SOURCE_CONTENT)
