"""The environmental impact assessment (环境影响评价) that a permit rests on. Pure: no clock, no database.

Sources: 排污许可管理条例 (Order 736) art. 11(1); 环境影响评价法 (2018) art. 16 (the three classes).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum

from services.kit.findings import Findings
from services.kit.texts import Text

ARTICLE = "排污许可管理条例 第十一条第（一）项"

CLASSES: dict[str, Text] = {
    "report": Text(zh="环境影响报告书", en="report"),
    "form": Text(zh="环境影响报告表", en="form"),
    "registration": Text(zh="环境影响登记表", en="registration"),
}
"""环境影响评价法 art. 16: by how much a project may affect its surroundings."""

_PERMIT_CLASSES = {
    "key": Text(zh="重点管理", en="key management"),
    "simplified": Text(zh="简化管理", en="simplified management"),
    "registration": Text(zh="登记管理", en="registration only"),
}
_FUTURE = Text(zh="批复或备案日期不能晚于今日", en="the approval or filing lies in the future")
_UNUSUAL = Text(
    zh="{eia}项目通常对应{usual}，本许可证为{held}：仅作提示，管理类别以分类管理名录为准",
    en="a project with an EIA {eia} is usually under {usual}, this permit under {held}; the catalogue decides",
)


class State(StrEnum):
    """How much is known of a document."""

    STATED = "stated"  # 企业自报，待核实
    REGISTERED = "registered"  # 生态环境部门登记
    CONFIRMED = "confirmed"  # 已核实
    REJECTED = "rejected"  # 核实不成立


VERIFIED = frozenset({State.REGISTERED, State.CONFIRMED})
"""What a permit may rest on (条例 art. 11(1)): the bureau entered it, or has looked it up."""


def may_be_verified(state: State) -> bool:
    """What an enterprise states of itself is looked up once."""
    return state is State.STATED


def check_day(found: Findings, *, decided_on: date, today: date) -> None:
    """条例 art. 11(1): an EIA that is still to come is none."""
    if decided_on > today:
        found.add("/decided_on", "eia_in_future", _FUTURE, article=ARTICLE)


def remark(eia_class: str, permit_class: str, usual: Mapping[str, str]) -> Text | None:
    """What to say where the two classes are not the usual pair; `usual` is configuration."""
    expected = usual[eia_class]
    if expected == permit_class:
        return None
    return Text(
        zh=_UNUSUAL.zh.format(
            eia=CLASSES[eia_class].zh,
            usual=_PERMIT_CLASSES[expected].zh,
            held=_PERMIT_CLASSES[permit_class].zh,
        ),
        en=_UNUSUAL.en.format(
            eia=CLASSES[eia_class].en,
            usual=_PERMIT_CLASSES[expected].en,
            held=_PERMIT_CLASSES[permit_class].en,
        ),
    )
