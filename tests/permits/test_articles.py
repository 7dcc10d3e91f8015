"""A refusal that enforces a rule of law, or of a standard, names it; conflicts of versions and of states name none."""

from __future__ import annotations

import pytest

from services.kit.problems import Problem
from services.permits.enterprises.errors import EnterpriseExists
from services.permits.permits.errors import PermitExists
from services.permits.registrations.errors import NoNumberLeft, RegistrationStepNotOpen, RenewalTooEarly


@pytest.mark.parametrize(
    ("refusal", "article"),
    [
        (EnterpriseExists, "GB 32100-2015"),
        (PermitExists, "HJ 608-2017"),
        (NoNumberLeft, "HJ 608-2017"),
        (RegistrationStepNotOpen, "排污许可管理条例 第二十四条"),
        (RenewalTooEarly, "排污许可管理条例 第二十四条"),
    ],
)
def test_what_a_rule_refuses_names_the_rule(refusal: type[Problem], article: str) -> None:
    assert refusal.article == article
