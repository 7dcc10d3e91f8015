"""Lines reach standard output in order, in time and whole, whatever ends the process."""

from __future__ import annotations

import json
import subprocess
import sys
import threading

import pytest

from services.kit.access_log import Exchange, network, reference
from services.kit.logs import LineWriter


def test_lines_keep_their_order_and_are_written_by_themselves() -> None:
    written: list[str] = []
    arrived = threading.Event()

    def write(text: str) -> None:
        written.append(text)
        if "line 99" in text:
            arrived.set()

    writer = LineWriter(write, flush_seconds=0.001)
    for number in range(100):
        writer.line(f"line {number}")
    assert arrived.wait(10)
    assert "".join(written).splitlines() == [f"line {number}" for number in range(100)]


def test_what_there_is_no_room_for_is_counted_and_told() -> None:
    written: list[str] = []
    writer = LineWriter(written.append, flush_seconds=3600, most=2)
    for number in range(5):
        writer.line(str(number))
    writer.flush()
    writer.flush()
    assert "".join(written).splitlines() == ["0", "1", '{"event":"log_lines_dropped","count":3}']
    assert writer.dropped == 3


def test_two_that_flush_at_once_write_every_line_once() -> None:
    written: list[str] = []
    writer = LineWriter(written.append, flush_seconds=3600)

    def work(name: str) -> None:
        for number in range(500):
            writer.line(f"{name} {number}")
            writer.flush()

    threads = [threading.Thread(target=work, args=(name,)) for name in "ab"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    lines = "".join(written).splitlines()
    assert sorted(lines) == sorted(f"{name} {number}" for name in "ab" for number in range(500))


PROGRAM = """
import logging, os, signal, sys
from services.kit.logs import configure_logging
from services.kit.telemetry import log
configure_logging("INFO", process="permits")
log.debug("unseen")
log.info("told", password="hunter2", note="call 13812345678", count=3, error=KeyError("canary"))
log.info("again", error=repr(OSError(111, "canary")))
logging.getLogger("library").warning("got %r from %s", "canary", ValueError("canary"))
logging.getLogger("library").debug("canary")
logging.getLogger("httpx").info("GET http://x/?canary")
try:
    raise ValueError("canary")
except ValueError:
    logging.getLogger("library").exception("it failed")
{end}
"""


@pytest.mark.parametrize(
    ("end", "code"),
    [
        ("", 0),
        ("sys.exit(3)", 3),
        ("log.error('last'); os.kill(os.getpid(), signal.SIGKILL)", -9),
        (
            "signal.signal(signal.SIGTERM, lambda *_: sys.exit(0)); os.kill(os.getpid(), signal.SIGTERM)",
            0,
        ),
    ],
    ids=["the end", "an exit", "kill -9 after an error", "SIGTERM"],
)
def test_no_line_is_lost_at_the_end_of_a_process(end: str, code: int) -> None:
    ran = subprocess.run([sys.executable, "-c", PROGRAM.format(end=end)], capture_output=True, text=True)
    assert (ran.returncode, ran.stderr) == (code, "")
    lines = [json.loads(line) for line in ran.stdout.splitlines()]
    told, again, warned, failed, *_ = lines
    assert {line["process"] for line in lines} == {"permits"}
    assert (told["event"], told["count"], told["error"]) == ("told", 3, "KeyError: …")
    assert again["error"] == "ConnectionRefusedError(111, …)"
    assert told["note"] == "call …"
    assert warned["event"] == "got … from ValueError: …"
    assert failed["exception"][0]["error"] == "ValueError: …"
    assert "hunter2" not in ran.stdout
    assert "canary" not in ran.stdout


def test_an_address_is_told_as_the_network_that_it_is_in() -> None:
    assert network("203.0.113.77") == "203.0.113.0/24"
    assert network("2001:db8:1:2:3::4") == "2001:db8:1::/48"
    assert network("::ffff:203.0.113.77") == "203.0.113.0/24"
    assert network("fe80::1%eth0") == "fe80::/48"
    assert network("canary") == "unknown"


def test_a_caller_is_told_by_an_id_or_not_at_all() -> None:
    assert reference("01938c1e-7f3a-7000-8000-000000000001") == '"01938c1e-7f3a-7000-8000-000000000001"'
    assert reference("province-platform") == '"province-platform"'
    assert [reference(text) for text in ("", "张三", 'a"b', "a b", "x" * 65)] == ["null"] * 5


def test_an_exchange_without_a_status_was_left() -> None:
    exchange = Exchange("r", "t", "GET", "/x", 0, True, 0.1, 0, 0, "reads", None, "public", "")
    assert exchange.outcome == "left"
    exchange.status = 200
    assert exchange.outcome == "cut"
    exchange.cut = False
    assert exchange.outcome == "answered"
