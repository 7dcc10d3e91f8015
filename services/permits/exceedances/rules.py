"""When a reported exceedance may be confirmed. Pure.

Source: 排污许可管理条例 art. 27: where the concentration is over the limit, the office asks for the permit, the ledger,
the execution report and the monitoring data, and decides on them; art. 34: the penalty is for what is confirmed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

ARTICLE_CHECK = "排污许可管理条例 第二十七条"
ARTICLE_PENALTY = "排污许可管理条例 第三十四条"


@dataclass(frozen=True, slots=True)
class Reported:
    """A value over its limit as the report's newest version has it."""

    outlet_code: str
    pollutant_code: str
    kind: str
    limit: Decimal
    value: Decimal
    multiple: Decimal
    scope: str = "outlet"


def reported_exceedance(
    found: Sequence[Reported], *, outlet_code: str, pollutant_code: str, kind: str
) -> Reported | None:
    """条例 art. 27: only what the data show can be confirmed; None where the report shows no such exceedance."""
    wanted = (outlet_code, pollutant_code, kind)
    return next(
        (each for each in found if (each.outlet_code, each.pollutant_code, each.kind) == wanted), None
    )
