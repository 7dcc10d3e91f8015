"""The ledger over HTTP: one entry, a file of many, reading and exporting it."""

from __future__ import annotations

import asyncio
import csv
import io
import json
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from services.kit.ids import new_id_text
from services.kit.receipts import check_receipt
from services.permits.ledger.desk import HEADERS
from tests.permits.drafts.tokens import agent
from tests.permits.reading import is_problem, named, walked
from tests.support.town import Caller, Holder, Town

NDJSON = "application/x-ndjson"


@pytest.fixture(scope="module")
async def holder(town: Town) -> Holder:
    return await town.holder()


def path(holder: Holder, rest: str = "entries") -> str:
    return f"/v1/permits/ledger/{holder.permit['permit_number']}/{rest}"


def entry(**changes: Any) -> dict[str, Any]:
    content = {
        "kind": "production",
        "facility_code": "MF0001",
        "happened_at": "2026-05-01T08:00:00+08:00",
        "name": "热水",
        "quantity": "1234.50",
        "unit": "GJ",
    }
    return {**content, **changes}


def lines(*rows: dict[str, Any]) -> bytes:
    return b"\n".join(json.dumps(row).encode() for row in rows)


async def send(
    caller: Caller, holder: Holder, content: bytes, *, media_type: str = NDJSON, key: str | None = None
) -> httpx.Response:
    headers = {"Content-Type": media_type, "Idempotency-Key": key or new_id_text()}
    return await caller.http.post(path(holder, "batches"), content=content, headers=headers)


def results(answer: httpx.Response) -> list[str]:
    assert answer.status_code == 201, answer.text
    return [each["result"] for each in answer.json()["results"]]


