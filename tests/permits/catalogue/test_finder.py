"""The catalogue as data, each threshold at its edge, and what holds of every answer."""

from __future__ import annotations

import csv
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.kit.identifiers import check
from services.permits.catalogue.conditions import (
    STRICTNESS,
    AllOf,
    AnyOf,
    Class,
    Condition,
    Fact,
    InIndustry,
    Known,
    Not,
)
from services.permits.catalogue.editions import DATA, CatalogueInvalid, catalogue, load
from services.permits.catalogue.rules import SiteVerdict, find

TODAY = date(2026, 11, 26)
_found = catalogue().on(TODAY)
assert _found is not None
EDITION = _found
SITE_FACTS = [fact for fact in EDITION.facts.values() if fact.of == "site"]
ACTIVITY_FACTS = [fact for fact in EDITION.facts.values() if fact.of == "activity"]
BOUNDS = sorted(Fraction(n) for n in (0, "0.5", 1, 10, 20, 30, 100, 250, 500, 1000, 20000, 100000, 10**7))


def known(code: str = "", **facts: str | bool) -> Known:
    return Known(
        code,
        {name: Fraction(value) for name, value in facts.items() if isinstance(value, str)},
        {name: value for name, value in facts.items() if isinstance(value, bool)},
    )


def class_of(code: str, **facts: str | bool) -> Class | None:
    """The class of one activity at a site, all facts in one bag."""
    of = {name: EDITION.facts[name].of for name in facts}
    site = known(**{name: value for name, value in facts.items() if of[name] == "site"})
    activity = known(code, **{name: value for name, value in facts.items() if of[name] == "activity"})
    return find(EDITION.rows, site, [activity]).activities[0].decided


def codes_in(condition: Condition) -> set[str]:
    match condition:
        case InIndustry(codes=codes):
            return set(codes)
        case AllOf(parts=parts) | AnyOf(parts=parts):
            return {code for part in parts for code in codes_in(part)}
        case Not(part=part):
            return codes_in(part)
    return set()


class TestData:
    def test_the_2019_edition_has_112_rows_of_the_official_table(self) -> None:
        with (DATA / "permit-management-2019.csv").open(encoding="utf-8", newline="") as file:
            assert sum(1 for _ in csv.DictReader(file)) == 112
        assert [row.row for row in EDITION.rows] == list(range(1, 113))
        assert all(row.words[name] for row in EDITION.rows for name in ("key", "simplified", "registration"))
        assert len({row.heading for row in EDITION.rows}) == 51

    def test_every_code_is_one_and_every_row_of_an_industry_has_codes_that_no_other_row_has(self) -> None:
        codes = [code for row in EDITION.rows for code in row.codes]
        assert all(check("industry_code", code).ok for code in codes)
        assert len(codes) == len(set(codes))
        assert all(row.codes for row in EDITION.rows[:107])
        assert not any(row.codes for row in EDITION.rows[107:])
        assert all(code in row.industries + row.words["key"] for row in EDITION.rows for code in row.codes)

    def test_rows_that_are_not_wholly_decided_by_facts_say_so(self) -> None:
        by_facts = {row.row for row in EDITION.rows if row.by_facts}
        assert {1, 2, 8, 9, 13, 36, 63, 64, 95, 96, 99, 100, 102, 107, 108, 109, 112} <= by_facts
        assert not {14, 32, 81, 85, 103, 104} & by_facts

    def test_a_class_given_by_industry_is_the_one_in_whose_words_the_industry_stands(self) -> None:
        for row in EDITION.rows:
            for clause in row.clauses:
                named = {code for code in codes_in(clause.condition) if len(code) == 4}
                assert all(code in row.words[clause.of_class] for code in named - {"3011"}), row.row

    def test_it_serves_from_its_day_on(self) -> None:
        assert catalogue().on(date(2019, 12, 19)) is None
        assert catalogue().on(date(2019, 12, 20)) is EDITION

    @pytest.mark.parametrize(
        ("was", "becomes"),
        [
            ("96,三十九", "97,三十九"),
            (",443,", ",44X,"),
            (",443,,热力生产和供应443,", ",443,,,"),
        ],
    )
    def test_a_table_that_cannot_be_relied_on_is_refused(
        self, tmp_path: Path, was: str, becomes: str
    ) -> None:
        for file in DATA.iterdir():
            text = file.read_text(encoding="utf-8")
            assert file.suffix != ".csv" or was in text
            (tmp_path / file.name).write_text(text.replace(was, becomes), encoding="utf-8")
        with pytest.raises(CatalogueInvalid, match=r"permit-management-2019\.csv"):
            load(tmp_path)


