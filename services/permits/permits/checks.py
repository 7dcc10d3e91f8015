"""Asks the rules about what a permit says: content in, findings out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from services.kit.findings import Findings, pointer
from services.kit.texts import Text
from services.permits.permits import rules, rules_amending, rules_limits, rules_special, rules_terms
from services.permits.permits.models import PermitVersion
from services.permits.permits.schemas import (
    Averaging,
    Basis,
    LimitContent,
    OutletContent,
    PermitContent,
    PlantLimitContent,
)

_OUTLET_TWICE = Text(zh="排放口编码重复", en="the outlet code appears twice")
_LIMIT_TWICE = Text(zh="同一污染物的同类限值重复", en="the same limit appears twice")
_TWICE = Text(zh="重复", en="it appears twice")
_MONITORING_KEYS = ("outlet_code", "point", "pollutant_code", "means")
_PLANT_KEYS = ("scope", "pollutant_code", "valid_from")
_LIMIT_KEYS = ("pollutant_code", "kind", "valid_from")
_SPECIAL_KEYS = ("period", "alert_level", "outlet_code", "pollutant_code", "kind", "valid_from")


def findings_of(content: PermitContent, *, today: date) -> Findings:
    """Everything that is wrong with a permit that is entered."""
    found = _findings(content, today)
    rules.check_begin(found, valid_from=content.valid_from, issued_on=content.issued_on)
    return found


def _findings(content: PermitContent, today: date) -> Findings:
    found = Findings()
    rules.check_issued(found, issued_on=content.issued_on, today=today)
    rules.check_validity(
        found, valid_from=content.valid_from, valid_to=content.valid_to, issued_on=content.issued_on
    )
    codes = [outlet.code for outlet in content.outlets]
    rules.check_unique(found, "/outlets/{}/code", keys=codes, code="outlet_repeated", text=_OUTLET_TWICE)
    for index, outlet in enumerate(content.outlets):
        rules.check_outlet(found, index, code=outlet.code, medium=outlet.medium)
        _check_limits(found, pointer("outlets", index, "limits"), outlet)
    _check_plant(found, content.plant_limits)
    _check_special(found, content)
    _check_monitoring(found, content)
    _check_facilities(found, content)
    return found


def findings_of_version(
    content: PermitContent, basis: Basis, versions: Sequence[PermitVersion], *, today: date
) -> Findings:
    """Everything that is wrong with a new version of a permit; `versions` are those before it, oldest first."""
    found = _findings(content, today)
    present = term_of(versions[-1])
    new = rules_amending.Term(content.valid_from, content.valid_to, basis.effective_from)
    rules_amending.check_begin(found, present=present, new=new)
    rules_amending.check_term(found, kind=basis.kind, present=present, new=new)
    rules_amending.check_reason(found, kind=basis.kind, reason=basis.reason)
    return found


def term_of(version: PermitVersion) -> rules_amending.Term:
    return rules_amending.Term(version.valid_from, version.valid_to, version.effective_from)


def _check_limits(found: Findings, where: str, outlet: OutletContent) -> None:
    forms = [
        _form(limit, f"{where}/{place}", medium=outlet.medium) for place, limit in enumerate(outlet.limits)
    ]
    for limit, form in zip(outlet.limits, forms, strict=True):
        _check_limit(found, form, limit.averaging)
    _check_years(found, forms, keys=[limit.pollutant_code for limit in outlet.limits])
    _check_unique(found, where, outlet.limits, _LIMIT_KEYS)


def _check_limit(found: Findings, form: rules_limits.LimitForm, averaging: Averaging | None) -> None:
    at = form.where
    rules_limits.check_unit(found, f"{at}/unit", medium=form.medium, kind=form.kind, unit=form.unit)
    rules.check_order(found, f"{at}/valid_to", valid_from=form.valid_from, valid_to=form.valid_to)
    for check in (
        rules_limits.check_bounds,
        rules_limits.check_promise,
        rules_limits.check_words,
        rules_limits.check_year,
    ):
        check(found, form)
    rule = rules_limits.AveragingRule(**averaging.model_dump()) if averaging else None
    rules_limits.check_averaging(found, f"{at}/averaging", kind=form.kind, rule=rule)


def _form(limit: LimitContent, where: str, *, medium: str) -> rules_limits.LimitForm:
    given = limit.model_dump(exclude={"pollutant_code", "pollutant_name", "standard", "averaging"})
    return rules_limits.LimitForm(where=where, medium=medium, **given)


def _check_years(found: Findings, forms: Sequence[rules_limits.LimitForm], *, keys: Sequence[str]) -> None:
    for key in dict.fromkeys(keys):
        same = [form for form, of in zip(forms, keys, strict=True) if of == key]
        rules_limits.check_years_in_order(found, same)


def _check_plant(found: Findings, limits: Sequence[PlantLimitContent]) -> None:
    forms = [
        rules_limits.LimitForm(
            where=f"/plant_limits/{place}",
            medium=None,
            kind="annual_amount",
            unit="t/a",
            **limit.model_dump(include={"value", "permit_year", "valid_from", "valid_to"}),
        )
        for place, limit in enumerate(limits)
    ]
    for form in forms:
        rules.check_order(found, f"{form.where}/valid_to", valid_from=form.valid_from, valid_to=form.valid_to)
        rules_limits.check_year(found, form)
    _check_years(found, forms, keys=[f"{limit.scope} {limit.pollutant_code}" for limit in limits])
    _check_unique(found, "/plant_limits", limits, _PLANT_KEYS)


def _check_special(found: Findings, content: PermitContent) -> None:
    outlets = {outlet.code: outlet.medium for outlet in content.outlets}
    for place, limit in enumerate(content.special_limits):
        at = f"/special_limits/{place}"
        form = rules_special.SpecialForm(
            where=at,
            **limit.model_dump(
                include={"period", "alert_level", "outlet_code", "kind", "value", "prohibited"}
            ),
        )
        rules_special.check_level(found, form)
        rules_special.check_value(found, form)
        rules_special.check_outlet(found, form, outlets=frozenset(outlets))
        medium = outlets.get(limit.outlet_code or "")
        rules_limits.check_unit(found, f"{at}/unit", medium=medium, kind=limit.kind, unit=limit.unit)
        rules.check_order(found, f"{at}/valid_to", valid_from=limit.valid_from, valid_to=limit.valid_to)
        rule = rules_limits.AveragingRule(**limit.averaging.model_dump()) if limit.averaging else None
        rules_limits.check_averaging(found, f"{at}/averaging", kind=limit.kind, rule=rule)
    _check_unique(found, "/special_limits", content.special_limits, _SPECIAL_KEYS)


def _check_monitoring(found: Findings, content: PermitContent) -> None:
    outlets = {outlet.code for outlet in content.outlets}
    for place, row in enumerate(content.monitoring):
        form = rules_terms.MonitoringForm(
            where=f"/monitoring/{place}",
            **row.model_dump(include={"outlet_code", "point", "means"}),
            has_frequency=row.frequency is not None,
            has_fallback=row.fallback is not None,
        )
        rules_terms.check_place(found, form, outlets=outlets)
        rules_terms.check_frequency(found, form)
    _check_unique(found, "/monitoring", content.monitoring, _MONITORING_KEYS, code="row_repeated")


def _check_facilities(found: Findings, content: PermitContent) -> None:
    terms, where = content.terms, "/terms/treatment_facilities"
    outlets = {outlet.code for outlet in content.outlets}
    production = {facility.code for facility in terms.production_facilities}
    for place, facility in enumerate(terms.treatment_facilities):
        for index, code in enumerate(facility.serves):
            rules_terms.check_facility(found, f"{where}/{place}/serves/{index}", code, production)
        for index, code in enumerate(facility.outlets):
            at = f"{where}/{place}/outlets/{index}"
            rules_terms.check_outlet(found, at, code, outlets, article=rules_terms.ARTICLE_FACILITIES)
    for name, facilities in (
        ("production_facilities", terms.production_facilities),
        ("treatment_facilities", terms.treatment_facilities),
    ):
        _check_unique(found, f"/terms/{name}", facilities, ("code",), code="facility_repeated")


def _check_unique(
    found: Findings,
    where: str,
    items: Iterable[object],
    names: tuple[str, ...],
    *,
    code: str = "limit_repeated",
) -> None:
    rules.check_unique(
        found,
        where + "/{}",
        keys=[tuple(getattr(item, name) for name in names) for item in items],
        code=code,
        text=_LIMIT_TWICE if code == "limit_repeated" else _TWICE,
        rests_on=tuple(f"{where}/*/{name}" for name in names),
    )
