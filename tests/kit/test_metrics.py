"""What is counted, told in Prometheus's form, at an address of its own."""

from __future__ import annotations

import asyncio
import socket
from dataclasses import replace

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.kit.access_log import Exchange
from services.kit.metrics import MEDIA_TYPE, Metrics
from services.kit.metrics_listener import serving_metrics
from services.kit.route_series import BUCKETS, Histogram, RouteSeries, written
from tests.support.scrape import Page

EXCHANGE = Exchange("r", "t", "GET", "/v1/x/{id}", 200, False, 0.004, 10, 20, "reads", None, "public", "")


async def test_requests_are_counted_by_template_method_class_and_rate() -> None:
    metrics = Metrics()
    for status in (200, 201, 404, 429, 500, 0):
        metrics.finished(replace(EXCHANGE, status=status))
    page = Page(await metrics.page())
    route = {"method": "GET", "route": "/v1/x/{id}", "rate_class": "reads"}
    for status, count in {"2xx": 2, "4xx": 2, "5xx": 1, "left": 1}.items():
        assert page.value("steppe_http_requests_total", **route, status=status) == count
    assert page.value("steppe_http_request_duration_seconds_count", **route) == 6
    assert page.value("steppe_http_request_duration_seconds_sum", **route) == pytest.approx(0.024)
    assert page.value("steppe_http_request_duration_seconds_bucket", **route, le="0.0025") == 0
    assert page.value("steppe_http_request_duration_seconds_bucket", **route, le="0.005") == 6
    assert page.value("steppe_http_requests_total", **route, status="3xx") == 0
    assert page.value("steppe_limit_refusals_total", rate_class="reads") == 1
    assert page.value("steppe_http_cut_total", rate_class="reads") == 0
    metrics.finished(replace(EXCHANGE, cut=True))
    metrics.finished(replace(EXCHANGE, cut=True, status=0))  # left before it began
    assert Page(await metrics.page()).value("steppe_http_cut_total", rate_class="reads") == 1
    assert page.value("steppe_http_received_bytes_total", rate_class="reads") == 60
    assert page.value("steppe_http_sent_bytes_total", rate_class="reads") == 120


async def test_the_process_tells_of_its_memory_and_files() -> None:
    page = Page(await Metrics().page())
    assert page.value("process_resident_memory_bytes") > 1_000_000
    assert page.value("process_open_fds") > 0
    assert page.value("steppe_http_requests_in_flight") == 0


@pytest.mark.parametrize("seconds", [0.0, *BUCKETS, 31.0])
def test_a_duration_falls_in_every_bucket_that_it_does_not_exceed(seconds: float) -> None:
    durations = Histogram()
    durations.add(seconds)
    for bound, count in durations.cumulated():
        assert count == (seconds <= float(bound))


async def test_a_page_is_given_though_the_database_does_not_answer() -> None:
    metrics = Metrics()
    asked = asyncio.Event()

    async def broken() -> None:
        asked.set()
        raise OSError("away")

    metrics.refresh_with(broken)
    assert b"process_open_fds" in await metrics.page()
    assert asked.is_set()


async def test_the_page_and_nothing_else_is_at_the_address() -> None:
    metrics = Metrics()
    async with (
        serving_metrics("127.0.0.1:0", metrics.page) as port,
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=60) as client,
    ):
        answer = await client.get("/metrics")
        assert (answer.status_code, answer.headers["content-type"]) == (200, MEDIA_TYPE)
        assert b"steppe_http_requests_in_flight" in answer.content
        assert (await client.head("/metrics")).content == b""
        assert (await client.post("/metrics")).status_code == 405
        assert (await client.get("/v1/auth/me")).status_code == 404


async def test_a_client_that_says_nothing_sensible_does_no_harm() -> None:
    async with serving_metrics("127.0.0.1:0", Metrics().page) as port:
        for nonsense in (b"", b"\r\n\r\n", b"GET\r\n\r\n", b"x" * 10_000):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(nonsense)
            writer.write_eof()
            await reader.read()
            writer.close()
        async with httpx.AsyncClient(trust_env=False, timeout=60) as client:
            assert (await client.get(f"http://127.0.0.1:{port}/metrics")).status_code == 200


async def test_an_address_that_is_taken_keeps_nobody_from_working() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        async with serving_metrics(address, Metrics().page) as port:
            assert port is None


@pytest.mark.parametrize("address", [None, ""])
async def test_no_address_is_nowhere(address: str | None) -> None:
    async with serving_metrics(address, Metrics().page) as port:
        assert port is None


@given(st.text(max_size=30))
def test_any_label_is_read_back_as_it_was(route: str) -> None:
    series = RouteSeries("GET", route, "reads")
    series.add(200, 0.002)
    page = Page(written([series]))
    labels = {"method": "GET", "route": route, "rate_class": "reads"}
    assert page.value("steppe_http_requests_total", **labels, status="2xx") == 1
    assert page.value("steppe_http_request_duration_seconds_count", **labels) == 1
