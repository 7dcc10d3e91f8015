"""Who sends the sample bodies of the portal, by operation: an account of the sample city."""

from __future__ import annotations

from gateway.portal import samples

SIGN_IN = "POST /v1/auth/token"
_BY_START = {
    "/v1/departments": "admin01",
    "/v1/accounts": "admin01",
    "/v1/devices": "heat01",
    "/v1/delegations": "heat01",
    "/v1/permits/disclosure": "public",
    "/v1/permits/eia": "clerk01",
    "/v1/permits/alert-periods": "duty01",
    "/v1/permits/obligations": "clerk01",
    "/v1/permits/tax-declarations": "clerk01",
    "/v1/permits/greenhouse/emitters": "clerk01",
    "/v1/permits/greenhouse": "heat03",
    "/v1/permits/fuels": "heat03",
    "/v1/permits/permits/{permit_number}/change-routes": "heat01",
    "/v1/permits/permits/{permit_number}/withholdings": "heat01",
    "/v1/permits/permits": "clerk01",
    "/v1/permits/enterprises": "clerk01",
    "/v1/permits/reports": "reviewer01",
    "/v1/permits/endings": "reviewer01",
    "/v1/permits/violations": "inspector01",
    "/v1/permits/notices": "reviewer01",
    "/v1/permits": "heat01",
    "/v1/waste/units": "clerk01",
    "/v1/waste/licences": "clerk01",
    "/v1/waste/medical": "hospital01",
    "/v1/waste": "asphalt01",
    "/v1/credit/statements": "ore02",
    "/v1/credit/evaluations": "approver01",
    "/v1/credit": "clerk01",
    "/v1/emergency/depots": "store01",
    "/v1/emergency/items": "store01",
    "/v1/emergency/stock": "store01",
    "/v1/emergency/returns": "store01",
    "/v1/emergency": "duty01",
}
_BY_END = {
    "/eia/statements": "heat01",
    "/verification": "reviewer01",
    "/completeness": "clerk01",
    "/delivery": "clerk01",
    "/site-check": "reviewer01",
    "/site-check-record": "reviewer01",
    "/pause": "reviewer01",
    "/resumption": "reviewer01",
    "/findings": "reviewer01",
    "/review": "reviewer01",
    "/applications/{application_id}/decision": "approver01",
    "/applications/{application_id}/versions": "heat04",
    "/delegations/{delegation_id}/answer": "agent01",
    "/delegations/{delegation_id}/resignation": "agent01",
    "/withholdings/{withholding_id}/decision": "reviewer01",
    "/alert-periods/{alert_period_id}/lifting": "duty01",
    "/lifting": "reviewer01",
    "/totals/decisions": "approver01",
    "/downgrades": "approver01",
    "/offsets/{offset_id}/decision": "approver01",
    "/steps": "reviewer01",
    "/permits/reports": "heat02",
    "/registrations/{receipt_number}/renewals": "meat01",
    "/reports/{report_id}/versions": "heat02",
    "/reports/{report_id}/repudiations": "heat02",
    "/permits/drafts/signatures": "heat03",
    "/sheets/drafts": "heat04",
    "/sheets/reports": "heat04",
    "/reports/checks": "heat01",
    "/reports/checks.csv": "heat01",
    "/reports/checks.xlsx": "heat01",
    "/reports/print": "heat01",
    "/dismissals/decisions": "inspector02",
    "/endings/{ending_id}/statement": "hospital01",
    "/hearing-request": "hospital01",
    "/hearing-request-withdrawal": "hospital01",
    "/registrations/{receipt_number}/reviews": "reviewer01",
    "/measure-plans/{measure_plan_id}/decision": "reviewer01",
    "/endings/{ending_id}/decision": "approver01",
    "/issue": "clerk01",
    "/notices/pre-application": "heat01",
    "/carrier-signature": "carrier01",
    "/arrival": "receiver01",
    "/reception": "receiver01",
    "/national-number": "clerk01",
    "/records/{record_id}/decisions": "approver01",
}


def writer_of(key: str) -> str:
    """The account that sends the sample body of `METHOD /path`; `public`: nobody signed in."""
    path = key.partition(" ")[2]
    by_end = next((login for end, login in _BY_END.items() if path.endswith(end)), None)
    return by_end or next(login for start, login in _BY_START.items() if path.startswith(start))


WRITERS = {key: writer_of(key) for key in samples.load().bodies if key != SIGN_IN}
