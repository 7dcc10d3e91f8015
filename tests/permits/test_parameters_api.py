"""A misspelt filter answers with a problem, not with everything."""

from __future__ import annotations

from tests.support.town import Town


async def test_a_misspelt_filter_is_named_in_both_languages(town: Town) -> None:
    answer = await town.public.get(
        "/v1/permits/disclosure/permits", params={"ussc": "x", "limit": ["1", "2"]}
    )
    assert answer.status_code == 400
    problem = answer.json()
    assert problem["code"] == "invalid_parameter"
    found = {
        each["pointer"]: (each["code"], each["detail_zh"], each["detail_en"]) for each in problem["errors"]
    }
    assert found == {
        "/query/ussc": ("unknown_parameter", "没有该参数", "there is no such parameter"),
        "/query/limit": ("repeated", "该参数重复", "this parameter appears more than once"),
    }
