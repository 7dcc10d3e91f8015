"""An amount is worked out step by step, and again when a report states it; through the gateway."""

from __future__ import annotations

from tests.permits.reading import is_problem, named
from tests.support.town import Town

PATH = "/v1/permits/amounts"
WATER = {"medium": "water", "manual": [{"concentration": "50", "flow": "1000", "count": "365"}]}


async def test_bureau_and_enterprise_get_every_step(town: Town) -> None:
    for caller in (await town.holder(), await town.staff("inspector")):
        answer = await caller.post(PATH, WATER)
        assert answer.status_code == 200, answer.text
        body = answer.json()
        assert (body["amount_t"], body["method"], body["article"]) == (
            "18.25",
            "manual",
            "环境保护税法 第十条",
        )
        assert body["chosen"]["steps"][-1] == {"text": "18250000 g × 10⁻⁶", "result": "18.25", "unit": "t"}


async def test_everything_wrong_is_named_at_once(town: Town) -> None:
    holder = await town.holder()
    automatic = {"due": "100", "points": [{"concentration": "-50", "flow": "1", "count": "70"}]}
    answer = await holder.post(PATH, {"medium": "air", "automatic": automatic})
    assert is_problem(answer, 422, "amount_invalid")
    assert named(answer) == {
        ("/automatic/points/0/concentration", "negative_value"),
        ("/automatic", "automatic_unusable"),
    }
    answer = await holder.post(PATH, {"medium": "air", "automatic": {**automatic, "due": 100}})
    assert named(answer) == {
        ("/automatic/due", "decimal_string_expected"),
        ("/automatic/points/0/concentration", "negative_value"),
    }
    assert is_problem(await holder.post(PATH, {"medium": "air"}), 422, "amount_invalid")


async def test_a_report_s_amount_is_worked_out_again_and_kept_with_it(town: Town) -> None:
    holder = await town.holder()
    report = await holder.report()
    (line,) = [each for each in report["values"] if each["pollutant_code"] == "a21026"]
    calculation = {"manual": [{"concentration": "100", "flow": "10000", "count": "1250"}]}
    line |= {"calculation": calculation, "method": "manual", "amount_t": "1.4"}
    index = report["values"].index(line)
    refused = await holder.post("/v1/permits/reports", report)
    assert named(refused) == {(f"/values/{index}/amount_t", "amount_differs_from_calculation")}
    line["override_reason"] = "抄录"
    assert (await holder.post("/v1/permits/reports", report)).status_code == 422  # 12 %: no reason helps
    line["amount_t"] = "1.25"
    answer = await holder.post("/v1/permits/reports", report)
    assert answer.status_code == 201, answer.text
    kept = answer.json()["document"]["values"][index]["calculation"]
    assert kept["manual"][0]["flow"] == "10000"