LETTERS: dict[str, Class] = {"r": "registration", "s": "simplified", "k": "key"}
BUILDING: dict[str, str | bool] = {"industrial_building": True}
SLAUGHTER = {f"{animal}_slaughtered": "0" for animal in ("pigs", "cattle", "sheep", "poultry")}
MEAT: dict[str, str | bool] = {**SLAUGHTER, "meat_processed": "0", **BUILDING}
STARCH: dict[str, str | bool] = {
    **{f"{name}_starch": "0" for name in ("maize", "tuber", "bean", "wheat")},
    "starch_products": "0",
    "starch_products_fermented": False,
    **BUILDING,
}
QUIET: dict[str, str | bool] = {
    **{fact.name: "0" if fact.units else False for fact in SITE_FACTS},
}
"""A site of which everything is known, and that has nothing."""


class TestThresholds:
    @pytest.mark.parametrize(
        ("code", "fact", "rest", "classes"),
        [
            ("4430", "boiler_output", {"gas_boilers_only": True}, "0.9r 1r 1.1s 19.9s 20k 21k"),
            ("4430", "boiler_output", {"gas_boilers_only": False}, "0.5s 1s"),
            ("4620", "sewage_capacity", {"industrial_wastewater": False}, "499r 500s 19999s 20000k 20001k"),
            ("5941", "oil_depot", {"reserve_depot": False}, "0r 9999r 10000s 99999s 100000k"),
            ("8411", "beds", {}, "99r 100s 499s 500k 501k"),
            ("8416", "beds", {}, "99r 100s 500s"),
            ("8415", "beds", {"psychiatric_or_rehabilitation": True}, "99r 500s"),
            ("8415", "beds", {"psychiatric_or_rehabilitation": False}, "499s 500k"),
            ("1351", "pigs_slaughtered", MEAT, "19999r 20000s 99999s 100000k"),
            ("1351", "cattle_slaughtered", MEAT, "1999r 2000s 9999s 10000k"),
            ("1351", "sheep_slaughtered", MEAT, "24999r 25000s 149999s 150000k"),
            ("1352", "poultry_slaughtered", MEAT, "999999r 1000000s 9999999s 10000000k"),
            ("1353", "meat_processed", MEAT, "19999r 20000s 20001s"),
            ("1340", "sugar_crop", BUILDING, "999s 1000k 1001k"),
            ("1391", "maize_starch", STARCH, "14999r 15000s 149999s 150000k"),
            ("1391", "tuber_starch", STARCH, "999r 1000s 14999s 15000k"),
            ("1391", "bean_starch", STARCH, "999r 1000s 15000s"),
            ("1391", "wheat_starch", STARCH, "44999r 45000s 45001s"),
            ("1391", "starch_products", STARCH, "999r 1000s 9999s 10000k"),
        ],
    )
    def test_a_row_of_an_industry_below_at_and_above(
        self, code: str, fact: str, rest: dict[str, str | bool], classes: str
    ) -> None:
        """`classes`: quantities, each with the first letter of the class that it makes."""
        expected = {each[:-1]: LETTERS[each[-1]] for each in classes.split()}
        assert {value: class_of(code, **{**QUIET, **rest, fact: value}) for value in expected} == expected

    @pytest.mark.parametrize(
        ("code", "stated", "expected"),
        [
            ("1310", {"industrial_building": True}, "registration"),
            ("1310", {"industrial_building": False}, "none"),
            ("1320", {"industrial_building": True, "fermentation": True}, "simplified"),
            ("1320", {"industrial_building": True, "fermentation": False}, "registration"),
            ("1331", {"industrial_building": True, "mixing_or_packing_only": False}, "simplified"),
            ("1331", {"industrial_building": True, "mixing_or_packing_only": True}, "registration"),
            ("3011", {"clinker": True}, "key"),
            ("3011", {"clinker": False, "grinding_station": True}, "simplified"),
            ("3011", {"clinker": False, "grinding_station": False}, None),
            ("3021", {}, "registration"),
            ("3029", {}, "registration"),
            ("3012", {}, "simplified"),
            ("3031", {"coal_fired_sintered": True}, "key"),
            ("3031", {"coal_fired_sintered": False, "cutting_only": False}, "simplified"),
            ("3032", {"cutting_only": False}, "simplified"),
            ("3032", {"cutting_only": True}, "registration"),
            ("5265", {"filling_station": True, "in_built_up_area": True}, "simplified"),
            ("5265", {"filling_station": True, "in_built_up_area": False}, "registration"),
            ("5261", {"filling_station": False}, None),
            ("4620", {"industrial_wastewater": True}, "key"),
            ("5941", {"reserve_depot": True}, None),
            ("0313", {"large_scale": True, "outfall": True}, "key"),
            ("0313", {"large_scale": True, "outfall": False}, "registration"),
            ("0313", {"large_scale": False, "outfall": False}, None),
            ("0391", {"outfall": True}, "registration"),
            ("4412", {}, "key"),
            ("4417", {"waste_fired": True}, "key"),
            ("4417", {"waste_fired": False, "biomass_or_gas_fired": True}, "simplified"),
            ("4415", {}, None),
            ("8080", {"crematorium": True}, "simplified"),
            ("8111", {"garage_area": "4999", "painting": True}, None),
            ("8111", {"garage_area": "5000", "painting": True}, "simplified"),
            ("8111", {"garage_area": "5001", "painting": True}, "simplified"),
            ("3620", {"on_key_list": True}, "key"),
            ("3620", {"on_key_list": False}, None),
            ("8431", {}, "registration"),
            ("8432", {}, None),
            ("2710", {}, "key"),
        ],
    )
    def test_a_row_that_statements_decide(
        self, code: str, stated: dict[str, str | bool], expected: Class | None
    ) -> None:
        assert class_of(code, **{**QUIET, **stated}) == expected

    @pytest.mark.parametrize("code", ["0810", "0919", "1012", "0610"])
    @pytest.mark.parametrize(
        ("stated", "expected"),
        [
            ({}, "registration"),
            ({"boiler_output": "19.9"}, "registration"),
            ({"boiler_output": "20"}, "simplified"),
            ({"boiler_output": "1", "on_key_list": True}, "key"),
            ({"electric_boilers": True, "on_key_list": True}, "key"),
            ({"kilns": True}, "registration"),
            ({"kilns": True, "kilns_beyond_gas_or_electric_heating": True}, "simplified"),
            ({"surface_treatment": True, "organic_solvent": "9.9"}, "registration"),
            ({"surface_treatment": True, "organic_solvent": "10"}, "simplified"),
            ({"water_treatment": "19999"}, "registration"),
            ({"water_treatment": "20000"}, "simplified"),
            ({"on_key_list": True}, "registration"),
        ],
    )
    def test_mining_and_ore_dressing_go_by_the_general_procedures(
        self, code: str, stated: dict[str, str | bool], expected: Class
    ) -> None:
        assert class_of(code, **{**QUIET, **stated}) == expected

    @pytest.mark.parametrize(
        ("fact", "bound"),
        [
            ("so2_emitted", "250"),
            ("nox_emitted", "250"),
            ("dust_emitted", "500"),
            ("cod_emitted", "30"),
            ("total_nitrogen_emitted", "10"),
            ("total_phosphorus_emitted", "0.5"),
            ("toxic_equivalents", "3000"),
            ("ammonia_nitrogen_emitted", "30"),
            ("petroleum_emitted", "30"),
            ("volatile_phenols_emitted", "30"),
        ],
    )
    def test_article_7_makes_another_industry_key_above_its_quantities(self, fact: str, bound: str) -> None:
        over = str(Fraction(bound) + Fraction(1, 100))
        assert class_of("6110", **{**QUIET, fact: bound}) == "none"
        assert class_of("6110", **{**QUIET, fact: over}) == "key"
        assert class_of("6110", **{fact: over}) == "key"  # whatever else

    def test_article_7_item_5_is_a_sum_and_item_1_the_list(self) -> None:
        thirds = {
            f"{name}_emitted": "10.01" for name in ("ammonia_nitrogen", "petroleum", "volatile_phenols")
        }
        assert class_of("6110", **{**QUIET, **thirds}) == "key"
        assert class_of("6110", **{**QUIET, "on_key_list": True}) == "key"
        assert class_of("6110", **{**QUIET, "water_treatment": "499"}) == "none"
        assert class_of("6110", **{**QUIET, "water_treatment": "500"}) == "registration"

    def test_a_stricter_general_procedure_beside_a_rows_own_words_goes_to_a_reviewer_with_article_6(
        self,
    ) -> None:
        found = find(EDITION.rows, known(boiler_output="20"), [known("8411", beds="50")])
        (hospital,) = found.activities
        assert hospital.open == ("article_6",)
        assert hospital.classes == {"registration", "simplified"}
        assert found.decided is None

    def test_a_code_too_short_to_tell_is_never_decided_alone(self) -> None:
        (foundry,) = find(EDITION.rows, known(), [known("339")]).activities
        assert (foundry.rows, foundry.open) == ((80, 82), ("several_rows",))
        (cement,) = find(EDITION.rows, known(), [known("301", clinker=False)]).activities
        assert "industry_code" in cement.missing
        assert cement.decided is None


