"""HTTP of candidates."""

import uuid
from typing import Annotated

from fastapi import Query, Response

from services.credit.auth import CandidateReader, Recorder
from services.credit.candidates import service
from services.credit.candidates.errors import CandidateContradicted, CandidateDecided, CandidateNotFound
from services.credit.candidates.schemas import CandidateRead, CandidateState, DismissalCreate
from services.credit.records import checks
from services.credit.records.errors import RecordExists, RecordInvalid
from services.credit.records.schemas import RecordContent, RecordRead
from services.kit.all_at_once import also_checked_by
from services.kit.pages import Paging
from services.kit.routing import Session, problem_responses
from services.kit.routing import router as new_router
from services.kit.schemas import Page

router = new_router("/v1/credit/candidates", tag="candidates")


@router.get("", summary="待认定信息列表 List candidates", response_model=Page[CandidateRead])
async def list_candidates(
    reader: CandidateReader,
    session: Session,
    paging: Paging,
    state: CandidateState | None = None,
    uscc: Annotated[str | None, Query(max_length=18)] = None,
    source: Annotated[str | None, Query(max_length=50, description="such as /v1/permits")] = None,
    contradicted: Annotated[
        bool | None, Query(description="whether its source decided since that it is not so")
    ] = None,
) -> object:
    filters = {"state": state, "uscc": uscc, "source": source, "contradicted": contradicted}
    return await service.listing(session, reader, query=paging, **filters)


@router.get(
    "/{candidate_id}",
    summary="待认定信息 Read a candidate",
    response_model=CandidateRead,
    responses=problem_responses(CandidateNotFound),
)
async def read_candidate(candidate_id: uuid.UUID, reader: CandidateReader, session: Session) -> object:
    return await service.read(session, reader, candidate_id=candidate_id)


@router.post(
    "/{candidate_id}/record",
    summary="认定：录入为信用记录 Enter a record from a candidate",
    status_code=201,
    response_model=RecordRead,
    responses=problem_responses(
        CandidateNotFound, CandidateDecided, CandidateContradicted, RecordExists, RecordInvalid
    ),
)
@also_checked_by(checks.also_wrong)
async def record_candidate(
    candidate_id: uuid.UUID,
    content: RecordContent,
    recorder: Recorder,
    session: Session,
    response: Response,
) -> object:
    record = await service.record(session, recorder, content, candidate_id=candidate_id)
    response.headers["location"] = f"/v1/credit/records/{record.id}"
    return record


@router.post(
    "/{candidate_id}/dismissal",
    summary="不予认定 Dismiss a candidate",
    status_code=201,
    response_model=CandidateRead,
    responses=problem_responses(CandidateNotFound, CandidateDecided),
)
async def dismiss_candidate(
    candidate_id: uuid.UUID, content: DismissalCreate, recorder: Recorder, session: Session
) -> object:
    return await service.dismiss(session, recorder, content, candidate_id=candidate_id)
