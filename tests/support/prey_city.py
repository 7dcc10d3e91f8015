"""What the prey has in the city-level parts of permits: quotas, offsets, fuel facts, reports, classes, measures."""

from __future__ import annotations

from typing import Any

from tests.support.emitters import EMITTERS, emitter, reported, step
from tests.support.fuels import correction, fact, recorded
from tests.support.performance import DECLARATIONS, MEASURE_PLANS, declaration, plan, review
from tests.support.quotas import OFFSETS, decision, entered, granted, replacement
from tests.support.taxes import TAXES
from tests.support.taxes import declaration as tax_declaration
from tests.support.taxes import declared as tax_declared
from tests.support.town import Holder, Town


async def fill_city(
    town: Town, holder: Holder, named: dict[str, list[str]], documents: dict[str, Any]
) -> None:
    await _totals(town, holder, named, documents)
    await _greenhouse(town, holder, named, documents)
    await _performance(town, holder, named, documents)
    named["tax_declaration_id"] = [(await tax_declared(town, holder))["id"]]
    documents[f"POST {TAXES}"] = tax_declaration(holder, quarter=2, declared_on="2025-07-10")


async def _greenhouse(
    town: Town, holder: Holder, named: dict[str, list[str]], documents: dict[str, Any]
) -> None:
    clerk = await town.staff("clerk")
    entered(await clerk.post(EMITTERS, emitter(holder.uscc)))
    burnt = await recorded(holder)
    named["fact_id"] = [burnt["id"]]
    named["greenhouse_report_id"] = [(await reported(holder))["id"]]
    named["year"] = ["2025"]
    stated = {"facts": [{"fact_id": burnt["id"], "version": 1}]}
    documents |= {
        "POST /v1/permits/fuels/facts": fact(holder, fuel="diesel"),
        "POST /v1/permits/fuels/facts/{fact_id}/versions": correction("1000"),
        "POST /v1/permits/greenhouse/emitters": emitter(holder.uscc, year=2024),
        "POST /v1/permits/greenhouse/reports": {**stated, "uscc": holder.uscc, "year": 2025},
        "POST /v1/permits/greenhouse/reports/{greenhouse_report_id}/versions": {
            **stated,
            **{"corrects_version": 1, "reason": "更正"},
        },
        "POST /v1/permits/greenhouse/reports/{greenhouse_report_id}/steps": step(
            "forward", town.today.isoformat()
        ),
    }


async def _totals(town: Town, holder: Holder, named: dict[str, list[str]], documents: dict[str, Any]) -> None:
    source = await town.holder()
    await granted(town, holder, "20")
    statement = replacement(holder, source)
    stated = entered(await holder.post(OFFSETS, statement))
    named["offset_id"] = [stated["id"]]
    documents |= {
        "POST /v1/permits/totals/decisions": decision("withdrawal", "1", holder.permit["permit_number"]),
        "POST /v1/permits/totals/offsets": statement,
        "POST /v1/permits/totals/offsets/{offset_id}/decision": {
            "decision": "refuse",
            "opinion": "材料不全",
            "basis": "二环审〔2026〕9号",
        },
        "POST /v1/permits/totals/offsets/{offset_id}/withdrawal": None,
    }


async def _performance(
    town: Town, holder: Holder, named: dict[str, list[str]], documents: dict[str, Any]
) -> None:
    declared = entered(await holder.post(DECLARATIONS, declaration(holder)))
    filed = entered(await holder.post(MEASURE_PLANS, plan(holder, town.today)))
    named["declaration_id"] = [declared["id"]]
    named["measure_plan_id"] = [filed["id"]]
    named["alert"] = ["red"]
    base = "/v1/permits/performance"
    documents |= {
        f"POST {base}/declarations": declaration(holder),
        f"POST {base}/declarations/{{declaration_id}}/steps": review("county_review", town.today),
        f"POST {base}/declarations/{{declaration_id}}/withdrawal": None,
        f"POST {base}/permits/{{permit_number}}/downgrades": {
            **{"given_class": "D", "effective_from": town.today.isoformat()},
            **{"reason": "未落实减排措施", "basis": "锡环发〔2026〕6号"},
        },
        f"POST {base}/measure-plans": plan(holder, town.today),
        f"POST {base}/measure-plans/{{measure_plan_id}}/decision": {"decision": "confirm"},
    }
