"""条例 art. 23: self-monitoring data are public: figures and how they were measured, and nobody's texts."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest

from services.kit.ids import new_id_text
from tests.permits.monitoring.test_api import path, record
from tests.permits.reading import is_problem, walked
from tests.support.town import Holder, Town

BASE = "/v1/permits/disclosure"
TEXTS = {"laboratory": "某某检测有限公司", "report_number": "监〔2026〕1号", "note": "采样人李某"}


@pytest.fixture(scope="module")
async def holder(town: Town) -> Holder:
    """With two samples, the first of them corrected, and one of an outlet that the permit does not have.

    Somebody else has samples too, of the same outlet code and pollutant.
    """
    holder, other = await town.holder(), await town.holder()
    for sampled_at in ("2026-05-01T08:00:00+08:00", "2026-05-03T08:00:00+08:00"):
        answer = await other.post(path(other), record(id=new_id_text(), sampled_at=sampled_at))
        assert answer.status_code == 201, answer.text
    first = record(id=new_id_text(), value="0.1234", unit="g/m3", **TEXTS)
    sent = (
        first,
        record(supersedes=first["id"], value="123.50", reason="换算有误", id=new_id_text()),
        record(sampled_at="2026-05-02T08:00:00+08:00", qualifier="<", value="3", pollutant_code="a21002"),
        record(outlet_code="DA009", unpermitted_outlet=True),
    )
    for each in sent:
        answer = await holder.post(path(holder), each)
        assert answer.status_code == 201, answer.text
    return holder


def of(holder: Holder) -> str:
    return f"{BASE}/permits/{holder.permit['permit_number']}/monitoring"


async def test_article_23_what_was_measured_is_public_as_it_stands_newest_first(
    town: Town, holder: Holder
) -> None:
    pages = await walked(town.public, of(holder), limit=1)
    newest, corrected = [row for page in pages for row in page]
    own = (await holder.get(path(holder), current=True)).json()["items"]
    assert newest["published_at"] == own[-1]["recorded_at"]
    assert (newest["qualifier"], newest["value"], newest["pollutant_code"]) == ("<", "3", "a21002")
    assert (corrected["value"], corrected["unit"], corrected["standard_value"]) == (
        "123.50",
        "mg/m3",
        "123.50",
    )
    assert corrected["sampled_at"] == "2026-05-01T08:00:00+08:00"
    assert corrected["method_standard"] == "HJ 57-2017"


async def test_no_text_and_nobody_who_recorded_it_is_public(town: Town, holder: Holder) -> None:
    said = json.dumps(await walked(town.public, of(holder)), ensure_ascii=False)
    for hidden in (*TEXTS.values(), str(holder.account), holder.login, "换算有误", "recorded_by", "DA009"):
        assert hidden not in said


@pytest.mark.parametrize(
    ("filters", "values"),
    [
        ({"pollutant_code": "a21026"}, ["123.50"]),
        ({"outlet_code": "DA002"}, []),
        ({"means": "automatic"}, []),
        ({"sampled_from": "2026-05-02T00:00:00+08:00"}, ["3"]),
        ({"sampled_before": "2026-05-02T00:00:00+08:00"}, ["123.50"]),
        ({"sampled_from": "2026-05-02T00:00:00+08:00", "pollutant_code": "a21026"}, []),
    ],
)
async def test_records_are_found_by_place_pollutant_means_and_time(
    town: Town, holder: Holder, filters: dict[str, str], values: list[str]
) -> None:
    pages = await walked(town.public, of(holder), limit=1, **filters)
    assert [row["value"] for page in pages for row in page] == values
    asked = {"format": "ndjson", "permit_number": holder.permit["permit_number"], **filters}
    answer = await town.public.get(f"{BASE}/downloads/monitoring", params=asked)
    assert [json.loads(line)["value"] for line in answer.text.splitlines()] == values


async def test_the_file_of_all_permits_says_what_the_list_says(town: Town, holder: Holder) -> None:
    (listed,) = await walked(town.public, of(holder))
    answer = await town.public.get(f"{BASE}/downloads/monitoring", params={"format": "ndjson"})
    rows: list[dict[str, Any]] = [json.loads(line) for line in answer.text.splitlines()]
    number = holder.permit["permit_number"]
    assert [row for row in rows if row["permit_number"] == number] == listed
    table = await town.public.get(f"{BASE}/downloads/monitoring", params={"permit_number": number})
    head, *lines = csv.reader(io.StringIO(table.content.decode("utf-8-sig"), newline=""))
    assert all(title.partition(" ")[0] for title in head), "a column without its Chinese name"
    assert [title.rpartition(" ")[2] for title in head] == list(listed[0])
    assert len(lines) == len(listed)


async def test_of_a_permit_that_there_is_not_it_is_404(town: Town) -> None:
    answer = await town.public.get(f"{BASE}/permits/{town.new_uscc()}001P/monitoring")
    assert is_problem(answer, 404, "permit_not_found")
