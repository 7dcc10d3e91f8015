"""Self-monitoring records over HTTP."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from services.kit.ids import new_id_text
from tests.permits.reading import is_problem, named, walked
from tests.support.town import Holder, Town

NDJSON = "application/x-ndjson"


@pytest.fixture(scope="module")
async def holder(town: Town) -> Holder:
    return await town.holder()


def path(holder: Holder, rest: str = "records") -> str:
    return f"/v1/permits/monitoring/{holder.permit['permit_number']}/{rest}"


def record(**changes: Any) -> dict[str, Any]:
    content = {
        "outlet_code": "DA001",
        "pollutant_code": "a21026",
        "sampled_at": "2026-05-01T08:00:00+08:00",
        "value": "123.40",
        "unit": "mg/m3",
        "means": "manual",
        "method_standard": "HJ 57-2017",
        "laboratory": "某某检测有限公司",
    }
    return {**content, **changes}


async def send(holder: Holder, *rows: dict[str, Any]) -> httpx.Response:
    content = b"\n".join(json.dumps(row).encode() for row in rows)
    headers = {"Content-Type": NDJSON, "Idempotency-Key": new_id_text()}
    return await holder.http.post(path(holder, "batches"), content=content, headers=headers)


async def test_a_record_is_kept_as_it_was_made_and_in_the_standard_unit(holder: Holder) -> None:
    sent = record(id=new_id_text(), value="0.1234", unit="g/m3", made_offline=True)
    answer = await holder.post(path(holder), sent)
    assert answer.status_code == 201, answer.text
    kept = (await holder.get(answer.headers["location"])).json()
    assert {name: kept[name] for name in sent} == sent
    assert (kept["standard_value"], kept["standard_unit"], kept["kept_until"]) == (
        "123.4000",
        "mg/m3",
        "2031-05-01",
    )
    assert (await holder.post(path(holder), sent)).status_code == 200
    assert is_problem(await holder.post(path(holder), {**sent, "value": "1"}), 409, "record_exists")


async def test_everything_wrong_is_said_at_once(holder: Holder) -> None:
    wrong = record(outlet_code="DA009", unit="mg/L", laboratory=None, value=5, qualifier="<")
    answer = await holder.post(path(holder), wrong)
    assert answer.status_code == 422
    assert named(answer) == {
        ("/value", "decimal_string_expected"),
        ("/outlet_code", "outlet_not_permitted"),
        ("/unit", "unit_mismatch"),
        ("/laboratory", "laboratory_needed"),
    }


async def test_a_file_of_records_has_a_result_for_each_row_and_a_receipt(holder: Holder) -> None:
    first = record(id=new_id_text())
    correction = record(id=new_id_text(), value="99", supersedes=first["id"], reason="抄录有误")
    answer = await send(holder, first, record(pollutant_code="a99999"), correction, first)
    assert answer.status_code == 201, answer.text
    body = answer.json()
    assert [each["result"] for each in body["results"]] == ["accepted", "refused", "accepted", "repeated"]
    assert body["results"][1]["errors"][0]["code"] == "pollutant_not_permitted"
    assert (await holder.get(answer.headers["location"])).json() == body["batch"]
    kept = (await holder.get(path(holder, f"records/{first['id']}"))).json()
    assert (kept["superseded_by"], kept["batch_id"]) == (correction["id"], body["batch"]["id"])


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"qualifier": ">", "value": "0"}, "measuring_range_needed"),
        ({"value": "9" * 18}, "value_implausible"),
    ],
)
async def test_a_figure_that_says_nothing_or_cannot_be_is_refused_alone_and_in_a_file(
    holder: Holder, changes: dict[str, str], code: str
) -> None:
    answer = await holder.post(path(holder), record(**changes))
    assert (answer.status_code, named(answer)) == (422, {("/value", code)})
    results = (await send(holder, record(), record(**changes), record())).json()["results"]
    assert [each["result"] for each in results] == ["accepted", "refused", "accepted"]
    (error,) = results[1]["errors"]
    assert (error["pointer"], error["code"], bool(error["article"])) == ("/value", code, True)


async def test_a_record_of_an_outlet_that_is_not_permitted_is_kept_where_it_is_said_to_be(
    town: Town,
) -> None:
    holder = await town.holder()
    other = record(outlet_code="DA009", unpermitted_outlet=True)
    answer = await holder.post(path(holder), other)
    assert answer.status_code == 201, answer.text
    assert (answer.json()["unpermitted_outlet"], answer.json()["plan_row_id"]) == (True, None)
    rows = [other, record(outlet_code="DA009"), record(unpermitted_outlet=True), record()]
    results = (await send(holder, *rows)).json()["results"]
    assert [each["result"] for each in results] == ["accepted", "refused", "refused", "accepted"]
    assert [each["errors"][0]["code"] for each in results[1:3]] == [
        "outlet_not_permitted",
        "outlet_is_permitted",
    ]
    kept = (await holder.get(path(holder), outlet_code="DA009")).json()["items"]
    assert [each["unpermitted_outlet"] for each in kept] == [True, True]
    sheet = (await holder.get(path(holder, "export"), format="csv")).text
    assert "许可证外排放口 unpermitted_outlet" in sheet.splitlines()[0]
    back = await holder.http.post(
        path(holder, "batches"),
        content="outlet_code,pollutant_code,sampled_at,value,unit,means,unpermitted_outlet\n"
        "DA009,a21026,2026-05-03T08:00:00+08:00,1,mg/m3,automatic,true\n",
        headers={"Content-Type": "text/csv", "Idempotency-Key": new_id_text()},
    )
    assert back.json()["batch"]["accepted"] == 1, back.text


async def test_figures_of_a_period_count_what_was_not_corrected_and_half_of_what_was_not_detected(
    town: Town,
) -> None:
    holder = await town.holder()
    wrong = record(id=new_id_text(), value="9999", sampled_at="2026-04-02T00:00:00+08:00")
    rows = [
        record(value="100", sampled_at="2026-03-31T23:59:59+08:00"),
        record(value="200", sampled_at="2026-04-01T00:00:00+08:00"),
        record(value="300000", unit="ug/m3", sampled_at="2026-06-30T23:59:59+08:00"),
        record(value="20", qualifier="<", sampled_at="2026-05-01T00:00:00+08:00"),
        wrong,
        record(value="90", supersedes=wrong["id"], reason="抄录", sampled_at="2026-04-02T00:00:00+08:00"),
        record(means="automatic", value="150", sampled_at="2026-05-02T00:00:00+08:00"),
    ]
    assert (await send(holder, *rows)).json()["batch"]["accepted"] == len(rows)
    answer = await holder.get(path(holder, "figures"), start="2026-04-01", end="2026-06-30")
    reversed_days = await holder.get(path(holder, "figures"), start="2026-06-30", end="2026-04-01")
    assert is_problem(reversed_days, 400, "figures_reversed")
    figures = {each["means"]: each for each in answer.json()["figures"]}
    manual = figures["manual"]
    assert (manual["count"], manual["below_detection"], manual["unit"]) == (4, 1, "mg/m3")
    assert float(manual["maximum"]) == 300
    assert manual["average"] == "150.000000"
    assert figures["automatic"]["average"] == "150.000000"


async def test_records_are_read_by_filters_and_exported(town: Town) -> None:
    holder = await town.holder()
    rows = [record(id=new_id_text(), sampled_at=f"2026-05-01T{hour:02}:00:00+08:00") for hour in range(6)]
    other = record(pollutant_code="a21002", sampled_at="2026-05-02T00:00:00Z")
    assert (await send(holder, *rows, other)).json()["batch"]["accepted"] == 7
    pages = await walked(holder, path(holder), limit=4)
    assert [len(page) for page in pages] == [4, 3]
    some = await walked(
        holder,
        path(holder),
        pollutant_code="a21026",
        means="manual",
        current="true",
        sampled_from="2026-05-01T02:00:00+08:00",
        sampled_before="2026-05-01T04:00:00+08:00",
    )
    assert [each["id"] for each in some[0]] == [each["id"] for each in rows[2:4]]
    exported = await holder.get(path(holder, "export"))
    assert [json.loads(line)["id"] for line in exported.text.splitlines()][:6] == [
        each["id"] for each in rows
    ]
    sheet = await holder.get(path(holder, "export"), format="csv")
    assert sheet.text.splitlines()[0].startswith("\ufeff标识 id,")


async def test_another_enterprise_finds_nothing(town: Town, holder: Holder) -> None:
    stranger = await town.holder()
    assert is_problem(await stranger.post(path(holder), record()), 404, "permit_not_found")
    for rest in ("records", "batches", "export", f"records/{new_id_text()}"):
        assert is_problem(await stranger.get(path(holder, rest)), 404, "permit_not_found"), rest
    figures = await stranger.get(path(holder, "figures"), start="2026-01-01", end="2026-12-31")
    assert is_problem(figures, 404, "permit_not_found")
    clerk = await town.staff("clerk")
    assert (await clerk.post(path(holder), record())).status_code == 403
    assert (await clerk.get(path(holder, "figures"), start="2026-01-01", end="2026-12-31")).status_code == 200


async def test_a_record_names_the_row_of_the_plan_that_it_answers_and_points_are_those_of_the_plan(
    town: Town,
) -> None:
    holder, clerk = await town.holder(), await town.staff("clerk")
    plan = [
        {
            "outlet_code": "DA001",
            "pollutant_code": "a21026",
            "pollutant_name": "二氧化硫",
            "means": "manual",
            "frequency": {"count": 1, "per": "quarter"},
        },
        {
            "point": "厂界上风向",
            "pollutant_code": "a34001",
            "pollutant_name": "总悬浮颗粒物",
            "means": "manual",
            "frequency": {"count": 1, "per": "year"},
        },
    ]
    content = town.permit_content(holder.uscc, serial=2, monitoring=plan)
    issued = await clerk.post("/v1/permits/permits", content)
    assert issued.status_code == 201, issued.text
    base = f"/v1/permits/monitoring/{issued.json()['permit_number']}/records"
    planned = (await holder.post(base, record())).json()
    assert planned["plan_row_id"] is not None
    assert (await holder.post(base, record(means="automatic"))).json()["plan_row_id"] is None
    at_point = {**record(point="厂界上风向", pollutant_code="a34001", unit="ug/m3"), "outlet_code": None}
    kept = await holder.post(base, at_point)
    assert kept.status_code == 201, kept.text
    assert kept.json()["plan_row_id"] not in (None, planned["plan_row_id"])
    elsewhere = await holder.post(base, {**at_point, "point": "厂界下风向"})
    assert named(elsewhere) == {("/point", "point_not_permitted")}
