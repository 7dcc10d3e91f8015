"""The portal without a mouse: the focus is seen wherever it goes, nothing needs a pointer (WCAG 2.2: 2.1.1, 2.4.7)."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visiting

pytestmark = pytest.mark.browser

FOCUS = """() => {
  const node = document.activeElement;
  const style = getComputedStyle(node);
  const box = node.getBoundingClientRect();
  return { name: node.tagName, text: (node.textContent || node.name || "").trim().slice(0, 30),
    ring: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
    seen: box.width > 0 && box.bottom > 0 && box.top < innerHeight };
}"""


def focused(page: Page) -> dict[str, object]:
    answer: dict[str, object] = page.evaluate(FOCUS)
    return answer


def test_the_first_stop_leads_past_the_header(visit: Visiting) -> None:
    page = visit().open("/docs/zh/reference")
    page.keyboard.press("Tab")
    assert focused(page)["text"] == "跳到正文"
    assert focused(page)["seen"]
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert focused(page)["name"] == "INPUT"


@pytest.mark.parametrize(
    "path", ["/docs/zh", "/docs/en/reference/permits/post-reports", "/docs/zh/guides/system"]
)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_focus_is_seen_at_every_stop(visit: Visiting, path: str, scheme: str) -> None:
    page = visit("desktop", color_scheme=scheme, reduced_motion="reduce").open(path)
    unseen, stops = [], 0
    for _ in range(60):
        page.keyboard.press("Tab")
        here = focused(page)
        if here["name"] == "BODY":
            break
        stops += 1
        if not (here["ring"] and here["seen"]):
            unseen.append(here)
    assert stops > 10
    assert unseen == []


def test_signing_in_works_from_the_keyboard_and_escape_leaves_it(
    visit: Visiting, origin: tuple[str, str, str]
) -> None:
    page = visit().open("/docs/zh/reference/gateway/get-auth-me")
    page.focus("#session")
    page.keyboard.press("Enter")
    assert page.locator("dialog[open]").count() == 1
    page.keyboard.press("Escape")
    assert page.locator("dialog[open]").count() == 0
    page.keyboard.press("Enter")
    page.keyboard.type("clerk01")
    page.keyboard.press("Tab")
    page.keyboard.type(origin[1])
    page.keyboard.press("Enter")
    expect(page.locator("#session")).to_have_text("clerk01")
