"""The codes of fields are read where the rules state them."""

from __future__ import annotations

import importlib

import pytest

from services.kit.finding_catalogue import findings_of, shape_findings, unread_in

SERVICES = ("permits", "waste", "credit", "emergency")


@pytest.fixture(scope="module", autouse=True)
def _loaded() -> None:
    for service in SERVICES:
        importlib.import_module(f"services.{service}.app")


def found(service: str) -> dict[str, dict[str, str]]:
    return {entry["code"]: entry for entry in findings_of(f"services.{service}")}


def test_a_finding_has_both_texts_and_the_article_that_its_rule_names() -> None:
    entry = found("permits")["negative_value"]
    assert entry["title_en"]
    assert entry["title_zh"]
    assert "排污许可管理条例" in entry["article"]


def test_codes_that_a_rule_chooses_between_are_all_read() -> None:
    codes = found("waste").keys()
    assert {"licence_not_found", "licence_of_another", "licence_not_valid"} <= codes
    texts = found("waste")
    assert texts["licence_not_valid"]["title_en"] != texts["licence_not_found"]["title_en"]


def test_what_types_refuse_is_read_with_its_article() -> None:
    kit = {entry["code"]: entry for entry in findings_of("services.kit")}
    assert {"unseen_character", "blank_name", "blank_text"} <= kit.keys()
    assert found("permits")["percentage_too_high"]["article"] == "排污许可管理条例 第二十一条"


def test_field_errors_of_validators_are_read() -> None:
    assert "decimal_string_expected" in {entry["code"] for entry in findings_of("services.kit")}


@pytest.mark.parametrize(
    ("service", "unread"), [("permits", 1), ("waste", 4), ("credit", 0), ("emergency", 1)]
)
def test_hardly_any_place_cannot_be_read(service: str, unread: int) -> None:
    assert len(found(service)) > 10
    # Other tests of this process load the tool that checks the log: it is no part of the service.
    places = [place for place in unread_in(f"services.{service}") if ".log.fsck" not in place]
    assert len(places) <= unread, places


def test_the_codes_of_documents_of_the_wrong_shape_are_there() -> None:
    assert {"missing", "extra_forbidden"} <= {entry["code"] for entry in shape_findings()}
