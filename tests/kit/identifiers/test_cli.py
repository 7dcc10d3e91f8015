"""`steppe id check KIND VALUE`."""

from __future__ import annotations

import pytest

from services.kit.identifiers.cli import main


def test_a_well_formed_value_exits_0_and_says_so_in_both_languages(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["uscc", "911525017332825861"]) == 0
    said = capsys.readouterr().out
    assert "有效 / well formed" in said
    assert "GB 32100-2015" in said


def test_a_misread_value_exits_1_with_reason_and_repair_hint(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["uscc", "9115250I7332825861"]) == 1
    said = capsys.readouterr().out
    assert "uscc_character @8" in said
    assert "第8位" in said
    assert "did you mean: 911525017332825861" in said


def test_a_remark_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["permit-number", "91130200699229617X001A"]) == 0
    said = capsys.readouterr().out
    assert "提示: " in said
    assert "note: " in said


@pytest.mark.parametrize("argv", [[], ["check"], ["uscc"], ["passport", "E1"], ["forge", "uscc", "1"]])
def test_an_unknown_kind_or_bad_usage_exits_2(argv: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(argv) == 2
    assert "usage" in capsys.readouterr().err


def test_help_exits_0(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    assert "organisation_code" in capsys.readouterr().out


def test_bytes_that_are_no_text_are_still_answered(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["uscc", "\udcff\x00"]) == 1
    assert "\\udcff" in capsys.readouterr().out
