"""The reference: every operation of the real services once, with who may call it."""

from __future__ import annotations

import pytest

from gateway.policy.loading import load
from gateway.portal.reference import Reference, bilingual, read, slug_of
from services.kit.texts import Text
from tests.gateway.portal.document import merged_document


@pytest.fixture(scope="module")
def reference() -> Reference:
    return read(merged_document(), load())


def test_every_operation_has_a_page_of_its_own_and_a_policy(reference: Reference) -> None:
    assert len(reference.operations) > 100
    assert len(reference.by_slug) == len(reference.operations)
    assert [each.key for each in reference.operations if each.policy is None] == []


def test_an_operation_is_found_by_service_and_slug(reference: Reference) -> None:
    operation = reference.by_slug[("permits", "post-reports-report_id-reviews")]
    assert operation.key == "POST /v1/permits/reports/{report_id}/reviews"
    assert (operation.title.zh, operation.title.en) == ("审核执行报告", "Accept or return a report")
    assert operation.signed_in
    assert {each.name for each in operation.parameters} == {"report_id", "Idempotency-Key"}
    assert "version" in {row.name for row in operation.body.rows} if operation.body else False


def test_refusals_name_their_codes(reference: Reference) -> None:
    operation = reference.by_slug[("permits", "post-reports")]
    codes = {each.status: each.codes for each in operation.answers}
    assert codes["409"] == ("already_reported", "period_not_over")
    assert codes["401"] == ()


def test_groups_keep_the_documents_order(reference: Reference) -> None:
    assert list(reference.of_service("permits"))[:3] == ["enterprises", "permits", "obligations"]


@pytest.mark.parametrize(
    ("summary", "zh", "en"),
    [
        ("提交执行报告 Submit a report", "提交执行报告", "Submit a report"),
        (
            "最新检查点（C2SP已签名文本） Newest checkpoint",
            "最新检查点（C2SP已签名文本）",
            "Newest checkpoint",
        ),
        ("Sign in", "Sign in", "Sign in"),
        ("登录", "登录", "登录"),
    ],
)
def test_a_summary_in_two_languages_is_parted(summary: str, zh: str, en: str) -> None:
    assert bilingual(summary) == Text(zh=zh, en=en)


def test_slugs_are_made_of_plain_characters() -> None:
    assert slug_of("GET", "/v1/permits/reports/{report_id}", "permits") == "get-reports-report_id"
    assert slug_of("GET", "/.well-known/jwks.json", "gateway") == "get-well-known-jwks-json"
