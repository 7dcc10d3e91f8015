"""The parts of the benchmarks that judge: percentiles, bars and the record. What they measure is no test's to say."""

from __future__ import annotations

import asyncio
import json
import shutil
from contextlib import closing, suppress
from pathlib import Path

import pytest

from infra.bench import constant_rate, report
from infra.bench.contenders import Contender
from infra.bench.report import Bar

needs_luajit = pytest.mark.skipif(shutil.which(constant_rate.TOOL) is None, reason="luajit is not installed")


def test_a_server_that_falls_behind_has_no_good_percentile() -> None:
    found = constant_rate.summary(100, [0.001] * 98, missing=2)
    assert found.answered == 98
    assert found.median_ms == 1
    assert found.p99_ms > 1000


def test_percentiles_are_of_all_answers() -> None:
    found = constant_rate.summary(100, [number / 1000 for number in range(1, 101)], missing=0)
    assert found.median_ms == 50.5
    assert found.p99_ms == 100
    assert found.spread == pytest.approx(100 / 50.5)


def test_how_late_the_load_itself_was_is_told_beside() -> None:
    found = constant_rate.summary(100, [0.005] * 100, [0.0] * 98 + [0.002, 0.003], missing=0)
    assert (found.p99_ms, found.late_p99_ms) == (5, 3)


@pytest.mark.parametrize(
    ("bar", "holds"),
    [
        (Bar("ratio", 0.2, 0.2, at_least=True), True),
        (Bar("ratio", 0.19, 0.2, at_least=True), False),
        (Bar("time", 1.0, 1.0), True),
        (Bar("time", 1.01, 1.0), False),
    ],
)
def test_a_bar_holds_or_does_not(bar: Bar, *, holds: bool) -> None:
    assert bar.holds is holds
    assert ("✔" in bar.line()) is holds


def test_falling_short_is_written_as_it_was_measured(tmp_path: Path) -> None:
    bars = [Bar("fast", 0.1, 0.2, at_least=True), Bar("small", 1.5, 2)]
    document = json.loads(report.write("x", bars, {"more": 1}, folder=tmp_path).read_text(encoding="utf-8"))
    assert document["ratios"] == {
        "fast": {"value": 0.1, "bar": 0.2, "holds": False},
        "small": {"value": 1.5, "bar": 2, "holds": True},
    }
    assert {"commit", "machine", "date", "details"} <= set(document)


async def _answering(status: bytes) -> tuple[asyncio.Server, int]:
    async def connection(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with closing(writer), suppress(asyncio.IncompleteReadError, ConnectionError):
            while await reader.readuntil(b"\r\n\r\n"):
                writer.write(b"HTTP/1.1 %s\r\ncontent-length: 5\r\n\r\nhe" % status)
                await asyncio.sleep(0)
                writer.write(b"llo")

    server = await asyncio.start_server(connection, "127.0.0.1", 0)
    return server, server.sockets[0].getsockname()[1]


@needs_luajit
async def test_the_open_loop_sends_what_was_planned_and_waits_for_the_answers() -> None:
    server, port = await _answering(b"200 OK")
    async with server:
        contender = Contender("here", port, 0)
        found = await asyncio.to_thread(
            constant_rate.measure, contender, "token", rate=200, seconds=0.5, connections=4
        )
    assert found.answered == 100
    assert found.late_p99_ms > 0


@needs_luajit
async def test_the_open_loop_takes_no_refusal_for_an_answer() -> None:
    server, port = await _answering(b"503 No")
    async with server:
        with pytest.raises(RuntimeError, match="not 200"):
            await asyncio.to_thread(
                constant_rate.measure,
                Contender("here", port, 0),
                "token",
                rate=10,
                seconds=0.2,
                connections=1,
            )
