"""Registrations as they are read."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit import clock
from services.kit.auth import RowScope
from services.kit.pages import PageQuery
from services.kit.schemas import Page
from services.permits.enterprises import repository as enterprises
from services.permits.registrations import repository, rules
from services.permits.registrations.errors import RegistrationNotFound
from services.permits.registrations.models import Registration, RegistrationVersion
from services.permits.registrations.practice import practice
from services.permits.registrations.schemas import (
    DisclosedRegistration,
    DisclosedRegistrationSummary,
    RegistrationClock,
    RegistrationRead,
    RegistrationReviewRead,
    RegistrationSummary,
    RegistrationVersionRead,
)
from services.permits.reports.schemas import ReceiptRead

PUBLIC = RowScope(everything=True)
"""What is disclosed is disclosed to all; `DisclosedRegistration` leaves out who to call."""


def filed(version: RegistrationVersion) -> rules.Filed:
    return rules.Filed(rules.Step(version.step), version.effective_on, version.valid_to)


def standing_of(registration: Registration, day: date) -> rules.Standing:
    """How it stands by its newest version."""
    step = rules.Step.CANCELLATION if registration.cancelled else rules.Step.FIRST
    return rules.standing_on(rules.Filed(step, registration.valid_from, registration.valid_to), day)


def summary(registration: Registration) -> RegistrationSummary:
    content = registration.model_dump(exclude={"id", "site_serial", "cancelled"})
    return RegistrationSummary(standing=standing_of(registration, clock.today()), **content)


def version_view(version: RegistrationVersion) -> RegistrationVersionRead:
    receipt = ReceiptRead(
        receipt_id=version.receipt_id, document_sha256=version.document_sha256, jws=version.receipt_jws
    )
    content = version.model_dump(
        exclude={"id", "registration_id", "document_sha256", "receipt_id", "receipt_jws"}
    )
    return RegistrationVersionRead.model_validate({**content, "receipt": receipt})


async def listing(
    session: AsyncSession, rows: RowScope, *, query: PageQuery, **filters: Any
) -> Page[RegistrationSummary]:
    found, following = await repository.page_of(
        session, rows=rows, query=query, today=clock.today(), **filters
    )
    return Page(items=[summary(each) for each in found], next_cursor=following)


async def get(session: AsyncSession, rows: RowScope, number: str, *, lock: bool = False) -> Registration:
    registration = await repository.by_number(session, number, rows=rows, lock=lock)
    if registration is None:
        raise RegistrationNotFound()
    return registration


async def read(
    session: AsyncSession, rows: RowScope, number: str, *, as_of: date | None = None
) -> RegistrationRead:
    """The registration with the version that counts on a day (today), and how it stands on it."""
    registration, day = await get(session, rows, number), as_of or clock.today()
    version = await repository.version_on(session, registration.id, day)
    if version is None:
        raise RegistrationNotFound()
    reviews = await repository.reviews_of(session, registration.id)
    return RegistrationRead(
        **{
            **summary(registration).model_dump(),
            **version.model_dump(include={"version", "valid_to"}),
            "valid_from": min(version.valid_from, registration.valid_from),
            "standing": rules.standing_on(filed(version), day),
        },
        on=day,
        renewal_opens_on=rules.renewal_opens_on(version.valid_to, practice()),
        renewal=_clock(version, day),
        content=version_view(version),
        reviews=[RegistrationReviewRead.model_validate(each) for each in reviews],
    )


def _clock(version: RegistrationVersion, day: date) -> RegistrationClock | None:
    if rules.standing_on(filed(version), day) == "cancelled":
        return None
    return RegistrationClock(
        opens_on=rules.renewal_opens_on(version.valid_to, practice()),
        due_on=version.valid_to,
        days_left=(version.valid_to - day).days,
        basis=rules.ARTICLE_REGISTRATION,
    )


async def versions(
    session: AsyncSession, rows: RowScope, number: str, *, query: PageQuery
) -> Page[RegistrationVersionRead]:
    registration = await get(session, rows, number)
    found, following = await repository.versions_page(session, registration.id, query=query)
    return Page(items=[version_view(each) for each in found], next_cursor=following)


async def disclosed_page(
    session: AsyncSession, *, query: PageQuery, **filters: Any
) -> Page[DisclosedRegistrationSummary]:
    found, following = await repository.page_of(
        session, rows=PUBLIC, query=query, today=clock.today(), **filters
    )
    return Page(items=await _disclosed(session, found), next_cursor=following)


async def disclosed(session: AsyncSession, number: str) -> DisclosedRegistration:
    """What anybody may read by the number: what the newest form says, and whether it holds today."""
    registration = await get(session, PUBLIC, number)
    newest = await _newest_form(session, registration)
    (summarised,) = await _disclosed(session, [registration])
    document = newest.document
    return DisclosedRegistration.model_validate(
        {
            **summarised.model_dump(),
            "version": registration.version,
            **{name: document[name] for name in ("region_code", "address", "discharges")},
            "activities": [each["industry_code"] for each in document["activities"]],
            "document_sha256": newest.document_sha256,
            "receipt_id": newest.receipt_id,
        }
    )


async def _newest_form(session: AsyncSession, registration: Registration) -> RegistrationVersion:
    """The newest version that is a form: a cancellation says only that it is over."""
    number = registration.version - 1 if registration.cancelled else registration.version
    version = await repository.version_of(session, registration.id, number)
    if version is None:
        raise RegistrationNotFound()
    return version


_OF_REGISTRATION = {
    *("receipt_number", "uscc", "site_name", "valid_from", "valid_to", "filed_at", "updated_at"),
}


async def _disclosed(
    session: AsyncSession, found: Sequence[Registration]
) -> list[DisclosedRegistrationSummary]:
    names = await enterprises.names_of(session, {each.uscc for each in found})
    today = clock.today()
    return [
        DisclosedRegistrationSummary(
            **each.model_dump(include=_OF_REGISTRATION),
            enterprise_name=names[each.uscc],
            standing=standing_of(each, today),
        )
        for each in found
    ]
