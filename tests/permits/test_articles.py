"""A refusal that enforces a rule of law, or of a standard, names it; what is purely technical names none."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator

import pytest

import services.permits
from services.kit.problems import Problem
from services.permits.applications.errors import ApplicationFourEyes, ApplicationOpen
from services.permits.enterprises.errors import EnterpriseExists
from services.permits.permits.errors import PermitExists
from services.permits.registrations.errors import NoNumberLeft, RegistrationStepNotOpen, RenewalTooEarly
from services.permits.reports.errors import CommentRequired, StepNotOpen
from services.permits.violations.errors import ViolationStepNotOpen

TECHNICAL = {
    # somebody else was faster: read it again
    "AlreadyCorrected",
    "ApplicationSuperseded",
    "DraftChanged",
    "FuelFactSuperseded",
    "GreenhouseSuperseded",
    "PermitChanged",
    "PermitVersionSuperseded",
    "RegistrationSuperseded",
    "TaxDeclarationSuperseded",
    "VersionSuperseded",
    "ViolationChanged",
    # it is there already: under its own number, on its list, or once a day
    "AlreadyListed",
    "CommentAnswered",
    "CommentRepeated",
    "DueOverrideExists",
    "EiaExists",
    "RecordExists",
    # drafts, which only our own table knows
    "ApplicationDraftOpen",
    "DraftEnded",
    "DraftOpen",
    "NothingToCorrect",
    # files
    "ApplicationTooLong",
    "AttachmentInvalid",
    "AttachmentsWaiting",
    "HeaderUnknown",
    "TooManyRows",
}
"""Refusals that no rule makes."""

OURS = {"RepudiationOver"}
"""Refusals by a rule that no law has: `docs/rules/permits.md` says of it that it is ours."""


def _refusals(kind: type[Problem] = Problem) -> Iterator[type[Problem]]:
    for each in kind.__subclasses__():
        if each.__module__.startswith("services.permits.") and each.status in (409, 422):
            yield each
        yield from _refusals(each)


@pytest.fixture(scope="module")
def refusals() -> dict[str, type[Problem]]:
    for module in pkgutil.walk_packages(services.permits.__path__, "services.permits."):
        if module.name.endswith(".errors"):
            importlib.import_module(module.name)
    return {each.__name__: each for each in _refusals()}


def test_every_refusal_names_its_article_unless_it_is_technical(refusals: dict[str, type[Problem]]) -> None:
    assert {name for name, each in refusals.items() if each.article is None} == TECHNICAL | OURS


@pytest.mark.parametrize(
    ("refusal", "article"),
    [
        (EnterpriseExists, "GB 32100-2015"),
        (PermitExists, "HJ 608-2017"),
        (NoNumberLeft, "HJ 608-2017"),
        (RegistrationStepNotOpen, "排污许可管理条例 第二十四条"),
        (RenewalTooEarly, "排污许可管理条例 第二十四条"),
        (ApplicationFourEyes, "公务员法 第七十六条"),
        (ApplicationOpen, "排污许可管理条例 第六条"),
        (CommentRequired, "排污许可管理条例 第二十二条"),
        (StepNotOpen, "排污许可管理条例 第二十二条"),
        (ViolationStepNotOpen, "排污许可管理条例 第二十五条"),
    ],
)
def test_what_a_rule_refuses_names_the_rule(refusal: type[Problem], article: str) -> None:
    assert refusal.article == article
