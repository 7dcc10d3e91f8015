"""Facts about manifests. Credit reads `discrepancy_found` as a candidate for a record."""

from __future__ import annotations

import uuid

from pydantic import Field
from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit import events
from services.kit.event_catalogue import EventType
from services.kit.schemas import Moment, Schema
from services.kit.texts import Text
from services.waste.manifests.models import Discrepancy, Manifest, ManifestStep
from services.waste.manifests.rules import Step
from services.waste.manifests.schemas import DiscrepancyLine


class ManifestFact(Schema):
    """Payload of every step: which manifest, how it stands, who acted, by which article."""

    manifest_id: uuid.UUID
    manifest_number: str
    state: str
    shipper_uscc: str
    carrier_uscc: str
    receiver_uscc: str
    party: str
    signed_by: str
    signed_at: Moment
    basis: str
    document_sha256: str


class DiscrepancyFound(Schema):
    """Payload: what differs; `uscc` is the enterprise responsible in the first place, the shipper."""

    manifest_id: uuid.UUID
    manifest_number: str
    uscc: str
    receiver_uscc: str
    carrier_uscc: str
    found_at: Moment
    article: str
    lines: list[DiscrepancyLine]


class NationalNumberRecorded(Schema):
    """Payload: the national system's number of a manifest."""

    manifest_id: uuid.UUID
    manifest_number: str
    national_no: str = Field(max_length=14)


DISCREPANCY_FOUND = EventType(
    "waste.discrepancy_found.v1",
    DiscrepancyFound,
    Text(zh="接收发现不符", en="The receiver found something else than the manifest says"),
)
NATIONAL_NUMBER_RECORDED = EventType(
    "waste.national_number_recorded.v1",
    NationalNumberRecorded,
    Text(zh="国家联单编号已登记", en="The national number of a manifest was recorded"),
)
STEP_TAKEN = {
    step: EventType(f"waste.manifest_{fact}.v1", ManifestFact, title)
    for step, fact, title in (
        (Step.SUBMIT, "submitted", Text(zh="转移联单已提交", en="A manifest was submitted")),
        (Step.SIGN_SHIPPER, "signed_by_shipper", Text(zh="移出人已签认", en="The shipper signed")),
        (Step.SIGN_CARRIER, "departed", Text(zh="承运人已签认并启运", en="The carrier signed and departed")),
        (Step.ARRIVE, "arrived", Text(zh="危险废物已运抵", en="The waste arrived at the receiver")),
        (Step.ACCEPT, "accepted", Text(zh="接受人已接受", en="The receiver accepted the waste")),
        (
            Step.ACCEPT_IN_PART,
            "partially_accepted",
            Text(zh="接受人部分接受", en="The receiver accepted part of the waste"),
        ),
        (Step.REJECT, "rejected", Text(zh="接受人拒绝接受", en="The receiver rejected the waste")),
        (Step.CANCEL, "cancelled", Text(zh="转移联单已作废", en="The manifest was cancelled")),
    )
}


def path_of(manifest_id: uuid.UUID) -> str:
    return f"/v1/waste/manifests/{manifest_id}"


def tell_step(session: AsyncSession, manifest: Manifest, taken: ManifestStep) -> None:
    """Emits the one event of a step."""
    fact = ManifestFact(
        manifest_id=manifest.id,
        manifest_number=manifest.number,
        **manifest.model_dump(include={"state", "shipper_uscc", "carrier_uscc", "receiver_uscc"}),
        **taken.model_dump(include={"party", "signed_by", "signed_at", "basis", "document_sha256"}),
    )
    _emit(session, manifest, STEP_TAKEN[Step(taken.step)], fact)


def tell_discrepancy(session: AsyncSession, manifest: Manifest, found: Discrepancy, *, article: str) -> None:
    fact = DiscrepancyFound(
        manifest_id=manifest.id,
        manifest_number=manifest.number,
        uscc=manifest.shipper_uscc,
        receiver_uscc=manifest.receiver_uscc,
        carrier_uscc=manifest.carrier_uscc,
        found_at=found.found_at,
        article=article,
        lines=[DiscrepancyLine.model_validate(line) for line in found.lines],
    )
    _emit(session, manifest, DISCREPANCY_FOUND, fact)


def tell_national_number(session: AsyncSession, manifest: Manifest, *, national_no: str) -> None:
    fact = NationalNumberRecorded(
        manifest_id=manifest.id, manifest_number=manifest.number, national_no=national_no
    )
    _emit(session, manifest, NATIONAL_NUMBER_RECORDED, fact)


def _emit(session: AsyncSession, manifest: Manifest, kind: EventType, fact: Schema) -> None:
    events.emit(
        session,
        kind=kind,
        subject=path_of(manifest.id),
        owner=manifest.shipper_uscc,
        fact=fact,
    )
