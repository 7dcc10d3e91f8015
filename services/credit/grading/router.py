"""HTTP of rule packs, scores and evaluations."""

import uuid
from datetime import date
from typing import Annotated

from fastapi import Depends, Query, Response

from services.credit.auth import Approver, Reader
from services.credit.grading import evaluating, publication, repository, service
from services.credit.grading.errors import (
    EvaluationNotFound,
    NoPackInForce,
    PackNotFound,
    PackPublished,
    SubjectNotFound,
)
from services.credit.grading.schemas import (
    EvaluationCreate,
    EvaluationRead,
    Explanation,
    PackPublish,
    PackRead,
    PackSummary,
    ScoreRead,
)
from services.credit.grading.service import AsOf
from services.credit.log.keys import Signer
from services.kit.pages import Paging
from services.kit.routing import Session, problem_responses
from services.kit.routing import router as new_router
from services.kit.schemas import Moment, Page

router = new_router("/v1/credit", tag="grading")


async def _as_of(
    valid_at: Annotated[date | None, Query(description="the day it counts for; default today")] = None,
    known_at: Annotated[Moment | None, Query(description="by what was known then; default now")] = None,
    rule: Annotated[str | None, Query(pattern="^[0-9a-f]{64}$", description="rule hash of a pack")] = None,
) -> AsOf:
    return AsOf(valid_at, known_at, rule)


Times = Annotated[AsOf, Depends(_as_of)]


@router.get("/rule-packs", summary="公开：规则包 Rule packs (public)", response_model=Page[PackSummary])
async def list_packs(session: Session, paging: Paging) -> object:
    found, following = await repository.packs_page(session, query=paging)
    return {"items": found, "next_cursor": following}


@router.get(
    "/rule-packs/{sha256}",
    summary="公开：一个规则包 A rule pack (public)",
    response_model=PackRead,
    responses=problem_responses(PackNotFound),
)
async def read_pack(sha256: str, session: Session) -> object:
    found = await repository.pack_by_digest(session, sha256)
    if found is None:
        raise PackNotFound()
    return found


@router.post(
    "/rule-packs",
    summary="发布规则包 Publish a rule pack",
    status_code=201,
    response_model=PackRead,
    responses=problem_responses(PackNotFound, PackPublished),
)
async def publish_pack(
    content: PackPublish, approver: Approver, session: Session, signer: Signer, response: Response
) -> object:
    pack = await publication.publish(session, approver, name=content.pack, signer=signer)
    response.headers["location"] = f"/v1/credit/rule-packs/{pack.sha256}"
    return pack


@router.get(
    "/subjects/{uscc}/score",
    summary="信用得分 Score as of two times",
    response_model=ScoreRead,
    responses=problem_responses(SubjectNotFound, PackNotFound, NoPackInForce),
)
async def read_score(uscc: str, reader: Reader, session: Session, as_of: Times) -> object:
    return await service.score(session, reader, uscc=uscc, as_of=as_of)


@router.get(
    "/subjects/{uscc}/explain",
    summary="得分说明 Every point traced to entry, clause and validity",
    response_model=Explanation,
    responses=problem_responses(SubjectNotFound, PackNotFound, NoPackInForce),
)
async def explain_score(uscc: str, reader: Reader, session: Session, as_of: Times) -> object:
    return await service.explain(session, reader, uscc=uscc, as_of=as_of)


@router.get("/evaluations", summary="评价列表 List evaluations", response_model=Page[EvaluationRead])
async def list_evaluations(
    reader: Reader,
    session: Session,
    paging: Paging,
    uscc: Annotated[str | None, Query(max_length=18)] = None,
) -> object:
    found, following = await repository.evaluations_page(session, rows=reader.rows, query=paging, uscc=uscc)
    return {"items": found, "next_cursor": following}


@router.post(
    "/evaluations",
    summary="评价 Evaluate an enterprise",
    status_code=201,
    response_model=EvaluationRead,
    responses=problem_responses(NoPackInForce, SubjectNotFound),
)
async def evaluate(
    content: EvaluationCreate, approver: Approver, session: Session, signer: Signer, response: Response
) -> object:
    evaluation = await evaluating.evaluate(session, approver, uscc=content.uscc, signer=signer)
    response.headers["location"] = f"/v1/credit/evaluations/{evaluation.id}"
    return evaluation


@router.get(
    "/evaluations/{evaluation_id}",
    summary="一次评价 Read an evaluation",
    response_model=EvaluationRead,
    responses=problem_responses(EvaluationNotFound),
)
async def read_evaluation(evaluation_id: uuid.UUID, reader: Reader, session: Session) -> object:
    return await service.read_evaluation(session, reader, evaluation_id=evaluation_id)
