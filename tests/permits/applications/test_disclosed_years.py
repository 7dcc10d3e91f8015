"""A disclosure elsewhere is linked to from 2027 on; an application of before is corrected by the rule of its day."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from services.kit.pytest_plugin import MakeDatabase
from tests.permits.applications.desk import PATH, applicant, ok, proposal, refused
from tests.support.years import years

pytestmark = pytest.mark.stack

UNLINKED = {"first_day": "2026-12-07", "last_day": "2026-12-18", "where": "全国排污许可证管理信息平台"}


async def test_a_correction_is_judged_by_the_rule_of_the_day_of_its_application(
    make_database: MakeDatabase,
) -> None:
    async with years(make_database, datetime(2026, 12, 30, 1, tzinfo=UTC)) as (town, journey):
        one = await applicant(town)
        key = {"content": proposal(management_class="key"), "pre_disclosure": UNLINKED}
        application = ok(await one.caller.post(PATH, one.application(**key)))
        asked = {"outcome": "notify", "items": ["补充说明"]}
        ok(await one.step("clerk", application, "completeness", asked))
        journey.to_day(date(2027, 1, 4))
        await town.sign_in_anew(one.caller)

        other = {**key, "content": proposal(management_class="key", site_name="二号厂区")}
        late = await one.caller.post(PATH, one.application(**other))
        found = refused(late, 422, "application_invalid")["errors"]
        assert [(each["pointer"], each["code"]) for each in found] == [
            ("/pre_disclosure/link", "disclosure_link_missing")
        ]
        correction = {**key, "eia_ids": [one.eia_id], "corrects_version": 1}
        path = f"{PATH}/{application['id']}/versions"
        corrected = ok(await one.caller.post(path, correction))
        assert (corrected["version"], corrected["disclosed"]["link"]) == (2, None)
