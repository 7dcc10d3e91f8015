"""What holds for every kind of identifier, and the pydantic types."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from services.kit.identifiers import KINDS, check
from services.kit.identifiers.make import make_uscc
from services.kit.identifiers.types import IndustryCode, OutletCode, PermitNumber, RegionCode, Uscc

GOOD = {
    "uscc": make_uscc(region="152501", serial=10),
    "organisation_code": "73328258-6",
    "permit_number": make_uscc(region="152501", serial=11) + "001P",
    "outlet_code": "DA001",
    "treatment_facility_code": "TW001",
    "production_facility_code": "MF0001",
    "region_code": "152501",
    "industry_code": "4430",
    "waste_code": "900-249-08",
    "waste_licence": "1525010001",
    "manifest_number": "20261525000001",
    "plate": "蒙H12345",
    "id_card": "11010519491231002X",
    "phone": "13800138000",
}
kinds = st.sampled_from(sorted(KINDS))
near_misses = st.text(alphabet="0123456789ABCDEFHMPSTWXYOIZV-: ·蒙hwxo+", max_size=24)


def test_every_kind_has_a_well_formed_example_here() -> None:
    assert set(GOOD) == set(KINDS)
    assert all(check(kind, value).ok for kind, value in GOOD.items())


@given(
    kinds,
    st.one_of(st.text(), near_misses, st.text(alphabet=st.characters(codec=None)), st.text(min_size=150)),
)
def test_no_text_makes_a_check_raise(kind: str, text: str) -> None:
    verdict = check(kind, text)
    assert verdict.kind == kind
    assert verdict.ok is (verdict.code is None)
    assert verdict.ok is (verdict.reason is None)


@given(kinds, st.one_of(near_misses, st.sampled_from(sorted(GOOD.values()))), st.data())
def test_a_suggestion_is_itself_well_formed_and_a_value_is_stable(
    kind: str, text: str, data: st.DataObject
) -> None:
    at = data.draw(st.integers(0, len(text)))
    verdict = check(
        kind, text[:at] + data.draw(st.sampled_from(["", "O", "I", "S", "-", " "])) + text[at + 1 :]
    )
    if verdict.suggestion is not None:
        assert check(kind, verdict.suggestion).ok
        assert check(kind, verdict.suggestion).value == verdict.suggestion
    if verdict.ok:
        assert check(kind, verdict.value) == verdict


@pytest.mark.parametrize("kind", sorted(GOOD))
def test_a_good_value_followed_by_a_megabyte_is_refused_quickly(kind: str) -> None:
    started = time.thread_time()
    assert not check(kind, GOOD[kind] + " " * 1_000_000 + "1").ok
    assert not check(kind, GOOD[kind] + " " * 1_000_000).ok
    assert not check(kind, "ﷺ" * 1_000_000).ok
    assert time.thread_time() - started < 1


def test_an_unknown_kind_is_a_mistake_of_the_program() -> None:
    with pytest.raises(KeyError):
        check("passport", "E1")


class Holder(BaseModel):
    uscc: Uscc = GOOD["uscc"]
    permit_number: PermitNumber = GOOD["permit_number"]
    outlet: OutletCode = "DA001"
    region: RegionCode = "152501"
    industry: IndustryCode = "4430"


def test_a_field_holds_the_folded_value() -> None:
    holder = Holder(uscc=" " + GOOD["uscc"].lower(), outlet="ｄａ００１", industry="d4430")
    assert (holder.uscc, holder.outlet, holder.industry) == (GOOD["uscc"], "DA001", "D4430")


def test_a_refused_field_carries_code_text_article_and_suggestion() -> None:
    with pytest.raises(ValidationError) as caught:
        Holder(uscc=GOOD["uscc"].replace("0", "O"))
    context = caught.value.errors()[0]["ctx"]
    assert context["code"] == "uscc_character"
    assert context["article"] == "GB 32100-2015"
    assert context["suggestion"] == GOOD["uscc"]
    assert "第" in context["text"].zh


@pytest.mark.parametrize("field", ["uscc", "permit_number", "outlet", "region", "industry"])
def test_a_huge_field_is_refused_by_its_length(field: str) -> None:
    with pytest.raises(ValidationError) as caught:
        Holder.model_validate({field: "9" * 10_000_000})
    assert caught.value.errors()[0]["type"] == "string_too_long"


def test_the_schema_of_a_type_can_be_published() -> None:
    properties = Holder.model_json_schema()["properties"]
    assert properties["uscc"]["maxLength"] == 64
    assert "GB 32100-2015" in properties["uscc"]["description"]
