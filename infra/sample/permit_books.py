"""What the sample city keeps beside reports: quotas, fuel, greenhouse gases, performance classes, plans and ledgers.

The first two permits stay as they are: demonstrations and guides begin with them. Everything is invented.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal

from infra.sample.permit_applications import PermitApplications
from infra.sample.permit_classes import PermitClasses
from infra.sample.permit_duties import PermitDuties
from infra.sample.permit_past import PermitPast
from infra.sample.times import at_hour
from infra.sample.types import SamplePermit
from services.kit import clock
from services.kit.working_days import published_calendar
from services.permits.fuels import kinds
from services.permits.fuels import service as fuels
from services.permits.fuels.schemas import FuelFactCreate
from services.permits.greenhouse import factors, steps, submission
from services.permits.greenhouse import service as greenhouse
from services.permits.greenhouse.schemas import EmitterCreate, GreenhouseStepCreate
from services.permits.totals import control, offsets
from services.permits.totals import service as totals
from services.permits.totals.schemas import OffsetCreate, OffsetDecision, QuotaDecisionCreate

COAL = 2
"""The key permits by their place: boilers that burn coal; see `key_industries`."""
OTHER_COAL = 4
_RESERVE = Decimal("1.1")
_BACK = timedelta(days=120)
_SEASON = {1: (Decimal("5200.5"), Decimal(910)), 4: (Decimal("1380.2"), Decimal(300))} | {
    7: (Decimal("0"), Decimal("42.5")),
    10: (Decimal("4475.8"), Decimal(850)),
}
"""Coal in tonnes and bought electricity in MWh, by the first month of a quarter."""


class PermitBooks(PermitPast):
    """Quotas, replacements, fuel and greenhouse gases, then the other books."""

    async def live(self) -> None:
        """Quotas first, then what rests on them."""
        with clock.at(at_hour(self._anchor, 12)):
            await self._quotas()
            await self._replacement()
            await self._fuel(self._permit(COAL))
            await self._fuel(self._permit(OTHER_COAL))
            await self._greenhouse()
        await PermitClasses(self._session, self._city, accounts=self._accounts, office=self._office).live()
        await PermitDuties(self._session, self._city, accounts=self._accounts, office=self._office).live()
        await PermitApplications(
            self._session, self._city, accounts=self._accounts, office=self._office
        ).live()

    @property
    def _anchor(self) -> date:
        return self._city.as_of - _BACK

    def _permit(self, place: int) -> SamplePermit:
        return self._city.permits[place]

    async def _quotas(self) -> None:
        """The league's quota for the city, a part of it for each permit that limits the pollutant, a reserve."""
        known, year = control.load(), self._anchor.year - 1
        for name, pollutant in known.pollutants.items():
            shares = {
                permit.permit_number: tonnes
                for permit in self._city.permits
                if (tonnes := permitted(permit, pollutant.codes))
            }
            if not shares:
                continue
            whole = (sum(shares.values()) * _RESERVE).quantize(Decimal("0.01"))
            await self._decide("grant", name, whole, year)
            for number, tonnes in shares.items():
                await self._decide("allocation", name, tonnes, year, number)

    async def _decide(
        self, kind: str, pollutant: str, tonnes: Decimal, year: int, number: str | None = None
    ) -> None:
        content = QuotaDecisionCreate.model_validate(
            {
                "kind": kind,
                "pollutant": pollutant,
                "tonnes": tonnes,
                "from_year": year,
                "permit_number": number,
                "decided_on": date(year, 1, 10),
                "basis": f"二环发〔{year}〕7号",
            }
        )
        approver = self._staff("approver01")
        await totals.decide(self._session, approver, content, control=control.load())

    async def _replacement(self) -> None:
        """One boiler house grows by what another gave up: stated, and approved."""
        grows, gives = self._permit(OTHER_COAL), self._permit(OTHER_COAL + 1)
        statement = OffsetCreate.model_validate(
            {
                "permit_number": grows.permit_number,
                "project": "1台29 MW热水锅炉扩建",
                "pollutant": "nitrogen_oxides",
                "needed_t": Decimal("2.5"),
                "from_year": self._anchor.year,
                "sources": [
                    {
                        "permit_number": gives.permit_number,
                        "tonnes": Decimal("2.5"),
                        "measure": "2号锅炉低氮燃烧和SNCR改造",
                        "evidence": "改造竣工验收意见",
                    }
                ],
            }
        )
        made = await offsets.state(
            self._session,
            self._holder(grows.enterprise_uscc),
            statement,
            control=control.load(),
            office=self._office,
        )
        decision = OffsetDecision(decision="approve", opinion="削减量已核实", basis="二环审〔示例〕11号")
        approver = self._staff("approver01")
        await offsets.decide(self._session, approver, decision, offset_id=made.id)

    async def _fuel(self, permit: SamplePermit) -> None:
        """Two years of coal and electricity by quarter, as far as the quarters were over."""
        for year in (self._anchor.year - 1, self._anchor.year):
            for month, (coal, power) in _SEASON.items():
                last = _quarter_end(year, month)
                if last >= self._anchor or date(year, month, 1) < permit.valid_from:
                    continue
                period = {"period_start": date(year, month, 1), "period_end": last}
                if coal:
                    burnt = {"fuel": "bituminous_coal", "quantity": coal, "sulphur_percent": Decimal("0.55")}
                    await self._state(permit, {**period, **burnt, "source_document": "煤炭入炉台账"})
                bought = {"fuel": "electricity_bought", "quantity": power}
                await self._state(permit, {**period, **bought, "source_document": "电费结算单"})

    async def _state(self, permit: SamplePermit, fact: Mapping[str, object]) -> None:
        content = FuelFactCreate.model_validate({"permit_number": permit.permit_number, **fact})
        await fuels.record(self._session, self._holder(permit.enterprise_uscc), content, kinds=kinds.load())

    async def _greenhouse(self) -> None:
        """Two key emitters: one report was verified, the other emitter is late."""
        year, known = self._anchor.year - 1, factors.load()
        for place in (COAL, OTHER_COAL):
            content = EmitterCreate(
                uscc=self._permit(place).enterprise_uscc,
                year=year,
                sector="热力生产和供应",
                basis=f"{year}年度重点排放单位名录",
            )
            await greenhouse.list_emitter(self._session, self._staff("reviewer01"), content, factors=known)
        holder = self._holder(self._permit(COAL).enterprise_uscc)
        preview = await greenhouse.preview(
            self._session, holder.rows, uscc=holder.usccs[0], year=year, factors=known, kinds=kinds.load()
        )
        means = submission.Means(factors=known, kinds=kinds.load(), office=self._office)
        sent = await submission.submit(self._session, holder, preview.submission, means=means)
        for step in (
            {"step": "forward"},
            {"step": "verify", "conclusion": "conforms", "verified_t": sent.report.total_t},
            {"step": "feed_back"},
        ):
            entered = {"version": 1, "on_day": self._anchor, "basis": "锡环函〔示例〕3号", **step}
            await steps.enter(
                self._session,
                self._staff("reviewer02"),
                GreenhouseStepCreate.model_validate(entered),
                report_id=sent.report.id,
                factors=known,
                calendar=published_calendar,
            )


def permitted(permit: SamplePermit, codes: tuple[str, ...]) -> Decimal:
    """Tonnes a year that a permit's outlets may discharge of these codes."""
    return sum(
        (
            limit.value
            for outlet in permit.outlets
            for limit in outlet.limits
            if limit.kind == "annual_amount" and limit.pollutant_code in codes
        ),
        Decimal(0),
    )


def _quarter_end(year: int, month: int) -> date:
    following = date(year + month // 10, (month + 2) % 12 + 1, 1)
    return following - timedelta(days=1)
