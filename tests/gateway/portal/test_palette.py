"""WCAG 2.2 contrast of the palette, light and dark: 4.5 for text (1.4.3), 3 for the frame of a control (1.4.11)."""

from __future__ import annotations

import re

import pytest

from gateway.portal.assets import FOLDER

CSS = (FOLDER / "portal.css").read_text(encoding="utf-8")
SURFACES = ("page", "surface", "sunken")
TEXTS = ("text", "muted", "accent", "accent-strong", "failure", "get", "post", "put", "patch", "delete")
TEXTS += ("up", "weak", "down")
PAIRS = [
    *((text, surface) for text in TEXTS for surface in SURFACES),
    ("on-accent", "accent"),
    ("on-accent", "accent-strong"),
    ("notice-text", "notice"),
    ("code-text", "code"),
]


def palette(scheme: str) -> dict[str, str]:
    light, dark = re.findall(r":root \{(.*?)\}", CSS, re.S)[:2]
    named = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", light))
    return named if scheme == "light" else named | dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", dark))


def luminance(colour: str) -> float:
    """https://www.w3.org/TR/WCAG22/#dfn-relative-luminance"""

    def linear(channel: int) -> float:
        share = channel / 255
        return share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4

    red, green, blue = (linear(int(colour[at : at + 2], 16)) for at in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_the_formula_is_that_of_the_recommendation() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("text", "background"), PAIRS)
def test_text_stands_out_from_its_background(scheme: str, text: str, background: str) -> None:
    colours = palette(scheme)
    assert contrast(colours[text], colours[background]) >= 4.5


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_frame_of_an_input_and_the_focus_ring_are_seen(scheme: str) -> None:
    colours = palette(scheme)
    for line in ("muted", "accent"):
        for background in SURFACES:
            assert contrast(colours[line], colours[background]) >= 3


def test_no_colour_is_written_beside_the_palette() -> None:
    rules = re.sub(r"--[a-z-]+: [^;]*;", "", CSS)
    assert set(re.findall(r"#[0-9a-fA-F]{3,8}\b", rules)) <= {"#999999"}  # the frame of printed code