class TestOneEntry:
    async def test_an_entry_is_written_and_read_as_it_was_made(self, holder: Holder) -> None:
        sent = entry(id=new_id_text(), made_offline=True, run_hours="24", note="正常")
        answer = await holder.post(path(holder), sent)
        assert answer.status_code == 201, answer.text
        kept = (await holder.get(answer.headers["location"])).json()
        assert {name: kept[name] for name in sent} == sent
        assert (kept["uscc"], kept["superseded_by"], kept["kept_until"]) == (holder.uscc, None, "2031-05-01")

    async def test_an_entry_made_offline_and_sent_twice_is_one(self, holder: Holder) -> None:
        sent = entry(id=new_id_text(), made_offline=True)
        answers = await asyncio.gather(*(holder.post(path(holder), sent) for _ in range(3)))
        assert sorted(each.status_code for each in answers) == [200, 200, 201]
        assert len({each.json()["recorded_at"] for each in answers}) == 1
        other = await holder.post(path(holder), {**sent, "quantity": "1"})
        assert is_problem(other, 409, "record_exists")

    async def test_everything_wrong_is_said_at_once(self, holder: Holder) -> None:
        answer = await holder.post(
            path(holder), entry(happened_at="2999-01-01T00:00:00Z", quantity=5, cause="x", made_offline=True)
        )
        assert answer.status_code == 422
        assert named(answer) == {
            ("/quantity", "decimal_string_expected"),
            ("/happened_at", "in_the_future"),
            ("/cause", "member_not_of_kind"),
            ("/id", "id_needed"),
        }
        assert is_problem(
            await holder.post(path(holder), entry(facility_code="TA001")), 422, "record_invalid"
        )

    async def test_art_21_a_share_of_a_fuel_is_not_more_than_all_of_it(self, holder: Holder) -> None:
        coal = entry(kind="materials", name="褐煤", unit="t", quantity="20", facility_code=None)
        shares = ("sulphur_percent", "ash_percent", "volatile_percent")
        answer = await holder.post(path(holder), {**coal, **dict.fromkeys(shares, "100.01")})
        assert answer.status_code == 422
        assert named(answer) == {(f"/{name}", "percentage_too_high") for name in shares}
        assert {each["article"] for each in answer.json()["errors"]} == {"排污许可管理条例 第二十一条"}
        answer = await holder.post(path(holder), {**coal, "sulphur_percent": "1,2", "ash_percent": "-3"})
        assert {code for _, code in named(answer)} == {"decimal_string_expected"}
        answer = await holder.post(path(holder), {**coal, **dict.fromkeys(shares, "100.00")})
        assert answer.status_code == 201, answer.text

    async def test_a_correction_is_a_new_entry_and_only_the_newest_is_corrected(self, holder: Holder) -> None:
        first = (await holder.post(path(holder), entry())).json()
        correction = entry(quantity="1243.50", supersedes=first["id"], reason="抄录有误")
        answers = await asyncio.gather(*(holder.post(path(holder), correction) for _ in range(2)))
        assert sorted(each.status_code for each in answers) == [201, 409]
        refused = next(each for each in answers if each.status_code == 409)
        assert is_problem(refused, 409, "already_corrected")
        second = next(each for each in answers if each.status_code == 201).json()
        again = (await holder.get(path(holder, f"entries/{first['id']}"))).json()
        assert (again["quantity"], again["superseded_by"]) == ("1234.50", second["id"])
        late = await holder.post(path(holder), correction)
        assert is_problem(late, 409, "already_corrected")
        assert late.json()["newest"] == second["id"]
        other_kind = entry(kind="other", note="x", supersedes=second["id"], reason="y")
        wrong = {n: v for n, v in other_kind.items() if n not in ("name", "quantity", "unit")}
        assert is_problem(await holder.post(path(holder), wrong), 404, "record_not_found")
        open_ones = await walked(holder, path(holder), current="true", limit=500)
        assert first["id"] not in {each["id"] for each in open_ones[0]}

    async def test_an_agent_writes_and_another_enterprise_finds_nothing(
        self, town: Town, holder: Holder
    ) -> None:
        preparer, stranger = await agent(town, holder), await town.holder()
        assert (await preparer.post(path(holder), entry())).status_code == 201
        assert is_problem(await stranger.post(path(holder), entry()), 404, "permit_not_found")
        assert is_problem(await send(stranger, holder, lines(entry())), 404, "permit_not_found")
        for rest in ("entries", "batches", "export", f"entries/{new_id_text()}", f"batches/{new_id_text()}"):
            assert is_problem(await stranger.get(path(holder, rest)), 404, "permit_not_found"), rest
        missing = await holder.get(path(holder, f"entries/{new_id_text()}"))
        assert is_problem(missing, 404, "record_not_found")
        clerk = await town.staff("clerk")
        assert (await clerk.post(path(holder), entry())).status_code == 403

    async def test_nothing_changes_or_deletes_an_entry(self, town: Town, holder: Holder) -> None:
        made = (await holder.post(path(holder), entry())).json()
        engine = town.stack.apps["permits"].state.kit.database.engine
        for statement in ("UPDATE ledger_entry SET reason = NULL", "DELETE FROM ledger_entry"):
            with pytest.raises(sa.exc.DBAPIError):
                async with engine.begin() as connection:
                    await connection.execute(sa.text(f"{statement} WHERE id = :id"), {"id": made["id"]})


