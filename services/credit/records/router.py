"""HTTP of credit records."""

import uuid
from typing import Annotated

from fastapi import Query, Response

from services.credit.auth import Approver, Reader, Recorder
from services.credit.log.keys import Signer
from services.credit.records import approval, checks, repository, service
from services.credit.records.errors import (
    CommentRequired,
    FourEyes,
    RecordExists,
    RecordInvalid,
    RecordNotFound,
    StepNotOpen,
    VersionSuperseded,
)
from services.credit.records.schemas import (
    DecisionCreate,
    RecordContent,
    RecordCreate,
    RecordKind,
    RecordRead,
    RecordState,
)
from services.kit.all_at_once import also_checked_by
from services.kit.pages import Paging
from services.kit.problems import PreconditionFailed, PreconditionRequired
from services.kit.routing import IfMatch, Session, problem_responses
from services.kit.routing import router as new_router
from services.kit.schemas import Page

router = new_router("/v1/credit/records", tag="records")


@router.get("", summary="信用记录列表 List records", response_model=Page[RecordRead])
async def list_records(
    reader: Reader,
    session: Session,
    paging: Paging,
    uscc: Annotated[str | None, Query(max_length=18)] = None,
    kind: RecordKind | None = None,
    state: RecordState | None = None,
) -> object:
    found, following = await repository.page_of(
        session, rows=reader.rows, query=paging, uscc=uscc, kind=kind, state=state
    )
    return {"items": found, "next_cursor": following}


@router.post(
    "",
    summary="录入信用记录 Enter a record",
    status_code=201,
    response_model=RecordRead,
    responses=problem_responses(RecordExists, RecordInvalid),
)
@also_checked_by(checks.also_wrong)
async def enter_record(
    content: RecordCreate, recorder: Recorder, session: Session, response: Response
) -> object:
    record = await service.create(session, recorder, content)
    response.headers["location"] = f"/v1/credit/records/{record.id}"
    response.headers["etag"] = service.etag(record)
    return record


@router.get(
    "/{record_id}",
    summary="信用记录 Read a record",
    response_model=RecordRead,
    responses=problem_responses(RecordNotFound),
)
async def read_record(record_id: uuid.UUID, reader: Reader, session: Session, response: Response) -> object:
    record = await service.read(session, reader, record_id=record_id)
    response.headers["etag"] = service.etag(record)
    return record


@router.put(
    "/{record_id}",
    summary="修改未通过的记录 Revise a draft or a rejected record",
    response_model=RecordRead,
    responses=problem_responses(
        RecordNotFound, StepNotOpen, RecordExists, RecordInvalid, PreconditionFailed, PreconditionRequired
    ),
)
@also_checked_by(checks.also_wrong)
async def revise_record(
    record_id: uuid.UUID,
    content: RecordContent,
    recorder: Recorder,
    session: Session,
    response: Response,
    if_match: IfMatch = None,
) -> object:
    record = await service.revise(session, recorder, content, record_id=record_id, if_match=if_match)
    response.headers["etag"] = service.etag(record)
    return record


@router.post(
    "/{record_id}/submission",
    summary="提交审批 Submit for approval",
    status_code=201,
    response_model=RecordRead,
    responses=problem_responses(RecordNotFound, StepNotOpen),
)
async def submit_record(record_id: uuid.UUID, recorder: Recorder, session: Session) -> object:
    return await service.submit(session, recorder, record_id=record_id)


@router.post(
    "/{record_id}/decisions",
    summary="审批：准入台账或不予通过 Admit into the ledger, or reject",
    status_code=201,
    response_model=RecordRead,
    responses=problem_responses(RecordNotFound, StepNotOpen, VersionSuperseded, FourEyes, CommentRequired),
)
async def decide_on_record(
    record_id: uuid.UUID, content: DecisionCreate, approver: Approver, session: Session, signer: Signer
) -> object:
    return await approval.decide(session, approver, content, record_id=record_id, signer=signer)
