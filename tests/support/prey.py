"""An enterprise with something of everything in all services: what nobody of another enterprise may reach."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from services.kit import clock
from services.kit.clock import CITY_TIME
from services.kit.ids import new_id
from services.kit.uploads import XLSX
from tests.permits.endings.bureau import CALL, NOTICE, RECORD
from tests.permits.registrations.forms import form
from tests.support.emergency import incident_content
from tests.support.files import File
from tests.support.prey_applications import fill_applications
from tests.support.prey_city import fill_city
from tests.support.prey_credit import fill_credit
from tests.support.prey_disclosure import fill_disclosure
from tests.support.town import Holder, Town
from tests.support.waste import WasteTown, bag_code, done

FIGURE = "450"
"""A measured value of the prey's report, over the limit."""
_ALERTS = count(step=7)


@dataclass
class Prey:
    """The enterprise; `named` holds what may stand for each variable of a path or filter of a list."""

    holder: Holder
    usccs: list[str] = field(default_factory=list)
    named: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    documents: dict[str, Any] = field(default_factory=dict)
    """By route: a body that is right, about the prey; a `File` where the route takes one."""

    @property
    def marks(self) -> list[str]:
        """Texts of which none may stand in an answer to another enterprise: codes and identities of the prey."""
        ids = (value for values in self.named.values() for value in values if len(value) > 12)
        return sorted({*self.usccs, *ids})


async def make_prey(town: Town) -> Prey:
    prey = Prey(await town.holder())
    prey.usccs.append(prey.holder.uscc)
    await _permits(town, prey)
    await fill_city(town, prey.holder, prey.named, prey.documents)
    await fill_applications(town, prey.holder, prey.named, prey.documents)
    sheets, (draft_id,) = "/v1/permits/application-sheets", prey.named["application_draft_id"]
    sheet = File((await prey.holder.get(f"{sheets}/drafts/{draft_id}")).content, XLSX)
    prey.documents |= {f"POST {sheets}/{name}": sheet for name in ("annotations", "drafts")}
    await _waste(town, prey)
    await fill_credit(town, prey.holder, prey.named, prey.documents)
    await _emergency(town, prey)
    await _gateway(town, prey)
    prey.named["uscc"] = [*prey.usccs]
    for name in (
        "enterprise",
        "holder_uscc",
        "responsible_uscc",
        "shipper_uscc",
        "carrier_uscc",
        "receiver_uscc",
    ):
        prey.named[name] = [*prey.usccs]
    return prey


