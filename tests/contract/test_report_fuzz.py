"""Whatever JSON is sent as a report, the answer is a report that was stored or a refusal that stored nothing."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.contract.endpoints import Endpoint, Place, refused

pytestmark = [pytest.mark.hunt, pytest.mark.usefixtures("nothing_stored")]
FUZZ = settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])

TEXT = st.text(st.characters(codec="utf-8"), max_size=12)
LEAF = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.floats(),
    TEXT,
    st.sampled_from(
        ["DA001", "a21026", "1.5", "-0", "1e5", "manual", "no_discharge", "2026-01-01", "\x00", "\ud800"]
    ),
)
MEMBER = st.sampled_from(
    [
        *("obligation_id", "production_days", "values", "exceedance_explanation", "outlet_code", "method"),
        *("pollutant_code", "concentration_max", "concentration_average", "amount_t", "no_data_code"),
    ]
)
JSON = st.recursive(
    LEAF,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(MEMBER | TEXT, inner, max_size=6),
    max_leaves=12,
)


async def judged(endpoint: Endpoint, body: Any) -> None:
    """A right answer to anything: the right report itself is never among what is sent."""
    answer = await endpoint.send("direct", body)
    problem = refused(answer, "invalid_json", "invalid_document", "report_invalid", "obligation_not_found")
    if problem["code"] in ("invalid_document", "report_invalid"):
        assert problem["errors"]
        for error in problem["errors"]:
            assert error["detail_zh"]
            assert error["detail_en"]


@FUZZ
@given(body=JSON)
async def test_any_json_is_refused(targets: dict[str, Endpoint], body: Any) -> None:
    await judged(targets["submit"], body)


@FUZZ
@given(data=st.data())
async def test_a_report_with_anything_in_some_of_its_places_is_refused(
    targets: dict[str, Endpoint], data: st.DataObject
) -> None:
    endpoint = targets["submit"]
    places = [place for place, value, _ in endpoint.places() if place and not isinstance(value, dict)]
    chosen: dict[Place, Any] = data.draw(
        st.dictionaries(st.sampled_from(places), JSON, min_size=1, max_size=4)
    )
    if ("values",) in chosen:
        chosen = {place: value for place, value in chosen.items() if len(place) == 1}
    # One that is wrong for certain, so that nothing is stored, whatever the others are.
    await judged(endpoint, endpoint.changed({**chosen, ("production_days",): 367}))


@FUZZ
@given(data=st.data())
async def test_a_correction_likewise(targets: dict[str, Endpoint], data: st.DataObject) -> None:
    endpoint = targets["correct"]
    places = [place for place, value, _ in endpoint.places() if place and not isinstance(value, dict | list)]
    chosen = data.draw(st.dictionaries(st.sampled_from(places), JSON, min_size=1, max_size=4))
    await judged(endpoint, endpoint.changed({**chosen, ("reason",): ""}))
