"""One fact, two reports: the coal of the greenhouse-gas report is that of the execution report's SO2."""

from __future__ import annotations

from typing import Any

from tests.support.emitters import EMITTERS, GREENHOUSE_REPORTS, emitter, reported
from tests.support.fuels import FACTS, correction, recorded
from tests.support.quotas import entered
from tests.support.town import Holder, Town


async def balanced(holder: Holder, **changes: Any) -> dict[str, Any]:
    """The report of the first quarter of 2025, its SO2 worked out from the fuel facts of the quarter."""
    report = await holder.report()
    basis = (await holder.get(f"/v1/permits/fuels/obligations/{report['obligation_id']}/basis")).json()
    balance = {
        **{name: basis[name] for name in ("fuel_t", "sulphur", "fuel_facts")},
        **{"conversion": "0.85", "efficiency": "0.9"},
        **changes,
    }
    for value in report["values"]:
        if value["pollutant_code"] == "a21026":
            # 2 × 1200.5 t × 0.006 × 0.85 × (1 − 0.9)
            value |= {"amount_t": "1.22451", "method": "balance", "calculation": {"balance": balance}}
    return report


async def test_one_fact_serves_both_reports_and_a_signed_one_keeps_its_version(town: Town) -> None:
    holder = await town.holder()
    coal = await recorded(holder)
    sent = entered(await holder.post("/v1/permits/reports", await balanced(holder)))
    entered(await (await town.staff("clerk")).post(EMITTERS, emitter(holder.uscc)))
    greenhouse = await reported(holder)
    entered(await holder.post(f"{FACTS}/{coal['id']}/versions", correction("1187", sulphur_percent="0.6")))
    for path in (f"/v1/permits/reports/{sent['report']['id']}", f"{GREENHOUSE_REPORTS}/{greenhouse['id']}"):
        seen = (await holder.get(path)).json()
        corrected = seen.get("corrected_fuel_facts", seen.get("corrected_facts"))
        assert corrected == [{"fact_id": coal["id"], "used_version": 1, "newest_version": 2}]
    document = (await holder.get(f"/v1/permits/reports/{sent['report']['id']}")).json()["newest"]["document"]
    (so2,) = [each for each in document["values"] if each["pollutant_code"] == "a21026"]
    assert so2["calculation"]["balance"]["fuel_t"] == "1200.5"


async def test_a_balance_that_differs_from_its_facts_is_refused(town: Town) -> None:
    holder = await town.holder()
    await recorded(holder)
    answer = await holder.post("/v1/permits/reports", await balanced(holder, fuel_t="12.5"))
    assert answer.status_code == 422
    assert "fuel_differs_from_facts" in {each["code"] for each in answer.json()["errors"]}


async def test_the_basis_of_a_report_is_its_enterprises_own(town: Town) -> None:
    holder, other = await town.holder(), await town.holder()
    await recorded(holder)
    (first, *_) = await holder.obligations()
    path = f"/v1/permits/fuels/obligations/{first['id']}/basis"
    basis = (await holder.get(path, outlet_code="DA001")).json()
    assert (basis["fuel_t"], basis["sulphur"]) == ("1200.5", "0.00600000")
    answer = await other.get(path)
    assert (answer.status_code, answer.json()["code"]) == (404, "obligation_not_found")