async def _permits(town: Town, prey: Prey) -> None:
    holder = prey.holder
    content = await holder.report(0)
    content["values"] = [
        {**value, "concentration_max": FIGURE} if value["pollutant_code"] == "a21026" else value
        for value in content["values"]
    ]
    content["exceedance_explanation"] = "脱硫设施检修，已恢复运行"
    report = done(await holder.post("/v1/permits/reports", content))["report"]
    confirmation = {
        "report_id": report["id"],
        "report_version": 1,
        "outlet_code": "DA001",
        "pollutant_code": "a21026",
        "kind": "hourly_concentration",
        "finding": "情况属实",
    }
    confirmed = done(
        await (await town.staff("inspector")).post("/v1/permits/exceedance-confirmations", confirmation)
    )
    violations = (await holder.get("/v1/permits/violations", kind="numeric")).json()["items"]
    draft = done(await holder.post("/v1/permits/drafts", await holder.report(1)))
    spare = await holder.report(2)
    prey.named["report_id"] = [report["id"]]
    prey.named["obligation_id"] = [report["obligation_id"], draft["obligation_id"], spare["obligation_id"]]
    prey.named["draft_id"] = [draft["id"]]
    prey.named["permit_number"] = [holder.permit["permit_number"]]
    prey.named["version"] = ["1"]
    await fill_disclosure(town, holder, prey.named, prey.documents)
    prey.named["confirmation_id"] = [confirmed["id"]]
    entry = {"kind": "other", "happened_at": clock.now().isoformat(), "note": "巡查无异常"}
    number = holder.permit["permit_number"]
    kept = done(await holder.post(f"/v1/permits/ledger/{number}/entries", entry))
    prey.named["entry_id"] = [kept["id"]]
    await _file(
        prey, f"/v1/permits/ledger/{number}/batches", "POST /v1/permits/ledger/{permit_number}/batches", entry
    )
    ending = {
        "permit_number": holder.permit["permit_number"],
        "kind": "annulled",
        "ground": "deceit",
        "reason": "申请材料不实",
    }
    proposed = done(await (await town.staff("reviewer")).post("/v1/permits/endings", ending))
    prey.named["ending_id"] = [proposed["id"]]
    registration = {**form(), "uscc": holder.uscc}
    registered = done(await holder.post("/v1/permits/registrations", registration))
    prey.named["receipt_number"] = [registered["receipt_number"]]
    today = clock.today().isoformat()
    replacement = {"permit_number": holder.permit["permit_number"], "cause": "damaged", "happened_on": today}
    requested = done(await holder.post("/v1/permits/certificate-replacements", replacement))
    prey.named["replacement_id"] = [requested["id"]]
    prey.named["violation_id"] = [each["id"] for each in violations]
    record = {
        "outlet_code": "DA001",
        "pollutant_code": "a21026",
        "sampled_at": clock.now().isoformat(),
        "value": FIGURE,
        "unit": "mg/m3",
        "means": "automatic",
    }
    kept = done(await holder.post(f"/v1/permits/monitoring/{number}/records", record))
    prey.named["record_id"].append(kept["id"])
    await _file(
        prey,
        f"/v1/permits/monitoring/{number}/batches",
        "POST /v1/permits/monitoring/{permit_number}/batches",
        record,
    )
    blank = await holder.get(f"/v1/permits/obligations/{spare['obligation_id']}/blank.csv")
    prey.documents["POST /v1/permits/sheets/annotations"] = File(blank.content, "text/csv")
    prey.documents["POST /v1/permits/sheets/checks.csv"] = File(blank.content, "text/csv")
    correction = {name: value for name, value in content.items() if name != "obligation_id"}
    prey.documents |= {
        "POST /v1/permits/enterprises": town.enterprise_content(holder.uscc),
        "PATCH /v1/permits/enterprises/{uscc}": {"address": "别处"},
        "POST /v1/permits/permits": town.permit_content(holder.uscc, serial=2),
        "POST /v1/permits/obligations/due-overrides": {
            "kind": "annual",
            "period_end": "2049-12-31",
            "due_on": "2050-02-28",
            "source": "通知",
            "noticed_on": "2049-12-01",
        },
        **await _alert(town, prey),
        "POST /v1/permits/permits/{permit_number}/versions": town.version_content(holder.uscc),
        "POST /v1/permits/permits/{permit_number}/change-routes": _declaration(town, holder),
        "POST /v1/permits/reports": spare,
        "POST /v1/permits/reports/{report_id}/versions": {
            **correction,
            "corrects_version": 1,
            "reason": "更正产量",
        },
        "POST /v1/permits/reports/{report_id}/reviews": {"version": 1, "decision": "accept"},
        "POST /v1/permits/exceedance-confirmations": {**confirmation, "kind": "hourly_concentration"},
        "POST /v1/permits/ledger/{permit_number}/entries": entry,
        "POST /v1/permits/endings": ending,
        "POST /v1/permits/endings/{ending_id}/notice": NOTICE,
        "POST /v1/permits/endings/{ending_id}/statement": {"text": "材料属实"},
        "POST /v1/permits/endings/{ending_id}/hearing-request": {"reason": "对事实有异议"},
        "POST /v1/permits/endings/{ending_id}/hearing-request-withdrawal": {"reason": "不再申请"},
        "POST /v1/permits/endings/{ending_id}/hearing": CALL,
        "POST /v1/permits/endings/{ending_id}/hearing-record": RECORD,
        "POST /v1/permits/endings/{ending_id}/decision": {"decision": "reject", "comment": "不成立"},
        "POST /v1/permits/certificate-replacements": replacement,
        "POST /v1/permits/certificate-replacements/{replacement_id}/issue": None,
        "POST /v1/permits/registrations": {**registration, "site_name": "别处"},
        "POST /v1/permits/registrations/{receipt_number}/versions": form(version=1, changed_on=today),
        "POST /v1/permits/registrations/{receipt_number}/renewals": form(version=1),
        "POST /v1/permits/registrations/{receipt_number}/cancellation": {
            "version": 1,
            "changed_on": today,
            "reason": "停止经营",
        },
        "POST /v1/permits/registrations/{receipt_number}/reviews": {
            "version": 1,
            "decision": "registration",
            "comment": "登记即可",
        },
        "POST /v1/permits/reports/checks": spare,
        "POST /v1/permits/reports/checks.csv": spare,
        "POST /v1/permits/reports/checks.xlsx": spare,
        "POST /v1/permits/reports/print": spare,
        "POST /v1/permits/reports/{report_id}/repudiations": {"version": 1, "statement": "非本单位报送"},
        "POST /v1/permits/violations": {
            "kind": "wrong_outlet",
            "permit_number": holder.permit["permit_number"],
            "outlet_code": "DA009",
            "period_start": "2026-01-10",
            "period_end": "2026-01-10",
            "finding": "许可证外的排放口",
        },
        "POST /v1/permits/violations/{violation_id}/resolutions": {
            "version": 1,
            "resolved_on": "2026-01-20",
            "finding": "已封堵",
        },
        "POST /v1/permits/violations/{violation_id}/dismissals": {"version": 1, "reason": "设备校准数据"},
        "POST /v1/permits/violations/{violation_id}/dismissals/decisions": {
            "version": 1,
            "decision": "keep",
            "comment": "理由不成立",
        },
        "POST /v1/permits/monitoring/{permit_number}/records": record,
        "POST /v1/permits/drafts": spare,
        "PUT /v1/permits/drafts/{draft_id}": {
            name: value for name, value in spare.items() if name != "obligation_id"
        },
        "POST /v1/permits/drafts/{draft_id}/discard": None,
        **{
            f"POST /v1/permits/sheets/{name}": File(json.dumps(spare).encode(), "application/x-ndjson")
            for name in ("checks", "drafts", "reports")
        },
        "POST /v1/permits/drafts/signatures": {
            "drafts": [{"draft_id": draft["id"], "version": draft["version"]}]
        },
        "POST /v1/permits/drafts/{draft_id}/signature": {"version": draft["version"]},
    }


