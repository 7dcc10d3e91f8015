"""When a reported exceedance may be confirmed. Pure.

Source: 排污许可管理条例 art. 27: where the concentration is over the limit, the office asks for the permit, the ledger,
the execution report and the monitoring data, and decides on them; art. 34: the penalty is for what is confirmed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

ARTICLE_CHECK = "排污许可管理条例 第二十七条"
ARTICLE_PENALTY = "排污许可管理条例 第三十四条"
ARTICLE_SPECIAL = "排污许可管理条例 第三十五条"


@dataclass(frozen=True, slots=True)
class Reported:
    """A value over its limit as the report's newest version has it.

    Of a total (`scope`), and of the whole plant, the outlet is empty; `day` is one of a special period. Where discharge
    was prohibited the limit is 0 and there is no multiple.
    """

    outlet_code: str
    pollutant_code: str
    kind: str
    limit: Decimal
    value: Decimal
    multiple: Decimal | None
    scope: str = "outlet"
    day: date | None = None
    ground: str | None = None
    alert_level: str | None = None


def reported_exceedance(
    found: Sequence[Reported],
    *,
    outlet_code: str | None,
    pollutant_code: str,
    kind: str,
    scope: str = "outlet",
    day: date | None = None,
) -> Reported | None:
    """条例 art. 27: only what the data show can be confirmed; None where the report shows no such exceedance."""
    wanted = (outlet_code or "", pollutant_code, kind, scope, day)
    return next((each for each in found if _named(each) == wanted), None)


def article_of(day: date | None) -> str:
    """条例 art. 34(1): over a limit; art. 35(2): over one of a special period."""
    return ARTICLE_PENALTY if day is None else ARTICLE_SPECIAL


def _named(each: Reported) -> tuple[object, ...]:
    return each.outlet_code, each.pollutant_code, each.kind, each.scope, each.day
