"""`steppe health`: what the health check of a container asks."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from infra.health import address, main
from infra.local.ports import free_port
from infra.process_table import PROCESSES, named


@contextmanager
def answering(status: int) -> Iterator[int]:
    """The port of a server whose /readyz answers with that status, and everything else with 200."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status if self.path == "/readyz" else 200)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name in the library
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every process has a port at which nothing listens."""
    port = free_port()
    for spec in PROCESSES:
        monkeypatch.setenv(f"STEPPE_{spec.name.upper()}_PORT", str(port + spec.port_offset))
        monkeypatch.delenv(f"STEPPE_{spec.name.upper()}_HOST", raising=False)


@pytest.mark.parametrize(("status", "code"), [(200, 0), (503, 1), (404, 1)])
@pytest.mark.usefixtures("nobody")
def test_ready_is_0_and_anything_else_is_1(status: int, code: int, monkeypatch: pytest.MonkeyPatch) -> None:
    with answering(status) as port:
        monkeypatch.setenv("STEPPE_WASTE_PORT", str(port))
        assert main(["waste"]) == code
        assert main([]) == code  # whichever runs here
        assert main(["permits"]) == 1


@pytest.mark.usefixtures("nobody")
def test_where_nothing_listens_it_is_1(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["gateway"]) == 1
    assert main([]) == 1
    assert "not ready" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, ("127.0.0.1", 8003)),
        ({"STEPPE_CREDIT_HOST": "0.0.0.0", "STEPPE_CREDIT_PORT": "9"}, ("127.0.0.1", 9)),  # noqa: S104 - text
        ({"STEPPE_CREDIT_HOST": "10.1.2.3", "STEPPE_WASTE_PORT": "9"}, ("10.1.2.3", 8003)),
        ({"STEPPE_CREDIT_HOST": "", "STEPPE_CREDIT_PORT": ""}, ("127.0.0.1", 8003)),
    ],
)
def test_it_asks_where_the_process_listens(environment: dict[str, str], expected: tuple[str, int]) -> None:
    assert address(named("credit"), environment) == expected


def test_a_process_that_is_none_is_bad_usage() -> None:
    with pytest.raises(SystemExit) as end:
        main(["weather"])
    assert end.value.code == 2
