"""`steppe otp`: a code that was not given before, and no longer a wait than for the next one."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from gateway.second_factor.rules import accepted_step
from infra.sample.otp import VARIABLE, fresh_step, main
from services.kit import clock

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


class Clock:
    def __init__(self) -> None:
        self.moment, self.slept = 1_800_000_010.0, 0.0

    def now(self) -> float:
        return self.moment

    def sleep(self, seconds: float) -> None:
        self.moment += seconds
        self.slept += seconds


def test_each_call_gives_a_later_step_that_the_gateway_takes_already(tmp_path: Path) -> None:
    clock_ = Clock()
    steps, waits = [], []
    for _ in range(5):
        before = clock_.slept
        steps.append(fresh_step(tmp_path / "otp.x", now=clock_.now, sleep=clock_.sleep))
        waits.append(clock_.slept - before)
        assert steps[-1] - int(clock_.moment) // 30 in (0, 1)
    assert all(later == earlier + 1 for earlier, later in pairwise(steps))
    assert waits[:2] == [0, 0]
    assert all(0 < wait <= 30 for wait in waits[2:])


def test_it_is_printed_and_good(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("STEPPE_HOME", str(tmp_path))
    monkeypatch.setenv(VARIABLE, SECRET)
    assert main(["approver01"]) == 0
    code = capsys.readouterr().out.strip()
    assert accepted_step(SECRET, code, moment=clock.now(), drift=1, last=-1) is not None


def test_without_a_sample_it_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("STEPPE_HOME", str(tmp_path / "none"))
    monkeypatch.delenv(VARIABLE, raising=False)
    assert main([]) == 1
    assert "steppe otp" in capsys.readouterr().err
