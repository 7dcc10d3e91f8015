"""What the prey has before the public: a notice that somebody commented on, a text it withholds, and its documents."""

from __future__ import annotations

from typing import Any

from services.kit import clock
from services.kit.ids import new_id
from tests.support.town import Holder, Town
from tests.support.waste import done


async def fill_disclosure(
    town: Town, holder: Holder, named: dict[str, list[str]], documents: dict[str, Any]
) -> None:
    await _notice(town, holder, named, documents)
    permit = f"/v1/permits/permits/{holder.permit['permit_number']}"
    asked = {"version": 1, "pointers": ["/outlets/0/name"], "reason": "工艺属商业秘密"}
    named["withholding_id"] = [done(await holder.post(f"{permit}/withholdings", asked))["id"]]
    documents |= {
        "POST /v1/permits/permits/{permit_number}/withholdings": asked,
        "POST /v1/permits/withholdings/{withholding_id}/decision": {
            "decision": "refuse",
            "comment": "不属秘密",
        },
        "POST /v1/permits/withholdings/{withholding_id}/lifting": {"comment": "恢复公开"},
    }
    named["document_kind"] = ["original", "duplicate"]
    for kind in named["document_kind"]:  # made at the first asking: before the rows are counted
        made = await holder.get(f"{permit}/documents/{kind}")
        assert made.status_code == 200, made.text
    for report_id in named["report_id"]:  # what it is printed with is kept at the first print
        printed = await holder.get(f"/v1/permits/reports/{report_id}/print")
        assert printed.status_code == 200, printed.text


async def _notice(town: Town, holder: Holder, named: dict[str, list[str]], documents: dict[str, Any]) -> None:
    reviewer, today = await town.staff("reviewer"), clock.today().isoformat()
    announced = {"title": "征求意见", "summary": "征求意见", "opens_on": today, "closes_on": today}
    notice = {**announced, "kind": "other", "subject": "/v1/permits/enterprises"}
    opened = done(await reviewer.post("/v1/permits/notices", notice))
    said = done(
        await town.public.post(
            f"/v1/permits/disclosure/notices/{opened['id']}/comments",
            json={"text": f"关于{holder.uscc}的意见"},
            headers={"Idempotency-Key": str(new_id())},
        )
    )
    named["notice_id"], named["comment_id"] = [opened["id"]], [said["comment_id"]]
    documents |= {
        "POST /v1/permits/notices": {**notice, "uscc": holder.uscc},
        "POST /v1/permits/notices/pre-application": {**announced, "uscc": holder.uscc},
        "POST /v1/permits/notices/{notice_id}/ending": {"reason": "公示内容有误，另行公示"},
        "POST /v1/permits/notices/{notice_id}/comments/{comment_id}/answer": {
            "matter": "意见",
            "answer": "答复",
        },
    }