class TestAFile:
    async def test_good_rows_are_kept_and_every_row_has_its_result(self, town: Town, holder: Holder) -> None:
        good = [entry(id=new_id_text()), entry(note="x\\y\t草")]
        sent = lines(good[0], entry(quantity="viel", happened_at="2999-01-01T00:00:00Z"), good[1], good[0])
        answer = await send(holder, holder, sent)
        assert results(answer) == ["accepted", "refused", "accepted", "repeated"]
        body = answer.json()
        refused = body["results"][1]
        assert {(each["pointer"], each["code"]) for each in refused["errors"]} == {
            ("/quantity", "decimal_string_expected"),
            ("/happened_at", "in_the_future"),
        }
        assert all(each["detail_zh"] and each["detail_en"] for each in refused["errors"])
        batch = body["batch"]
        assert [batch[name] for name in ("rows", "accepted", "repeated", "refused")] == [4, 2, 1, 1]
        assert (batch["document"]["refused_lines"], batch["document"]["repeated_lines"]) == ([2], [4])
        keys = (await town.public.get("/v1/permits/receipt-keys")).json()
        receipt = check_receipt(batch["receipt"]["jws"], keys, document=batch["document"])
        assert (receipt.on_behalf_of, receipt.subject) == (holder.uscc, answer.headers["location"])
        assert (await holder.get(answer.headers["location"])).json() == batch
        kept = (await holder.get(path(holder, f"entries/{body['results'][2]['id']}"))).json()
        assert (kept["note"], kept["batch_id"]) == ("x\\y\t草", batch["id"])

    async def test_art_21_a_share_in_a_file_is_bounded_row_by_row(self, holder: Holder) -> None:
        coal = entry(kind="materials", name="褐煤", unit="t", quantity="20", facility_code=None)
        rows = [{**coal, "id": new_id_text(), "ash_percent": share} for share in ("35.2", "352", "100")]
        answer = await send(holder, holder, lines(*rows))
        assert results(answer) == ["accepted", "refused", "accepted"]
        (error,) = answer.json()["results"][1]["errors"]
        assert (error["pointer"], error["code"]) == ("/ash_percent", "percentage_too_high")

    async def test_a_file_sent_again_doubles_nothing_by_its_key_or_by_its_rows(self, holder: Holder) -> None:
        rows = [entry(id=new_id_text()) for _ in range(1500)]
        key = new_id_text()
        first = await send(holder, holder, lines(*rows), key=key)
        again = await send(holder, holder, lines(*rows), key=key)
        assert (again.json(), again.headers["idempotency-replayed"]) == (first.json(), "true")
        changed = [*rows[:1200], {**rows[1200], "quantity": "9"}, entry(id=new_id_text()), entry()]
        third = results(await send(holder, holder, lines(*changed)))
        assert third == ["repeated"] * 1200 + ["refused", "accepted", "accepted"]

    async def test_two_files_of_the_same_rows_at_once_are_one(self, holder: Holder) -> None:
        rows = [entry(id=new_id_text()) for _ in range(300)]
        answers = await asyncio.gather(
            send(holder, holder, lines(*rows)), send(holder, holder, lines(*reversed(rows)))
        )
        found = sorted(results(each) for each in answers)
        assert found == [["accepted"] * 300, ["repeated"] * 300]

    async def test_corrections_come_in_files_too(self, holder: Holder) -> None:
        first, second, third = (new_id_text() for _ in range(3))
        corrects = {"reason": "抄录有误"}
        rows = [
            entry(id=third, quantity="3", supersedes=second, **corrects),
            entry(id=first),
            entry(id=second, quantity="2", supersedes=first, **corrects),
            entry(quantity="4", supersedes=first, **corrects),
            entry(quantity="5", supersedes=new_id_text(), **corrects),
        ]
        answer = await send(holder, holder, lines(*rows))
        assert results(answer) == ["accepted", "accepted", "accepted", "refused", "refused"]
        errors = [each["errors"][0]["code"] for each in answer.json()["results"][3:]]
        assert errors == ["already_superseded", "superseded_unknown"]
        assert (await holder.get(path(holder, f"entries/{second}"))).json()["superseded_by"] == third

    @pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
    async def test_a_sheet_with_chinese_headers_is_taken(self, holder: Holder, encoding: str) -> None:
        sheet = (
            "类别,设施或排放口编号,发生时间,运行小时,离线记录\n"
            "treatment,TA001,2026/5/1 8:00,24,否\ntreatment,MF0001,x,24,\n"
        )
        answer = await send(holder, holder, sheet.encode(encoding), media_type="text/csv")
        assert results(answer) == ["accepted", "refused"]
        refused = answer.json()["results"][1]
        assert refused["line"] == 3
        assert {each["code"] for each in refused["errors"]} == {"moment_expected", "facility_not_of_kind"}

    @pytest.mark.parametrize(
        ("content", "media_type", "status", "code"),
        [
            (b"", NDJSON, 400, "file_empty"),
            (b"\n\n", NDJSON, 400, "file_unreadable"),
            (b"\xff\xff\xff", "text/csv", 400, "file_unreadable"),
            ("颜色\n红\n".encode(), "text/csv", 422, "header_unknown"),
            (b"{}\n" * 100_001, NDJSON, 422, "too_many_rows"),
            (b"{}", "application/json", 415, "unsupported_media_type"),
            (b" " * (17 * 1024 * 1024), NDJSON, 413, "content_too_large"),
        ],
    )
    async def test_a_bad_file_is_refused_as_a_whole(
        self, holder: Holder, content: bytes, media_type: str, status: int, code: str
    ) -> None:
        assert is_problem(await send(holder, holder, content, media_type=media_type), status, code)

    async def test_past_the_gateway_a_file_has_a_largest_size_too(self, town: Town, holder: Holder) -> None:
        direct = await town.direct("permits", holder.token)
        headers = {"Content-Type": NDJSON, "Idempotency-Key": new_id_text()}
        large = b" " * (2 * 1024 * 1024) + lines(entry())
        answer = await direct.post(path(holder, "batches"), content=large, headers=headers)
        assert results(answer) == ["accepted"]
        too_large = await direct.post(
            path(holder, "batches"), content=b" " * (17 * 1024 * 1024), headers=headers
        )
        assert is_problem(too_large, 413, "content_too_large")
        body = await direct.post(path(holder), content=b" " * (2 * 1024 * 1024), headers=headers)
        assert is_problem(body, 413, "content_too_large")


