"""A real headless Chromium before the real stack with the sample city. It reaches nothing but the gateway."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect, sync_playwright

from infra.local.banner import sample_password
from tests.support.homes import sample_stack

SIZES = {"phone": (390, 844), "desktop": (1280, 860)}
NAMES = ("chromium", "chromium-browser", "google-chrome")


@dataclass
class Visit:
    """One tab. `complaints` are console errors, failed requests and requests to anywhere else; it must end empty."""

    page: Page
    origin: str
    complaints: list[str] = field(default_factory=list)
    received: dict[str, int] = field(default_factory=dict)
    """Bytes that came over the wire, by address."""
    led_to: str | None = None
    """The one other origin that a page may lead to."""

    def open(self, path: str) -> Page:
        self.page.goto(self.origin + path)
        self.page.wait_for_load_state("networkidle")
        return self.page

    def sign_in(self, login: str, password: str, *, otp: str = "") -> None:
        self.page.click("#session")
        self.page.fill("#sign-in-form [name=username]", login)
        self.page.fill("#sign-in-form [name=password]", password)
        self.page.fill("#sign-in-form [name=otp]", otp)
        self.page.click("#sign-in-form [type=submit]")
        expect(self.page.locator("#session")).to_have_text(login)


Visiting = Callable[..., Visit]


@pytest.fixture(scope="session")
def origin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str, str]]:
    """The gateway's address, the password of the sample accounts and the stack's home; a running one may be given."""
    given = os.environ.get("STEPPE_TEST_STACK_HOME")
    if given:
        yield os.environ["STEPPE_TEST_STACK_URL"], sample_password(Path(given) / "secrets"), given
        return
    # A tab whose requests are looked at keeps no cache: each page fetches all its assets anew.
    environ = {**os.environ, "STEPPE_GATEWAY_LIMITS_SCALE": "50"}
    with sample_stack(tmp_path_factory, environ=environ) as stack:
        yield stack.gateway_url, sample_password(stack.home / "secrets"), str(stack.home)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The system's Chromium, or the one that playwright has installed (`.ci/browser`)."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    # No name but the gateway's address resolves: what is not in the package cannot be had.
    arguments = ["--no-sandbox", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"]
    with sync_playwright() as playwright:
        try:
            started = playwright.chromium.launch(executable_path=found, args=arguments)
        except Exception as error:  # playwright's own class is raised for whatever is missing
            pytest.skip(f"no Chromium: {error}")
        yield started
        started.close()


@pytest.fixture
def visit(browser: Browser, origin: tuple[str, str, str]) -> Iterator[Visiting]:
    """Makes tabs; when the test ends every one of them must have had nothing to complain about."""
    made: list[Visit] = []

    def start(size: str = "desktop", **options: Any) -> Visit:
        width, height = SIZES[size]
        context = browser.new_context(viewport={"width": width, "height": height}, **options)
        one = Visit(context.new_page(), origin[0])
        context.route("**/*", lambda route: _only_here(route, one))
        one.page.on("console", lambda message: _heard(one, message))
        one.page.on("pageerror", lambda error: one.complaints.append(f"script: {error}"))
        one.page.on("requestfailed", lambda request: one.complaints.append(f"failed: {request.url}"))
        one.page.on("requestfinished", lambda request: _weighed(one, request))
        made.append(one)
        return one

    yield start
    complaints = [complaint for one in made for complaint in one.complaints]
    for one in made:
        one.page.context.close()
    assert complaints == []


def _only_here(route: Route, one: Visit) -> None:
    if route.request.url.startswith((one.origin, one.led_to or one.origin)):
        route.continue_()
        return
    one.complaints.append(f"asked elsewhere: {route.request.url}")
    route.abort()


def _heard(one: Visit, message: Any) -> None:
    # An answer of 4xx to «try it» is the API's, not the page's.
    refused = "Failed to load resource" in message.text and "/v1/" in message.location.get("url", "")
    if message.type in ("error", "warning") and not refused:
        one.complaints.append(f"{message.type}: {message.text}")


def _weighed(one: Visit, request: Any) -> None:
    sizes = request.sizes()
    one.received[request.url] = sizes["responseBodySize"] + sizes["responseHeadersSize"]
