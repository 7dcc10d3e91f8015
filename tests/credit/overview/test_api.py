"""An enterprise at a glance, through the gateway and beside the other services' views."""

from __future__ import annotations

from tests.support.credit import Bureau, body, violation


async def test_grade_score_and_entries_at_a_glance(bureau: Bureau) -> None:
    uscc, enterprise = await bureau.enterprise()
    await bureau.admitted(violation(bureau.town, uscc))
    evaluation = await bureau.evaluated(uscc)
    seen = body(await bureau.approver.get(f"/v1/credit/enterprises/{uscc}/overview"))
    assert (seen["grade"], seen["score"], seen["entries"], seen["open_candidates"]) == ("blue", "6", 2, 0)
    assert seen["evaluated_at"] == evaluation["evaluated_at"]
    own = body(await enterprise.get(f"/v1/credit/enterprises/{uscc}/overview"))
    assert own["open_candidates"] is None


async def test_an_enterprise_with_a_record_and_no_evaluation_has_no_grade(bureau: Bureau) -> None:
    uscc = bureau.new_uscc()
    await bureau.admitted(violation(bureau.town, uscc))
    seen = body(await bureau.approver.get(f"/v1/credit/enterprises/{uscc}/overview"))
    assert (seen["grade"], seen["evaluated_at"], seen["entries"]) == (None, None, 1)


async def test_one_that_the_ledger_does_not_know_and_one_that_is_not_yours_are_404(bureau: Bureau) -> None:
    uscc, enterprise = await bureau.enterprise()
    assert (
        body(await enterprise.get(f"/v1/credit/enterprises/{uscc}/overview"), 404)["code"]
        == "subject_not_found"
    )
    other = bureau.new_uscc()
    await bureau.admitted(violation(bureau.town, other))
    assert (await enterprise.get(f"/v1/credit/enterprises/{other}/overview")).status_code == 404


async def test_the_gateway_shows_it_beside_the_other_services(bureau: Bureau) -> None:
    uscc = bureau.new_uscc()
    await bureau.admitted(violation(bureau.town, uscc))
    await bureau.evaluated(uscc)
    dossier = body(await bureau.approver.get(f"/v1/enterprises/{uscc}"))
    assert dossier["credit"]["status"] == "known"
    assert dossier["credit"]["view"]["grade"] == "blue"