async def _file(prey: Prey, path: str, route: str, row: dict[str, Any]) -> None:
    """A file of one row that was sent, and one that could be."""
    file = File(json.dumps(row).encode(), "application/x-ndjson")
    headers = {"Content-Type": file.media_type, "Idempotency-Key": str(new_id())}
    sent = done(await prey.holder.http.post(path, content=file.content, headers=headers))
    prey.named["batch_id"].append(sent["batch"]["id"])
    prey.documents[route] = file


def _declaration(town: Town, holder: Holder) -> dict[str, Any]:
    content = town.permit_content(holder.uscc)
    return {name: value for name, value in content.items() if name != "permit_number"}


async def _waste(town: Town, prey: Prey) -> None:
    waste = WasteTown(town)
    chain = await waste.chain()
    hospital = await waste.unit("hospital", "hospital")
    prey.usccs += [chain.shipper.uscc, chain.carrier.uscc, chain.receiver.uscc, hospital.uscc]
    states = [
        await chain.drafted(),
        await chain.submitted(),
        await chain.ready(),
        await chain.departed(),
        await chain.arrived(),
    ]
    prey.named["manifest_id"] = [path.rpartition("/")[2] for path in states]
    prey.named["plan_id"] = [chain.plan["id"]]
    prey.named["licence_number"] = [chain.licence_number]
    bag = {"code": bag_code(), "hospital_uscc": hospital.uscc, "kind": "infectious", "mass_kg": "4.35"}
    done(await hospital.post("/v1/waste/medical/bags", bag))
    prey.named["code"] = [bag["code"]]
    scan = {"place": "clinic", "uscc": hospital.uscc, "scanned_at": clock.now().isoformat()}
    signed = {"handler": "斯琴"}
    prey.documents |= {
        "POST /v1/waste/units": waste.unit_content(chain.shipper.uscc, "generator"),
        "PATCH /v1/waste/units/{uscc}": {"address": "别处"},
        "POST /v1/waste/licences": waste.licence_content(chain.receiver.uscc),
        "POST /v1/waste/plans": {
            **waste.plan_content(chain.shipper, chain.receiver),
            "year": clock.today().year + 1,
        },
        "POST /v1/waste/manifests": chain.content(),
        "PUT /v1/waste/manifests/{manifest_id}": chain.content(),
        "POST /v1/waste/medical/bags": {**bag, "code": bag_code()},
        "POST /v1/waste/medical/bags/{code}/scans": scan,
        "POST /v1/waste/manifests/{manifest_id}/submission": None,
        "POST /v1/waste/manifests/{manifest_id}/cancellation": {"reason": "不再转移"},
        "POST /v1/waste/manifests/{manifest_id}/shipper-signature": signed,
        "POST /v1/waste/manifests/{manifest_id}/carrier-signature": chain.load(),
        "POST /v1/waste/manifests/{manifest_id}/arrival": {**signed, "arrived_at": clock.now().isoformat()},
        "POST /v1/waste/manifests/{manifest_id}/reception": {
            **signed,
            "opinion": "符合接收条件",
            "lines": [
                {"line": n, "arrived_kg": mass, "accepted_kg": mass, "refused_kg": "0"}
                for n, mass in ((1, "1200.5"), (2, "800"))
            ],
        },
        "POST /v1/waste/manifests/{manifest_id}/national-number": {"national_no": "20261525010099"},
    }