class TestReading:
    async def test_the_ledger_is_read_in_pages_and_by_filters_and_exported_whole(self, town: Town) -> None:
        holder = await town.holder()
        hours = [
            entry(happened_at=f"2026-05-01T{hour:02}:00:00+08:00", id=new_id_text()) for hour in range(20)
        ]
        odd = {
            **entry(kind="other", note="=1+1"),
            "facility_code": "TA001",
            "happened_at": "2026-05-02T00:00:00Z",
        }
        for name in ("quantity", "unit"):
            del odd[name]
        assert results(await send(holder, holder, lines(*reversed(hours), odd))) == ["accepted"] * 21
        pages = await walked(holder, path(holder), limit=8)
        in_order = [each["id"] for page in pages for each in page]
        assert (len(pages), in_order[:20]) == (3, [each["id"] for each in hours])
        of_kind = await walked(holder, path(holder), kind="other", facility_code="TA001")
        assert [each["note"] for each in of_kind[0]] == ["=1+1"]
        some = await walked(
            holder,
            path(holder),
            happened_from="2026-05-01T05:00:00+08:00",
            happened_before="2026-05-01T07:00:00+08:00",
        )
        assert [each["happened_at"][11:13] for each in some[0]] == ["05", "06"]
        exported = await holder.get(path(holder, "export"))
        assert exported.headers["content-type"] == NDJSON
        assert [json.loads(line)["id"] for line in exported.text.splitlines()] == in_order
        sheet = await holder.get(path(holder, "export"), format="csv")
        rows = list(csv.DictReader(io.StringIO(sheet.text.removeprefix("\ufeff"))))
        assert [row["标识 id"] for row in rows] == in_order
        assert rows[-1]["备注 note"] == "'=1+1"

    async def test_what_is_exported_can_be_sent_in_as_it_is_and_is_known(self, holder: Holder) -> None:
        sent = entry(id=new_id_text(), made_offline=True, note="=1+1", ended_at="2026-05-01T09:00:00+08:00")
        assert (await holder.post(path(holder), sent)).status_code == 201
        out = io.StringIO()
        sheet = await holder.get(
            path(holder, "export"), format="csv", happened_from="2026-05-01T08:00:00+08:00"
        )
        rows = [
            row
            for row in csv.DictReader(io.StringIO(sheet.text.removeprefix("\ufeff")))
            if row["标识 id"] == sent["id"]
        ]
        given = [f"{title} {name}" for name, title in HEADERS.items()]
        writer = csv.DictWriter(out, given, extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)
        again = await send(holder, holder, out.getvalue().encode(), media_type="text/csv")
        assert results(again) == ["repeated"], again.text

    async def test_the_bureau_says_what_for_and_the_read_of_an_export_is_logged(
        self, town: Town, holder: Holder
    ) -> None:
        clerk, auditor = await town.staff("clerk"), await town.staff("auditor")
        refused = await clerk.http.get(path(holder, "export"), headers={"Steppe-Purpose": ""})
        assert refused.status_code == 400
        assert (await clerk.get(path(holder, "export"))).status_code == 200
        log = (await auditor.get("/v1/permits/read-log", enterprise=holder.uscc)).json()["items"]
        assert any(each["route"].endswith("/export") for each in log), log
