"""All that is wrong with a report comes at once: as many errors as were put in, shape and rules together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from copy import deepcopy
from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from services.kit.errors import from_validation
from services.kit.findings import FieldError
from services.kit.salvage import Unreadable, certain, salvage
from services.permits.permits.rules import LimitFact
from services.permits.reports.checks import Period, findings_of
from services.permits.reports.schemas import ReportContent

OUTLETS = ("DA001", "DA002", "DW001", "DW002")
POLLUTANTS = ("a21026", "a21002", "a34013")
PERIOD = Period("91152501XY70000001001P", date(2026, 1, 1), date(2026, 3, 31))
LIMITS = [
    LimitFact(outlet, pollutant, kind, Decimal(100), "mg/m3", date(2025, 1, 1), None)
    for outlet in OUTLETS
    for pollutant in POLLUTANTS
    for kind in ("hourly_concentration", "annual_amount")
    if (pollutant, kind) != ("a34013", "annual_amount")
]
# Of these errors there is no talk at the lines without a yearly limit, the third of each outlet.
OF_YEARLY_LIMIT = {"value_blank", "amount_implausible"}
LINE = {"concentration_max": "80", "concentration_average": "40", "amount_t": "10", "method": "manual"}
REPORT = {
    "production_days": 90,
    "values": [
        {"outlet_code": outlet, "pollutant_code": pollutant, **LINE}
        for outlet in OUTLETS
        for pollutant in POLLUTANTS
    ],
}
Document = dict[str, Any]
Expected = list[tuple[str, str]]  # places in the line, or from the root where they begin with "/"; codes


def change(expected: Expected, **members: object) -> Callable[[Document], Expected]:
    """A fault: these members of a line are changed (… is taken out), and these errors are to be named for it."""

    def put_into(line: Document) -> Expected:
        line.update(members)
        for name in [name for name, value in members.items() if value is ...]:
            del line[name]
        return expected

    return put_into


MISSING = ("/values", "value_missing")
FAULTS: dict[str, Callable[[Document], Expected]] = {
    # of the rules
    "negative": change([("concentration_average", "negative_value")], concentration_average="-1"),
    "another outlet": change([("outlet_code", "outlet_not_permitted"), MISSING], outlet_code="DA099"),
    "another pollutant": change(
        [("pollutant_code", "pollutant_not_permitted"), MISSING], pollutant_code="a1"
    ),
    "no method": change([("method", "method_missing")], method=...),
    "average": change([("concentration_average", "average_above_maximum")], concentration_average="81"),
    "kilograms": change([("amount", "amount_implausible")], amount_t=..., amount="1000010", amount_unit="kg"),
    "no unit": change([("amount_unit", "unit_missing")], amount_t=..., amount="1"),
    "of water": change([("concentration_unit", "unit_incompatible")], concentration_unit="mg/L"),
    "below detection": change(
        [("concentration_max", "compliance_undetermined")],
        concentration_max="200",
        concentration_max_qualifier="<",
    ),
    "implausible": change([("amount_t", "amount_implausible")], amount_t="1000.01"),
    "blank": change([("amount_t", "value_blank")], amount_t=..., method=...),
    "code beside a figure": change(
        [("amount_t", "value_beside_no_data_code")],
        concentration_max=...,
        concentration_average=...,
        no_data_code="no_discharge",
    ),
    "unexplained": change(
        [("/exceedance_explanation", "exceedance_unexplained")], concentration_max="100.01"
    ),
    # of the shape
    "number": change([("amount_t", "decimal_string_expected")], amount_t=10.5),
    "list": change([("concentration_max", "decimal_string_expected")], concentration_max=["80"]),
    "only figure": change(
        [("concentration_max", "decimal_string_expected"), ("amount_t", "value_blank")],
        concentration_max="8O",
        concentration_average=...,
        amount_t=...,
        method=...,
    ),
    "unknown method": change([("method", "literal_error")], method="guess"),
    "unknown code": change(
        [("no_data_code", "literal_error")],
        no_data_code="closed",
        concentration_max=...,
        concentration_average=...,
        amount_t=...,
        method=...,
    ),
    "no pollutant": change([("pollutant_code", "missing")], pollutant_code=...),
    "no outlet": change([("outlet_code", "string_type")], outlet_code=1),
    "unknown member": change([("quantity", "extra_forbidden")], quantity="1"),
}
# Where the key of a line cannot be read, nobody can say that a pollutant is missing.
KEY_UNREADABLE = {"no pollutant", "no outlet"}


def everything_wrong(document: Document) -> Counter[tuple[str, str]]:
    def named(errors: list[FieldError]) -> Counter[tuple[str, str]]:
        return Counter((error.pointer, error.code) for error in errors)

    try:
        content = ReportContent.model_validate(document)
    except ValidationError as error:
        problem = from_validation([{**each, "loc": ("body", *each["loc"])} for each in error.errors()])
        unreadable = Unreadable(each.pointer for each in problem.errors)
        found, _ = findings_of(salvage(ReportContent, document, unreadable), limits=LIMITS, period=PERIOD)
        return named([*problem.errors, *certain(found, unreadable)])
    return named(findings_of(content, limits=LIMITS, period=PERIOD)[0].errors)


def test_the_report_that_the_faults_are_put_into_is_right() -> None:
    assert everything_wrong(REPORT) == Counter()


@given(
    st.dictionaries(
        st.integers(0, len(REPORT["values"]) - 1),
        st.sampled_from(sorted(FAULTS)),
        max_size=6,  # type: ignore[arg-type]
    ),
    st.sampled_from([None, 91, "90"]),
)
def test_as_many_errors_come_back_as_faults_were_put_in(faults: dict[int, str], days: object) -> None:
    document = deepcopy(REPORT)
    expected: Counter[tuple[str, str]] = Counter()
    for index, name in faults.items():
        for place, code in FAULTS[name](document["values"][index]):  # type: ignore[index]
            if code not in OF_YEARLY_LIMIT or index % 3 != 2:
                expected[place if place.startswith("/") else f"/values/{index}/{place}", code] += 1
    if days is not None:
        document["production_days"] = days
        expected["/production_days", "int_type" if days == "90" else "too_many_days"] += 1
    unexplained = ("/exceedance_explanation", "exceedance_unexplained")
    expected[unexplained] = min(expected[unexplained], 1)  # one explanation is for all of them
    if KEY_UNREADABLE & set(faults.values()):
        expected[MISSING] = 0
    assert everything_wrong(document) == +expected