async def _emergency(town: Town, prey: Prey) -> None:
    duty = await town.staff("duty_officer")
    incident = done(await duty.post("/v1/emergency/incidents", incident_content()))
    found = {"uscc": prey.holder.uscc, "basis": "调查报告"}
    done(await duty.post(f"/v1/emergency/incidents/{incident['id']}/responsibility", found))
    prey.named["incident_id"] = [incident["id"]]
    prey.documents |= {
        "POST /v1/emergency/incidents/{incident_id}/responsibility": found,
        "POST /v1/emergency/incidents/{incident_id}/closure": {"note": "处置完毕"},
    }


async def _gateway(town: Town, prey: Prey) -> None:
    """An invitation, an active delegation, and a device with its key."""
    holder, agent = prey.holder, await town.caller(f"a.{new_id().hex}", roles=["agent"], usccs=[])
    extent = {"rights": ["permits:file"], "sites": None, "valid_until": None}
    invitation = {**extent, "uscc": holder.uscc, "login": agent.login}
    open_one, active = [done(await holder.post("/v1/delegations", invitation))["id"] for _ in range(2)]
    done(await agent.post(f"/v1/delegations/{active}/answer", {"answer": "accept"}))
    device = {"uscc": prey.usccs[-1], "name": "扫码枪", "scopes": ["waste:scan"]}
    hospital = await town.caller(f"h.{new_id().hex}", roles=["hospital"], usccs=[device["uscc"]])
    prey.named["delegation_id"] = [open_one, active]
    prey.named["device_id"] = [done(await hospital.post("/v1/devices", device))["id"]]
    prey.documents |= {
        "POST /v1/delegations": invitation,
        "PUT /v1/delegations/{delegation_id}": {**extent, "rights": ["permits:read"]},
        "POST /v1/delegations/{delegation_id}/withdrawal": {"reason": "不再委托"},
        "POST /v1/delegations/{delegation_id}/answer": {"answer": "accept"},
        "POST /v1/delegations/{delegation_id}/resignation": {"reason": "不再代办"},
        "POST /v1/devices": device,
        "POST /v1/devices/{device_id}/rotation": {},
        "DELETE /v1/devices/{device_id}": None,
    }


async def _alert(town: Town, prey: Prey) -> dict[str, Any]:
    """An alert that was over long before anybody's permit began; how one is declared and lifted.

    Of a day of its own: whoever made prey in this town before has declared another.
    """
    begins_at = datetime(2016, 1, 10, 8, tzinfo=CITY_TIME) + timedelta(days=next(_ALERTS))
    alert = {
        "level": "yellow",
        "region_code": "152501",
        "begins_at": begins_at.isoformat(),
        "ends_at": (begins_at + timedelta(days=1)).isoformat(),
        "basis": "预警〔2020〕1号",
    }
    declared = done(await (await town.staff("duty_officer")).post("/v1/permits/alert-periods", alert))
    prey.named["alert_period_id"] = [declared["id"]]
    return {
        "POST /v1/permits/alert-periods": alert,
        "POST /v1/permits/alert-periods/{alert_period_id}/level": {
            "level": "red",
            "begins_at": alert["begins_at"],
            "basis": "升级",
        },
        "POST /v1/permits/alert-periods/{alert_period_id}/end": {"ends_at": None, "basis": "延长"},
        "POST /v1/permits/alert-periods/{alert_period_id}/lifting": {
            "ends_at": (begins_at + timedelta(hours=12)).isoformat(),
            "reason": "好转",
        },
    }
