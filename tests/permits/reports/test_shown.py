"""What a report shows where it leaves one concentration blank (排污许可管理条例 art. 22, 37)."""

from __future__ import annotations

import pytest

from services.kit.findings import Findings
from services.permits.reports.rules_shown import check_shown
from tests.permits.reports.facts import TRUTH, limit, line, seen

HOURLY, DAILY = limit(), limit(kind="daily_concentration", value="100")


@pytest.mark.parametrize(
    ("given", "blank"),
    [
        ({"concentration_average": "100"}, ["concentration_max"]),
        ({"concentration_max": "101"}, ["concentration_average"]),
        ({"concentration_max": "100"}, []),
        ({"concentration_max": "150", "concentration_average": "100"}, []),
        ({"amount_t": "1", "method": "coefficient"}, []),
        ({"no_data_code": "not_required"}, []),
    ],
)
def test_article_22_one_concentration_does_not_hide_the_other(
    given: dict[str, str], blank: list[str]
) -> None:
    found = Findings()
    check_shown(found, [HOURLY, DAILY], [line("a21002"), line(**given)])
    assert seen(found) == [(f"/values/1/{name}", "figure_blank", TRUTH) for name in blank]


def test_a_rate_is_noted_elsewhere() -> None:
    found = Findings()
    check_shown(found, [limit(kind="emission_rate", unit="kg/h")], [line(concentration_max="1")])
    assert found.errors == []
