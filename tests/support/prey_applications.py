"""What the prey has at the counter for permits: an EIA document and an application."""

from __future__ import annotations

from typing import Any

from services.kit import clock
from tests.permits.applications.desk import MET, eia_document, proposal
from tests.permits.attachments.files import DRAWING, PDF, sent
from tests.support.files import File
from tests.support.town import Holder, Town
from tests.support.waste import done


async def fill_applications(
    town: Town, holder: Holder, named: dict[str, list[str]], documents: dict[str, Any]
) -> None:
    clerk = await town.staff("clerk")
    document = done(await clerk.post("/v1/permits/eia", eia_document(holder.uscc)))
    site = {"uscc": holder.uscc, "kind": "first", "eia_ids": [document["id"]]}
    application = done(
        await holder.post("/v1/permits/applications", {**site, "content": proposal(site_name="二号厂区")})
    )
    draft_site = {**site, "content": proposal(site_name="四号厂区")}
    draft = done(await holder.post("/v1/permits/application-drafts", draft_site))
    file = await sent(holder, holder.uscc, name=f"{holder.uscc}.pdf")
    named["attachment_id"] = [file["id"]]
    named["application_draft_id"] = [draft["id"]]
    named["eia_id"] = [document["id"]]
    named["application_id"] = [application["id"]]
    path = "POST /v1/permits/applications/{application_id}"
    documents |= {
        "POST /v1/permits/eia": eia_document(holder.uscc, "锡环表〔2024〕8号"),
        "POST /v1/permits/eia/statements": eia_document(holder.uscc, "锡环表〔2024〕9号"),
        "POST /v1/permits/eia/{eia_id}/verification": {"outcome": "confirmed"},
        "POST /v1/permits/applications": {**site, "content": proposal(site_name="三号厂区")},
        "POST /v1/permits/applications/checks": {**site, "content": proposal(site_name="三号厂区")},
        "POST /v1/permits/attachments": File(DRAWING, PDF, f"?uscc={holder.uscc}&name=a.pdf"),
        "POST /v1/permits/application-drafts": {**site, "content": proposal(site_name="五号厂区")},
        "PUT /v1/permits/application-drafts/{application_draft_id}": draft["content"],
        "POST /v1/permits/application-drafts/{application_draft_id}/discard": None,
        "POST /v1/permits/application-drafts/signatures": {
            "drafts": [{"draft_id": draft["id"], "version": 1}]
        },
        "POST /v1/permits/application-drafts/{application_draft_id}/signature": {"version": 1},
        f"{path}/versions": {
            "content": proposal(site_name="二号厂区"),
            "eia_ids": [document["id"]],
            "corrects_version": 1,
        },
        f"{path}/withdrawal": {"reason": "不再申请"},
        f"{path}/completeness": {"outcome": "accept"},
        f"{path}/findings": MET,
        f"{path}/site-check": {"reason": "核对排放口"},
        f"{path}/site-check-record": {
            "visited_on": clock.today().isoformat(),
            "inspectors": ["王某", "李某"],
            "result": "一致",
        },
        f"{path}/pause": {
            "ground": "hearing",
            "reason": "听证",
            "expected_until": clock.today().isoformat(),
        },
        f"{path}/resumption": {"result": "已听证"},
        f"{path}/review": {"proposal": "grant"},
        f"{path}/decision": {"outcome": "refuse", "reason": "不符合条件"},
        f"{path}/delivery": {"method": "post", "received_by": "张某某"},
    }