def stated(facts: list[Fact]) -> st.SearchStrategy[dict[str, Fraction | bool]]:
    """Some of these facts, quantities at and around every bound."""
    around = st.builds(
        lambda bound, step: max(bound + step, Fraction(0)),
        st.sampled_from(BOUNDS),
        st.sampled_from([Fraction(-1, 10), Fraction(0), Fraction(1, 10)]),
    )
    return st.fixed_dictionaries(
        {}, optional={fact.name: around if fact.units else st.booleans() for fact in facts}
    )


def bag(code: str, facts: dict[str, Fraction | bool]) -> Known:
    return Known(
        code,
        {name: value for name, value in facts.items() if not isinstance(value, bool)},
        {name: value for name, value in facts.items() if isinstance(value, bool)},
    )


OF_CLASSES = ("1351", "1391", "3011", "3021", "3031", "3391", "4430", "4620", "5265", "5941", "6110", "8411")
CODES = st.sampled_from(
    [*(code for row in EDITION.rows for code in row.codes), *OF_CLASSES, "8415", "8416", "8431", "33", "08"]
)
ACTIVITIES = st.lists(st.builds(bag, CODES, stated(ACTIVITY_FACTS)), min_size=1, max_size=3)
SITES = stated(SITE_FACTS)


def found(site: dict[str, Fraction | bool], activities: list[Known]) -> SiteVerdict:
    return find(EDITION.rows, bag("", site), activities)


