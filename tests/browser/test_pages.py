"""Every kind of page in a real browser: phone and desk, both languages, light and dark, without the internet."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import SIZES, Visiting

pytestmark = pytest.mark.browser

PAGES = {
    "home": "/docs/{}",
    "reference": "/docs/{}/reference",
    "operation": "/docs/{}/reference/permits/post-reports",
    "read": "/docs/{}/reference/waste/get-manifests-manifest_id",
    "events": "/docs/{}/events",
    "errors": "/docs/{}/errors",
    "guides": "/docs/{}/guides",
    "guide": "/docs/{}/guides/system",
    "changelog": "/docs/{}/changelog",
    "status": "/status?lang={}",
    "lost": "/docs/{}/nothing",
}
HEAVIEST_PAGE = 60_000
HEAVIEST_ASSETS = 25_000
CONTRAST = Path(__file__).with_name("rendered.js").read_text(encoding="utf-8")


def photograph(page: Page, name: str) -> None:
    """Kept for people to look at where `STEPPE_TEST_SCREENSHOTS` names a folder."""
    folder = os.environ.get("STEPPE_TEST_SCREENSHOTS")
    if folder:
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=False)


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", PAGES)
def test_a_page_fits_its_screen_and_loads_nothing_from_elsewhere(
    visit: Visiting, name: str, size: str, language: str
) -> None:
    here = visit(size)
    page = here.open(PAGES[name].format(language))
    if name == "lost":
        here.complaints.clear()  # the browser itself reports the 404 of the page
    assert page.locator("html").get_attribute("lang") == {"zh": "zh-CN", "en": "en"}[language]
    assert page.locator("h1").count() == 1
    assert page.evaluate("document.documentElement.scrollWidth") <= SIZES[size][0]
    photograph(page, f"{name}-{size}-{language}")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", [name for name in PAGES if name != "lost"])
def test_every_text_as_it_is_rendered_can_be_read(visit: Visiting, name: str, scheme: str) -> None:
    page = visit("desktop", color_scheme=scheme).open(PAGES[name].format("zh"))
    for details in page.locator("details").all()[:3]:
        details.evaluate("node => { node.open = true; }")
    photograph(page, f"{name}-{scheme}")
    assert page.evaluate(CONTRAST) == []


@pytest.mark.parametrize("name", [name for name in PAGES if name != "lost"])
def test_a_first_visit_is_light(visit: Visiting, name: str) -> None:
    here = visit("phone")
    here.open(PAGES[name].format("zh"))
    assets = sum(size for address, size in here.received.items() if "/docs/assets/" in address)
    assert 0 < assets <= HEAVIEST_ASSETS
    assert sum(here.received.values()) - assets <= HEAVIEST_PAGE


def test_the_language_switch_leads_to_the_same_page(visit: Visiting) -> None:
    page = visit().open("/docs/zh/reference/permits/post-reports")
    page.click("a.language")
    page.wait_for_url("**/docs/en/reference/permits/post-reports")
    assert page.locator("h1").inner_text() == "Submit a report"


def test_without_script_everything_can_still_be_read(visit: Visiting) -> None:
    page = visit("phone", java_script_enabled=False).open("/docs/zh/reference/permits/post-reports")
    assert page.locator(".member").count() > 5
    assert page.locator("noscript p").inner_text() == "试用需要启用 JavaScript。"
    assert page.locator("#session").is_hidden()


def test_a_script_that_is_not_the_packages_does_not_run(visit: Visiting) -> None:
    here = visit()
    page = here.open("/docs/zh")
    page.evaluate(
        "() => { const s = document.createElement('script'); s.textContent = 'ran = 1'; document.body.append(s); }"
    )
    assert page.evaluate("window.ran") is None
    assert any("Content Security Policy" in each for each in here.complaints)
    here.complaints.clear()


def test_the_search_finds_by_words_in_either_language_and_says_when_there_is_nothing(visit: Visiting) -> None:
    page = visit("phone").open("/docs/zh/reference")
    shown = page.locator("[data-find]:visible")
    everything = shown.count()
    page.fill("input[type=search]", "执行报告")
    assert 0 < shown.count() < everything
    page.fill("input[type=search]", "post REPORT permits")
    assert 0 < shown.count() < everything
    assert "提交执行报告" in page.locator("#operations").inner_text()
    page.fill("input[type=search]", "没有这样的东西")
    assert shown.count() == 0
    assert page.locator(".nothing").is_visible()


def test_a_link_to_an_event_opens_it(visit: Visiting) -> None:
    page = visit().open("/docs/en/events#permits.report_accepted.v1")
    assert page.locator("[id='permits.report_accepted.v1']").get_attribute("open") is not None


def test_printing_leaves_out_what_paper_cannot_do(visit: Visiting) -> None:
    page = visit().open("/docs/zh/reference/permits/post-reports")
    page.emulate_media(media="print")
    assert page.locator(".trying").is_hidden()
    assert page.locator("header.top").is_hidden()
    assert page.locator(".member").first.is_visible()
