"""Whether a report shows that the limits were kept, where it states one concentration and leaves the other blank. Pure.

Source: 排污许可管理条例 (Order 736) art. 22, 37 (reports are true and complete); which blank matters is ours.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from services.kit.findings import Findings, pointer
from services.kit.texts import Text
from services.permits.permits.rules import LimitFact
from services.permits.reports.rules import ARTICLE_TRUTH, ValueFact
from services.permits.reports.rules_limits import CONCENTRATION_FIGURES, Limits
from services.permits.reports.rules_units import said

_BLANK = Text(
    zh="未填报，无法判断是否超过许可限值{limit}",
    en="it is blank, which does not tell whether the limit of {limit} was kept",
)


def check_shown(found: Findings, limits: Iterable[LimitFact], values: Sequence[ValueFact]) -> None:
    """条例 art. 22: whoever knows the average knows the maximum, which the limit of an hour is held against.

    A maximum within the limit shows the average, too; a line without any concentration was not measured.
    """
    of_line = {
        value.key: (index, value)
        for index, value in enumerate(values)
        if (value.concentration_max is None) != (value.concentration_average is None)
    }
    for limit, key, name, _ in Limits.of(limits).held if of_line else ():
        index, value = of_line.get(key, (0, None))
        if value is None or name == "rate_max" or getattr(value, name) is not None:
            continue
        bound, top = limit.strictest, value.concentration_max
        if top is None or top > bound:
            where = pointer("values", index, name)
            text = _BLANK.format(limit=said(bound))
            rests_on = tuple(pointer("values", index, each) for each in CONCENTRATION_FIGURES)
            found.add(where, "figure_blank", text, article=ARTICLE_TRUTH, rests_on=rests_on)
