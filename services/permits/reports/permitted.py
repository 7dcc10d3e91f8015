"""What the versions of a permit limit in the period of a report: read once a version, for those never change."""

from __future__ import annotations

import uuid
from bisect import bisect_right
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit.remembered import Remembered
from services.permits.obligations.models import Obligation
from services.permits.permits import repository as permits
from services.permits.permits.facts import stored_facts, stored_plant_facts, stored_special_facts
from services.permits.permits.rules import LimitFact
from services.permits.permits.stored import stored
from services.permits.reports.rules_changing import Changing, Stretch, of_period
from services.permits.reports.rules_limits import NO_LIMITS, Limits
from services.permits.reports.rules_special import within


@dataclass(frozen=True, slots=True)
class Permitted:
    """What a permit limits: at its outlets, in total, in special periods; and its main outlets. Of one version, or of a
    period in which it had more than one."""

    outlets: Limits = NO_LIMITS
    """Of a period in which they changed the strictest of each, and of yearly amounts the last."""
    plant: Sequence[LimitFact] = ()
    special: Sequence[LimitFact] = ()
    main: Collection[str] = ()
    codes: Collection[str] = ()
    """Of the outlets that it has on all days."""
    serves: Sequence[tuple[str, Sequence[str]]] = ()
    """Each treatment facility with the production facilities whose pollutants it treats."""
    disclosure: int = 0
    """How many requirements of disclosure it has."""
    ledger: int = 0
    """How many requirements of the ledger it has."""
    region: str | None = None
    """Where it says that the site lies; None: where the enterprise is."""
    since: date = date.min
    """Its first day."""
    names: Mapping[str, str] = field(default_factory=dict)
    """Of all its outlets, by code."""
    turns: Sequence[date] = ()
    """The days from which on limits of its outlets are others than the day before."""
    changing: Sequence[Changing] = ()
    """Limits of outlets that are not the same on all days of the period."""
    by_day: Sequence[LimitFact] = ()
    """Where the period has such days, all limits of outlets on their own days."""
    partly: Sequence[tuple[str, date, date]] = ()
    """The outlets that it has on some days, with the first and the last of them."""
    totals_of: Collection[str] = ()
    """Pollutants that any version of the period limits in total, where it had several."""

    def on(self, day: date) -> Permitted:
        """What holds on `day`; special limits go by their own days."""
        outlets = Limits(fact for fact in self.outlets if fact.holds_on(day))
        return replace(
            self,
            outlets=self.outlets if len(outlets) == len(self.outlets) else outlets,
            plant=[fact for fact in self.plant if fact.holds_on(day)],
        )

    def is_steady(self, first: date, last: date) -> bool:
        """Whether it holds from `first` on, and the same limits at outlets on each day until `last`."""
        return self.since <= first and bisect_right(self.turns, first) == bisect_right(self.turns, last)

    @property
    def dated(self) -> Sequence[LimitFact]:
        """The limits of its outlets, each with its own days."""
        return self.by_day or self.outlets


@dataclass(frozen=True, slots=True)
class Held:
    """A version, and the days of a period on which it held."""

    first: date
    last: date
    version: Permitted


_DAY = timedelta(days=1)
_KNOWN: Remembered[uuid.UUID, Permitted] = Remembered(512)
"""By permit version, which never changes: half of what it takes to judge a report is to read its limits."""


async def permitted(
    session: AsyncSession, obligation: Obligation, *, known_at: datetime | None = None
) -> Permitted:
    """What the permit limits on the days of the period; `known_at`: by the versions that there were then."""
    held = await permits.version_held(session, obligation.permit_id, obligation.period_end, known_at=known_at)
    return await permitted_by(session, obligation, held, known_at=known_at)


async def permitted_by(
    session: AsyncSession,
    obligation: Obligation,
    held: tuple[uuid.UUID, date] | None,
    *,
    known_at: datetime | None = None,
) -> Permitted:
    """The same where the version is known that held at the period's end, with its last day.

    Most periods have one version, whose limits hold on all days: what it takes to see that is two looks at a list.
    """
    if held is None:
        return Permitted()
    version_id, valid_to = held
    start, last = obligation.period_start, min(obligation.period_end, valid_to)
    known = await _known(session, version_id)
    if last < start or known.is_steady(start, last):
        return known.on(last)
    versions = [Held(start, last, known)]
    if known.since > start:
        versions = await _versions(session, obligation, known_at)
    return together(versions) if versions else known.on(last)


async def _versions(session: AsyncSession, obligation: Obligation, known_at: datetime | None) -> list[Held]:
    """条例 art. 14-16: the versions that held on days of the period, in their order."""
    start, until = obligation.period_start, obligation.period_end
    found: list[Held] = []
    for version in reversed(await permits.versions_of(session, obligation.permit_id)):
        if known_at is not None and version.created_at > known_at:
            continue
        first, last = max(start, version.effective_from), min(until, version.valid_to)
        if first <= last:
            found.append(Held(first, last, await _known(session, version.id)))
        until = min(until, version.effective_from - _DAY)
    return found[::-1]


def together(versions: Sequence[Held]) -> Permitted:
    """What several versions limit, each on its days; what a report tells of the permit as a whole is by the last."""
    newest = versions[-1]
    outlets = of_period([Stretch(each.first, each.last, each.version.outlets) for each in versions])
    codes = set.intersection(*(set(each.version.codes) for each in versions))
    kinds = {code: code in each.version.main for each in versions for code in each.version.codes}
    return replace(
        newest.version.on(newest.last),
        outlets=outlets.limits,
        by_day=outlets.by_day,
        changing=outlets.changing,
        special=[
            fact
            for each in reversed(versions)
            for fact in within(each.version.special, first=each.first, last=each.last)
        ],
        main={code for code, is_main in kinds.items() if is_main},
        codes=codes,
        partly=[
            (code, each.first, each.last)
            for each in versions
            for code in sorted(each.version.codes)
            if code not in codes
        ],
        names={code: name for each in versions for code, name in each.version.names.items()},
        totals_of={fact.pollutant_code for each in versions for fact in each.version.plant},
    )


async def _known(session: AsyncSession, version_id: uuid.UUID) -> Permitted:
    """Reports of a site come together: one of them reads what all are judged by."""
    return await _KNOWN.get_or_read(version_id, lambda: _permitted_in(session, version_id))


async def _permitted_in(session: AsyncSession, version_id: uuid.UUID) -> Permitted:
    said = await stored(session, version_id)
    limits = Limits(stored_facts(said.limits))
    names = {code: name for code, _, name in said.outlets}
    return Permitted(
        limits,
        tuple(stored_plant_facts(said.plant)),
        tuple(stored_special_facts(said.special)),
        frozenset(code for code, kind, _ in said.outlets if kind == "main"),
        frozenset(names),
        [
            (each["code"], tuple(each["serves"]))
            for each in said.terms.get("treatment_facilities", ())
            if each.get("serves")
        ],
        len(said.terms.get("disclosure", ())),
        len(said.terms.get("ledger", ())),
        said.terms.get("site_region_code"),
        said.effective_from,
        names,
        sorted({each.valid_from for each in limits}.union(*map(_after, limits))),
    )


def _after(limit: LimitFact) -> Sequence[date]:
    return () if limit.valid_to is None else (limit.valid_to + _DAY,)
