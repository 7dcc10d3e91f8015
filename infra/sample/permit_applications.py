"""An application of the sample city that its applicant has to complete: a new site of a permit holder."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from infra.sample.permit_past import PermitPast
from infra.sample.times import at_hour
from services.kit import clock
from services.permits.applications import acceptance, submission
from services.permits.applications.schemas import ApplicationCreate
from services.permits.applications.schemas_steps import CompletenessCreate
from services.permits.eia import service as eia
from services.permits.eia.schemas import EiaCreate

_BACK = timedelta(days=200)
PLACE = 5
"""The applicant: a key permit by its place, of which no other part of the past tells."""


class PermitApplications(PermitPast):
    """What was applied for lately."""

    async def live(self) -> None:
        """The EIA is entered, the application submitted, and a day later all that it lacks is said at once."""
        uscc = self._city.permits[PLACE].enterprise_uscc
        with clock.at(at_hour(self._city.as_of - timedelta(days=2), 9)):
            approval = await eia.register(self._session, self._staff("clerk01"), self._approval(uscc))
            applied = await submission.submit(
                self._session,
                self._holder(uscc),
                ApplicationCreate.model_validate(
                    {
                        "uscc": uscc,
                        "kind": "first",
                        "eia_ids": [approval.id],
                        "content": _content(approval.decided_on),
                    }
                ),
                office=self._office,
            )
        with clock.at(at_hour(self._city.as_of - timedelta(days=1), 10)):
            await acceptance.decide(
                self._session,
                self._staff("clerk01"),
                CompletenessCreate(outcome="notify", items=["补充锅炉烟囱的高度"]),
                application_id=applied.id,
                office=self._office,
                if_match="*",
            )

    def _approval(self, uscc: str) -> EiaCreate:
        decided_on = self._city.as_of - _BACK
        return EiaCreate(
            uscc=uscc,
            number=f"二环审表〔{decided_on.year}〕4号",
            eia_class="form",
            authority="锡林郭勒盟生态环境局二连浩特市分局",
            decided_on=decided_on,
            project_name="备用锅炉房项目",
        )


def _content(valid_from: date) -> dict[str, Any]:
    return {
        "site_name": "备用锅炉房",
        "management_class": "simplified",
        "industry_code": "4430",
        "reporting": {"quarterly": False, "annual": True},
        "outlets": [
            {
                "code": "DA001",
                "name": "锅炉烟囱",
                "medium": "air",
                "kind": "main",
                "limits": [
                    {
                        "pollutant_code": "a21026",
                        "pollutant_name": "二氧化硫",
                        "kind": "hourly_concentration",
                        "value": "50",
                        "unit": "mg/m3",
                        "valid_from": valid_from,
                        "valid_to": None,
                        "standard": "GB 13271-2014",
                    }
                ],
            }
        ],
    }
