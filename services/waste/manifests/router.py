"""HTTP of manifests."""

from typing import Annotated

from fastapi import Depends, Query, Request, Response

from services.kit.all_at_once import also_checked_by
from services.kit.pages import Paging
from services.kit.problems import PreconditionFailed, PreconditionRequired
from services.kit.receipt_keys import Office
from services.kit.routing import IfMatch, Session, problem_responses
from services.kit.routing import router as new_router
from services.kit.schemas import Id, Page
from services.waste.auth import Carrier, Reader, Receiver, Registrar, Shipper
from services.waste.manifests import checks, reception, repository, service, signing, submission, views
from services.waste.manifests.errors import (
    LicenceEnded,
    ManifestNotFound,
    ManifestRefused,
    ManifestSealed,
    NationalNumberSet,
    NationalNumberTaken,
    NotYourPart,
    ReceptionInvalid,
    StepNotOpen,
    TimeInvalid,
)
from services.waste.manifests.rules_reception import Tolerance
from services.waste.manifests.schemas import (
    Arrival,
    CancellationCreate,
    CarrierSignature,
    ManifestContent,
    ManifestRead,
    ManifestState,
    ManifestSummary,
    NationalNumberCreate,
    NoticeInList,
    ReceptionCreate,
    ShipperSignature,
    Signed,
)
from services.waste.units.errors import UnitNotFound

router = new_router("/v1/waste/manifests", tag="manifests")
notices_router = new_router("/v1/waste/notices", tag="manifests")


async def _tolerance(request: Request) -> Tolerance:
    return Tolerance(percent=request.app.state.kit.settings.mass_tolerance_percent)


Terms = Annotated[Tolerance, Depends(_tolerance)]


@router.get("", summary="联单列表 List manifests", response_model=Page[ManifestSummary])
async def list_manifests(
    reader: Reader,
    session: Session,
    paging: Paging,
    uscc: Annotated[str | None, Query(max_length=18, description="any of the three parties")] = None,
    state: ManifestState | None = None,
) -> object:
    found, following = await repository.page_of(
        session, rows=reader.rows, query=paging, uscc=uscc, state=state
    )
    return {"items": found, "next_cursor": following}


@router.post(
    "",
    summary="填写联单 Draft a manifest",
    status_code=201,
    response_model=ManifestRead,
    responses=problem_responses(UnitNotFound),
)
async def draft_manifest(
    content: ManifestContent, shipper: Shipper, session: Session, response: Response
) -> object:
    drafted = await service.draft(session, shipper, content)
    response.headers["location"] = f"/v1/waste/manifests/{drafted.id}"
    response.headers["etag"] = views.etag(drafted)
    return drafted


@router.get(
    "/{manifest_id}",
    summary="联单 Read a manifest",
    response_model=ManifestRead,
    responses=problem_responses(ManifestNotFound),
)
async def read_manifest(manifest_id: Id, reader: Reader, session: Session, response: Response) -> object:
    found = await views.read(session, reader.rows, manifest_id=manifest_id)
    if found.state == "draft":  # later, limits run out without anybody changing the record
        response.headers["etag"] = views.etag(found)
    return found


@router.put(
    "/{manifest_id}",
    summary="修改草稿 Replace a draft",
    response_model=ManifestRead,
    responses=problem_responses(
        ManifestNotFound, UnitNotFound, NotYourPart, ManifestSealed, PreconditionFailed, PreconditionRequired
    ),
)
async def redraft_manifest(
    manifest_id: Id,
    content: ManifestContent,
    shipper: Shipper,
    session: Session,
    response: Response,
    if_match: IfMatch = None,
) -> object:
    drafted = await service.redraft(session, shipper, content, manifest_id=manifest_id, if_match=if_match)
    response.headers["etag"] = views.etag(drafted)
    return drafted


@router.post(
    "/{manifest_id}/submission",
    summary="提交联单 Submit a manifest",
    status_code=201,
    response_model=Signed,
    responses=problem_responses(ManifestNotFound, NotYourPart, StepNotOpen, ManifestRefused),
)
async def submit_manifest(manifest_id: Id, shipper: Shipper, session: Session, office: Office) -> object:
    return await submission.submit(session, shipper, manifest_id=manifest_id, office=office)


@router.post(
    "/{manifest_id}/cancellation",
    summary="作废联单 Cancel a manifest before transit",
    status_code=201,
    response_model=Signed,
    responses=problem_responses(ManifestNotFound, NotYourPart, StepNotOpen),
)
async def cancel_manifest(
    manifest_id: Id, content: CancellationCreate, shipper: Shipper, session: Session, office: Office
) -> object:
    return await submission.cancel(session, shipper, content, manifest_id=manifest_id, office=office)


@router.post(
    "/{manifest_id}/shipper-signature",
    summary="移出人签署 Sign as shipper",
    status_code=201,
    response_model=Signed,
    responses=problem_responses(ManifestNotFound, NotYourPart, StepNotOpen),
)
async def sign_as_shipper(
    manifest_id: Id, content: ShipperSignature, shipper: Shipper, session: Session, office: Office
) -> object:
    return await signing.sign_as_shipper(session, shipper, content, manifest_id=manifest_id, office=office)


@router.post(
    "/{manifest_id}/carrier-signature",
    summary="承运人签署 Sign as carrier and depart",
    status_code=201,
    response_model=Signed,
    responses=problem_responses(ManifestNotFound, NotYourPart, StepNotOpen, LicenceEnded, TimeInvalid),
)
async def sign_as_carrier(
    manifest_id: Id, content: CarrierSignature, carrier: Carrier, session: Session, office: Office
) -> object:
    return await signing.sign_as_carrier(session, carrier, content, manifest_id=manifest_id, office=office)


@router.post(
    "/{manifest_id}/arrival",
    summary="运抵 Note the arrival",
    status_code=201,
    response_model=Signed,
    responses=problem_responses(ManifestNotFound, NotYourPart, StepNotOpen, TimeInvalid),
)
async def note_arrival(
    manifest_id: Id, content: Arrival, receiver: Receiver, session: Session, office: Office
) -> object:
    return await signing.arrive(session, receiver, content, manifest_id=manifest_id, office=office)


@router.post(
    "/{manifest_id}/reception",
    summary="接受确认 Accept, in part or not",
    status_code=201,
    response_model=Signed,
    responses=problem_responses(ManifestNotFound, NotYourPart, StepNotOpen, ReceptionInvalid),
)
@also_checked_by(checks.of_unreadable_reception)
async def receive_manifest(
    manifest_id: Id,
    content: ReceptionCreate,
    receiver: Receiver,
    session: Session,
    office: Office,
    terms: Terms,
) -> object:
    return await reception.receive(
        session, receiver, content, manifest_id=manifest_id, office=office, tolerance=terms
    )


@router.post(
    "/{manifest_id}/national-number",
    summary="记录国家联单编号 Record the national number",
    status_code=201,
    response_model=ManifestRead,
    responses=problem_responses(ManifestNotFound, NationalNumberSet, NationalNumberTaken),
)
async def record_national_number(
    manifest_id: Id, content: NationalNumberCreate, registrar: Registrar, session: Session
) -> object:
    return await service.record_national_number(
        session, registrar, manifest_id=manifest_id, national_no=content.national_no
    )


@notices_router.get("", summary="差异通知 List notices of discrepancies", response_model=Page[NoticeInList])
async def list_notices(reader: Reader, session: Session, paging: Paging) -> object:
    return await views.notices(session, reader.rows, query=paging)