class TestProperties:
    @given(SITES, ACTIVITIES, st.data())
    def test_more_scale_never_gives_a_laxer_class(
        self, site: dict[str, Fraction | bool], activities: list[Known], data: st.DataObject
    ) -> None:
        more = st.sampled_from([Fraction(0), Fraction(1, 10), Fraction(1000), Fraction(10**8)])
        larger_site = {
            name: value if isinstance(value, bool) else value + data.draw(more)
            for name, value in site.items()
        }
        larger = [
            Known(each.code, {n: v + data.draw(more) for n, v in each.quantities.items()}, each.statements)
            for each in activities
        ]
        before, after = found(site, activities), found(larger_site, larger)
        for small, large in zip(before.activities, after.activities, strict=True):
            assert STRICTNESS[large.at_least] >= STRICTNESS[small.at_least]
        if before.decided and after.decided:
            assert STRICTNESS[after.decided] >= STRICTNESS[before.decided]

    @given(SITES, ACTIVITIES, ACTIVITIES)
    def test_another_activity_never_gives_a_laxer_site(
        self, site: dict[str, Fraction | bool], activities: list[Known], others: list[Known]
    ) -> None:
        few, many = found(site, activities), found(site, [*activities, *others])
        assert STRICTNESS[many.at_least] >= STRICTNESS[few.at_least]
        assert STRICTNESS[many.at_most] >= STRICTNESS[few.at_most]

    @given(SITES, SITES, CODES, stated(ACTIVITY_FACTS), stated(ACTIVITY_FACTS))
    def test_what_was_not_stated_never_turns_a_decided_class_into_another(
        self,
        site: dict[str, Fraction | bool],
        more_of_site: dict[str, Fraction | bool],
        code: str,
        facts: dict[str, Fraction | bool],
        more: dict[str, Fraction | bool],
    ) -> None:
        """Whatever comes out later about what nobody had stated: the answer stays, or article 6 calls a reviewer."""
        (before,) = found(site, [bag(code, facts)]).activities
        (after,) = found({**more_of_site, **site}, [bag(code, {**more, **facts})]).activities
        assert STRICTNESS[after.at_least] >= STRICTNESS[before.at_least]
        if "article_6" not in after.open:
            assert after.classes <= before.classes

    @given(CODES)
    def test_without_any_fact_nothing_is_decided_but_what_needs_none(self, code: str) -> None:
        (verdict,) = found({}, [bag(code, {})]).activities
        free = {36, 53, 72}  # 全部
        if not free.issuperset(verdict.rows):
            assert verdict.decided is None or code in {"8431", "3021", "4412"}
