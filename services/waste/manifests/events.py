"""Facts about manifests. Credit reads `discrepancy_found` as a candidate for a record."""

from __future__ import annotations

import uuid

from pydantic import Field
from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit import events
from services.kit.schemas import Moment, Schema
from services.waste.manifests.models import Discrepancy, Manifest, ManifestStep
from services.waste.manifests.rules import Step
from services.waste.manifests.schemas import DiscrepancyLine

DISCREPANCY_FOUND = "waste.discrepancy_found.v1"
NATIONAL_NUMBER_RECORDED = "waste.national_number_recorded.v1"
STEP_TAKEN = {
    Step.SUBMIT: "waste.manifest_submitted.v1",
    Step.SIGN_SHIPPER: "waste.manifest_signed_by_shipper.v1",
    Step.SIGN_CARRIER: "waste.manifest_departed.v1",
    Step.ARRIVE: "waste.manifest_arrived.v1",
    Step.ACCEPT: "waste.manifest_accepted.v1",
    Step.ACCEPT_IN_PART: "waste.manifest_partially_accepted.v1",
    Step.REJECT: "waste.manifest_rejected.v1",
    Step.CANCEL: "waste.manifest_cancelled.v1",
}


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


def _emit(session: AsyncSession, manifest: Manifest, kind: str, fact: Schema) -> None:
    events.emit(
        session,
        kind=kind,
        subject=path_of(manifest.id),
        owner=manifest.shipper_uscc,
        data=fact.model_dump(mode="json"),
    )
