"""Lets the sample city live its two years: the same use cases as over HTTP, at the times when things happened."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from infra.sample.periods import Period, reported_periods
from infra.sample.permit_past import PermitPast
from infra.sample.registrations import file_registrations
from infra.sample.times import at_hour
from infra.sample.types import SampleCity, SampleEnterprise, SamplePermit, SampleReport
from services.kit import clock
from services.kit.auth import Principal
from services.kit.receipt_keys import ReceiptOffice
from services.permits.enterprises import service as enterprises
from services.permits.enterprises.schemas import EnterpriseCreate
from services.permits.obligations.models import Obligation
from services.permits.permits import service as permits
from services.permits.permits.schemas import PermitCreate
from services.permits.reports import review, submission
from services.permits.reports.schemas import ReportCorrection, ReportCreate, ReviewCreate, Submitted


def _first(periods: list[Period], kind: str) -> date | None:
    """Where this register takes over from the system before it."""
    return min((period.start for period in periods if period.kind == kind), default=None)


def permit_content(sample: SamplePermit, as_of: date) -> dict[str, Any]:
    """What the permit says, without its number."""
    periods = list(reported_periods(sample, as_of))
    return {
        "site_name": sample.site_name,
        "management_class": sample.management_class,
        "industry_code": sample.industry_code,
        "valid_from": sample.valid_from,
        "valid_to": sample.valid_to,
        "issued_on": sample.issued_on,
        "reporting": {
            "quarterly": "quarterly" in sample.reports,
            "annual": "annual" in sample.reports,
            "quarterly_due_day": sample.quarterly_due_day,
            "annual_due_month": sample.annual_due_month,
            "annual_due_day": sample.annual_due_day,
            "quarterly_from": _first(periods, "quarterly"),
            "annual_from": _first(periods, "annual"),
        },
        "outlets": sample.outlets,
        "terms": {"site_region_code": sample.site_region_code},
    }


class History(PermitPast):
    """Permits, what they owe and what was reported; then the other parts."""

    def __init__(
        self,
        session: AsyncSession,
        city: SampleCity,
        *,
        accounts: Mapping[str, uuid.UUID],
        office: ReceiptOffice,
    ) -> None:
        super().__init__(session, city, accounts=accounts, office=office)
        self._obligations: dict[tuple[str, str, date], uuid.UUID] = {}

    async def live(self) -> None:
        """Registers, issues, reports and reviews, in that order; then the forms of small sites."""
        begin = await self.register_enterprises()
        for permit in self._city.permits:
            with clock.at(begin):
                await self._issue(permit)
        for obligation in await self._session.exec(select(Obligation)):
            key = (obligation.permit_number, obligation.kind, obligation.period_start)
            self._obligations[key] = obligation.id
        for report in self._city.reports:
            await self._report(report)
        await file_registrations(self._session, self._city, accounts=self._accounts, office=self._office)

    async def register_enterprises(self) -> datetime:
        """When the history begins; every enterprise is registered then."""
        begin = at_hour(self._city.as_of - timedelta(days=731), 9)
        with clock.at(begin):
            for enterprise in self._city.enterprises:
                await self._register(enterprise)
        return begin

    async def _register(self, sample: SampleEnterprise) -> None:
        content = EnterpriseCreate(
            uscc=sample.uscc,
            name=sample.name,
            region_code=sample.region_code,
            industry_code=sample.industry_code,
            address=sample.address,
            longitude=sample.longitude,
            latitude=sample.latitude,
            management_class=sample.management_class,
            automatic_monitoring=sample.automatic_monitoring,
            legal_representative=sample.legal_representative,
        )
        await enterprises.register(self._session, self._staff("clerk01"), content)

    async def _issue(self, sample: SamplePermit) -> None:
        content = permit_content(sample, self._city.as_of)
        created = PermitCreate.model_validate(
            {**content, "permit_number": sample.permit_number}, from_attributes=True
        )
        await permits.issue(self._session, self._staff("clerk01"), created)

    async def _report(self, sample: SampleReport) -> None:
        submitter = self._holder(sample.permit_number[:18])
        content = ReportCreate.model_validate(
            {
                "obligation_id": self._obligations[sample.permit_number, sample.kind, sample.period_start],
                "production_days": sample.production_days,
                "values": sample.values,
                "exceedance_explanation": sample.exceedance_explanation,
            },
            from_attributes=True,
        )
        with clock.at(sample.submitted_at):
            submitted = await submission.submit(self._session, submitter, content, office=self._office)
        await self._review(sample, submitted, submitter, content)

    async def _review(
        self, sample: SampleReport, submitted: Submitted, submitter: Principal, content: ReportCreate
    ) -> None:
        reviewer, report_id = self._staff("reviewer01"), submitted.report.id
        moment, version = sample.submitted_at, 1
        if sample.outcome == "returned_then_accepted":
            with clock.at(moment := moment + timedelta(hours=20)):
                returned = ReviewCreate(
                    version=1, decision="return", comment=sample.review_comment or "请核对"
                )
                await review.decide(self._session, reviewer, returned, report_id=report_id)
            with clock.at(moment := moment + timedelta(hours=5)):
                stated = content.model_dump(exclude={"obligation_id"})
                corrected = ReportCorrection(corrects_version=1, reason="按审核意见核对后重新提交", **stated)
                await submission.correct(
                    self._session, submitter, corrected, report_id=report_id, office=self._office
                )
            version = 2
        if sample.outcome != "submitted":
            with clock.at(moment + timedelta(hours=3)):
                accepted = ReviewCreate(version=version, decision="accept")
                await review.decide(self._session, reviewer, accepted, report_id=report_id)
