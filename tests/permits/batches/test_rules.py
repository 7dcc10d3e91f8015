"""What holds for every record that an enterprise keeps (排污许可管理条例 art. 19, 21)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.kit.findings import Findings
from services.permits.batches import rules

NOW = datetime(2026, 6, 1, tzinfo=UTC)
SINCE = datetime(2024, 12, 31, 16, tzinfo=UTC)


def codes(found: Findings) -> list[tuple[str, str]]:
    return [(each.pointer, each.code) for each in found.errors]


def moment(when: datetime) -> list[tuple[str, str]]:
    found = Findings()
    rules.check_moment(found, "/at", when, latest=rules.latest_moment(NOW), since=SINCE, article="x")
    return codes(found)


def test_art_21_nothing_is_written_down_ahead_but_a_clock_may_run_a_little_fast() -> None:
    assert moment(NOW + timedelta(minutes=5)) == []
    assert moment(NOW + timedelta(minutes=6)) == [("/at", "in_the_future")]


def test_art_21_nothing_before_the_permit() -> None:
    assert moment(SINCE) == []
    assert moment(SINCE - timedelta(seconds=1)) == [("/at", "before_permit")]


@pytest.mark.parametrize(
    ("supersedes", "reason", "expected"),
    [
        (None, None, []),
        ("b", "抄错", []),
        ("b", None, [("/reason", "reason_needed")]),
        (None, "抄错", [("/reason", "nothing_corrected")]),
        ("a", "抄错", [("/supersedes", "corrects_itself")]),
    ],
)
def test_art_21_a_correction_says_what_and_why(
    supersedes: str | None, reason: str | None, expected: list[tuple[str, str]]
) -> None:
    found = Findings()
    rules.check_correction(found, identity="a", supersedes=supersedes, reason=reason, article="x")
    assert codes(found) == expected


@pytest.mark.parametrize(
    ("identity", "made_offline"), [(None, False), ("a", True), ("a", False), (None, True)]
)
def test_what_was_made_offline_has_a_name_of_its_own(identity: str | None, made_offline: bool) -> None:
    found = Findings()
    rules.check_offline(found, identity=identity, made_offline=made_offline)
    assert bool(codes(found)) == (made_offline and identity is None)


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(5, 50))
def test_art_19_and_21_kept_for_five_years_at_least(day: date, years: int) -> None:
    assert (rules.kept_until(day, years) - day).days >= 365 * years


def test_art_21_less_is_no_configuration() -> None:
    with pytest.raises(ValueError, match="five years"):
        rules.kept_until(date(2026, 1, 1), 4)
