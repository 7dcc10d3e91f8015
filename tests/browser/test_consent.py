"""The page on which people sign in to somebody else's app, in a real browser: phone and desk, both languages.

The app listens on the loopback, as one on somebody's own machine does (RFC 8252 7.3): a browser holds the form to the
page's Content-Security-Policy when it is led there.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import pytest
from playwright.sync_api import Page, expect

from gateway.apps.rules import challenge_of
from services.kit.ids import new_id
from tests.browser.conftest import SIZES, Visiting
from tests.browser.test_keyboard import focused
from tests.browser.test_pages import CONTRAST, photograph

pytestmark = pytest.mark.browser

VERIFIER = "v" * 50
LANGUAGES = {"zh": "zh-CN", "en": "en-GB"}
TITLES = {"zh": "登录并授权", "en": "Sign in and allow"}
SCOPES = ("events:read", "permits:file", "permits:read", "permits:submit", "waste:read")
NAME = "示例危险废物与执行报告电子台账移动客户端"
SMALLEST_TARGET = 24
"""WCAG 2.2, 2.5.8, in CSS pixels."""
CLOSEST = 12
"""Between two fields, and between the last and the buttons."""


@dataclass
class App:
    """An app of others: what it asks the browser to open, and what it was told when people came back."""

    origin: str
    client_id: str = ""
    told: list[dict[str, str]] = field(default_factory=list)

    @property
    def back(self) -> str:
        return f"{self.origin}/back?kept=1"

    def asks(self, **changes: str) -> str:
        asked = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": self.back,
            "scope": " ".join(SCOPES),
            "state": "s-1",
            "code_challenge": challenge_of(VERIFIER),
            "code_challenge_method": "S256",
            **changes,
        }
        return f"/authorize?{urlencode(asked)}"


@pytest.fixture(scope="module")
def app(origin: tuple[str, str, str]) -> Iterator[App]:
    made = App("")

    class Back(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            where = urlsplit(self.path)
            if where.path == "/back":
                made.told.append({name: values[0] for name, values in parse_qs(where.query).items()})
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(b"<!doctype html><title>app</title><h1>app</h1>")

        def log_message(self, *_: Any) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Back) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        made.origin = f"http://127.0.0.1:{server.server_address[1]}"
        made.client_id = _registered(made, origin[2])
        yield made
        server.shutdown()


def _registered(app: App, home: str) -> str:
    client_id = f"app-{new_id().hex[-8:]}"
    command = [sys.executable, "-c", "import sys; from infra.cli import main; sys.exit(main())", "app", "add"]
    asked = [client_id, "--name", NAME, "--redirect-uri", app.back]
    asked += [word for scope in SCOPES for word in ("--scope", scope)]
    told = subprocess.run(
        [*command, *asked],
        env={**os.environ, "STEPPE_HOME": home},
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0, told.stdout + told.stderr
    return client_id


def opened(visit: Visiting, app: App, *, size: str = "desktop", language: str = "en", **options: Any) -> Page:
    here = visit(size, locale=LANGUAGES[language], **options)
    here.led_to = app.origin
    app.told.clear()
    return here.open(app.asks())


def filled(page: Page, login: str, password: str) -> None:
    page.fill("[name=username]", login)
    page.fill("[name=password]", password)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("size", SIZES)
def test_the_page_fits_its_screen_and_says_who_asks_for_what(
    visit: Visiting, app: App, size: str, language: str
) -> None:
    page = opened(visit, app, size=size, language=language)
    photograph(page, f"consent-{size}-{language}")
    assert page.locator("html").get_attribute("lang") == {"zh": "zh-CN", "en": "en"}[language]
    assert page.locator("h1").inner_text() == TITLES[language]
    assert "Steppe" in page.locator("main").inner_text()
    assert NAME in page.locator("main").inner_text()
    assert app.back in page.locator("main").inner_text()
    assert page.locator("main li").count() == len(SCOPES)
    assert page.evaluate("document.documentElement.scrollWidth") <= SIZES[size][0]
    for target in page.locator("main input:visible, main button").all():
        box = target.bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= SMALLEST_TARGET, target.inner_text()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= SIZES[size][0]
    edges = [
        box for each in page.locator("main input:visible, main .row").all() if (box := each.bounding_box())
    ]
    gaps = [below["y"] - above["y"] - above["height"] for above, below in pairwise(edges)]
    assert min(gaps) >= CLOSEST


def test_what_is_not_filled_in_is_not_sent_and_costs_no_attempt(visit: Visiting, app: App) -> None:
    page = opened(visit, app)
    asked = page.url
    page.click("[value=allow]")
    assert page.evaluate("document.activeElement.name") == "username"
    assert page.url == asked


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_of_it_can_be_read_the_one_that_refuses_included(
    visit: Visiting, app: App, scheme: str
) -> None:
    here = visit(locale=LANGUAGES["zh"], color_scheme=scheme)
    app.told.clear()
    page = here.open(app.asks())
    assert page.evaluate(CONTRAST) == []
    filled(page, f"nobody-{new_id().hex[-8:]}", "not the password")
    page.click("[value=allow]")
    expect(page.get_by_role("alert")).to_be_visible()
    password = page.locator("[name=password]")
    expect(password).to_be_focused()
    expect(password).to_have_accessible_description(page.get_by_role("alert").inner_text())
    here.complaints.clear()  # the browser itself reports the 400 of the page
    photograph(page, f"consent-refused-{scheme}")
    assert page.evaluate(CONTRAST) == []
    assert app.told == []


@pytest.mark.parametrize("size", SIZES)
def test_a_person_allows_and_the_app_redeems_its_code(
    visit: Visiting, app: App, origin: tuple[str, str, str], size: str
) -> None:
    page = opened(visit, app, size=size)
    filled(page, "heat01", origin[1])
    page.click("[value=allow]")
    page.wait_for_url(f"{app.origin}/**")
    (told,) = app.told
    assert (told["kept"], told["state"]) == ("1", "s-1")
    form = {
        "grant_type": "authorization_code",
        "client_id": app.client_id,
        "code": told["code"],
        "redirect_uri": app.back,
        "code_verifier": VERIFIER,
    }
    answer = httpx.post(f"{origin[0]}/v1/auth/token", data=form, trust_env=False)
    assert answer.status_code == 200, answer.text
    assert set(answer.json()["scope"].split()) <= set(SCOPES)


def test_a_person_denies_without_typing_anything(visit: Visiting, app: App) -> None:
    page = opened(visit, app, size="phone", language="zh")
    page.click("[value=deny]")
    page.wait_for_url(f"{app.origin}/**")
    assert [told.get("error") for told in app.told] == ["access_denied"]


def test_it_works_from_the_keyboard_and_the_focus_is_seen_at_every_stop(
    visit: Visiting, app: App, origin: tuple[str, str, str]
) -> None:
    page = opened(visit, app)
    stops = []
    for _ in range(5):
        page.keyboard.press("Tab")
        stops.append(focused(page))
    assert [stop["name"] for stop in stops] == ["INPUT", "INPUT", "INPUT", "BUTTON", "BUTTON"]
    assert [stop for stop in stops if not (stop["ring"] and stop["seen"])] == []
    page.focus("[name=username]")
    page.keyboard.type("heat01")
    page.keyboard.press("Tab")
    page.keyboard.type(origin[1])
    page.keyboard.press("Enter")  # allows: the first button of the form
    page.wait_for_url(f"{app.origin}/**")
    assert "code" in app.told[0]


def test_without_script_it_works_as_well(visit: Visiting, app: App, origin: tuple[str, str, str]) -> None:
    page = opened(visit, app, java_script_enabled=False)
    filled(page, "heat01", origin[1])
    page.click("[value=allow]")
    page.wait_for_url(f"{app.origin}/**")
    assert "code" in app.told[0]


def test_an_app_that_is_not_known_is_led_nowhere(visit: Visiting, app: App) -> None:
    here = visit("phone", locale="zh-CN")
    app.told.clear()
    page = here.open(app.asks(redirect_uri=f"{app.origin}/elsewhere"))
    here.complaints.clear()  # the browser itself reports the 400 of the page
    photograph(page, "consent-unknown-phone-zh")
    assert page.locator("h1").inner_text() == "该应用的请求无效"
    assert page.locator("form").count() == 0
    assert app.told == []
