"""The portal has a word for everything that the policy, the catalogues and the status can say."""

from __future__ import annotations

import re

import pytest

from gateway.policy.rules import Audience, RateClass
from gateway.portal.pages import TEMPLATES
from gateway.portal.reference import SECTIONS
from gateway.portal.texts import TEXTS
from gateway.status.rules import State
from services.kit.event_catalogue import Readers

NAMES = [
    *(f"audience_{each}" for each in Audience),
    *(f"rate_{each}" for each in RateClass),
    *(f"readers_{each}" for each in Readers),
    *(f"{kind}_{each}" for each in State for kind in ("state", "status")),
    *(f"{kind}_{each}" for each in SECTIONS for kind in ("service", "about")),
]


@pytest.mark.parametrize("name", NAMES)
def test_every_value_that_is_shown_has_its_text(name: str) -> None:
    assert TEXTS[name].zh
    assert TEXTS[name].en


def test_every_text_that_a_template_asks_for_is_there_and_none_is_left_over() -> None:
    sources = "".join(path.read_text(encoding="utf-8") for path in TEMPLATES.glob("*.html"))
    asked = set(re.findall(r"""\bt\(["']([a-z_]+)["']\)""", sources))
    assert asked - TEXTS.keys() == set()
    spoken = asked | set(NAMES) | {"guides", "reference", "events", "errors", "changelog"}
    spoken |= {"path", "query", "header", "cookie"}  # where a parameter stands
    assert TEXTS.keys() - spoken == set()
